package cluster

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type createOptions struct {
	partitions, replicas int32
	failIfExist          bool
	envs                 string
}

func createCommand() *command.Command {
	return &command.Command{
		Name:     "create",
		Plugin:   command.PluginCluster,
		Summary:  "create a table and wait until it is ready",
		Usage:    "<app_name> [-p|--partition_count num] [-r|--replica_count num] [-f|--fail_if_exist] [-e|--envs k1=v1,k2=v2...]",
		Notes:    "Without -f it is not an error if the table exists already.",
		Examples: []string{"create temp -p 8", "create stat -p 64 -r 3 -e rocksdb.usage_scenario=normal"},
		Args:     []complete.Kind{complete.Free},
		Prepare: func(flags *command.FlagSet) command.Run {
			o := createOptions{partitions: 4, replicas: 3}
			flags.VarP(command.Number(&o.partitions, "partition_count"), "partition_count", "p", "number of partitions")
			flags.VarP(command.Number(&o.replicas, "replica_count"), "replica_count", "r", "replicas of each partition")
			flags.BoolVarP(&o.failIfExist, "fail_if_exist", "f", false, "fail when there is such a table")
			flags.StringVarP(&o.envs, "envs", "e", "", "environment variables of the table")
			return func(ctx context.Context, env command.Env, args []string) error { return createRun(ctx, env, &o, args) }
		},
	}
}

func createRun(ctx context.Context, env Env, o *createOptions, args []string) error {
	if len(args) == 0 {
		return outcome.Misused()
	}
	name := args[0]
	envs, err := parseEnvs(o.envs)
	if err != nil {
		return err
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	err = createTable(ctx, env, admin, name, o, envs)
	if err != nil {
		if outcome.IsCanceled(err) || isRefused(err) {
			return err
		}
		fmt.Fprintf(env.Out(), "create app \"%s\" failed, error = %s\n", escape(name), metaadmin.Code(err))
		return outcome.Told(err)
	}
	fmt.Fprintf(env.Out(), "create app \"%s\" succeed\n", escape(name))
	return nil
}

func parseEnvs(s string) (map[string]string, error) {
	envs := map[string]string{}
	for _, pair := range splitList(s) {
		key, value, ok := strings.Cut(pair, "=")
		if _, again := envs[key]; !ok || key == "" || again {
			return nil, outcome.OriginalUse("invalid envs: %s", s)
		}
		envs[key] = value
	}
	return envs, nil
}

// createTable reports each step in the original's words and returns an error that has the code.
func createTable(ctx context.Context, env Env, admin *metaadmin.Client, name string, o *createOptions, envs map[string]string) error {
	refuse := func(why string) error {
		fmt.Fprintf(env.Out(), "create app %s failed: %s\n", name, why)
		return &metaadmin.Error{Code: wire.ErrInvalidParameters, RPC: wire.RPCCreateApp}
	}
	switch {
	case o.partitions < 1:
		return refuse("partition_count should >= 1")
	case o.replicas < 1:
		return refuse("replica_count should >= 1")
	case !validTableName(name):
		return refuse("invalid app_name")
	}
	env.Evidence("table", name)
	env.Evidence("partitions", o.partitions)
	err := whileBusy(ctx, env, func() error {
		id, err := admin.CreateApp(ctx, name, metaadmin.CreateAppOptions{
			PartitionCount: o.partitions,
			ReplicaCount:   o.replicas,
			SuccessIfExist: !o.failIfExist,
			AppType:        "pegasus",
			Stateful:       true,
			Envs:           envs,
		})
		if err == nil {
			env.Evidence("id", id)
		}
		return err
	})
	if err != nil {
		return fail(env, err, "create app %s failed: [create] %s error: %s", name, whoFailed(err), metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out(), "create app %s succeed, waiting for app ready\n", name)
	if err := waitReady(ctx, env, admin, name, int(o.replicas)); err != nil {
		return err
	}
	fmt.Fprintf(env.Out(), "%s is ready now!\n", name)
	return nil
}
