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

type dropOptions struct {
	reserveSeconds int32
}

func dropCommand() *command.Command {
	return &command.Command{
		Name:     "drop",
		Plugin:   command.PluginCluster,
		Summary:  "drop a table",
		Usage:    "<app_name> [-r|--reserve_seconds num]",
		Notes:    "The table can be recalled for this many seconds; 0 is the cluster's default. Dropping a table that does not exist succeeds.",
		Examples: []string{"drop temp", "drop temp -r 3600"},
		Args:     []complete.Kind{complete.Table},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o dropOptions
			flags.VarP(command.Number(&o.reserveSeconds, "reserve_seconds"), "reserve_seconds", "r", "how long the table can be recalled")
			return func(ctx context.Context, env command.Env, args []string) error { return dropRun(ctx, env, &o, args) }
		},
	}
}

func dropRun(ctx context.Context, env Env, o *dropOptions, args []string) error {
	if len(args) == 0 {
		return outcome.Misused()
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("table", args[0])
	fmt.Fprintf(env.Out(), "reserve_seconds = %d\n", o.reserveSeconds)
	err = errTableName(wire.RPCDropApp)
	if validTableName(args[0]) {
		err = whileBusy(ctx, env, func() error { return admin.DropApp(ctx, args[0], int64(o.reserveSeconds)) })
	}
	if err != nil {
		return fail(env, err, "drop app %s failed, error=%s", args[0], metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out(), "drop app %s succeed\n", args[0])
	return nil
}
