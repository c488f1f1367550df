package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func renameCommand() *command.Command {
	return &command.Command{
		Name:     "rename",
		Plugin:   command.PluginCluster,
		Summary:  "rename a table",
		Usage:    "<old_app_name> <new_app_name>",
		Examples: []string{"rename temp temp_old", "rename temp_old temp"},
		Words:    3,
		Plain:    true,
		Args:     []complete.Kind{complete.Table, complete.Free},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return renameRun(ctx, env, args) }
		},
	}
}

func renameRun(ctx context.Context, env Env, args []string) error {
	from, to := args[0], args[1]
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("table", from)
	env.Evidence("new_name", to)
	if validTableName(from) && validTableName(to) {
		err = admin.RenameApp(ctx, from, to)
	} else {
		err = errTableName(wire.RPCRenameApp)
	}
	if err != nil {
		why := string(metaadmin.Code(err))
		if hint := hintOf(err); hint != "" {
			why += ", " + hint
		}
		return failErr(env, err, "rename app failed, old_app_name(%s), new_app_name(%s), failed: %s", from, to, why)
	}
	fmt.Fprintf(env.Out(), "rename app ok, old_app_name(%s), new_app_name(%s)\n", from, to)
	return nil
}
