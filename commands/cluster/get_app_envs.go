package cluster

import (
	"context"
	"maps"
	"slices"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func getAppEnvsCommand() *command.Command {
	return &command.Command{
		Name:     "get_app_envs",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show the current table's environment variables",
		Usage:    "[-j|--json]",
		Notes:    envsNotes,
		Examples: []string{"get_app_envs", "get_app_envs -j"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o command.OutputOptions
			flags.BoolVarP(&o.JSON, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, _ []string) error { return getAppEnvsRun(ctx, env, o) }
		},
	}
}

func getAppEnvsRun(ctx context.Context, env Env, o command.OutputOptions) error {
	name, err := table(env)
	if err != nil {
		return err
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	apps, err := admin.ListApps(ctx, wire.AppAvailable)
	at := slices.IndexFunc(apps, func(a metaadmin.AppInfo) bool { return a.Name == name })
	if err == nil && at < 0 {
		err = &metaadmin.Error{Code: wire.ErrObjectNotFound, RPC: wire.RPCListApps}
	}
	if err != nil {
		return failErr(env, err, "get app env failed with err = %s", metaadmin.Code(err))
	}
	list := render.NewList("app_envs")
	for _, key := range slices.Sorted(maps.Keys(apps[at].Envs)) {
		list.Row(key, apps[at].Envs[key])
	}
	r := render.Report{Single: true}
	r.Add(list)
	return command.Print(env, &r, o)
}
