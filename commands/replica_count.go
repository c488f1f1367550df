package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
)

func getReplicaCountCommand() *Command {
	return &Command{
		Name:     "get_replica_count",
		Plugin:   PluginCluster,
		Summary:  "show how many replicas each partition of a table is to have",
		Usage:    "<app_name> [-j|--json]",
		Examples: []string{"get_replica_count temp"},
		Words:    2,
		Prepare: func(flags *pflag.FlagSet) Run {
			var o outputOptions
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env *Env, args []string) error {
				return getReplicaCountRun(ctx, env, o, args)
			}
		},
	}
}

func getReplicaCountRun(ctx context.Context, env *Env, o outputOptions, args []string) error {
	if len(args) == 0 {
		return &UsageError{}
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	count, err := admin.ReplicaCount(ctx, args[0])
	if err != nil {
		return env.failErr(err, "get replica count of app(%s) failed: %s", escape(args[0]), status(err))
	}
	list := newList("max_replica_count")
	list.row("max_replica_count", count)
	r := report{single: true}
	r.add(list)
	return r.print(env, o)
}

func setReplicaCountCommand() *Command {
	return &Command{
		Name:     "set_replica_count",
		Plugin:   PluginCluster,
		Summary:  "set how many replicas each partition of a table is to have",
		Usage:    "<app_name> <replica_count>",
		Notes:    "It asks first; in a script the next line is the answer, y or n.",
		Examples: []string{"set_replica_count temp 3"},
		Words:    3,
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return setReplicaCountRun },
	}
}

func setReplicaCountRun(ctx context.Context, env *Env, args []string) error {
	count, ok := parseNumber(args[1])
	if !ok {
		return usagef("parse '%s' as replica count failed", args[1])
	}
	if count < 1 {
		return usagef("replica count should be >= 1")
	}
	name := escape(args[0])
	admin, err := env.admin()
	if err != nil {
		return err
	}
	if err := env.confirmUnsafe(ctx, fmt.Sprintf("set the replica count of app(%s) to %d", name, count)); err != nil {
		return err
	}
	old, hint, err := admin.SetReplicaCount(ctx, args[0], count)
	if err != nil {
		why := string(metaadmin.Code(err))
		if hint := hintOf(err); hint != "" {
			why += ", " + hint
		}
		return env.failErr(err, "set replica count of app(%s) failed: %s", name, why)
	}
	if hint == "" {
		hint = "success"
	}
	fmt.Fprintf(env.Out, "set replica count of app(%s) from %d to %d: %s\n", name, old, count, hint)
	return nil
}
