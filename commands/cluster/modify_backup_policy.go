package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type modifyBackupPolicyOptions struct {
	name, start string
	add, remove []int32
	interval    int64
	history     int32
}

func modifyBackupPolicyCommand() *command.Command {
	return &command.Command{
		Name:    "modify_backup_policy",
		Plugin:  command.PluginCluster,
		Summary: "change a backup policy",
		Usage: "<-p|--policy_name str> [-a|--add_app 1,2...] [-r|--remove_app 1,2...] " +
			"[-i|--backup_interval_seconds num] [-c|--backup_history_count num] [-s|--start_time hour:minute]",
		Notes:    "Servers of 2.5.0 ignore ids that no table has, and succeed.",
		Examples: []string{"modify_backup_policy -p daily -a 6 -r 5", "modify_backup_policy -p daily -i 172800 -c 5 -s 04:30"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o modifyBackupPolicyOptions
			flags.StringVarP(&o.name, "policy_name", "p", "", "the name of the policy")
			flags.Complete("policy_name", complete.BackupPolicy)
			flags.VarP(&idsValue{&o.add, positiveID("add invalid app_id(%d) to policy")}, "add_app", "a", "the ids of tables to add: ID,ID...")
			flags.Complete("add_app", complete.ListOf(complete.TableID))
			flags.VarP(&idsValue{&o.remove, positiveID("remove invalid app_id(%d) from policy")}, "remove_app", "r", "the ids of tables to remove: ID,ID...")
			flags.Complete("remove_app", complete.ListOf(complete.TableID))
			flags.VarP(&castValue[int64]{&o.interval, notNegative[int64]("invalid backup_interval_seconds(%d)")},
				"backup_interval_seconds", "i", "seconds from one backup to the next; 0 changes nothing")
			flags.VarP(&castValue[int32]{&o.history, notNegative[int32]("invalid backup_history_count(%d)")},
				"backup_history_count", "c", "how many backups are kept; 0 changes nothing")
			flags.StringVarP(&o.start, "start_time", "s", "", "the time of day at which a backup may begin: HH:MM, 24:00 for any")
			return func(ctx context.Context, env command.Env, _ []string) error {
				return modifyBackupPolicyRun(ctx, env, &o)
			}
		},
	}
}

// positiveID reads the id of a table; wrong is the original's text for one that no table can have.
func positiveID(wrong string) func(s string) (int32, error) {
	return func(s string) (int32, error) {
		id, err := castNumber[int32](s)
		if err == nil && id <= 0 {
			err = outcome.OriginalUse(wrong, id)
		}
		return id, err
	}
}

// notNegative refuses numbers below 0 in the original's words.
func notNegative[N int32 | int64](wrong string) func(n N) error {
	return func(n N) error {
		if n < 0 {
			return outcome.OriginalUse(wrong, n)
		}
		return nil
	}
}

func modifyBackupPolicyRun(ctx context.Context, env Env, o *modifyBackupPolicyOptions) error {
	if o.name == "" {
		return outcome.OriginalUse("empty policy name")
	}
	request := &wire.ModifyBackupPolicyRequest{Name: o.name, Add: o.add, Remove: o.remove}
	if o.start != "" {
		if err := checkStartTime(o.start); err != nil {
			return err
		}
		request.Start = &o.start
	}
	if o.interval > 0 {
		request.IntervalSeconds = &o.interval
	}
	if o.history > 0 {
		request.History = &o.history
	}
	return modifyPolicy(ctx, env, request, "modify", "Modify")
}

// modifyPolicy sends a change of a policy. fails and does are the original's words for it in a failure and in the
// result.
func modifyPolicy(ctx context.Context, env Env, request *wire.ModifyBackupPolicyRequest, fails, does string) error {
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("policy", request.Name)
	hint, err := admin.ModifyBackupPolicy(ctx, request)
	if err != nil {
		return failPolicy(env, err, "%s backup policy failed, with err = %s", fails, metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out(), "%s policy result: %s\n", does, wire.OK)
	if hint != "" {
		fmt.Fprintf(env.Out(), "%s\n%s\n%s\n", ruler, hint, ruler)
	}
	return nil
}
