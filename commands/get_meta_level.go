package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
)

func getMetaLevelCommand() *Command {
	return &Command{
		Name:     "get_meta_level",
		Plugin:   PluginCluster,
		Reads:    true,
		Summary:  "show the level that was set on the leading meta server",
		Notes:    "cluster_info shows the effective level, which is freezed while too few replica servers are alive.",
		Examples: []string{"get_meta_level", "cluster_info"},
		Ignores:  true,
		Prepare:  func(*pflag.FlagSet) Run { return getMetaLevelRun },
	}
}

func getMetaLevelRun(ctx context.Context, env *Env, _ []string) error {
	admin, err := env.admin()
	if err != nil {
		return err
	}
	level, err := admin.MetaLevel(ctx)
	if err != nil {
		return env.fail(err, "get meta level got error %s", metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out, "current meta level is %s\n", toneOf("meta_function_level", level.String()).paint(env.Out, "fl_"+level.String()))
	return nil
}
