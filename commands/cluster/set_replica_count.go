package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
)

func setReplicaCountCommand() *command.Command {
	return &command.Command{
		Name:     "set_replica_count",
		Plugin:   command.PluginCluster,
		Summary:  "set how many replicas a table's partitions should have",
		Usage:    "<app_name> <replica_count>",
		Notes:    "It asks first; in a script the next line is the answer, y or n.",
		Examples: []string{"set_replica_count temp 3", "set_replica_count temp 1"},
		Words:    3,
		Plain:    true,
		Args:     []complete.Kind{complete.Table, complete.Free},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error {
				return setReplicaCountRun(ctx, env, args)
			}
		},
	}
}

func setReplicaCountRun(ctx context.Context, env Env, args []string) error {
	count, ok := command.ParseNumber(args[1])
	if !ok {
		return outcome.OriginalUse("parse '%s' as replica count failed", args[1])
	}
	if count < 1 {
		return outcome.OriginalUse("replica count should be >= 1")
	}
	name := escape(args[0])
	env.Evidence("table", args[0])
	env.Evidence("replicas", count)
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	if err := metaadmin.PassGate(ctx); err != nil {
		return err
	}
	if err := env.ConfirmUnsafe(ctx, fmt.Sprintf("set the replica count of app(%s) to %d", name, count)); err != nil {
		return err
	}
	old, hint, err := admin.SetReplicaCount(ctx, args[0], count)
	if err != nil {
		why := string(metaadmin.Code(err))
		if hint := hintOf(err); hint != "" {
			why += ", " + hint
		}
		return failErr(env, err, "set replica count of app(%s) failed: %s", name, why)
	}
	env.Evidence("old_replicas", old)
	if hint == "" {
		hint = "success"
	}
	fmt.Fprintf(env.Out(), "set replica count of app(%s) from %d to %d: %s\n", name, old, count, hint)
	return nil
}
