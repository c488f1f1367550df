package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func setMetaLevelCommand() *Command {
	return &Command{
		Name:     "set_meta_level",
		Plugin:   PluginCluster,
		Summary:  "set the function level of the leading meta server",
		Usage:    "<stopped|blind|freezed|steady|lively>",
		Notes:    "The level lives in the leader's memory: after a restart or under another leader it is what the configuration says (meta_function_level_on_start).",
		Examples: []string{"set_meta_level blind", "set_meta_level steady"},
		Args:     []Kind{kindLevel},
		Ignores:  true,
		Prepare:  func(*pflag.FlagSet) Run { return setMetaLevelRun },
	}
}

func setMetaLevelRun(ctx context.Context, env *Env, args []string) error {
	if len(args) == 0 {
		return &UsageError{}
	}
	level, err := wire.ParseMetaLevel(args[0])
	if err != nil {
		return &UsageError{fmt.Sprintf("parse %s as meta function level failed\n", args[0]), kindLevel.near(args[0])}
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	if err := env.refuseTwoLeaders(ctx); err != nil {
		return err
	}
	old, err := admin.SetMetaLevel(ctx, level)
	if err != nil {
		return env.fail(err, "control meta level got error %s", metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out, "control meta level ok, the old level is fl_%s\n", old)
	return nil
}
