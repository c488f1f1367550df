package figures

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
)

// replicaServer has five replicas of two tables and two disks.
func replicaServer(t *testing.T, r release.Release) *Server {
	t.Helper()
	have := Holdings{
		Replicas: []Replica{
			{PID: wire.GPID{AppID: 1, Index: 0}, Table: "temp", Status: wire.ReplicaPrimary, Committed: 3},
			{PID: wire.GPID{AppID: 1, Index: 1}, Table: "temp", Status: wire.ReplicaSecondary},
			{PID: wire.GPID{AppID: 1, Index: 2}, Table: "temp", Status: wire.ReplicaSecondary},
			{PID: wire.GPID{AppID: 11, Index: 0}, Table: `q"t`, Status: wire.ReplicaPotentialSecondary},
			{PID: wire.GPID{AppID: 11, Index: 1}, Table: `q"t`, Status: wire.ReplicaInactive},
		},
		Disks: []Disk{{"one", t.TempDir()}, {"two", t.TempDir()}},
	}
	return &Server{
		Release: r, Cluster: "c1", Port: 34801, Started: time.Date(2026, 11, 23, 0, 15, 3, 0, time.Local),
		Holdings: func() Holdings { return have },
	}
}

func TestCountersAreOfWhatTheServerHas(t *testing.T) {
	s := replicaServer(t, release.V25)
	disk := Disk{Dir: t.TempDir()}
	total, available := disk.capacity()
	ratio := percent(available, total)
	if total == 0 || ratio <= 0 || ratio > 100 {
		t.Fatalf("the disk has %v MB, %v %% free", total, ratio)
	}
	values := map[string]float64{}
	for _, c := range listed(t, ask(t, s, "perf-counters")) {
		values[c.Name] = c.Value
	}
	for name, want := range map[string]float64{
		"replica*eon.replica_stub*replica(Count)":                     5,
		"replica*eon.replica_stub*replicas.learning.count":            1,
		"replica*eon.replica_stub*disk.capacity.total(MB)":            2 * total,
		"replica*app.pegasus*rdb.memtable.memory_usage@1.0":           writtenMemTable,
		"replica*app.pegasus*rdb.memtable.memory_usage@1.1":           emptyMemTable,
		"replica*app.pegasus*rdb.estimate_num_keys@1.0":               3,
		"replica*app.pegasus*get_qps@11.1":                            0,
		`replica*app.pegasus*dup.lagging_writes@q"t`:                  0,
		"replica*app.pegasus*get_latency@1.2.p999":                    0,
		"zion*profiler*RPC_RRDB_RRDB_PUT.latency.server.p999":         0,
		"replica*eon.replica*private.log.size(MB)@11.0":               0,
		"replica*eon.replica*recent.write.throttling.delay.count@1.0": 0,
	} {
		if got, found := values[name]; !found || got != want {
			t.Errorf("%s = %v, %v; want %v", name, got, found, want)
		}
	}
	if memory := values["replica*server*memused.res(MB)"]; memory < 1 || memory > values["replica*server*memused.virt(MB)"] {
		t.Errorf("%v MB of memory are resident", memory)
	}
	// The disks' free space may change meanwhile.
	if got := values["replica*eon.replica_stub*disk.available.min.ratio"]; got < ratio-5 || got > ratio+5 {
		t.Errorf("%v %% of a disk are free, want about %v", got, ratio)
	}
	if want := fmt.Sprintf("disk_capacity_total(MB)=%.0f, opening_replica_count=0, serving_replica_count=5, commit_throughput=0, learning_count=1, ", 2*total); !strings.Contains(ask(t, s, "server-stat"), want) {
		t.Errorf("server-stat does not say %q: %s", want, ask(t, s, "server-stat"))
	}
}

