package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func pauseBulkLoadCommand() *command.Command {
	return controlCommand("pause", "pause a bulk load", wire.BulkLoadPause)
}

func restartBulkLoadCommand() *command.Command {
	return controlCommand("restart", "continue a bulk load that is paused", wire.BulkLoadRestart)
}

// controlCommand is a command that has no other option than the table.
func controlCommand(operation, summary string, control wire.BulkLoadControl) *command.Command {
	name := operation + "_bulk_load"
	return &command.Command{
		Name:     name,
		Plugin:   command.PluginCluster,
		Summary:  summary,
		Usage:    "<-a --app_name str>",
		Examples: []string{name + " -a temp", "query_bulk_load_status -a temp"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var app string
			declareApp(flags, &app)
			return func(ctx context.Context, env command.Env, _ []string) error {
				return controlBulkLoadRun(ctx, env, operation, app, control)
			}
		},
	}
}

func cancelBulkLoadCommand() *command.Command {
	return &command.Command{
		Name:     "cancel_bulk_load",
		Plugin:   command.PluginCluster,
		Summary:  "end a bulk load",
		Usage:    "<-a --app_name str> [-f --forced]",
		Notes:    "What was taken in already stays. Without -f a bulk load in some states is not ended.",
		Examples: []string{"cancel_bulk_load -a temp", "cancel_bulk_load -a temp -f"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var app string
			var forced bool
			declareApp(flags, &app)
			flags.BoolVarP(&forced, "forced", "f", false, "whatever its state is")
			return func(ctx context.Context, env command.Env, _ []string) error {
				if forced {
					return controlBulkLoadRun(ctx, env, "cancel", app, wire.BulkLoadForceCancel)
				}
				return controlBulkLoadRun(ctx, env, "cancel", app, wire.BulkLoadCancel)
			}
		},
	}
}

func controlBulkLoadRun(ctx context.Context, env Env, operation, app string, control wire.BulkLoadControl) error {
	if app == "" {
		return outcome.OriginalUse("app_name should not be empty")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("table", app)
	if err := admin.ControlBulkLoad(ctx, app, control); err != nil {
		told := failBulkLoad(env, err, operation)
		if control == wire.BulkLoadCancel && metaadmin.Code(err) == wire.ErrInvalidState && outcome.IsTold(told) {
			fmt.Fprintln(env.Err(), `you can force cancel bulk load by using "-f"`)
		}
		return told
	}
	fmt.Fprintf(env.Out(), "%s bulk load succeed\n", operation)
	return nil
}

func clearBulkLoadCommand() *command.Command {
	return &command.Command{
		Name:     "clear_bulk_load",
		Plugin:   command.PluginCluster,
		Summary:  "remove what is left of a bulk load that has ended",
		Usage:    "<-a --app_name str>",
		Examples: []string{"clear_bulk_load -a temp", "query_bulk_load_status -a temp"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var app string
			declareApp(flags, &app)
			return func(ctx context.Context, env command.Env, _ []string) error { return clearBulkLoadRun(ctx, env, app) }
		},
	}
}

// clearBulkLoadRun sends the request without a name too, as the original does: the server refuses it.
func clearBulkLoadRun(ctx context.Context, env Env, app string) error {
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("table", app)
	hint, err := admin.ClearBulkLoad(ctx, app)
	if err != nil {
		return failBulkLoad(env, err, "clear")
	}
	fmt.Fprintln(env.Out(), hint)
	return nil
}
