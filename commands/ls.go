package commands

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type lsOptions struct {
	all, detailed bool
	status        string
	pattern       string
	match         wire.MatchType
	outputOptions
}

func lsCommand() *Command {
	return &Command{
		Name:     "ls",
		Plugin:   PluginCluster,
		Reads:    true,
		Summary:  "list tables",
		Usage:    "[-a|-all] [-d|--detailed] [-j|--json] [-o|--output file_name][-s|--status all|available|creating|dropping|dropped]",
		Notes:    "Only available tables are shown without -a, whatever the status asked for, as in the original shell. Of the main branch's options -p takes a pattern and -m says how it matches names.",
		Examples: []string{"ls -d", "ls -a -s dropped", "ls -o apps.list", "ls -p temp -m prefix"},
		Prepare: func(flags *pflag.FlagSet) Run {
			o := lsOptions{match: wire.MatchAll}
			flags.BoolVarP(&o.all, "all", "a", false, "show tables in every state")
			flags.BoolVarP(&o.detailed, "detailed", "d", false, "show the partitions' health")
			o.declareJSON(flags)
			flags.StringVarP(&o.status, "status", "s", "", "ask for tables in this state: all, available, creating, dropping, dropped")
			declareKind(flags, "status", kindAppStatus)
			o.declareFile(flags)
			flags.StringVarP(&o.pattern, "app_name_pattern", "p", "", "show tables whose name matches this pattern")
			flags.VarP((*matchValue)(&o.match), "match_type", "m", "how the pattern matches: all, exact, anywhere, prefix, postfix")
			declareKind(flags, "match_type", kindMatch)
			declareOwn(flags, "app_name_pattern", "match_type")
			return func(ctx context.Context, env *Env, _ []string) error { return lsRun(ctx, env, &o) }
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
	return wire.AppInvalid, &UsageError{"parse " + s + " as app_status::type failed", kindAppStatus.near(s)}
}

func lsRun(ctx context.Context, env *Env, o *lsOptions) error {
	status, err := parseAppStatus(o.status)
	if err != nil {
		return err
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	apps, err := listApps(ctx, admin, status, o)
	if err != nil {
		return env.fail(err, "list apps failed, error=%s", metaadmin.Code(err))
	}
	var available []metaadmin.AppInfo
	for _, app := range apps {
		if app.Status == wire.AppAvailable {
			available = append(available, app)
		}
	}
	var r report
	r.add(generalInfo(env, apps, o.all))
	summary := newList("summary")
	summary.row("total_app_count", len(available))
	if o.detailed && len(available) > 0 {
		partitions, _, err := partitionsOf(ctx, admin, available)
		if err != nil {
			return env.fail(err, "list apps failed, error=%s", metaadmin.Code(err))
		}
		r.add(healthyInfo(available, partitions, summary))
	}
	r.add(summary)
	return r.print(env, o.outputOptions)
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
		return usagef("invalid enum: '%s'", s)
	}
	*v = matchValue(match)
	return nil
}

func (v *matchValue) String() string { return wire.MatchType(*v).String() }
func (v *matchValue) Type() string   { return "match" }

func generalInfo(env *Env, apps []metaadmin.AppInfo, all bool) *table {
	t := newGrid("general_info", "app_id", "status", "app_name", "app_type", "partition_count", "replica_count",
		"is_stateful", "create_time", "drop_time", "drop_expire", "envs_count")
	idempotent := false // only servers of the main branch tell, and only then there is the column
	for _, app := range apps {
		idempotent = idempotent || app.AtomicIdempotent != nil
	}
	if idempotent {
		t.columns = append(t.columns, column{name: "atomic_idempotent"})
	}
	for _, app := range apps {
		if !all && app.Status != wire.AppAvailable {
			continue
		}
		dropTime, dropExpire := "-", "-"
		if app.Status == wire.AppDropped && app.ExpireSecond > 0 {
			dropTime, dropExpire = env.seconds(app.DropSecond), env.seconds(app.ExpireSecond)
		}
		cells := []any{app.ID, app.Status, app.Name, app.AppType, app.PartitionCount, app.MaxReplicaCount,
			app.Stateful, env.seconds(app.CreateSecond), dropTime, dropExpire, len(app.Envs)}
		if idempotent {
			cells = append(cells, app.AtomicIdempotent != nil && *app.AtomicIdempotent)
		}
		t.row(cells...)
	}
	return t
}

// healthyInfo gives the table of the available tables' health and adds the sums to the summary.
func healthyInfo(apps []metaadmin.AppInfo, partitions []*metaadmin.Partitions, summary *table) *table {
	t := newGrid("healthy_info", "app_id", "app_name", "partition_count", "fully_healthy", "unhealthy",
		"write_unhealthy", "read_unhealthy")
	var fully, unhealthy, writeUnhealthy, readUnhealthy int
	for i, app := range apps {
		var h health
		for k := range partitions[i].Configs {
			h.count(&partitions[i].Configs[k])
		}
		t.row(app.ID, app.Name, app.PartitionCount, h.fully, int(app.PartitionCount)-h.fully, h.writeUnhealthy, h.readUnhealthy)
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
	summary.row("fully_healthy_app_count", fully)
	summary.row("unhealthy_app_count", unhealthy)
	summary.row("write_unhealthy_app_count", writeUnhealthy)
	summary.row("read_unhealthy_app_count", readUnhealthy)
	return t
}
