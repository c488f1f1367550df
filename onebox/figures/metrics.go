package figures

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"pegashell/metaadmin/wire"
)

// Kinds of metrics. A gauge and a counter have one value, a percentile has one for each of
// percentiles.
const (
	gauge       = "Gauge"
	count       = "Counter"
	percentiles = "Percentile"
)

// metric is one metric of an entity.
type metric struct {
	kind, name, unit string
	value            float64
}

// entity is something that metrics are counted of.
type entity struct {
	kind, id   string
	attributes [][2]string // names and values
	metrics    []metric
}

// entities returns all that a server of the main branch reports about itself at one moment.
func (s *Server) entities(yield func(*entity) bool) {
	have := s.holdings()
	if !yield(s.serverEntity(&have)) {
		return
	}
	for i := range have.Disks {
		if !yield(have.Disks[i].entity()) {
			return
		}
	}
	for i := range have.Replicas {
		if !yield(have.Replicas[i].entity()) {
			return
		}
	}
	for _, task := range clientTasks {
		latency := metric{percentiles, "profiler_server_rpc_latency_ns", "NanoSeconds", 0}
		if !yield(&entity{kind: "profiler", id: "task@" + task, attributes: [][2]string{{"task_name", task}}, metrics: []metric{latency}}) {
			return
		}
	}
}

func (d *Disk) entity() *entity {
	total, available := d.capacity()
	return &entity{
		kind: "disk", id: "disk@" + d.Tag, attributes: [][2]string{{"tag", d.Tag}, {"data_dir", d.Dir}},
		metrics: []metric{
			{gauge, "disk_capacity_total_mb", "MegaBytes", total},
			{gauge, "disk_capacity_avail_mb", "MegaBytes", available},
		},
	}
}

func (s *Server) serverEntity(have *Holdings) *entity {
	virtual, resident := memory()
	e := &entity{kind: "server", id: "server", metrics: []metric{
		{gauge, "virtual_mem_usage_mb", "MegaBytes", virtual},
		{gauge, "resident_mem_usage_mb", "MegaBytes", resident},
	}}
	if s.isMeta() {
		return e
	}
	for _, n := range []struct {
		name  string
		value float64
	}{
		{"total_replicas", float64(len(have.Replicas))},
		{"opening_replicas", 0},
		{"closing_replicas", 0},
		{"inactive_replicas", have.count(wire.ReplicaInactive)},
		{"error_replicas", have.count(wire.ReplicaError)},
		{"primary_replicas", have.count(wire.ReplicaPrimary)},
		{"secondary_replicas", have.count(wire.ReplicaSecondary)},
		{"learning_replicas", have.count(wire.ReplicaPotentialSecondary)},
		{"splitting_replicas", 0},
	} {
		e.metrics = append(e.metrics, metric{gauge, n.name, "Replicas", n.value})
	}
	// The write buffer manager is off by default and then counts nothing.
	for _, name := range []string{"rdb_block_cache_mem_usage_bytes", "rdb_wbm_total_mem_usage_bytes", "rdb_wbm_mutable_mem_usage_bytes"} {
		e.metrics = append(e.metrics, metric{gauge, name, "Bytes", 0})
	}
	return e
}

// entity describes a replica. Its attributes do not name the table, which can be renamed.
func (r *Replica) entity() *entity {
	e := &entity{
		kind: "replica", id: "replica@" + r.PID.String(),
		attributes: [][2]string{
			{"table_id", strconv.Itoa(int(r.PID.AppID))},
			{"partition_id", strconv.Itoa(int(r.PID.Index))},
		},
		metrics: slices.Clone(replicaMetrics),
	}
	for i := range e.metrics {
		switch e.metrics[i].name {
		case "rdb_memtable_mem_usage_bytes":
			e.metrics[i].value = r.memTable()
		case "rdb_estimated_keys":
			e.metrics[i].value = r.keys()
		}
	}
	return e
}

