package cluster

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// usage is what a replica server uses of its machine: bytes, megabytes for memory, percent for
// disks.
type usage struct {
	memoryMB, blockCache, wbmTotal, wbmMutable, memTable, memIndex int64
	diskTotal, diskMin                                             int64
	hasWBM                                                         bool // the server reports its write buffer manager
}

// traffic is what a replica server answers, as its clients see it: requests and capacity units, and
// for the slowest hundredth of requests how many ns they take at least.
type traffic struct {
	get, multiGet, batchGet, readCU, put, multiPut, writeCU float64
	getP99, multiGetP99, batchGetP99, putP99, multiPutP99   float64
}

// usageCounters ask servers up to 2.5 for their usage (source: the original's nodes).
var usageCounters = []string{
	"replica*server*memused.res(MB)",
	"replica*app.pegasus*rdb.block_cache.memory_usage",
	"replica*eon.replica_stub*disk.available.total.ratio",
	"replica*eon.replica_stub*disk.available.min.ratio",
	"replica*app.pegasus*rdb.memtable.memory_usage",
	"replica*app.pegasus*rdb.index_and_filter_blocks.memory_usage",
}

func (u *usage) fields() []*int64 {
	return []*int64{&u.memoryMB, &u.blockCache, &u.diskTotal, &u.diskMin, &u.memTable, &u.memIndex}
}

func askUsage(ctx context.Context, admin *metaadmin.Client, server string) (*usage, error) {
	u := &usage{}
	counters, err := admin.PerfCounters(ctx, server, "perf-counters-by-prefix", usageCounters...)
	if errors.Is(err, metaadmin.ErrNoCounters) {
		return usageByMetrics(ctx, admin, server)
	}
	if err != nil {
		return nil, err
	}
	fields := u.fields()
	for _, c := range counters {
		for i, prefix := range usageCounters {
			if strings.HasPrefix(c.Name, prefix) {
				*fields[i] = int64(float64(*fields[i]) + c.Value)
				break
			}
		}
	}
	return u, nil
}

// usageByMetrics asks a server of the main branch (source: the main branch's nodes).
func usageByMetrics(ctx context.Context, admin *metaadmin.Client, server string) (*usage, error) {
	m, err := admin.Metrics(ctx, server, metaadmin.MetricQuery{
		Fields: []string{"value"},
		Types:  []string{"server", "replica", "disk"},
		Metrics: []string{"resident_mem_usage_mb", "rdb_block_cache_mem_usage_bytes", "rdb_wbm_total_mem_usage_bytes",
			"rdb_wbm_mutable_mem_usage_bytes", "rdb_memtable_mem_usage_bytes", "rdb_index_and_filter_blocks_mem_usage_bytes",
			"disk_capacity_total_mb", "disk_capacity_avail_mb"},
	})
	if err != nil {
		return nil, err
	}
	u := &usage{hasWBM: true, diskMin: 100}
	sums := map[string]*int64{
		"server resident_mem_usage_mb":                        &u.memoryMB,
		"server rdb_block_cache_mem_usage_bytes":              &u.blockCache,
		"server rdb_wbm_total_mem_usage_bytes":                &u.wbmTotal,
		"server rdb_wbm_mutable_mem_usage_bytes":              &u.wbmMutable,
		"replica rdb_memtable_mem_usage_bytes":                &u.memTable,
		"replica rdb_index_and_filter_blocks_mem_usage_bytes": &u.memIndex,
	}
	var capacity, available int64
	for _, e := range m.Entities {
		var diskCapacity, diskAvailable int64
		for _, metric := range e.Metrics {
			switch sum := sums[e.Type+" "+metric.Name]; {
			case sum != nil:
				*sum += int64(metric.Value)
			case metric.Name == "disk_capacity_total_mb":
				diskCapacity = int64(metric.Value)
			case metric.Name == "disk_capacity_avail_mb":
				diskAvailable = int64(metric.Value)
			}
		}
		if e.Type == "disk" {
			capacity, available = capacity+diskCapacity, available+diskAvailable
			u.diskMin = min(u.diskMin, percent(diskAvailable, diskCapacity))
		}
	}
	u.diskTotal = percent(available, capacity)
	return u, nil
}