func TestCountersAreSelected(t *testing.T) {
	s := replicaServer(t, release.V25)
	for _, c := range []struct {
		command string
		args    []string
		want    string
	}{
		{"perf-counters-by-prefix", []string{"replica*app.pegasus*disk.storage.sst(MB)@1."}, "disk.storage.sst(MB)@1.0 disk.storage.sst(MB)@1.1 disk.storage.sst(MB)@1.2"},
		{"perf-counters-by-prefix", []string{"nothing", "replica*app.pegasus*scan_qps@11.1"}, "scan_qps@11.1"},
		{"perf-counters-by-prefix", []string{"zion*profiler*RPC_RRDB_RRDB_GET.q"}, "zion*profiler*RPC_RRDB_RRDB_GET.qps"},
		{"perf-counters-by-postfix", []string{"get_latency@1.0", "scan_latency@1.0.p999"}, "batch_get_latency@1.0 get_latency@1.0 multi_get_latency@1.0 scan_latency@1.0.p999"},
		{"perf-counters-by-substr", []string{"learning"}, "replica*eon.replica_stub*replicas.learning.count"},
		{"perf-counters", []string{`.*\*incr_qps@1\..*`, `.*memused.virt(MB)`}, "replica*server*memused.virt(MB) incr_qps@1.0 incr_qps@1.1 incr_qps@1.2"},
		{"perf-counters", []string{"memused"}, ""},
	} {
		var names []string
		for _, l := range listed(t, ask(t, s, c.command, c.args...)) {
			names = append(names, strings.TrimPrefix(l.Name, "replica*app.pegasus*"))
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s %q lists %s, want %s", c.command, c.args, got, c.want)
		}
	}
	want := regexp.MustCompile(`^\{"result":"ERROR: invalid filter: \[","timestamp":\d+,"timestamp_str":"[-0-9: ]{19}","counters":\[\]\}$`)
	if got := ask(t, s, "perf-counters", ".*", "["); !want.MatchString(got) {
		t.Errorf("a wrong expression is answered with %s", got)
	}
}

func TestMainBranchHasTheCommandsAndNoCounters(t *testing.T) {
	epoch := time.Unix(0, 0).Format("2006-01-02 15:04:05")
	s := replicaServer(t, release.Main)
	for _, command := range []string{"perf-counters", "perf-counters-by-substr", "perf-counters-by-prefix", "perf-counters-by-postfix"} {
		if got, want := ask(t, s, command), `{"result":"OK","timestamp":0,"timestamp_str":"`+epoch+`","counters":[]}`; got != want {
			t.Errorf("%s = %s, want %s", command, got, want)
		}
	}
	got := ask(t, s, "server-stat")
	if n := strings.Count(got, "=not_found"); n != 24 || strings.Contains(got, "shared.log") {
		t.Errorf("server-stat finds not %d counters: %s", n, got)
	}
}

// get asks a server over HTTP.
func get(s *Server, target string) (status int, body string) {
	p := s.Page(httptest.NewRequest(http.MethodGet, target, nil))
	return p.Status, p.Body
}

func TestPagesAreAsRecorded(t *testing.T) {
	s := replicaServer(t, release.V25)
	for target, want := range map[string]string{
		"/version":         `{"Version":"2.5.0","GitCommit":"0ca31b70eac7321bb17fb034105695597245d47b"}` + "\n",
		"/recentStartTime": `{"RecentStartTime":"2026-11-23 00:15:03"}` + "\n",
	} {
		if status, body := get(s, target); status != http.StatusOK || body != want {
			t.Errorf("%s: %d %q, want %q", target, status, body, want)
		}
	}
	for _, target := range []string{"/nonexist", "/metrics"} {
		if status, body := get(s, target); status != http.StatusNotFound || body != fmt.Sprintf("service not found for %q", target[1:]) {
			t.Errorf("%s: %d %q", target, status, body)
		}
	}
}

