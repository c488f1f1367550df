package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

const envsNotes = "It works on the table chosen by `use`."

func getAppEnvsCommand() *Command {
	return &Command{
		Name:     "get_app_envs",
		Plugin:   PluginCluster,
		Summary:  "show the current table's environment variables",
		Usage:    "[-j|--json]",
		Notes:    envsNotes,
		Examples: []string{"get_app_envs"},
		Prepare: func(flags *pflag.FlagSet) Run {
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

func setAppEnvsCommand() *Command {
	return &Command{
		Name:     "set_app_envs",
		Plugin:   PluginCluster,
		Summary:  "set environment variables of the current table",
		Usage:    "<key> <value> [key value...]",
		Notes:    envsNotes,
		Examples: []string{"set_app_envs rocksdb.usage_scenario bulk_load"},
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return setAppEnvsRun },
	}
}

func setAppEnvsRun(ctx context.Context, env *Env, args []string) error {
	name, err := env.table()
	if err != nil {
		return err
	}
	if len(args) < 2 {
		return &UsageError{}
	}
	if len(args)%2 == 1 {
		fmt.Fprintf(env.Err, "need speficy the value for key = %s\n", args[len(args)-1]) // sic
		return reported(fmt.Errorf("key %s has no value", args[len(args)-1]))
	}
	request := &wire.UpdateAppEnvRequest{AppName: name, Op: wire.EnvSet}
	for i := 0; i < len(args); i += 2 {
		request.Keys, request.Values = append(request.Keys, args[i]), append(request.Values, args[i+1])
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	if _, err := admin.UpdateAppEnvs(ctx, request); err != nil {
		return env.failErr(err, "set app envs failed with error %s [hint:\"%s\"]!", status(err), hintOf(err))
	}
	fmt.Fprintln(env.Out, "set app envs succeed")
	return nil
}

func delAppEnvsCommand() *Command {
	return &Command{
		Name:     "del_app_envs",
		Plugin:   PluginCluster,
		Summary:  "delete environment variables of the current table",
		Usage:    "<key> [key...]",
		Notes:    envsNotes,
		Examples: []string{"del_app_envs default_ttl"},
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return delAppEnvsRun },
	}
}

func delAppEnvsRun(ctx context.Context, env *Env, args []string) error {
	name, err := env.table()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return &UsageError{}
	}
	return removeEnvs(ctx, env, &wire.UpdateAppEnvRequest{AppName: name, Op: wire.EnvDel, Keys: args},
		"del app envs succeed", "del app env failed with err = %s")
}

type clearAppEnvsOptions struct {
	all    bool
	prefix string
}

func clearAppEnvsCommand() *Command {
	return &Command{
		Name:     "clear_app_envs",
		Plugin:   PluginCluster,
		Summary:  "delete all environment variables of the current table, or those with a prefix",
		Usage:    "[-a|--all] [-p|--prefix str]",
		Notes:    envsNotes,
		Examples: []string{"clear_app_envs -a", "clear_app_envs -p replica."},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o clearAppEnvsOptions
			flags.BoolVarP(&o.all, "all", "a", false, "delete all")
			flags.StringVarP(&o.prefix, "prefix", "p", "", "delete those whose key begins so")
			return func(ctx context.Context, env *Env, _ []string) error { return clearAppEnvsRun(ctx, env, &o) }
		},
	}
}

func clearAppEnvsRun(ctx context.Context, env *Env, o *clearAppEnvsOptions) error {
	name, err := env.table()
	if err != nil {
		return err
	}
	if !o.all && o.prefix == "" {
		return usagef("must specify one of --all and --prefix options")
	}
	prefix := o.prefix
	if o.all {
		prefix = "" // as in the original, all wins
	}
	return removeEnvs(ctx, env, &wire.UpdateAppEnvRequest{AppName: name, Op: wire.EnvClear, Prefix: &prefix},
		"clear app envs succeed", "clear app envs failed with err = %s")
}

// ruler is the line that the original puts around texts of the server.
const ruler = "============================="

func removeEnvs(ctx context.Context, env *Env, request *wire.UpdateAppEnvRequest, done, failed string) error {
	admin, err := env.admin()
	if err != nil {
		return err
	}
	hint, err := admin.UpdateAppEnvs(ctx, request)
	if err != nil {
		return env.failErr(err, failed, metaadmin.Code(err))
	}
	fmt.Fprintln(env.Out, done)
	if hint != "" {
		fmt.Fprintf(env.Out, "%s\n%s\n%s\n", ruler, hint, ruler)
	}
	return nil
}
