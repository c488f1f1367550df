package cluster

import (
	"context"
	"fmt"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type restoreAppOptions struct {
	request wire.RestoreRequest
}

func restoreAppCommand() *command.Command {
	return &command.Command{
		Name:    "restore_app",
		Plugin:  command.PluginCluster,
		Summary: "create a table from a backup",
		Usage: "<-c|--old_cluster_name str> <-p|--old_policy_name str> <-a|--old_app_name str> <-i|--old_app_id id> " +
			"<-t|--timestamp/backup_id timestamp> <-b|--backup_provider_type str> [-n|--new_app_name str] [-s|--skip_bad_partition]",
		Notes: "query_backup_policy shows the ids of backups. The data is restored in the background: query_restore_status shows how far it is.",
		Examples: []string{"restore_app -c onebox -p daily -a temp -i 2 -t 1795651025396 -b local_service",
			"restore_app -c onebox -p daily -a temp -i 2 -t 1795651025396 -b local_service -n temp_restored -s"},
		BadOption: "invalid parameter",
		Prepare: func(flags *command.FlagSet) command.Run {
			var o restoreAppOptions
			q := &o.request
			flags.StringVarP(&q.Cluster, "old_cluster_name", "c", "", "the name of the cluster that made the backup")
			flags.Complete("old_cluster_name", complete.Cluster)
			flags.StringVarP(&q.Policy, "old_policy_name", "p", "", "the policy by which it was made")
			flags.Complete("old_policy_name", complete.BackupPolicy)
			flags.StringVarP(&q.AppName, "old_app_name", "a", "", "the name that the table had then")
			flags.Complete("old_app_name", complete.Table)
			flags.VarP(&castValue[int32]{p: &q.AppID}, "old_app_id", "i", "the id that the table had then")
			flags.StringVarP(&q.NewName, "new_app_name", "n", "", "the name of the new table; the old one by default")
			flags.VarP(&castValue[int64]{p: &q.BackupID}, "timestamp", "t", "the id of the backup")
			flags.StringVarP(&q.Provider, "backup_provider_type", "b", "", "the block service of the servers' configuration that keeps the backups")
			flags.BoolVarP(&q.SkipBad, "skip_bad_partition", "s", false, "leave partitions empty whose backup is damaged: their data is lost")
			return func(ctx context.Context, env command.Env, _ []string) error { return restoreAppRun(ctx, env, &o) }
		},
	}
}

func restoreAppRun(ctx context.Context, env Env, o *restoreAppOptions) error {
	q := &o.request
	if q.Cluster == "" || q.AppName == "" || q.AppID <= 0 || q.BackupID <= 0 || q.Provider == "" {
		return outcome.OriginalUse("invalid parameter")
	}
	if q.NewName == "" {
		q.NewName = q.AppName
	}
	env.Evidence("table", q.NewName)
	env.Evidence("backup", q.BackupID)
	id, err := restoreApp(ctx, env, q)
	if err != nil {
		if metaadmin.Code(err) == wire.ErrObjectNotFound {
			fmt.Fprintln(env.Out(), "restore app failed: couldn't find valid app metadata")
		}
		return failErr(env, err, "restore app failed with err(%s)", metaadmin.Code(err))
	}
	env.Evidence("id", id)
	fmt.Fprintf(env.Out(), "\tnew app_id = %d\n", id)
	return nil
}

// restoreApp sends the request and reports each second that it waits.
func restoreApp(ctx context.Context, env Env, q *wire.RestoreRequest) (id int32, err error) {
	for _, name := range []struct{ is, what string }{{q.AppName, "old_app_name"}, {q.NewName, "new_app_name"}} {
		if !validTableName(name.is) {
			fmt.Fprintf(env.Out(), "restore app %s failed: invalid %s\n", name.is, name.what)
			return 0, errTableName(wire.RPCStartRestore)
		}
	}
	admin, err := env.Admin()
	if err != nil {
		return 0, err
	}
	if err := metaadmin.PassGate(ctx); err != nil {
		return 0, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		id, err = admin.StartRestore(ctx, q)
	}()
	ticker := time.NewTicker(env.OneSecond())
	defer ticker.Stop()
	for {
		fmt.Fprintln(env.Out(), "sleep 1 second to wait complete...")
		select {
		case <-done:
			return id, err
		case <-ticker.C:
		}
	}
}
