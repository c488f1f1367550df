package commands

import (
	"context"
	"maps"
	"slices"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func getAppEnvsCommand() *Command {
	return &Command{
		Name:     "get_app_envs",
		Plugin:   PluginCluster,
		Reads:    true,
		Summary:  "show the current table's environment variables",
		Usage:    "[-j|--json]",
		Notes:    envsNotes,
		Examples: []string{"get_app_envs", "get_app_envs -j"},
		Prepare: func(flags *FlagSet) Run {
			var o outputOptions
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env *Env, _ []string) error { return getAppEnvsRun(ctx, env, o) }
		},
	}
}

func getAppEnvsRun(ctx context.Context, env *Env, o outputOptions) error {
	name, err := env.table()
	if err != nil {
		return err
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	apps, err := admin.ListApps(ctx, wire.AppAvailable)
	at := slices.IndexFunc(apps, func(a metaadmin.AppInfo) bool { return a.Name == name })
	if err == nil && at < 0 {
		err = &metaadmin.Error{Code: wire.ErrObjectNotFound, RPC: wire.RPCListApps}
	}
	if err != nil {
		return env.failErr(err, "get app env failed with err = %s", metaadmin.Code(err))
	}
	list := newList("app_envs")
	for _, key := range slices.Sorted(maps.Keys(apps[at].Envs)) {
		list.row(key, apps[at].Envs[key])
	}
	r := report{single: true}
	r.add(list)
	return r.print(env, o)
}
