package cluster

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin/wire"
)

func delAppEnvsCommand() *command.Command {
	return &command.Command{
		Name:     "del_app_envs",
		Plugin:   command.PluginCluster,
		Summary:  "delete environment variables of the current table",
		Usage:    "<key> [key...]",
		Notes:    envsNotes,
		Examples: []string{"del_app_envs default_ttl", "del_app_envs default_ttl rocksdb.usage_scenario"},
		Plain:    true,
		RestArgs: complete.TableVariable,
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return delAppEnvsRun(ctx, env, args) }
		},
	}
}

func delAppEnvsRun(ctx context.Context, env Env, args []string) error {
	name, err := table(env)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return outcome.Misused()
	}
	return removeEnvs(ctx, env, &wire.UpdateAppEnvRequest{AppName: name, Op: wire.EnvDel, Keys: args},
		"del app envs succeed", "del app env failed with err = %s")
}
