package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/render"
)

func lsBackupPolicyCommand() *command.Command {
	return &command.Command{
		Name:     "ls_backup_policy",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "list the backup policies",
		Examples: []string{"ls_backup_policy", "ls_backup_policy > policies.txt"},
		Ignores:  true,
		Fields:   policyFields(),
		Prepare: func(flags *command.FlagSet) command.Run {
			json := command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, _ []string) error {
				return lsBackupPolicyRun(ctx, env, *json)
			}
		},
	}
}

func lsBackupPolicyRun(ctx context.Context, env Env, json bool) error {
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	policies, _, err := admin.BackupPolicies(ctx, nil, 0)
	if err != nil {
		return fail(env, err, "ls backup policy failed")
	}
	out := env.Out()
	if json {
		policiesJSON := struct {
			Policies []policyJSON `json:"policies"`
		}{[]policyJSON{}}
		for _, p := range policies {
			policiesJSON.Policies = append(policiesJSON.Policies, newPolicyJSON(p))
		}
		return render.WriteIndented(out, policiesJSON, "    ")
	}
	if !env.Format().IsPlain() {
		return command.Print(env, policiesReport(policies, nil, env.Location()), command.OutputOptions{})
	}
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
