package cluster

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type appStatOptions struct {
	app                string
	onlyQPS, onlyUsage bool
	intervalMS         int32
	command.OutputOptions
}

func appStatCommand() *command.Command {
	return &command.Command{
		Name:     "app_stat",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show the load of tables, or of one table's partitions",
		Usage:    "[-a|--app_name str] [-q|--only_qps] [-u|--only_usage] [-j|--json] [-o|--output file_name]",
		Notes:    sampleNotes,
		Examples: []string{"app_stat", "app_stat -a temp", "app_stat -q -j"},
		Prepare: func(flags *command.FlagSet) command.Run {
			o := appStatOptions{intervalMS: sampleInterval}
			flags.StringVarP(&o.app, "app_name", "a", "", "show this table's partitions")
			flags.Complete("app_name", complete.Table)
			flags.BoolVarP(&o.onlyQPS, "only_qps", "q", false, "leave out what is stored")
			flags.BoolVarP(&o.onlyUsage, "only_usage", "u", false, "leave out requests")
			o.DeclareJSON(flags)
			o.DeclareFile(flags)
			declareSample(flags, &o.intervalMS)
			return func(ctx context.Context, env command.Env, _ []string) error { return appStatRun(ctx, env, &o) }
		},
	}
}

// statRow is one table, one partition, or the sum.
type statRow struct {
	name       string
	id         int32
	partitions int32
	values     [quantityCount]float64
}

var errOnlyBoth = errors.New("only_qps and only_usage exclude each other")

func appStatRun(ctx context.Context, env Env, o *appStatOptions) error {
	if o.onlyQPS && o.onlyUsage {
		fmt.Fprintln(env.Out(), "ERROR: only_qps and only_usage should not be set at the same time")
		return outcome.Told(errOnlyBoth)
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	rows, err := statRows(ctx, env, admin, o)
	if outcome.IsCanceled(err) {
		return err
	}
	if err != nil {
		fmt.Fprintln(env.Out(), "ERROR: query app stat from server failed")
		fmt.Fprintln(env.Err(), err) // the original prints no more
		return outcome.Told(err)
	}
	sum := statRow{name: fmt.Sprintf("(total:%d)", len(rows))}
	for _, row := range rows {
		sum.partitions += row.partitions
		for i := range row.values {
			sum.values[i] += row.values[i]
		}
	}
	r := render.Report{Single: true}
	r.Add(statTable(append(rows, sum), o))
	return command.Print(env, &r, o.OutputOptions)
}

// statRows adds up what the primary of each partition counts: for each table, or for each partition
// of one.
func statRows(ctx context.Context, env Env, admin *metaadmin.Client, o *appStatOptions) ([]statRow, error) {
	apps, err := admin.ListApps(ctx, wire.AppAvailable)
	if err != nil {
		return nil, err
	}
	query := figureQuery{command: "perf-counters", arguments: []string{".*@.*"}, interval: time.Duration(o.intervalMS) * time.Millisecond}
	for i := range quantityCount {
		query.wanted = append(query.wanted, i)
	}
	if o.app != "" {
		if apps = onlyApp(apps, o.app); len(apps) == 0 {
			return nil, &metaadmin.Error{Code: wire.ErrObjectNotFound, RPC: wire.RPCListApps, Hint: "app " + o.app + " not found"}
		}
		query.table = apps[0].ID
		query.arguments = []string{fmt.Sprintf(`.*@%d\..*`, apps[0].ID)}
	}
	infos, err := admin.ListNodes(ctx, wire.NodeAlive)
	if err != nil {
		return nil, err
	}
	servers := map[string]bool{}
	for i := range infos {
		servers[infos[i].Name()] = true
	}
	names := sortedServers(servers)
	answers, errs := askEach(ctx, names, func(ctx context.Context, server string) ([]figure, error) {
		return query.ask(ctx, env, admin, server)
	})
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", names[i], err)
		}
	}
	partitions, failed, err := partitionsOf(ctx, admin, apps)
	if err != nil {
		return nil, message.Errorf("table %s: %w", failed, err)
	}
	return addUp(apps, partitions, names, answers, o.app != ""), nil
}

func onlyApp(apps []metaadmin.AppInfo, name string) []metaadmin.AppInfo {
	for i := range apps {
		if apps[i].Name == name {
			return apps[i : i+1]
		}
	}
	return nil
}

// addUp makes rows of figures, each partition's from its primary's server alone.
func addUp(apps []metaadmin.AppInfo, partitions []*metaadmin.Partitions, servers []string, answers [][]figure, byPartition bool) []statRow {
	var rows []statRow
	first := map[int32]int{} // where a table's rows begin
	at := map[int32]int{}    // the index of a table in apps
	for i, app := range apps {
		first[app.ID], at[app.ID] = len(rows), i
		if !byPartition {
			rows = append(rows, statRow{name: app.Name, id: app.ID, partitions: app.PartitionCount})
			continue
		}
		for k := range partitions[i].Configs {
			rows = append(rows, statRow{name: strconv.Itoa(k)})
		}
	}
	for i, figures := range answers {
		for _, f := range figures {
			n, ok := at[f.pid.AppID]
			if !ok || int(f.pid.Index) >= len(partitions[n].Configs) || partitions[n].Configs[f.pid.Index].PrimaryServer() != servers[i] {
				continue
			}
			row := first[f.pid.AppID]
			if byPartition {
				row += int(f.pid.Index)
			}
			rows[row].values[f.quantity] += f.value
		}
	}
	return rows
}

// trafficColumns are the columns of the quantities from getQPS to rejected.
var trafficColumns = []string{"GET", "MGET", "BGET", "PUT", "MPUT", "DEL", "MDEL", "INCR", "CAS", "CAM", "SCAN", "RCU", "WCU",
	"expire", "filter", "abnormal", "delay", "reject"}

func statTable(rows []statRow, o *appStatOptions) *render.Table {
	t := render.NewGrid("app_stat", "app_name")
	t.Precision = 3
	if o.app == "" {
		t.Right("app_id", "pcount")
	} else {
		t.Columns[0].Name = "pidx"
	}
	if !o.onlyUsage {
		t.Right(trafficColumns...)
	}
	if !o.onlyQPS {
		t.Right("file_mb", "file_num", "mem_tbl_mb", "mem_idx_mb")
	}
	t.Right("hit_rate", "seek_n_rate", "point_n_rate", "point_fp_rate")
	for _, row := range rows {
		v := row.values
		cells := []any{row.name}
		if o.app == "" {
			cells = append(cells, row.id, row.partitions)
		}
		if !o.onlyUsage {
			for i := range trafficColumns {
				cells = append(cells, v[i])
			}
		}
		if !o.onlyQPS {
			cells = append(cells, v[fileMB], int64(v[fileCount]), v[memTableBytes]/(1<<20), v[memIndexBytes]/(1<<20))
		}
		falsePositives := v[pointPositives] - v[pointTruePositives]
		cells = append(cells,
			ratio(v[cacheHits], v[cacheTotal]),
			ratio(v[seekNegatives], v[seekTotal]),
			ratio(v[pointNegatives], v[pointNegatives]+v[pointPositives]),
			ratio(falsePositives, falsePositives+v[pointNegatives]))
		t.Row(cells...)
	}
	return t
}

// ratio is 0 where there is nothing to divide by.
func ratio(part, total float64) float64 {
	if math.Abs(total) < 1e-6 {
		return 0
	}
	return part / total
}
