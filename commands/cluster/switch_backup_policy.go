package cluster

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin/wire"
)

func disableBackupPolicyCommand() *command.Command {
	return switchBackupPolicy("disable", &command.Command{
		Name:     "disable_backup_policy",
		Summary:  "let a backup policy begin no more backups",
		Notes:    "It fails with ERR_BUSY while a backup of the policy is under way.",
		Examples: []string{"disable_backup_policy -p daily", "disable_backup_policy --policy_name weekly"},
	})
}

func enableBackupPolicyCommand() *command.Command {
	return switchBackupPolicy("enable", &command.Command{
		Name:     "enable_backup_policy",
		Summary:  "let a backup policy begin backups again",
		Examples: []string{"enable_backup_policy -p daily", "enable_backup_policy --policy_name weekly"},
	})
}

// switchBackupPolicy completes one of the commands that switch a policy on or off, as its verb says.
func switchBackupPolicy(verb string, c *command.Command) *command.Command {
	c.Plugin = command.PluginCluster
	c.Usage = "<-p|--policy_name str>"
	c.Prepare = func(flags *command.FlagSet) command.Run {
		name := flags.StringP("policy_name", "p", "", "the name of the policy")
		flags.Complete("policy_name", complete.BackupPolicy)
		return func(ctx context.Context, env command.Env, _ []string) error {
			if *name == "" {
				return outcome.OriginalUse("empty policy name")
			}
			disabled := verb == "disable"
			return modifyPolicy(ctx, env, &wire.ModifyBackupPolicyRequest{Name: *name, Disabled: &disabled}, verb, verb)
		}
	}
	return c
}