func percent(part, total int64) int64 {
	if total == 0 {
		return 0
	}
	return int64(math.Round(float64(part) * 100 / float64(total)))
}

// Counters and metrics of requests and capacity units, in the order of traffic.rates, and the
// requests whose latencies are shown, in the order of traffic.latencies.
var (
	rateCounters = []string{"get_qps", "multi_get_qps", "batch_get_qps", "put_qps", "multi_put_qps", "recent.read.cu", "recent.write.cu"}
	rateMetrics  = []string{"get_requests", "multi_get_requests", "batch_get_requests", "put_requests", "multi_put_requests",
		"read_capacity_units", "write_capacity_units"}
	latencyTasks = []string{"RPC_RRDB_RRDB_GET", "RPC_RRDB_RRDB_PUT", "RPC_RRDB_RRDB_MULTI_GET", "RPC_RRDB_RRDB_BATCH_GET",
		"RPC_RRDB_RRDB_MULTI_PUT"}
)

// capacityUnits is where the capacity units begin in them: they are counted in all, not by the
// second.
const capacityUnits = 5

func (t *traffic) rates() []*float64 {
	return []*float64{&t.get, &t.multiGet, &t.batchGet, &t.put, &t.multiPut, &t.readCU, &t.writeCU}
}

func (t *traffic) latencies() []*float64 {
	return []*float64{&t.getP99, &t.putP99, &t.multiGetP99, &t.batchGetP99, &t.multiPutP99}
}

func askTraffic(ctx context.Context, env Env, admin *metaadmin.Client, server string, interval time.Duration) (*traffic, error) {
	const prefix, latency = "replica*app.pegasus*", ".latency.server"
	var names, tasks []string
	for _, name := range rateCounters {
		names = append(names, prefix+name)
	}
	for _, task := range latencyTasks {
		tasks = append(tasks, "zion*profiler*"+task+latency)
	}
	t := &traffic{}
	counters, err := admin.PerfCounters(ctx, server, "perf-counters-by-prefix", names...)
	if errors.Is(err, metaadmin.ErrNoCounters) {
		return trafficByMetrics(ctx, env, admin, server, interval)
	}
	if err != nil {
		return nil, err
	}
	rates := t.rates()
	for _, c := range counters {
		for i, name := range names {
			if strings.HasPrefix(c.Name, name) {
				*rates[i] += c.Value
				break
			}
		}
	}
	if counters, err = admin.PerfCounters(ctx, server, "perf-counters-by-postfix", tasks...); err != nil {
		return nil, err
	}
	latencies := t.latencies()
	for _, c := range counters {
		for i, task := range tasks {
			if strings.HasSuffix(c.Name, task) {
				*latencies[i] = c.Value
			}
		}
	}
	return t, nil
}

func trafficByMetrics(ctx context.Context, env Env, admin *metaadmin.Client, server string, interval time.Duration) (*traffic, error) {
	t := &traffic{}
	query := metaadmin.MetricQuery{Fields: []string{"value"}, Types: []string{"replica"}, Metrics: rateMetrics}
	start, end, err := samples(ctx, env, admin, server, query, true, interval)
	if err != nil {
		return nil, err
	}
	between, err := end.Between(start)
	if err != nil {
		return nil, err
	}
	before, after := sumByName(start), sumByName(end)
	for i, rate := range t.rates() {
		*rate = after[rateMetrics[i]] - before[rateMetrics[i]]
		if i < capacityUnits {
			*rate /= between.Seconds()
		}
	}
	const latencyMetric = "profiler_server_rpc_latency_ns"
	m, err := admin.Metrics(ctx, server, metaadmin.MetricQuery{Fields: []string{"p99"}, Types: []string{"profiler"}, Metrics: []string{latencyMetric}})
	if err != nil {
		return nil, err
	}
	latencies := t.latencies()
	for _, e := range m.Entities {
		for i, task := range latencyTasks {
			if e.Attributes["task_name"] != task {
				continue
			}
			for _, metric := range e.Metrics {
				if metric.Name == latencyMetric {
					*latencies[i] = metric.P99
				}
			}
		}
	}
	return t, nil
}

