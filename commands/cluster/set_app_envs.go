package cluster

import (
	"context"
	"fmt"
	"slices"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin/wire"
)

// envDefaultTTL is the variable that makes values of a table expire.
const envDefaultTTL = "default_ttl"

func setAppEnvsCommand() *command.Command {
	return &command.Command{
		Name:     "set_app_envs",
		Plugin:   command.PluginCluster,
		Summary:  "set environment variables of the current table",
		Usage:    "<key> <value> [key value...]",
		Notes:    envsNotes,
		Examples: []string{"set_app_envs rocksdb.usage_scenario bulk_load", "set_app_envs default_ttl 86400 manual_compact.disabled true"},
		Plain:    true,
		RestArgs: complete.NewVariable,
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return setAppEnvsRun(ctx, env, args) }
		},
	}
}

func setAppEnvsRun(ctx context.Context, env Env, args []string) error {
	name, err := table(env)
	if err != nil {
		return err
	}
	if len(args) < 2 {
		return outcome.Misused()
	}
	if len(args)%2 == 1 {
		fmt.Fprintf(env.Err(), "need speficy the value for key = %s\n", args[len(args)-1]) // sic
		return outcome.Told(fmt.Errorf("key %s has no value", args[len(args)-1]))
	}
	request := &wire.UpdateAppEnvRequest{AppName: name, Op: wire.EnvSet}
	for i := 0; i < len(args); i += 2 {
		request.Keys, request.Values = append(request.Keys, args[i]), append(request.Values, args[i+1])
	}
	env.Evidence("table", name)
	env.Evidence("keys", request.Keys)
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	if slices.Contains(request.Keys, envDefaultTTL) {
		env.Warn("replica servers of 2.5.0 crash (SIGSEGV) when they open the replicas of a table that has %s, as they do after a restart", envDefaultTTL)
	}
	if _, err := admin.UpdateAppEnvs(ctx, request); err != nil {
		return failErr(env, err, "set app envs failed with error %s [hint:\"%s\"]!", status(err), hintOf(err))
	}
	fmt.Fprintln(env.Out(), "set app envs succeed")
	return nil
}
