package cluster

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// quantity is something that servers count for each replica. Servers up to 2.5 have perf counters,
// which are what is requested; those of the main branch have metrics, of which some only grow and
// must be looked at twice.
type quantity struct {
	counter, metric string
	growth          growth
}

// growth says how a metric becomes a figure.
type growth int

const (
	asIs      growth = iota
	increase         // how much it grew between two looks
	perSecond        // how much it grew in a second
)

// The quantities of app_stat, in the order of its columns, then what its rates are made of (source:
// the original's update_app_pegasus_perf_counter, and of its main branch create_sums,
// create_increases, create_rates).
const (
	getQPS = iota
	multiGetQPS
	batchGetQPS
	putQPS
	multiPutQPS
	removeQPS
	multiRemoveQPS
	incrQPS
	checkAndSetQPS
	checkAndMutateQPS
	scanQPS
	readCU
	writeCU
	expired
	filtered
	abnormal
	delayed
	rejected
	fileMB
	fileCount
	memTableBytes
	memIndexBytes
	cacheHits
	cacheTotal
	seekNegatives
	seekTotal
	pointTruePositives
	pointPositives
	pointNegatives
	quantityCount
)

var quantities = [quantityCount]quantity{
	getQPS:             {"get_qps", "get_requests", perSecond},
	multiGetQPS:        {"multi_get_qps", "multi_get_requests", perSecond},
	batchGetQPS:        {"batch_get_qps", "batch_get_requests", perSecond},
	putQPS:             {"put_qps", "put_requests", perSecond},
	multiPutQPS:        {"multi_put_qps", "multi_put_requests", perSecond},
	removeQPS:          {"remove_qps", "remove_requests", perSecond},
	multiRemoveQPS:     {"multi_remove_qps", "multi_remove_requests", perSecond},
	incrQPS:            {"incr_qps", "incr_requests", perSecond},
	checkAndSetQPS:     {"check_and_set_qps", "check_and_set_requests", perSecond},
	checkAndMutateQPS:  {"check_and_mutate_qps", "check_and_mutate_requests", perSecond},
	scanQPS:            {"scan_qps", "scan_requests", perSecond},
	readCU:             {"recent.read.cu", "read_capacity_units", increase},
	writeCU:            {"recent.write.cu", "write_capacity_units", increase},
	expired:            {"recent.expire.count", "read_expired_values", increase},
	filtered:           {"recent.filter.count", "read_filtered_values", increase},
	abnormal:           {"recent.abnormal.count", "abnormal_read_requests", increase},
	delayed:            {"recent.write.throttling.delay.count", "throttling_delayed_write_requests", increase},
	rejected:           {"recent.write.throttling.reject.count", "throttling_rejected_write_requests", increase},
	fileMB:             {"disk.storage.sst(MB)", "rdb_total_sst_size_mb", asIs},
	fileCount:          {"disk.storage.sst.count", "rdb_total_sst_files", asIs},
	memTableBytes:      {"rdb.memtable.memory_usage", "rdb_memtable_mem_usage_bytes", asIs},
	memIndexBytes:      {"rdb.index_and_filter_blocks.memory_usage", "rdb_index_and_filter_blocks_mem_usage_bytes", asIs},
	cacheHits:          {"rdb.block_cache.hit_count", "rdb_block_cache_hit_count", asIs},
	cacheTotal:         {"rdb.block_cache.total_count", "rdb_block_cache_total_count", asIs},
	seekNegatives:      {"rdb.bf_seek_negatives", "rdb_bloom_filter_seek_negatives", asIs},
	seekTotal:          {"rdb.bf_seek_total", "rdb_bloom_filter_seek_total", asIs},
	pointTruePositives: {"rdb.bf_point_positive_true", "rdb_bloom_filter_point_lookup_true_positives", asIs},
	pointPositives:     {"rdb.bf_point_positive_total", "rdb_bloom_filter_point_lookup_positives", asIs},
	pointNegatives:     {"rdb.bf_point_negatives", "rdb_bloom_filter_point_lookup_negatives", asIs},
}

var (
	quantityOfCounter = quantitiesBy(func(q quantity) string { return q.counter })
	quantityOfMetric  = quantitiesBy(func(q quantity) string { return q.metric })
)

func quantitiesBy(name func(quantity) string) map[string]int {
	byName := make(map[string]int, quantityCount)
	for i, q := range quantities {
		byName[name(q)] = i
	}
	return byName
}

