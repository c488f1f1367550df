package figures

// Kinds of perf counters. A percentile is the 99th; there is also a counter of the same name with
// ".p999".
const (
	number     = "NUMBER"
	volatile   = "VOLATILE_NUMBER"
	rate       = "RATE"
	percentile = "PERCENTILE"
)

// family is perf counters of one kind whose names begin alike.
type family struct {
	kind, prefix string
	names        []string
}

// template is the counter that each of many things has: its name goes up to the "@" that the thing
// follows.
type template struct {
	kind, name string
}

func templates(families []family) []template {
	var all []template
	for _, f := range families {
		for _, name := range f.names {
			all = append(all, template{f.kind, f.prefix + name + "@"})
		}
	}
	return all
}

// The counters that Pegasus 2.5.0 was recorded to have for each replica.
var replicaCounters = templates([]family{
	{number, "replica*app.pegasus*", []string{
		"disk.storage.sst(MB)", "disk.storage.sst.count",
		"rdb.bf_point_negatives", "rdb.bf_point_positive_total", "rdb.bf_point_positive_true",
		"rdb.bf_seek_negatives", "rdb.bf_seek_total",
		"rdb.block_cache.hit_count", "rdb.block_cache.total_count", "rdb.estimate_num_keys",
		"rdb.index_and_filter_blocks.memory_usage", "rdb.memtable.memory_usage",
		"rdb.read_amplification", "rdb.read_l0_hit_count", "rdb.read_l1_hit_count", "rdb.read_l2andup_hit_count",
		"rdb.read_memtable_hit_count", "rdb.read_memtable_total_count", "rdb.write_amplification",
	}},
	{percentile, "replica*app.pegasus*", []string{
		"batch_get_latency", "check_and_mutate_latency", "check_and_set_latency", "get_latency", "incr_latency",
		"multi_get_latency", "multi_put_latency", "multi_remove_latency", "put_latency", "remove_latency", "scan_latency",
	}},
	{rate, "replica*app.pegasus*", []string{
		"backup_request_bytes", "batch_get_bytes", "batch_get_qps", "check_and_mutate_bytes", "check_and_mutate_qps",
		"check_and_set_bytes", "check_and_set_qps", "duplicate_qps", "get_bytes", "get_qps", "incr_qps",
		"multi_get_bytes", "multi_get_qps", "multi_put_bytes", "multi_put_qps", "multi_remove_qps",
		"put_bytes", "put_qps", "remove_qps", "scan_bytes", "scan_qps",
	}},
	{volatile, "replica*app.pegasus*", []string{
		"recent.abnormal.count", "recent.expire.count", "recent.filter.count", "recent.read.cu", "recent.write.cu",
		"recent_corrupt_write_count", "recent_rdb_compaction_input_bytes", "recent_rdb_compaction_output_bytes",
	}},
	{number, "replica*eon.replica*", []string{"private.log.size(MB)"}},
	{volatile, "replica*eon.replica*", []string{
		"recent.read.splitting.reject.count", "recent.read.throttling.delay.count", "recent.read.throttling.reject.count",
		"recent.write.bulk.load.ingestion.reject.count", "recent.write.splitting.reject.count",
		"recent.write.throttling.delay.count", "recent.write.throttling.reject.count",
	}},
})

// replicaValues are the counters of a replica that are not zero.
var replicaValues = map[string]func(*Replica) float64{
	"replica*app.pegasus*rdb.memtable.memory_usage@": (*Replica).memTable,
	"replica*app.pegasus*rdb.estimate_num_keys@":     (*Replica).keys,
}

// The counters that it was recorded to have for each table of which it has replicas; all are zero
// here.
var tableCounters = templates([]family{
	{percentile, "replica*app.pegasus*", []string{"dup.time_lag_ms"}},
	{percentile, "replica*eon.replica*table.level.", []string{
		"RPC_RRDB_RRDB_BATCH_GET.latency(ns)", "RPC_RRDB_RRDB_BULK_LOAD.latency(ns)",
		"RPC_RRDB_RRDB_CHECK_AND_MUTATE.latency(ns)", "RPC_RRDB_RRDB_CHECK_AND_SET.latency(ns)",
		"RPC_RRDB_RRDB_CLEAR_SCANNER.latency(ns)", "RPC_RRDB_RRDB_DUPLICATE.latency(ns)",
		"RPC_RRDB_RRDB_GET.latency(ns)", "RPC_RRDB_RRDB_GET_SCANNER.latency(ns)", "RPC_RRDB_RRDB_INCR.latency(ns)",
		"RPC_RRDB_RRDB_MULTI_GET.latency(ns)", "RPC_RRDB_RRDB_MULTI_PUT.latency(ns)",
		"RPC_RRDB_RRDB_MULTI_REMOVE.latency(ns)", "RPC_RRDB_RRDB_PUT.latency(ns)", "RPC_RRDB_RRDB_REMOVE.latency(ns)",
		"RPC_RRDB_RRDB_SCAN.latency(ns)", "RPC_RRDB_RRDB_SORTKEY_COUNT.latency(ns)", "RPC_RRDB_RRDB_TTL.latency(ns)",
		"RPC_SIMPLE_KV_SIMPLE_KV_APPEND.latency(ns)", "RPC_SIMPLE_KV_SIMPLE_KV_READ.latency(ns)",
		"RPC_SIMPLE_KV_SIMPLE_KV_WRITE.latency(ns)",
	}},
	{volatile, "replica*app.pegasus*", []string{"dup.lagging_writes"}},
	{volatile, "replica*eon.replica*", []string{
		"dup.disabled_non_idempotent_write_count",
		"recent.backup.request.throttling.delay.count", "recent.backup.request.throttling.reject.count",
	}},
	{rate, "replica*eon.replica*", []string{"backup_request_qps"}},
})

// clientTasks are the requests of clients whose latency every server counts, in the order in which
// 2.5.0 was recorded to list them.
var clientTasks = []string{
	"RPC_RRDB_RRDB_MULTI_PUT", "RPC_RRDB_RRDB_MULTI_GET", "RPC_RRDB_RRDB_BATCH_GET", "RPC_RRDB_RRDB_PUT", "RPC_RRDB_RRDB_GET",
}
