package cluster

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin/wire"
)

type balanceOptions struct {
	pid      wire.GPID
	kind     string
	from, to string
}

func balanceCommand() *command.Command {
	return &command.Command{
		Name:    "balance",
		Plugin:  command.PluginCluster,
		Summary: "propose to move one replica to another server",
		Usage: "<-g|--gpid appid.pidx> <-p|--type move_pri|copy_pri|copy_sec> <-f|--from from_address> " +
			"<-t|--to to_address>",
		Notes:    "The leader accepts it only at the levels steady and lively.",
		Examples: []string{"balance -g 1.0 -p move_pri -f 127.0.0.1:34801 -t 127.0.0.1:34802", "balance -g 1.3 -p copy_sec -f 127.0.0.1:34801 -t 127.0.0.1:34803"},
		Words:    9,
		Prepare: func(flags *command.FlagSet) command.Run {
			o := balanceOptions{pid: noPartition}
			flags.VarP(&command.GpidValue{P: &o.pid, Wording: "parse %s as gpid failed"}, "gpid", "g", "the partition: APP_ID.INDEX")
			flags.Complete("gpid", complete.Partition)
			flags.StringVarP(&o.kind, "type", "p", "", "move_pri, copy_pri or copy_sec")
			flags.Complete("type", complete.Move.Complete)
			flags.VarP(&command.ServerValue{P: &o.from, What: "from_address"}, "from", "f", "the server that gives the replica away")
			flags.Complete("from", complete.Node)
			flags.VarP(&command.ServerValue{P: &o.to, What: "target_address"}, "to", "t", "the server that gets it")
			flags.Complete("to", complete.Node)
			return func(ctx context.Context, env command.Env, _ []string) error { return balanceRun(ctx, env, &o) }
		},
	}
}

// move is one action of a way to balance; an empty target is the leader's choice.
type move struct {
	target, node string
	kind         wire.ConfigType
}

// moves returns the actions of a way to balance, nil for one that is not known (source: the
// original's balance).
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

func balanceRun(ctx context.Context, env Env, o *balanceOptions) error {
	moves := o.moves()
	switch {
	case moves == nil:
		return outcome.OriginalUse("parse %s as a balance type failed", o.kind)
	case o.from == "":
		return outcome.OriginalUse("need set from address by -f")
	case o.to == "":
		return outcome.OriginalUse("need set target address by -t")
	case o.pid.AppID == noPartition.AppID:
		return outcome.OriginalUse("need set the gpid by -g")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	request := &wire.ProposeRequest{PID: o.pid, Force: new(bool)}
	for _, m := range moves {
		if err := addAction(ctx, admin, request, m.target, m.node, m.kind); err != nil {
			return err
		}
	}
	return propose(ctx, env, admin, request, "send balance proposal result")
}