// figure is one quantity of one replica.
type figure struct {
	pid      wire.GPID
	quantity int
	value    float64
}

// figureQuery asks servers for figures.
type figureQuery struct {
	command   string   // the remote command of servers up to 2.5
	arguments []string // of it
	wanted    []int    // the quantities
	table     int32    // of this table only; 0 for all
	interval  time.Duration
}

// AskLine returns a server's figures in the server's order.
func (q *figureQuery) ask(ctx context.Context, env Env, admin *metaadmin.Client, server string) ([]figure, error) {
	counters, err := admin.PerfCounters(ctx, server, q.command, q.arguments...)
	if err == nil {
		return counterFigures(counters), nil
	}
	if !errors.Is(err, metaadmin.ErrNoCounters) {
		return nil, err
	}
	query := metaadmin.MetricQuery{Fields: []string{"value"}, Types: []string{"replica"}}
	grows := false
	for _, i := range q.wanted {
		query.Metrics = append(query.Metrics, quantities[i].metric)
		grows = grows || quantities[i].growth != asIs
	}
	if q.table != 0 {
		query.Attributes = []string{"table_id", strconv.Itoa(int(q.table))}
	}
	start, end, err := samples(ctx, env, admin, server, query, grows, q.interval)
	if err != nil {
		return nil, err
	}
	return metricFigures(start, end)
}

// samples looks at a server's metrics, twice with an interval between if they grow; otherwise start
// is nil.
func samples(ctx context.Context, env Env, admin *metaadmin.Client, server string, query metaadmin.MetricQuery, grows bool, interval time.Duration) (start, end *metaadmin.Metrics, err error) {
	if grows {
		if start, err = admin.Metrics(ctx, server, query); err != nil {
			return nil, nil, err
		}
		if err := env.Sleep(ctx, interval); err != nil {
			return nil, nil, err
		}
	}
	end, err = admin.Metrics(ctx, server, query)
	return start, end, err
}

// counterFigures reads counters named as "replica*app.pegasus*get_qps@1.0"; others are passed over.
func counterFigures(counters []metaadmin.PerfCounter) []figure {
	figures := make([]figure, 0, len(counters))
	for _, c := range counters {
		at := strings.LastIndexByte(c.Name, '@')
		if at < 0 {
			continue
		}
		pid, ok := parsePartition(c.Name[at+1:])
		i, known := quantityOfCounter[c.Name[strings.LastIndexByte(c.Name[:at], '*')+1:at]]
		if ok && known {
			figures = append(figures, figure{pid, i, c.Value})
		}
	}
	return figures
}

func parsePartition(s string) (wire.GPID, bool) {
	var pid wire.GPID
	err := (&command.GpidValue{P: &pid}).Set(s)
	return pid, err == nil
}

// metricFigures makes figures of one look at metrics, or of two.
func metricFigures(start, end *metaadmin.Metrics) ([]figure, error) {
	seconds := 1.0
	before := map[wire.GPID]map[string]float64{}
	if start != nil {
		between, err := end.Between(start)
		if err != nil {
			return nil, err
		}
		seconds = between.Seconds()
		for _, e := range start.Entities {
			pid, err := entityPartition(&e)
			if err != nil {
				return nil, err
			}
			before[pid] = map[string]float64{}
			for _, m := range e.Metrics {
				before[pid][m.Name] = m.Value
			}
		}
	}
	var figures []figure
	for _, e := range end.Entities {
		pid, err := entityPartition(&e)
		if err != nil {
			return nil, err
		}
		for _, m := range e.Metrics {
			i, known := quantityOfMetric[m.Name]
			if !known {
				continue
			}
			value := m.Value
			switch quantities[i].growth {
			case increase:
				value -= before[pid][m.Name]
			case perSecond:
				value = (value - before[pid][m.Name]) / seconds
			}
			figures = append(figures, figure{pid, i, value})
		}
	}
	return figures, nil
}

// entityPartition returns the partition of a replica's metrics.
func entityPartition(e *metaadmin.MetricEntity) (wire.GPID, error) {
	pid, ok := parsePartition(e.Attributes["table_id"] + "." + e.Attributes["partition_id"])
	if e.Type != "replica" || !ok {
		return pid, fmt.Errorf("metrics of %s %s are of no partition: table_id=%q, partition_id=%q", e.Type, e.ID, e.Attributes["table_id"], e.Attributes["partition_id"])
	}
	return pid, nil
}
