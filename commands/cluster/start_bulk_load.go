package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
)

type startBulkLoadOptions struct {
	app  string
	from metaadmin.BulkLoadSource
}

func startBulkLoadCommand() *command.Command {
	return &command.Command{
		Name:    "start_bulk_load",
		Plugin:  command.PluginCluster,
		Summary: "load files that were made elsewhere into a table",
		Usage:   "<-a --app_name str> <-c --cluster_name str> <-p --file_provider_type str> <-r --root_path> [-i --ingest_behind]",
		Notes: "The leader sets its meta level to steady when it accepts: at the level blind, where metadata is being copied, the command is refused for that reason. " +
			"The files are those of the cluster and the table below the root path of the provider.",
		Examples: []string{"start_bulk_load -a temp -c onebox -p local_service -r bulk_load_root", "query_bulk_load_status -a temp -d"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o startBulkLoadOptions
			declareApp(flags, &o.app)
			flags.StringVarP(&o.from.Cluster, "cluster_name", "c", "", "the cluster that the files were made for")
			flags.StringVarP(&o.from.Provider, "file_provider_type", "p", "", "where the files are, such as local_service or hdfs_service")
			flags.StringVarP(&o.from.Root, "root_path", "r", "", "the folder of the files on the provider")
			flags.BoolVarP(&o.from.IngestBehind, "ingest_behind", "i", false, "what the table has already is newer than the files")
			return func(ctx context.Context, env command.Env, _ []string) error { return startBulkLoadRun(ctx, env, &o) }
		},
	}
}

// declareApp adds the flag by which the commands on bulk loads name their table.
func declareApp(flags *command.FlagSet, app *string) {
	flags.StringVarP(app, "app_name", "a", "", "the table")
	flags.Complete("app_name", complete.Table)
}

func startBulkLoadRun(ctx context.Context, env Env, o *startBulkLoadOptions) error {
	for _, each := range []struct{ name, value string }{
		{"app_name", o.app}, {"cluster_name", o.from.Cluster}, {"file_provider_type", o.from.Provider}, {"remote_root_path", o.from.Root},
	} {
		if each.value == "" {
			return outcome.OriginalUse("%s should not be empty", each.name)
		}
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("table", o.app)
	if err := admin.StartBulkLoad(ctx, o.app, o.from); err != nil {
		return failBulkLoad(env, err, "start")
	}
	fmt.Fprintln(env.Out(), "start bulk load succeed")
	if level, err := admin.MetaLevel(ctx); err == nil {
		env.Warn("the meta level is %s now: a leader that starts a bulk load sets it to steady", level)
	} else {
		env.Warn("a leader that starts a bulk load sets the meta level to steady: look with get_meta_level")
	}
	return nil
}

// failBulkLoad tells in the original's words that an operation on a bulk load has failed.
func failBulkLoad(env Env, err error, operation string) error {
	return failErr(env, err, "%s bulk load failed, error=%s [hint:\"%s\"]", operation, status(err), hintOf(err))
}
