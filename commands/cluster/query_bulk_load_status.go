package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type queryBulkLoadOptions struct {
	app      string
	index    int32
	detailed bool
	json     *bool
}

// allPartitions is the index of no partition.
const allPartitions = -1

func queryBulkLoadCommand() *command.Command {
	return &command.Command{
		Name:     "query_bulk_load_status",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show how far a bulk load is",
		Usage:    "<-a --app_name str> [-i --partition_index num] [-d --detailed]",
		Notes:    "Of a bulk load that has ended the result of the last one is shown, until clear_bulk_load.",
		Examples: []string{"query_bulk_load_status -a temp", "query_bulk_load_status -a temp -i 3 -d"},
		Fields:   bulkLoadFields(),
		Prepare: func(flags *command.FlagSet) command.Run {
			o := queryBulkLoadOptions{index: allPartitions}
			declareApp(flags, &o.app)
			flags.VarP(&decimalValue{&o.index, "partition_index"}, "partition_index", "i", "show this partition")
			flags.BoolVarP(&o.detailed, "detailed", "d", false, "show the partitions, or of one the replica servers")
			o.json = command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, _ []string) error { return queryBulkLoadRun(ctx, env, &o) }
		},
	}
}

var errIndex = errors.New("the table has no such partition")

func queryBulkLoadRun(ctx context.Context, env Env, o *queryBulkLoadOptions) error {
	if o.app == "" {
		return outcome.OriginalUse("app_name should not be empty")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	load, err := admin.BulkLoad(ctx, o.app)
	if err != nil {
		var call *metaadmin.Error
		if errors.As(err, &call) && !call.Answered() { // no leader has answered, so there is no hint
			return failErr(env, err, "query bulk load failed, error=%s", status(err))
		}
		return failBulkLoad(env, err, "query")
	}
	if o.index < allPartitions || int(o.index) >= len(load.Partitions) {
		fmt.Fprintf(env.Err(), "query bulk load failed, error=%s [hint:\"invalid partition index\"]\n", wire.ErrInvalidParameters)
		return outcome.Told(errIndex)
	}
	if *o.json {
		return render.WriteIndented(env.Out(), bulkLoadAsJSON(load, o), "    ")
	}
	return command.Print(env, bulkLoadReport(load, o), command.OutputOptions{})
}

// statesOf are what the servers report of a partition; a server that is not well can leave some out.
func statesOf(load *metaadmin.BulkLoad, index int) []wire.ServerBulkLoad {
	if index < len(load.Servers) {
		return load.Servers[index]
	}
	return nil
}

// downloadProgress is how many percent of a partition are downloaded, the mean of its replicas.
func downloadProgress(load *metaadmin.BulkLoad, index int) int32 {
	var sum int32
	for _, s := range statesOf(load, index) {
		if s.Downloads != nil {
			sum += *s.Downloads
		}
	}
	return sum / max(load.MaxReplicaCount, 1)
}

// endedStates are those of bulk loads whose files are removed.
var endedStates = []wire.BulkLoadStatus{wire.BulkLoadCanceled, wire.BulkLoadFailed, wire.BulkLoadSucceed}

func bulkLoadReport(load *metaadmin.BulkLoad, o *queryBulkLoadOptions) *render.Report {
	var r render.Report
	state := wire.BulkLoadStatus(load.Status)
	switch {
	case o.detailed && o.index == allPartitions:
		addPartitions(&r, load, state)
	case o.detailed:
		addServers(&r, load, int(o.index))
	}
	summary := r.Add(render.NewList("summary"))
	if o.index != allPartitions {
		summary.Row("partition_bulk_load_status", wire.BulkLoadStatus(load.Partitions[o.index]))
	}
	summary.Row("is_bulk_loading", yesNo(load.Loading != nil && *load.Loading))
	summary.Row("app_bulk_load_status", state)
	if state == wire.BulkLoadFailed {
		summary.Row("bulk_load_err", load.Err)
	}
	count := max(int32(len(load.Partitions)), 1)
	switch state {
	case wire.BulkLoadDownloading:
		var total int32
		for i := range load.Partitions {
			total += downloadProgress(load, i)
		}
		summary.Row("app_total_download_progress", total/count)
	case wire.BulkLoadIngesting:
		var done int32
		for _, each := range load.Partitions { // the original counts them only where it lists them
			if o.detailed && o.index == allPartitions && wire.BulkLoadStatus(each) == wire.BulkLoadSucceed {
				done++
			}
		}
		summary.Row("app_total_ingestion_progress", done*100/count)
	}
	return &r
}

// addPartitions adds all partitions.
func addPartitions(r *render.Report, load *metaadmin.BulkLoad, state wire.BulkLoadStatus) {
	columns := []string{"partition_index", "partition_status"}
	downloads, ended := state == wire.BulkLoadDownloading, slices.Contains(endedStates, state)
	if downloads {
		columns = append(columns, "download_progress(%)")
	}
	if ended {
		columns = append(columns, "is_cleaned_up")
	}
	grid := r.Add(render.NewGrid("all partitions", columns...))
	for i, each := range load.Partitions {
		row := []any{i, wire.BulkLoadStatus(each)}
		if downloads {
			row = append(row, downloadProgress(load, i))
		}
		if ended {
			servers := statesOf(load, i)
			clean := int32(len(servers)) == load.MaxReplicaCount
			for _, s := range servers {
				clean = clean && s.CleanedUp != nil && *s.CleanedUp
			}
			row = append(row, yesNo(clean))
		}
		grid.Row(row...)
	}
}

// addServers adds what the replica servers report of one partition.
func addServers(r *render.Report, load *metaadmin.BulkLoad, index int) {
	columns := []string{"partition_index", "node_address"}
	var value func(s wire.ServerBulkLoad) any
	switch state := wire.BulkLoadStatus(load.Partitions[index]); {
	case slices.Contains([]wire.BulkLoadStatus{wire.BulkLoadInvalid, wire.BulkLoadPaused, wire.BulkLoadDownloaded}, state):
		return
	case state == wire.BulkLoadDownloading:
		columns, value = append(columns, "download_progress(%)"), func(s wire.ServerBulkLoad) any { return orZero(s.Downloads) }
	case state == wire.BulkLoadIngesting:
		columns, value = append(columns, "ingestion_status"), func(s wire.ServerBulkLoad) any { return wire.IngestionStatus(orZero(s.Ingestion)) }
	case slices.Contains(endedStates, state):
		columns, value = append(columns, "is_cleaned_up"), func(s wire.ServerBulkLoad) any { return yesNo(orZero(s.CleanedUp)) }
	case state == wire.BulkLoadPausing:
		columns, value = append(columns, "is_paused"), func(s wire.ServerBulkLoad) any { return yesNo(orZero(s.Paused)) }
	}
	grid := r.Add(render.NewGrid("single partition", columns...))
	servers := slices.Clone(statesOf(load, index))
	slices.SortFunc(servers, func(a, b wire.ServerBulkLoad) int {
		return metaadmin.CompareServers(a.Server.String(), b.Server.String())
	})
	for _, s := range servers {
		row := []any{index, s.Server}
		if value != nil {
			row = append(row, value(s))
		}
		grid.Row(row...)
	}
}

func orZero[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}

func yesNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

// decimalValue is a whole number in decimal digits, with a sign or without.
type decimalValue struct {
	p    *int32
	what string
}

func (v *decimalValue) Set(s string) error {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil { // the original aborts
		return outcome.OriginalUse("parse %s as %s failed", s, v.what)
	}
	*v.p = int32(n)
	return nil
}

func (v *decimalValue) String() string { return strconv.Itoa(int(*v.p)) }

func (v *decimalValue) Type() string { return "int32" }
