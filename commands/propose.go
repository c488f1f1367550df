package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// noPartition is a gpid that was not given.
var noPartition = wire.GPID{AppID: -1, Index: -1}

type proposeOptions struct {
	force        bool
	pid          wire.GPID
	kind         string
	target, node string
}

func proposeCommand() *Command {
	return &Command{
		Name:    "propose",
		Plugin:  PluginCluster,
		Summary: "propose a change of one replica to the leader",
		Usage: "[-f|--force] <-g|--gpid appid.pidx> <-p|--type ASSIGN_PRIMARY|ADD_SECONDARY|DOWNGRADE_TO_INACTIVE...> " +
			"<-t|--target node_to_exec_command> <-n|--node node_to_be_affected> ",
		Examples: []string{"propose -g 1.0 -p ASSIGN_PRIMARY -t 127.0.0.1:34801 -n 127.0.0.1:34801"},
		Words:    9,
		Prepare: func(flags *pflag.FlagSet) Run {
			o := proposeOptions{pid: noPartition}
			flags.BoolVarP(&o.force, "force", "f", false, "have the leader pass it on at once")
			flags.VarP(&gpidValue{p: &o.pid, wording: "parse %s as gpid failed"}, "gpid", "g", "the partition: APP_ID.INDEX")
			flags.StringVarP(&o.kind, "type", "p", "", "the change, such as ASSIGN_PRIMARY, ADD_SECONDARY, DOWNGRADE_TO_INACTIVE")
			flags.VarP(&serverValue{&o.target, "target_address"}, "target", "t", "the server that carries the change out")
			flags.VarP(&serverValue{&o.node, "node"}, "node", "n", "the server whose replica is changed")
			return func(ctx context.Context, env *Env, _ []string) error { return proposeRun(ctx, env, &o) }
		},
	}
}

func proposeRun(ctx context.Context, env *Env, o *proposeOptions) error {
	switch {
	case o.target == "":
		return usagef("need set target by -t")
	case o.node == "":
		return usagef("need set node by -n")
	case o.pid == noPartition:
		return usagef("need set gpid by -g")
	}
	kind, err := wire.ParseConfigType(o.kind)
	if err != nil {
		return usagef("parse CT_%s as config_type failed.", o.kind)
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	request := &wire.ProposeRequest{PID: o.pid, Force: &o.force}
	if err := addAction(ctx, admin, request, o.target, o.node, kind); err != nil {
		return err
	}
	return env.propose(ctx, admin, request, "send proposal response")
}

// addAction adds to a request that target, "" for the leader's choice, changes what node is for the partition.
func addAction(ctx context.Context, admin *metaadmin.Client, request *wire.ProposeRequest, target, node string, kind wire.ConfigType) error {
	action := wire.ProposalAction{Type: kind}
	var err error
	if action.Node, action.HPNode, err = admin.Resolve(ctx, node); err != nil {
		return fmt.Errorf("node %s: %w", node, err)
	}
	if target != "" {
		if action.Target, action.HPTarget, err = admin.Resolve(ctx, target); err != nil {
			return fmt.Errorf("target %s: %w", target, err)
		}
	}
	request.Actions = append(request.Actions, action)
	return nil
}

// propose sends a proposal and tells of the leader's answer.
func (e *Env) propose(ctx context.Context, admin *metaadmin.Client, request *wire.ProposeRequest, what string) error {
	err := admin.Propose(ctx, request)
	if err != nil {
		return e.fail(err, "%s: %s", what, metaadmin.Code(err))
	}
	fmt.Fprintf(e.Out, "%s: %s\n", what, wire.OK)
	return nil
}

type balanceOptions struct {
	pid      wire.GPID
	kind     string
	from, to string
}

func balanceCommand() *Command {
	return &Command{
		Name:    "balance",
		Plugin:  PluginCluster,
		Summary: "propose to move one replica to another server",
		Usage: "<-g|--gpid appid.pidx> <-p|--type move_pri|copy_pri|copy_sec> <-f|--from from_address> " +
			"<-t|--to to_address>",
		Notes:    "The leader takes it only at the levels steady and lively.",
		Examples: []string{"balance -g 1.0 -p move_pri -f 127.0.0.1:34801 -t 127.0.0.1:34802"},
		Words:    9,
		Prepare: func(flags *pflag.FlagSet) Run {
			o := balanceOptions{pid: noPartition}
			flags.VarP(&gpidValue{p: &o.pid, wording: "parse %s as gpid failed"}, "gpid", "g", "the partition: APP_ID.INDEX")
			flags.StringVarP(&o.kind, "type", "p", "", "move_pri, copy_pri or copy_sec")
			flags.VarP(&serverValue{&o.from, "from_address"}, "from", "f", "the server that gives the replica away")
			flags.VarP(&serverValue{&o.to, "target_address"}, "to", "t", "the server that gets it")
			return func(ctx context.Context, env *Env, _ []string) error { return balanceRun(ctx, env, &o) }
		},
	}
}

// move is one action of a way to balance; an empty target is the leader's choice.
type move struct {
	target, node string
	kind         wire.ConfigType
}

// moves gives the actions of a way to balance, nil for one that is not known (source: the original's balance).
func (o *balanceOptions) moves() []move {
	switch o.kind {
	case "move_pri":
		return []move{{o.from, o.from, wire.ConfigDowngradeToSecondary}, {o.to, o.to, wire.ConfigUpgradeToPrimary}}
	case "copy_pri":
		return []move{
			{o.from, o.to, wire.ConfigAddSecondaryForLB},
			{o.from, o.from, wire.ConfigDowngradeToSecondary},
			{o.to, o.to, wire.ConfigUpgradeToPrimary},
		}
	case "copy_sec":
		return []move{{"", o.to, wire.ConfigAddSecondaryForLB}, {"", o.from, wire.ConfigDowngradeToInactive}}
	}
	return nil
}

func balanceRun(ctx context.Context, env *Env, o *balanceOptions) error {
	moves := o.moves()
	switch {
	case moves == nil:
		return usagef("parse %s as a balance type failed", o.kind)
	case o.from == "":
		return usagef("need set from address by -f")
	case o.to == "":
		return usagef("need set target address by -t")
	case o.pid == noPartition:
		return usagef("need set the gpid by -g")
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	request := &wire.ProposeRequest{PID: o.pid, Force: new(bool)}
	for _, m := range moves {
		if err := addAction(ctx, admin, request, m.target, m.node, m.kind); err != nil {
			return err
		}
	}
	return env.propose(ctx, admin, request, "send balance proposal result")
}
