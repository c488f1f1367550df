package commands

import (
	"context"

	"github.com/spf13/pflag"

	"pegashell/metaadmin/wire"
)

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
		Examples: []string{"balance -g 1.0 -p move_pri -f 127.0.0.1:34801 -t 127.0.0.1:34802", "balance -g 1.3 -p copy_sec -f 127.0.0.1:34801 -t 127.0.0.1:34803"},
		Words:    9,
		Prepare: func(flags *pflag.FlagSet) Run {
			o := balanceOptions{pid: noPartition}
			flags.VarP(&gpidValue{p: &o.pid, wording: "parse %s as gpid failed"}, "gpid", "g", "the partition: APP_ID.INDEX")
			declareKind(flags, "gpid", kindPartition)
			flags.StringVarP(&o.kind, "type", "p", "", "move_pri, copy_pri or copy_sec")
			declareKind(flags, "type", kindMove)
			flags.VarP(&serverValue{&o.from, "from_address"}, "from", "f", "the server that gives the replica away")
			declareKind(flags, "from", kindNode)
			flags.VarP(&serverValue{&o.to, "target_address"}, "to", "t", "the server that gets it")
			declareKind(flags, "to", kindNode)
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
	case o.pid.AppID == noPartition.AppID:
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
