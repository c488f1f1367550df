package cluster

import (
	"context"
	"slices"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func splitsCommand() *command.Command {
	return &command.Command{
		Name:    "splits",
		Plugin:  command.PluginCluster,
		Reads:   true,
		Summary: "show tables whose partitions are being split",
		Usage:   "[app_name] [-o|--output file_name] [-j|--json]",
		Notes: "A split doubles the partitions of a table. `left` are partitions that are not split yet, the next columns what they do. " +
			"Without a name all tables are asked about, a call each.",
		Fields: []command.Field{
			{Path: "splits[].app_id", Type: command.Count, Meaning: "the table's id"},
			{Path: "splits[].app_name", Type: command.Text, Meaning: "its name"},
			{Path: "splits[].new_partition_count", Type: command.Count, Meaning: "how many partitions it will have"},
			{Path: "splits[].left", Type: command.Count, Meaning: "partitions that are not split yet"},
			{Path: "splits[].splitting", Type: command.Count, Meaning: "partitions that are being split"},
			{Path: "splits[].pausing", Type: command.Count, Meaning: "partitions that pause soon"},
			{Path: "splits[].paused", Type: command.Count, Meaning: "partitions that pause"},
			{Path: "splits[].canceling", Type: command.Count, Meaning: "partitions whose split is being given up"},
			{Path: "summary.tables", Type: command.Count, Meaning: "tables that were asked about"},
			{Path: "summary.in_split", Type: command.Count, Meaning: "those that are being split"},
		},
		Examples: []string{"splits", "splits temp -j"},
		Args:     []complete.Kind{complete.Table},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o command.OutputOptions
			o.Declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error { return splitsRun(ctx, env, o, args) }
		},
	}
}

func splitsRun(ctx context.Context, env Env, o command.OutputOptions, args []string) error {
	if len(args) > 1 {
		return outcome.WrongArguments("splits", message.New("at most one table"), len(args))
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	apps, err := admin.ListApps(ctx, wire.AppAvailable)
	if err != nil {
		return failErr(env, err, "list apps failed, error=%s", metaadmin.Code(err))
	}
	if len(args) == 1 {
		if apps = onlyApp(apps, args[0]); len(apps) == 0 {
			return message.Errorf("there is no table %s", args[0])
		}
	}
	names := make([]string, len(apps))
	for i, app := range apps {
		names[i] = app.Name
	}
	found, errs := askEach(ctx, names, func(ctx context.Context, name string) (*metaadmin.Split, error) {
		split, err := admin.Split(ctx, name)
		if metaadmin.Code(err) == wire.ErrAppNotExist { // it was dropped meanwhile
			return nil, nil
		}
		return split, err
	})
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return message.Errorf("the splits of %s: %w", names[i], errs[i])
	}
	return command.Print(env, splitsReport(apps, found), o)
}

func splitsReport(apps []metaadmin.AppInfo, found []*metaadmin.Split) *render.Report {
	r := &render.Report{Typed: true}
	grid := render.NewGrid("splits", "app_id", "app_name")
	grid.Right("new_partition_count", "left", "splitting", "pausing", "paused", "canceling")
	inSplit := 0
	for i, split := range found {
		if split == nil {
			continue
		}
		inSplit++
		count := map[int32]int{}
		for _, state := range split.Partitions {
			count[state]++
		}
		grid.Row(apps[i].ID, apps[i].Name, split.PartitionCount, len(split.Partitions),
			count[wire.SplitSplitting], count[wire.SplitPausing], count[wire.SplitPaused], count[wire.SplitCanceling])
	}
	r.Add(grid)
	summary := r.Add(render.NewList("summary"))
	summary.Row("tables", len(apps))
	summary.Row("in_split", inSplit)
	return r
}
