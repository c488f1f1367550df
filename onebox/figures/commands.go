package figures

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"pegashell/onebox/release"
	"pegashell/onebox/rpc"
)

// selection is what a remote command selects. name reports whether a whole name is selected; anyOf
// reports, before names are made, whether one that begins so can be selected.
type selection struct {
	name, anyOf func(string) bool
}

// matches selects the names that match one of the arguments, and all names without arguments.
func matches[A any](args []A, fits func(name string, arg A) bool) func(string) bool {
	return func(name string) bool {
		for _, arg := range args {
			if fits(name, arg) {
				return true
			}
		}
		return len(args) == 0
	}
}

func always(string) bool { return true }

// Commands are the remote commands about perf counters.
func (s *Server) Commands() []rpc.Command {
	literal := func(by, words string, selected func(args []string) selection) rpc.Command {
		name := "perf-counters-by-" + by
		return rpc.Command{
			Names: []string{name}, Help: name + " - query perf counters, filtered by OR of " + words, LongHelp: fmt.Sprintf("%s [%s]...", name, by),
			Run: func(args []string) string { return listCounters("OK", s.sampled(), s.counters(selected(args))) },
		}
	}
	return []rpc.Command{
		{
			Names: []string{"perf-counters"}, LongHelp: "perf-counters [regexp]...",
			Help: "perf-counters - query perf counters, filtered by OR of POSIX basic regular expressions",
			Run:  s.countersByExpression,
		},
		literal("substr", "substrs", func(args []string) selection {
			return selection{name: matches(args, strings.Contains), anyOf: always}
		}),
		literal("prefix", "prefix strings", func(args []string) selection {
			return selection{
				name:  matches(args, strings.HasPrefix),
				anyOf: matches(args, func(name, arg string) bool { return strings.HasPrefix(name, arg) || strings.HasPrefix(arg, name) }),
			}
		}),
		literal("postfix", "postfix strings", func(args []string) selection {
			return selection{name: matches(args, strings.HasSuffix), anyOf: always}
		}),
		{
			Names: []string{"server-stat"}, Help: "server-stat - query selected perf counters", LongHelp: "server-stat",
			Run: func([]string) string { return s.stat() },
		},
	}
}

func (s *Server) countersByExpression(args []string) string {
	var expressions []*expression
	for _, arg := range args {
		e, err := compile(arg)
		if err != nil {
			return listCounters("ERROR: invalid filter: "+arg, s.sampled(), func(func(counter) bool) {})
		}
		expressions = append(expressions, e)
	}
	wanted := selection{name: matches(expressions, func(name string, e *expression) bool { return e.MatchString(name) }), anyOf: always}
	return listCounters("OK", s.sampled(), s.counters(wanted))
}

// listCounters returns counters as the object of JSON that Pegasus makes of them.
func listCounters(result string, sampled time.Time, counters iter.Seq[counter]) string {
	var text strings.Builder
	fmt.Fprintf(&text, `{"result":%s,"timestamp":%d,"timestamp_str":"%s","counters":[`,
		quote(result), sampled.Unix(), sampled.Format("2006-01-02 15:04:05"))
	first := true
	for c := range counters {
		if !first {
			text.WriteByte(',')
		}
		first = false
		text.WriteString(`{"name":` + quote(c.name) + `,"type":"` + c.kind + `","value":` + strconv.FormatFloat(c.value, 'f', 1, 64) + `}`)
	}
	text.WriteString("]}")
	return text.String()
}

// quote returns a text as JSON.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil { // a string cannot fail
		return `""`
	}
	return string(quoted)
}

// statLines are the counters with which server-stat summarizes a server, in its order (source:
// s_brief_stat_map).
var statLines = []struct{ counter, name string }{
	{"replica*app.pegasus*manual.compact.enqueue.count", "manual_compact_enqueue_count"},
	{"replica*app.pegasus*manual.compact.running.count", "manual_compact_running_count"},
	{"replica*app.pegasus*rdb.block_cache.memory_usage", "rdb_block_cache_memory_usage"},
	{"replica*eon.replica_stub*closing.replica(Count)", "closing_replica_count"},
	{"replica*eon.replica_stub*disk.available.max.ratio", "disk_available_max_ratio"},
	{"replica*eon.replica_stub*disk.available.min.ratio", "disk_available_min_ratio"},
	{"replica*eon.replica_stub*disk.available.total.ratio", "disk_available_total_ratio"},
	{"replica*eon.replica_stub*disk.capacity.total(MB)", "disk_capacity_total(MB)"},
	{"replica*eon.replica_stub*opening.replica(Count)", "opening_replica_count"},
	{"replica*eon.replica_stub*replica(Count)", "serving_replica_count"},
	{"replica*eon.replica_stub*replicas.commit.qps", "commit_throughput"},
	{"replica*eon.replica_stub*replicas.learning.count", "learning_count"},
	{sharedLog, "shared_log_size(MB)"},
	{"replica*server*memused.res(MB)", "memused_res(MB)"},
	{"replica*server*memused.virt(MB)", "memused_virt(MB)"},
	{"zion*profiler*RPC_RRDB_RRDB_BATCH_GET.latency.server", "batch_get_p99(ns)"},
	{"zion*profiler*RPC_RRDB_RRDB_BATCH_GET.qps", "batch_get_qps"},
	{"zion*profiler*RPC_RRDB_RRDB_GET.latency.server", "get_p99(ns)"},
	{"zion*profiler*RPC_RRDB_RRDB_GET.qps", "get_qps"},
	{"zion*profiler*RPC_RRDB_RRDB_MULTI_GET.latency.server", "multi_get_p99(ns)"},
	{"zion*profiler*RPC_RRDB_RRDB_MULTI_GET.qps", "multi_get_qps"},
	{"zion*profiler*RPC_RRDB_RRDB_MULTI_PUT.latency.server", "multi_put_p99(ns)"},
	{"zion*profiler*RPC_RRDB_RRDB_MULTI_PUT.qps", "multi_put_qps"},
	{"zion*profiler*RPC_RRDB_RRDB_PUT.latency.server", "put_p99(ns)"},
	{"zion*profiler*RPC_RRDB_RRDB_PUT.qps", "put_qps"},
}

// sharedLog is a counter that the main branch no longer has.
const sharedLog = "replica*eon.replica_stub*shared.log.size(MB)"

// stat summarizes the server in a line: the counters that it has, then the names of those that are
// missing.
func (s *Server) stat() string {
	values := make(map[string]float64)
	if s.sampled().Unix() != 0 {
		have := s.holdings()
		for _, c := range s.own(&have) {
			values[c.name] = c.value
		}
	}
	var found, missing []string
	for _, line := range statLines {
		value, ok := values[line.counter]
		switch {
		case ok:
			found = append(found, fmt.Sprintf("%s=%.0f", line.name, value))
		case line.counter != sharedLog || s.Release != release.Main:
			missing = append(missing, line.counter+"=not_found")
		}
	}
	return strings.Join(append(found, missing...), ", ")
}
