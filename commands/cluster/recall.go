package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func recallCommand() *command.Command {
	return &command.Command{
		Name:     "recall",
		Plugin:   command.PluginCluster,
		Summary:  "bring a dropped table back by its id",
		Usage:    "<app_id> [new_app_name]",
		Examples: []string{"recall 3", "recall 3 doomed_again"},
		Words:    2,
		Plain:    true,
		Args:     []complete.Kind{complete.DroppedTable, complete.Free},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return recallRun(ctx, env, args) }
		},
	}
}

func recallRun(ctx context.Context, env Env, args []string) error {
	id, ok := command.ParseNumber(args[0])
	if !ok {
		return outcome.OriginalUse("ERROR: parse %s as id failed", args[0])
	}
	newName := ""
	if len(args) > 1 {
		newName = args[1]
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	if err := recallTable(ctx, env, admin, id, newName); err != nil {
		return fail(env, err, "recall app %d failed, error=%s", id, metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out(), "recall app %d succeed\n", id)
	return nil
}

func recallTable(ctx context.Context, env Env, admin *metaadmin.Client, id int32, newName string) error {
	env.Evidence("id", id)
	if newName != "" && !validTableName(newName) {
		return errTableName(wire.RPCRecallApp)
	}
	var info *metaadmin.AppInfo
	err := whileBusy(ctx, env, func() (err error) {
		info, err = admin.RecallApp(ctx, id, newName)
		return err
	})
	if err != nil {
		return err
	}
	env.Evidence("table", info.Name)
	env.Evidence("partitions", info.PartitionCount)
	fmt.Fprintf(env.Out(), "recall app ok, id(%d), name(%s), partition_count(%d), wait it ready\n", info.ID, info.Name, info.PartitionCount)
	return waitReady(ctx, env, admin, info.Name, int(info.MaxReplicaCount))
}
