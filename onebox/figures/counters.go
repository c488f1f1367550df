package figures

import (
	"iter"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
)

// counter is one perf counter.
type counter struct {
	name, kind string
	value      float64
}

// sampled returns when the server's counters were looked at, now; the zero time for a server that
// never does, and so has none to show: one of the main branch, which still has the commands but
// counts by metrics, and a meta server that does not lead. A real server does so every ten seconds.
func (s *Server) sampled() time.Time {
	if s.Release == release.Main || s.isMeta() && !s.Leads() {
		return time.Unix(0, 0)
	}
	return time.Now()
}

// counters returns what the server shows and the selection includes: the server's own, then those
// of each table, then of each replica. A real server lists them in the order of its hash table,
// which no two servers share.
func (s *Server) counters(want selection) iter.Seq[counter] {
	return func(yield func(counter) bool) {
		if s.sampled().Unix() == 0 {
			return
		}
		emit := func(kind, name string, value float64) bool {
			if want.name(name) && !yield(counter{name, kind, value}) {
				return false
			}
			return kind != percentile || !want.name(name+".p999") || yield(counter{name + ".p999", kind, value})
		}
		have := s.holdings()
		for _, c := range s.own(&have) {
			if !emit(c.kind, c.name, c.value) {
				return
			}
		}
		for _, t := range tableCounters {
			if !want.anyOf(t.name) {
				continue
			}
			for _, table := range have.tables() {
				if !emit(t.kind, t.name+table, 0) {
					return
				}
			}
		}
		for _, t := range replicaCounters {
			if !want.anyOf(t.name) {
				continue
			}
			value := replicaValues[t.name]
			for i := range have.Replicas {
				r := &have.Replicas[i]
				n := 0.0
				if value != nil {
					n = value(r)
				}
				if !emit(t.kind, t.name+r.PID.String(), n) {
					return
				}
			}
		}
	}
}

// tables are the names of the tables that there are replicas of, in the order of the replicas.
func (h *Holdings) tables() []string {
	var names []string
	seen := make(map[string]bool)
	for i := range h.Replicas {
		if name := h.Replicas[i].Table; !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// own are the counters of the server as a whole.
func (s *Server) own(have *Holdings) []counter {
	virtual, resident := memory()
	all := []counter{
		{"replica*server*memused.virt(MB)", number, virtual},
		{"replica*server*memused.res(MB)", number, resident},
	}
	for _, task := range clientTasks {
		all = append(all,
			counter{"zion*profiler*" + task + ".latency.server", percentile, 0},
			counter{"zion*profiler*" + task + ".qps", rate, 0})
	}
	if s.isMeta() {
		return all
	}
	capacity, ratio, least, most := have.disks()
	const app, stub = "replica*app.pegasus*", "replica*eon.replica_stub*"
	return append(all,
		counter{app + "manual.compact.enqueue.count", number, 0},
		counter{app + "manual.compact.running.count", number, 0},
		counter{app + "rdb.block_cache.memory_usage", number, 0},
		counter{stub + "closing.replica(Count)", number, 0},
		counter{stub + "disk.available.max.ratio", number, most},
		counter{stub + "disk.available.min.ratio", number, least},
		counter{stub + "disk.available.total.ratio", number, ratio},
		counter{stub + "disk.capacity.total(MB)", number, capacity},
		counter{stub + "opening.replica(Count)", number, 0},
		counter{stub + "replica(Count)", number, float64(len(have.Replicas))},
		counter{stub + "replicas.commit.qps", rate, 0},
		counter{stub + "replicas.learning.count", number, have.count(wire.ReplicaPotentialSecondary)},
		counter{stub + "shared.log.size(MB)", number, 0})
}
