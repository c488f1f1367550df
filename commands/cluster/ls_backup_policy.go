package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
)

func lsBackupPolicyCommand() *command.Command {
	return &command.Command{
		Name:     "ls_backup_policy",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "list the backup policies",
		Examples: []string{"ls_backup_policy", "ls_backup_policy > policies.txt"},
		Ignores:  true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, _ []string) error { return lsBackupPolicyRun(ctx, env) }
		},
	}
}

func lsBackupPolicyRun(ctx context.Context, env Env) error {
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	policies, _, err := admin.BackupPolicies(ctx, nil, 0)
	if err != nil {
		return fail(env, err, "ls backup policy failed")
	}
	out := env.Out()
	for i, p := range policies {
		fmt.Fprintf(out, "[%d]\n", i+1)
		if err := writePolicy(out, p); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	fmt.Fprint(out, "\nls backup policy succeed\n")
	return nil
}