func sumByName(m *metaadmin.Metrics) map[string]float64 {
	sums := map[string]float64{}
	for _, e := range m.Entities {
		for _, metric := range e.Metrics {
			sums[metric.Name] += metric.Value
		}
	}
	return sums
}

// measure adds to each living node what the options ask for.
func measure(ctx context.Context, env Env, admin *metaadmin.Client, nodes map[string]*node, o *nodesOptions) error {
	var servers []string
	for _, server := range sortedServers(nodes) {
		if nodes[server].status == wire.NodeAlive {
			servers = append(servers, server)
		}
	}
	if o.usage {
		usages, errs := askEach(ctx, servers, func(ctx context.Context, server string) (*usage, error) { return askUsage(ctx, admin, server) })
		for i, server := range servers {
			if errs[i] != nil {
				return failFigures(env, "", server, errs[i])
			}
			nodes[server].usage = *usages[i]
		}
	}
	if o.qps {
		interval := time.Duration(o.intervalMS) * time.Millisecond
		traffics, errs := askEach(ctx, servers, func(ctx context.Context, server string) (*traffic, error) {
			return askTraffic(ctx, env, admin, server, interval)
		})
		for i, server := range servers {
			if errs[i] != nil {
				return failFigures(env, "", server, errs[i])
			}
			nodes[server].traffic = *traffics[i]
		}
	}
	return nil
}

// usageColumns and usageCells are of nodes -u. The columns of the write buffer manager are there
// when a server reports it.
func usageColumns(wbm bool) []string {
	columns := []string{"memused_res_mb", "block_cache_mb"}
	if wbm {
		columns = append(columns, "wbm_total_mb", "wbm_mutable_mb")
	}
	return append(columns, "mem_tbl_mb", "mem_idx_mb", "disk_avl_total_ratio", "disk_avl_min_ratio")
}

func (u *usage) cells(wbm bool) []any {
	cells := []any{u.memoryMB, u.blockCache >> 20}
	if wbm {
		cells = append(cells, u.wbmTotal>>20, u.wbmMutable>>20)
	}
	return append(cells, u.memTable>>20, u.memIndex>>20, u.diskTotal, u.diskMin)
}

var trafficHeads = []string{"get_qps", "mget_qps", "bget_qps", "read_cu", "put_qps", "mput_qps", "write_cu",
	"get_p99(ms)", "mget_p99(ms)", "bget_p99(ms)", "put_p99(ms)", "mput_p99(ms)"}

func (t *traffic) cells() []any {
	cells := []any{t.get, t.multiGet, t.batchGet, t.readCU, t.put, t.multiPut, t.writeCU}
	for _, ns := range []float64{t.getP99, t.multiGetP99, t.batchGetP99, t.putP99, t.multiPutP99} {
		cells = append(cells, ns/float64(time.Millisecond))
	}
	return cells
}

// failFigures reports why a server's figures are not known, in the original's words after a prefix.
func failFigures(env Env, prefix, server string, err error) error {
	var counters *metaadmin.CountersError
	what := fmt.Sprintf("%squery perf counter info from node %s failed", prefix, server)
	if errors.As(err, &counters) {
		what = fmt.Sprintf("%sdecode perf counter info from node %s failed, result = %s", prefix, server, counters.Text)
		if counters.Result != "" {
			what = fmt.Sprintf("%squery perf counter info from node %s returns error, error = %s", prefix, server, counters.Result)
		}
		err = outcome.Told(err)
	}
	return fail(env, err, "%s", what)
}
