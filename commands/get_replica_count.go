package commands

import (
	"context"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
)

func getReplicaCountCommand() *Command {
	return &Command{
		Name:     "get_replica_count",
		Plugin:   PluginCluster,
		Reads:    true,
		Summary:  "show how many replicas a table's partitions are to have",
		Usage:    "<app_name> [-j|--json]",
		Examples: []string{"get_replica_count temp", "get_replica_count temp -j"},
		Words:    2,
		Args:     []complete.Kind{complete.Table},
		Prepare: func(flags *FlagSet) Run {
			var o outputOptions
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env *Env, args []string) error {
				return getReplicaCountRun(ctx, env, o, args)
			}
		},
	}
}

func getReplicaCountRun(ctx context.Context, env *Env, o outputOptions, args []string) error {
	if len(args) == 0 {
		return outcome.Misused()
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	count, err := admin.ReplicaCount(ctx, args[0])
	if err != nil {
		return env.failErr(err, "get replica count of app(%s) failed: %s", escape(args[0]), status(err))
	}
	list := newList("max_replica_count")
	list.row("max_replica_count", count)
	r := report{single: true}
	r.add(list)
	return r.print(env, o)
}
