package cluster

import (
	"context"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
	"pegashell/metaadmin/wire"
)

type clearAppEnvsOptions struct {
	all    bool
	prefix string
}

func clearAppEnvsCommand() *command.Command {
	return &command.Command{
		Name:     "clear_app_envs",
		Plugin:   command.PluginCluster,
		Summary:  "delete variables of the current table, all or some",
		Usage:    "[-a|--all] [-p|--prefix str]",
		Notes:    envsNotes,
		Examples: []string{"clear_app_envs -a", "clear_app_envs -p replica."},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o clearAppEnvsOptions
			flags.BoolVarP(&o.all, "all", "a", false, "delete all")
			flags.StringVarP(&o.prefix, "prefix", "p", "", "delete those whose key begins so")
			return func(ctx context.Context, env command.Env, _ []string) error { return clearAppEnvsRun(ctx, env, &o) }
		},
	}
}

func clearAppEnvsRun(ctx context.Context, env Env, o *clearAppEnvsOptions) error {
	name, err := table(env)
	if err != nil {
		return err
	}
	if !o.all && o.prefix == "" {
		return outcome.OriginalUse("must specify one of --all and --prefix options")
	}
	prefix := o.prefix
	if o.all {
		prefix = "" // as in the original, all wins
	}
	return removeEnvs(ctx, env, &wire.UpdateAppEnvRequest{AppName: name, Op: wire.EnvClear, Prefix: &prefix},
		"clear app envs succeed", "clear app envs failed with err = %s")
}
