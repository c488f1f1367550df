package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/internal/znodepath"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type addBackupPolicyOptions struct {
	name, provider, start string
	interval, history     numberText
	apps                  []int32
}

func addBackupPolicyCommand() *command.Command {
	return &command.Command{
		Name:    "add_backup_policy",
		Plugin:  command.PluginCluster,
		Summary: "add a policy by which tables are backed up",
		Usage: "<-p|--policy_name str> <-b|--backup_provider_type str> <-a|--app_ids 1,2...> " +
			"<-i|--backup_interval_seconds num> <-s|--start_time hour:minute> <-c|--backup_history_cnt num>",
		Notes: "The first backup begins at once without -s, and with -s 24:00; else in the hour of that time. A policy cannot be removed, only disabled.",
		Examples: []string{"add_backup_policy -p daily -b local_service -a 2,7 -i 86400 -s 03:05 -c 3",
			"add_backup_policy -p weekly -b hdfs_service -a 2 -i 604800 -s 24:00 -c 4"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o addBackupPolicyOptions
			flags.StringVarP(&o.name, "policy_name", "p", "", "the name of the policy")
			flags.StringVarP(&o.provider, "backup_provider_type", "b", "", "the block service of the servers' configuration that keeps the backups")
			flags.VarP(&idsValue{&o.apps, addedID}, "app_ids", "a", "the ids of the tables: ID,ID...")
			flags.Complete("app_ids", complete.ListOf(complete.TableID))
			flags.VarP(&o.interval, "backup_interval_seconds", "i", "seconds from one backup to the next")
			flags.StringVarP(&o.start, "start_time", "s", "", "the time of day at which a backup may begin: HH:MM, 24:00 for any")
			flags.VarP(&o.history, "backup_history_cnt", "c", "how many backups are kept")
			return func(ctx context.Context, env command.Env, _ []string) error { return addBackupPolicyRun(ctx, env, &o) }
		},
	}
}

// addedID reads the id of a table of a new policy.
func addedID(s string) (int32, error) {
	id, shown := cNumber(s)
	if id <= 0 {
		return 0, outcome.OriginalUse("invalid app_id, %s", shown)
	}
	return id, nil
}

func addBackupPolicyRun(ctx context.Context, env Env, o *addBackupPolicyOptions) error {
	interval, shownInterval := cNumber(string(o.interval))
	history, shownHistory := cNumber(string(o.history))
	switch {
	case o.name == "":
		return outcome.OriginalUse("policy_name should not be empty")
	case o.provider == "":
		return outcome.OriginalUse("backup_provider_type should not be empty")
	case interval <= 0:
		return outcome.OriginalUse("invalid backup_interval_seconds: %s, should > 0", shownInterval)
	case history <= 0:
		return outcome.OriginalUse("invalid backup_history_cnt: %s, should > 0", shownHistory)
	}
	if o.start != "" {
		if err := checkStartTime(o.start); err != nil {
			return err
		}
	}
	if err := znodepath.CheckName(o.name); err != nil { // source: backup_service::do_add_policy
		return outcome.WrongUse("add_backup_policy: the policy name %q %v: the leader stores the policy in a znode of this name, and aborts where "+
			"there can be none. Use letters, digits, underscores and hyphens", o.name, err)
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("policy", o.name)
	err = admin.AddBackupPolicy(ctx, &wire.AddBackupPolicyRequest{
		Provider: o.provider, Name: o.name, Apps: o.apps, IntervalSeconds: int64(interval), History: history, Start: o.start,
	})
	if err != nil {
		return failPolicy(env, err, "add backup policy failed, err = %s", metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out(), "add backup policy succeed, policy_name = %s\n", o.name)
	return nil
}
