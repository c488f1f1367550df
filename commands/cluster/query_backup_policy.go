package cluster

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
)

type queryBackupPolicyOptions struct {
	names   []string
	backups int32
	json    *bool
}

func queryBackupPolicyCommand() *command.Command {
	return &command.Command{
		Name:    "query_backup_policy",
		Plugin:  command.PluginCluster,
		Reads:   true,
		Summary: "show backup policies and their last backups",
		Usage:   "<-p|--policy_name p1,p2...> [-b|--backup_info_cnt num]",
		Notes:   "A backup without an end time is under way.",
		Fields: slices.Concat(policyFields(), backupFields(),
			[]command.Field{{Path: "missing", Type: command.Texts, Meaning: "names that no policy has"}}),
		Examples: []string{"query_backup_policy -p daily", "query_backup_policy -p daily,weekly -b 10"},
		Prepare: func(flags *command.FlagSet) command.Run {
			o := queryBackupPolicyOptions{backups: 3}
			flags.VarP(&namesValue{&o.names}, "policy_name", "p", "the names of the policies: NAME,NAME...")
			flags.Complete("policy_name", complete.ListOf(complete.BackupPolicy))
			flags.VarP(&backupCountValue{&o.backups}, "backup_info_cnt", "b", "how many of the last backups of each policy are shown")
			o.json = command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, _ []string) error {
				return queryBackupPolicyRun(ctx, env, &o)
			}
		},
	}
}

func queryBackupPolicyRun(ctx context.Context, env Env, o *queryBackupPolicyOptions) error {
	if len(o.names) == 0 {
		return outcome.OriginalUse("empty policy_name, please assign policy_name you want to query")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	policies, backups, err := admin.BackupPolicies(ctx, o.names, o.backups)
	if err != nil {
		return failPolicy(env, err, "query backup policy failed, err = %s", metaadmin.Code(err))
	}
	missing := missingPolicies(o.names, policies)
	switch {
	case *o.json:
		err = writePoliciesJSON(env.Out(), policies, backups, missing)
	case !env.Format().IsPlain():
		err = command.Print(env, policiesReport(policies, append([][]metaadmin.Backup{}, backups...), env.Location()), command.OutputOptions{})
	default:
		err = writePolicies(env.Out(), policies, backups, env.Location())
	}
	if len(missing) > 0 {
		env.Note("NOTE: there is no policy %s", strings.Join(missing, ", "))
	}
	return err
}

// writePolicies writes policies with their backups as the original does.
func writePolicies(w io.Writer, policies []metaadmin.BackupPolicy, backups [][]metaadmin.Backup, zone *time.Location) error {
	for i, p := range policies {
		if i > 0 {
			fmt.Fprintln(w, "************************")
		}
		fmt.Fprintln(w, "policy_info:")
		if err := writePolicy(w, p); err != nil {
			return err
		}
		fmt.Fprint(w, "\nbackup_infos:\n")
		for j, b := range backupsOf(backups, i) {
			fmt.Fprintf(w, "[%d]\n", j+1)
			if err := writeBackup(w, b, zone); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprint(w, "\nquery backup policy succeed\n")
	return err
}

// backupsOf are the backups of policy i; an answer may lack them.
func backupsOf(backups [][]metaadmin.Backup, i int) []metaadmin.Backup {
	if i >= len(backups) {
		return nil
	}
	return backups[i]
}

func writePoliciesJSON(w io.Writer, policies []metaadmin.BackupPolicy, backups [][]metaadmin.Backup, missing []string) error {
	type withBackups struct {
		policyJSON
		Backups []backupJSON `json:"backups"`
	}
	all := struct {
		Policies []withBackups `json:"policies"`
		Missing  []string      `json:"missing"`
	}{[]withBackups{}, append([]string{}, missing...)}
	for i, p := range policies {
		each := withBackups{newPolicyJSON(p), []backupJSON{}}
		for _, b := range backupsOf(backups, i) {
			each.Backups = append(each.Backups, newBackupJSON(b))
		}
		all.Policies = append(all.Policies, each)
	}
	return render.WriteIndented(w, all, "    ")
}

// missingPolicies are the names that were asked for and that no policy has, which the original leaves out.
func missingPolicies(names []string, policies []metaadmin.BackupPolicy) []string {
	var missing []string
	for _, name := range names {
		if !slices.ContainsFunc(policies, func(p metaadmin.BackupPolicy) bool { return p.Name == name }) {
			missing = append(missing, name)
		}
	}
	return missing
}

// failPolicy is failErr with the leader's hint, which the original does not show.
func failPolicy(env Env, err error, format string, args ...any) error {
	failure := failErr(env, err, format, args...)
	if hint := strings.TrimSpace(hintOf(err)); hint != "" {
		env.Note("NOTE: the leader's reason: %s", hint)
	}
	return failure
}

// namesValue are names with commas between them; a flag that is used again adds to them.
type namesValue struct{ p *[]string }

func (v *namesValue) Set(s string) error {
	*v.p = append(*v.p, splitList(s)...)
	return nil
}

func (v *namesValue) String() string { return "" }

func (v *namesValue) Type() string { return "names" }

// backupCountValue is a number above 0.
type backupCountValue struct{ p *int32 }

func (v *backupCountValue) Set(s string) error {
	n, _ := cNumber(s)
	if n <= 0 {
		return outcome.OriginalUse("invalid backup_info_cnt %s", s)
	}
	*v.p = n
	return nil
}

func (v *backupCountValue) String() string { return fmt.Sprint(*v.p) }

func (v *backupCountValue) Type() string { return "int32" }
