package cluster

import (
	"context"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/internal/tableformat"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type lsOptions struct {
	all, detailed bool
	status        string
	pattern       string
	match         wire.MatchType
	command.OutputOptions
}

func lsCommand() *command.Command {
	return &command.Command{
		Name:     "ls",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "list tables",
		Usage:    "[-a|-all] [-d|--detailed] [-j|--json] [-o|--output file_name][-s|--status all|available|creating|dropping|dropped]",
		Notes:    "Without -a only available tables are shown, whatever status -s names, as in the original shell. The options -p and -m are from the main branch: -p is a pattern, -m is how it matches names.",
		Examples: []string{"ls -d", "ls -a -s dropped", "ls -o apps.list", "ls -p temp -m prefix"},
		Prepare: func(flags *command.FlagSet) command.Run {
			o := lsOptions{match: wire.MatchAll}
			flags.BoolVarP(&o.all, "all", "a", false, "show tables in every state")
			flags.BoolVarP(&o.detailed, "detailed", "d", false, "show the partitions' health")
			o.DeclareJSON(flags)
			flags.StringVarP(&o.status, "status", "s", "", "ask for tables in this state: all, available, creating, dropping, dropped")
			flags.Complete("status", complete.AppStatus.Complete)
			o.DeclareFile(flags)
			flags.StringVarP(&o.pattern, "app_name_pattern", "p", "", "show tables whose name matches this pattern")
			flags.VarP((*matchValue)(&o.match), "match_type", "m", "how the pattern matches: all, exact, anywhere, prefix, postfix")
			flags.Complete("match_type", complete.Match.Complete)
			flags.DeclareOwn("app_name_pattern", "match_type")
			return func(ctx context.Context, env command.Env, _ []string) error { return lsRun(ctx, env, &o) }
		},
	}
}

var appStatuses = []metaadmin.AppStatus{
	wire.AppAvailable, wire.AppCreating, wire.AppCreateFailed, wire.AppDropping, wire.AppDropFailed, wire.AppDropped, wire.AppRecalling,
}

func parseAppStatus(s string) (metaadmin.AppStatus, error) {
	if s == "" || s == "all" {
		return wire.AppInvalid, nil
	}
	for _, status := range appStatuses {
		if strings.EqualFold(s, status.String()) {
			return status, nil
		}
	}
	return wire.AppInvalid, outcome.Misuse("parse "+s+" as app_status::type failed", complete.AppStatus.Near(s))
}

func lsRun(ctx context.Context, env Env, o *lsOptions) error {
	status, err := parseAppStatus(o.status)
	if err != nil {
		return err
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	apps, err := listApps(ctx, admin, status, o)
	if err != nil {
		return fail(env, err, "list apps failed, error=%s", metaadmin.Code(err))
	}
	var available []metaadmin.AppInfo
	for _, app := range apps {
		if app.Status == wire.AppAvailable {
			available = append(available, app)
		}
	}
	var r render.Report
	r.Add(generalInfo(env, apps, o.all))
	summary := render.NewList("summary")
	summary.Row("total_app_count", len(available))
	if o.detailed && len(available) > 0 {
		partitions, _, err := partitionsOf(ctx, admin, available)
		if err != nil {
			return fail(env, err, "list apps failed, error=%s", metaadmin.Code(err))
		}
		r.Add(healthyInfo(available, partitions, summary))
	}
	r.Add(summary)
	if err := command.Print(env, &r, o.OutputOptions); err != nil {
		return err
	}
	if o.File != "" && !isReadableList(o.JSON, env.Format()) {
		env.Note("recover --expect cannot read %s: repeat the line with -j, or after format %s", o.File, tableformat.Plain)
		return nil
	}
	env.Saved(command.ListTables, o.File)
	return nil
}

// listApps asks for the tables of the options. Without a pattern the question is that of 2.5.
func listApps(ctx context.Context, admin *metaadmin.Client, status metaadmin.AppStatus, o *lsOptions) ([]metaadmin.AppInfo, error) {
	if o.pattern == "" && o.match == wire.MatchAll {
		return admin.ListApps(ctx, status)
	}
	return admin.ListAppsMatching(ctx, status, o.pattern, o.match)
}

// matchValue is the option -m.
type matchValue wire.MatchType

func (v *matchValue) Set(s string) error {
	match, err := wire.ParseMatchType(s)
	if err != nil {
		return outcome.OriginalUse("invalid enum: '%s'", s)
	}
	*v = matchValue(match)
	return nil
}

func (v *matchValue) String() string { return wire.MatchType(*v).String() }

func (v *matchValue) Type() string { return "match" }

func generalInfo(env Env, apps []metaadmin.AppInfo, all bool) *render.Table {
	t := render.NewGrid("general_info", "app_id", "status", "app_name", "app_type", "partition_count", "replica_count",
		"is_stateful", "create_time", "drop_time", "drop_expire", "envs_count")
	idempotent := false // only servers of the main branch report it, and only then there is the column
	for _, app := range apps {
		idempotent = idempotent || app.AtomicIdempotent != nil
	}
	if idempotent {
		t.Columns = append(t.Columns, render.Column{Name: "atomic_idempotent"})
	}
	for _, app := range apps {
		if !all && app.Status != wire.AppAvailable {
			continue
		}
		dropTime, dropExpire := "-", "-"
		if app.Status == wire.AppDropped && app.ExpireSecond > 0 {
			dropTime, dropExpire = env.Seconds(app.DropSecond), env.Seconds(app.ExpireSecond)
		}
		cells := []any{app.ID, app.Status, app.Name, app.AppType, app.PartitionCount, app.MaxReplicaCount,
			app.Stateful, env.Seconds(app.CreateSecond), dropTime, dropExpire, len(app.Envs)}
		if idempotent {
			cells = append(cells, app.AtomicIdempotent != nil && *app.AtomicIdempotent)
		}
		t.Row(cells...)
	}
	return t
}

// healthyInfo returns the table of the available tables' health and adds the sums to the summary.
func healthyInfo(apps []metaadmin.AppInfo, partitions []*metaadmin.Partitions, summary *render.Table) *render.Table {
	t := render.NewGrid("healthy_info", "app_id", "app_name", "partition_count", "fully_healthy", "unhealthy",
		"write_unhealthy", "read_unhealthy")
	var fully, unhealthy, writeUnhealthy, readUnhealthy int
	for i, app := range apps {
		var h health
		for k := range partitions[i].Configs {
			h.count(&partitions[i].Configs[k])
		}
		t.Row(app.ID, app.Name, app.PartitionCount, h.fully, int(app.PartitionCount)-h.fully, h.writeUnhealthy, h.readUnhealthy)
		if h.fully == int(app.PartitionCount) {
			fully++
		} else {
			unhealthy++
		}
		if h.writeUnhealthy > 0 {
			writeUnhealthy++
		}
		if h.readUnhealthy > 0 {
			readUnhealthy++
		}
	}
	summary.Row("fully_healthy_app_count", fully)
	summary.Row("unhealthy_app_count", unhealthy)
	summary.Row("write_unhealthy_app_count", writeUnhealthy)
	summary.Row("read_unhealthy_app_count", readUnhealthy)
	return t
}