func TestMetricsAreRenderedAsTheMainBranchDoes(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	status, body := get(replicaServer(t, release.Main),
		"/metrics?with_metric_fields=name,value,unit,type,p99&types=server,replica,profiler&metrics=primary_replicas,rdb_memtable_mem_usage_bytes,profiler_server_rpc_latency_ns&ids=server,replica@1.0,replica@1.1,task@RPC_RRDB_RRDB_GET")
	want := `{
    "cluster": "c1",
    "role": "replica",
    "host": "` + host + `",
    "port": 34801,
    "timestamp_ns": N,
    "entities": [
        {
            "type": "server",
            "id": "server",
            "attributes": {},
            "metrics": [
                {
                    "type": "Gauge",
                    "name": "primary_replicas",
                    "unit": "Replicas",
                    "value": 1
                }
            ]
        },
        {
            "type": "replica",
            "id": "replica@1.0",
            "attributes": {
                "table_id": "1",
                "partition_id": "0"
            },
            "metrics": [
                {
                    "type": "Gauge",
                    "name": "rdb_memtable_mem_usage_bytes",
                    "unit": "Bytes",
                    "value": 6719488
                }
            ]
        },
        {
            "type": "replica",
            "id": "replica@1.1",
            "attributes": {
                "table_id": "1",
                "partition_id": "1"
            },
            "metrics": [
                {
                    "type": "Gauge",
                    "name": "rdb_memtable_mem_usage_bytes",
                    "unit": "Bytes",
                    "value": 2048
                }
            ]
        },
        {
            "type": "profiler",
            "id": "task@RPC_RRDB_RRDB_GET",
            "attributes": {
                "task_name": "RPC_RRDB_RRDB_GET"
            },
            "metrics": [
                {
                    "type": "Percentile",
                    "name": "profiler_server_rpc_latency_ns",
                    "unit": "NanoSeconds",
                    "p99": 0
                }
            ]
        }
    ]
}`
	body = regexp.MustCompile(`"timestamp_ns": \d+`).ReplaceAllString(body, `"timestamp_ns": N`)
	if diff := gocmp.Diff(want, body); status != http.StatusOK || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", status, diff)
	}
}

func TestMetricsAreSelected(t *testing.T) {
	s := replicaServer(t, release.Main)
	ids := regexp.MustCompile(`"id": "([^"]*)"`)
	for query, want := range map[string]string{
		"types=replica": "replica@1.0 replica@1.1 replica@1.2 replica@11.0 replica@11.1",
		// One attribute of several is enough.
		"types=replica&attributes=table_id,11,partition_id,2": "replica@1.2 replica@11.0 replica@11.1",
		"types=disk,server&metrics=disk_capacity_total_mb":    "disk@one disk@two",
		"types=%72eplica%26attributes=partition_id%2C0":       "replica@1.0 replica@11.0",
		"metrics=get_requests&ids=server":                     "",
		"metrics=learning_replicas,":                          "server",
	} {
		_, body := get(s, "/metrics?"+query)
		var got []string
		for _, id := range ids.FindAllStringSubmatch(body, -1) {
			got = append(got, id[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s selects %v, want %s", query, got, want)
		}
	}
	// Without fields the brief ones are returned, with detail all.
	if _, body := get(s, "/metrics?types=server"); strings.Contains(body, `"unit"`) {
		t.Errorf("the brief form has units: %s", body)
	}
	if _, body := get(s, "/metrics?types=profiler&detail=true"); !strings.Contains(body, `"p999": 0`) || !strings.Contains(body, `"unit"`) {
		t.Errorf("the detailed form: %s", body)
	}
	meta := &Server{Release: release.Main, Cluster: "c1", Port: 34601, Leads: func() bool { return false }}
	if _, body := get(meta, "/metrics?types=server"); !strings.Contains(body, `"role": "meta"`) || !strings.Contains(body, "resident_mem_usage_mb") || strings.Contains(body, "total_replicas") {
		t.Errorf("a meta server's metrics: %s", body)
	}
}

func TestWrongQueriesAreRefused(t *testing.T) {
	s := replicaServer(t, release.Main)
	for query, want := range map[string]string{
		"what=1":                     "unknown field what=1",
		"attributes=table_id":        "the number of arguments for attributes should be even",
		"detail=maybe":               "the value of detail should be a boolean value",
		"types=server&types=replica": "duplicate parameter: types",
	} {
		if status, body := get(s, "/metrics?"+query); status != http.StatusBadRequest || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s, want %s", query, status, body, want)
		}
	}
	p := s.Page(httptest.NewRequest(http.MethodPost, "/metrics", nil))
	if p.Status != http.StatusBadRequest || !strings.Contains(p.Body, "please use 'GET' method") {
		t.Errorf("a POST: %+v", p)
	}
}
