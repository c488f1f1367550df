package cluster

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
)

func getReplicaCountCommand() *command.Command {
	return &command.Command{
		Name:     "get_replica_count",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show how many replicas partitions should have",
		Usage:    "<app_name> [-j|--json]",
		Examples: []string{"get_replica_count temp", "get_replica_count temp -j"},
		Words:    2,
		Args:     []complete.Kind{complete.Table},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o command.OutputOptions
			flags.BoolVarP(&o.JSON, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return getReplicaCountRun(ctx, env, o, args)
			}
		},
	}
}

func getReplicaCountRun(ctx context.Context, env Env, o command.OutputOptions, args []string) error {
	if len(args) == 0 {
		return outcome.Misused()
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	count, err := admin.ReplicaCount(ctx, args[0])
	if err != nil {
		return failErr(env, err, "get replica count of app(%s) failed: %s", escape(args[0]), status(err))
	}
	list := render.NewList("max_replica_count")
	list.Row("max_replica_count", count)
	r := render.Report{Single: true}
	r.Add(list)
	return command.Print(env, &r, o)
}
