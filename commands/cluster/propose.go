package cluster

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin/wire"
)

type proposeOptions struct {
	force        bool
	pid          wire.GPID
	kind         string
	target, node string
}

func proposeCommand() *command.Command {
	return &command.Command{
		Name:    "propose",
		Plugin:  command.PluginCluster,
		Summary: "propose a change of one replica to the leader",
		Usage: "[-f|--force] <-g|--gpid appid.pidx> <-p|--type ASSIGN_PRIMARY|ADD_SECONDARY|DOWNGRADE_TO_INACTIVE...> " +
			"<-t|--target node_to_exec_command> <-n|--node node_to_be_affected> ",
		Examples: []string{"propose -g 1.0 -p ASSIGN_PRIMARY -t 127.0.0.1:34801 -n 127.0.0.1:34801", "propose -g 1.0 -p DOWNGRADE_TO_INACTIVE -t 127.0.0.1:34801 -n 127.0.0.1:34802"},
		Words:    9,
		Prepare: func(flags *command.FlagSet) command.Run {
			o := proposeOptions{pid: noPartition}
			flags.BoolVarP(&o.force, "force", "f", false, "have the leader pass it on at once")
			flags.VarP(&command.GpidValue{P: &o.pid, Wording: "parse %s as gpid failed"}, "gpid", "g", "the partition: APP_ID.INDEX")
			flags.Complete("gpid", complete.Partition)
			flags.StringVarP(&o.kind, "type", "p", "", "the change, such as ASSIGN_PRIMARY, ADD_SECONDARY, DOWNGRADE_TO_INACTIVE")
			flags.Complete("type", complete.Change.Complete)
			flags.VarP(&command.ServerValue{P: &o.target, What: "target_address"}, "target", "t", "the server that carries the change out")
			flags.Complete("target", complete.Node)
			flags.VarP(&command.ServerValue{P: &o.node, What: "node"}, "node", "n", "the server whose replica is changed")
			flags.Complete("node", complete.Node)
			return func(ctx context.Context, env command.Env, _ []string) error { return proposeRun(ctx, env, &o) }
		},
	}
}

func proposeRun(ctx context.Context, env Env, o *proposeOptions) error {
	switch {
	case o.target == "":
		return outcome.OriginalUse("need set target by -t")
	case o.node == "":
		return outcome.OriginalUse("need set node by -n")
	case o.pid.AppID == noPartition.AppID: // as in the original, which asks for nothing else
		return outcome.OriginalUse("need set gpid by -g")
	}
	kind, err := wire.ParseConfigType(o.kind)
	if err != nil {
		return outcome.OriginalUse("parse CT_%s as config_type failed.", o.kind)
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	request := &wire.ProposeRequest{PID: o.pid, Force: &o.force}
	if err := addAction(ctx, admin, request, o.target, o.node, kind); err != nil {
		return err
	}
	return propose(ctx, env, admin, request, "send proposal response")
}