// replicaMetrics are those metrics of a replica that the shell of the main branch knows (source:
// row_data_filters), all at zero.
var replicaMetrics = slices.Concat(
	metricsOf(count, "Requests", "get_requests", "multi_get_requests", "batch_get_requests", "put_requests",
		"multi_put_requests", "remove_requests", "multi_remove_requests", "incr_requests", "check_and_set_requests",
		"check_and_mutate_requests", "scan_requests", "dup_requests", "dup_shipped_successful_requests",
		"dup_shipped_failed_requests"),
	metricsOf(gauge, "Mutations", "dup_recent_lost_mutations"),
	metricsOf(count, "CapacityUnits", "read_capacity_units", "write_capacity_units"),
	metricsOf(count, "Values", "read_expired_values", "read_filtered_values"),
	metricsOf(count, "Requests", "abnormal_read_requests", "throttling_delayed_write_requests",
		"throttling_rejected_write_requests", "throttling_delayed_read_requests", "throttling_rejected_read_requests",
		"throttling_delayed_backup_requests", "throttling_rejected_backup_requests", "splitting_rejected_write_requests",
		"splitting_rejected_read_requests", "bulk_load_ingestion_rejected_write_requests"),
	metricsOf(gauge, "MegaBytes", "rdb_total_sst_size_mb"),
	metricsOf(gauge, "Files", "rdb_total_sst_files"),
	metricsOf(gauge, "PointLookups", "rdb_block_cache_hit_count", "rdb_block_cache_total_count"),
	metricsOf(gauge, "Bytes", "rdb_index_and_filter_blocks_mem_usage_bytes", "rdb_memtable_mem_usage_bytes"),
	metricsOf(gauge, "Keys", "rdb_estimated_keys"),
	metricsOf(gauge, "Seeks", "rdb_bloom_filter_seek_negatives", "rdb_bloom_filter_seek_total"),
	metricsOf(gauge, "PointLookups", "rdb_bloom_filter_point_lookup_true_positives",
		"rdb_bloom_filter_point_lookup_positives", "rdb_bloom_filter_point_lookup_negatives"),
	metricsOf(count, "Requests", "backup_requests"),
	metricsOf(count, "Bytes", "backup_request_bytes", "get_bytes", "multi_get_bytes", "batch_get_bytes", "scan_bytes",
		"put_bytes", "multi_put_bytes", "check_and_set_bytes", "check_and_mutate_bytes", "rdb_compaction_input_bytes",
		"rdb_compaction_output_bytes"),
	metricsOf(gauge, "PointLookups", "rdb_l2_and_up_hit_count", "rdb_l1_hit_count", "rdb_l0_hit_count", "rdb_memtable_hit_count"),
	metricsOf(gauge, "Amplification", "rdb_write_amplification", "rdb_read_amplification"),
)

func metricsOf(kind, unit string, names ...string) []metric {
	var all []metric
	for _, name := range names {
		all = append(all, metric{kind: kind, name: name, unit: unit})
	}
	return all
}

// render returns what a query selects of a server's metrics, as Pegasus writes it: indented by
// four, names in a fixed order, entities without a selected metric left out.
func (s *Server) render(q *metricQuery) string {
	role := "replica"
	if s.isMeta() {
		role = "meta"
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	var w indented
	w.open("", '{')
	w.member("cluster", quote(cmp.Or(s.Cluster, "unknown")))
	w.member("role", quote(role))
	w.member("host", quote(host))
	w.member("port", strconv.Itoa(int(s.Port)))
	w.member("timestamp_ns", strconv.FormatInt(time.Now().UnixNano(), 10))
	w.open("entities", '[')
	for e := range s.entities {
		e.render(&w, q)
	}
	w.close(']')
	w.close('}')
	return w.text.String()
}

func (e *entity) render(w *indented, q *metricQuery) {
	if !q.wantsEntity(e) {
		return
	}
	w.open("", '{')
	w.member("type", quote(e.kind))
	w.member("id", quote(e.id))
	w.open("attributes", '{')
	for _, a := range e.attributes {
		w.member(a[0], quote(a[1]))
	}
	w.close('}')
	w.open("metrics", '[')
	for _, m := range e.metrics {
		if !wanted(q.metrics, m.name) {
			continue
		}
		w.open("", '{')
		field := func(name, value string) {
			if wanted(q.fields, name) {
				w.member(name, value)
			}
		}
		field("type", quote(m.kind))
		field("name", quote(m.name))
		field("unit", quote(m.unit))
		value := strconv.FormatFloat(m.value, 'f', -1, 64)
		if m.kind == percentiles {
			for _, name := range percentileNames {
				field(name, value)
			}
		} else {
			field("value", value)
		}
		w.close('}')
	}
	w.close(']')
	w.close('}')
}

// indented writes JSON as RapidJSON's pretty writer does.
type indented struct {
	text  strings.Builder
	depth int
	some  bool // the innermost object or list has a member already
}

func (w *indented) begin(name string) {
	if w.some {
		w.text.WriteByte(',')
	}
	if w.depth > 0 {
		w.line()
	}
	if name != "" {
		w.text.WriteString(quote(name) + ": ")
	}
	w.some = true
}

func (w *indented) line() { w.text.WriteString("\n" + strings.Repeat("    ", w.depth)) }

// member writes a member of an object, whose value is JSON.
func (w *indented) member(name, value string) {
	w.begin(name)
	w.text.WriteString(value)
}

// open begins an object or a list, which has a name as a member of an object.
func (w *indented) open(name string, bracket byte) {
	w.begin(name)
	w.text.WriteByte(bracket)
	w.depth++
	w.some = false
}

func (w *indented) close(bracket byte) {
	w.depth--
	if w.some {
		w.line()
	}
	w.text.WriteByte(bracket)
	w.some = true
}
