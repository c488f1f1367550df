package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/metaadmin"
)

func getMetaLevelCommand() *command.Command {
	return &command.Command{
		Name:     "get_meta_level",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show the level that was set on the leader",
		Notes:    "cluster_info shows the effective level, which is freezed while too few replica servers are alive.",
		Examples: []string{"get_meta_level", "cluster_info"},
		Ignores:  true,
		Fields:   []command.Field{{Path: "level", Type: command.Text, Meaning: "`stopped`, `blind`, `freezed`, `steady` or `lively`"}},
		Prepare: func(flags *command.FlagSet) command.Run {
			json := command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, _ []string) error {
				return getMetaLevelRun(ctx, env, *json)
			}
		},
	}
}

func getMetaLevelRun(ctx context.Context, env Env, json bool) error {
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	level, err := admin.MetaLevel(ctx)
	if err != nil {
		return fail(env, err, "get meta level got error %s", metaadmin.Code(err))
	}
	if json {
		return render.WriteIndented(env.Out(), struct {
			Level string `json:"level"`
		}{level.String()}, "    ")
	}
	fmt.Fprintf(env.Out(), "current meta level is %s\n", render.ToneOf("meta_function_level", level.String()).Paint(env.Out(), "fl_"+level.String()))
	return nil
}
