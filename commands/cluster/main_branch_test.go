package cluster_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// What servers of the main branch offer is known from its IDL and its shell's source alone; nothing of it was
// recorded. They name servers by host, have metrics in place of perf counters, and tell of idempotence.

// noCounters is how a server of the main branch answers for its perf counters: it has the commands still, but
// never looked at any counter (source: perf_counters, of which nothing calls take_snapshot).
func noCounters(arg wire.Message) wire.Message {
	if arg.(*wire.RemoteCommandRequest).Command == "server-stat" {
		return &wire.StringResult{Text: nothingFound}
	}
	return &wire.StringResult{Text: `{"result":"OK","timestamp":0,"timestamp_str":"1970-01-01 00:00:00","counters":[]}`}
}

const nothingFound = "replica*eon.replica_stub*replicas.learning.count=not_found, replica*server*memused.res(MB)=not_found"

// unknownCommand is how a server answers that has not even the commands.
func unknownCommand(arg wire.Message) wire.Message {
	return &wire.StringResult{Text: fmt.Sprintf("unknown command '%s'", arg.(*wire.RemoteCommandRequest).Command)}
}

// metricsOf answers a query by the entities' type with bodies in turn, the last one again and again.
func metricsOf(t *testing.T, bodies map[string][]string) http.Handler {
	asked := map[string]*atomic.Int32{}
	for kind := range bodies {
		asked[kind] = &atomic.Int32{}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := r.URL.Query().Get("types")
		texts := bodies[kind]
		if r.URL.Path != "/metrics" || texts == nil {
			t.Errorf("asked for %s", r.URL)
			http.NotFound(w, r)
			return
		}
		n := min(int(asked[kind].Add(1)), len(texts))
		fmt.Fprintf(w, `{"cluster":"c1","role":"replica","host":"localhost","port":1,"timestamp_ns":%d,"entities":[%s]}`, n*2_000_000_000, texts[n-1])
	})
}

func replicaEntity(partition int, metrics string) string {
	return fmt.Sprintf(`{"type":"replica","id":"1.%d","attributes":{"table_id":"1","partition_id":"%d"},"metrics":[%s]}`, partition, partition, metrics)
}

// mainCluster gives a session with a leader of the main branch and one replica server, named by its host.
func mainCluster(t *testing.T, bodies map[string][]string) *shelltest.Session {
	t.Helper()
	replica := shelltest.StartBoth(t, shelltest.Answers{wire.RPCRemoteCommand: noCounters}.Behave, metricsOf(t, bodies))
	server := "localhost" + replica[strings.LastIndex(replica, ":"):]
	twin, err := wire.ParseHostPort(server)
	if err != nil {
		t.Fatal(err)
	}
	idempotent := true
	var partitions []wire.PartitionConfig
	for i := range int32(2) {
		partitions = append(partitions, wire.PartitionConfig{
			PID: wire.GPID{AppID: 1, Index: i}, Ballot: 3, MaxReplicaCount: 1, HPPrimary: &twin, HPSecondaries: []wire.HostPort{}, HPLastDrops: []wire.HostPort{},
		})
	}
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCListNodes: shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: []wire.NodeInfo{{Status: wire.NodeAlive, HP: &twin}}}),
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{
			{Status: wire.AppAvailable, AppType: "pegasus", Name: "temp", ID: 1, PartitionCount: 2, MaxReplicaCount: 1, Stateful: true, AtomicIdempotent: &idempotent},
		}}),
		wire.RPCQueryCfg: shelltest.Always(&wire.QueryCfgResponse{Err: wire.OK, AppID: 1, PartitionCount: 2, Stateful: true, Partitions: partitions}),
	}.Behave)
	return s
}

var freePort = regexp.MustCompile(`localhost:\d{5}`)

// check compares what a line printed, with PORT_ in place of the server's free port, which has five digits too.
func check(s *shelltest.Session, t *testing.T, line, want string) {
	t.Helper()
	out, diagnostics, err := s.Run(line)
	if err != nil || diagnostics != "" {
		t.Errorf("%s: error = %v, standard error %q", line, err, diagnostics)
	}
	if diff := cmp.Diff(want, freePort.ReplaceAllString(out, "localhost:PORT_")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", line, diff)
	}
}

func TestMainBranchTellsOfIdempotenceAndHostNames(t *testing.T) {
	s := mainCluster(t, nil)
	check(s, t, "ls", `[general_info]
app_id  status     app_name  app_type  partition_count  replica_count  is_stateful  create_time  drop_time  drop_expire  envs_count  atomic_idempotent  
1       AVAILABLE  temp      pegasus   2                1              true         -            -          -            0           true               

[summary]
total_app_count  : 1

`)
	check(s, t, "nodes -d", `[details]
address          status    replica_count  primary_count  secondary_count
localhost:PORT_  ALIVE                 2              2                0

[summary]
total_node_count    : 1
alive_node_count    : 1
unalive_node_count  : 0

`)
}

func TestNodesShowsTheMetricsOfTheMainBranch(t *testing.T) {
	const mb = 1 << 20
	usage := strings.Join([]string{
		fmt.Sprintf(`{"type":"server","id":"s","attributes":{},"metrics":[{"name":"resident_mem_usage_mb","value":258},{"name":"rdb_block_cache_mem_usage_bytes","value":%d},
			{"name":"rdb_wbm_total_mem_usage_bytes","value":%d},{"name":"rdb_wbm_mutable_mem_usage_bytes","value":%d}]}`, 5*mb, 6*mb, 7*mb),
		replicaEntity(0, fmt.Sprintf(`{"name":"rdb_memtable_mem_usage_bytes","value":%d}`, 8*mb)),
		replicaEntity(1, fmt.Sprintf(`{"name":"rdb_memtable_mem_usage_bytes","value":%d},{"name":"rdb_index_and_filter_blocks_mem_usage_bytes","value":%d}`, mb, mb)),
		`{"type":"disk","id":"d1","attributes":{},"metrics":[{"name":"disk_capacity_total_mb","value":1000},{"name":"disk_capacity_avail_mb","value":500}]}`,
		`{"type":"disk","id":"d2","attributes":{},"metrics":[{"name":"disk_capacity_total_mb","value":1000},{"name":"disk_capacity_avail_mb","value":101}]}`,
	}, ",")
	requests := func(get, cu int) string {
		return replicaEntity(0, fmt.Sprintf(`{"name":"get_requests","value":%d}`, get)) + "," +
			replicaEntity(1, fmt.Sprintf(`{"name":"get_requests","value":%d},{"name":"read_capacity_units","value":%d}`, get, cu))
	}
	latency := `{"type":"profiler","id":"p","attributes":{"task_name":"RPC_RRDB_RRDB_GET"},"metrics":[{"name":"profiler_server_rpc_latency_ns","p99":2500000}]},
		{"type":"profiler","id":"q","attributes":{"task_name":"OTHER"},"metrics":[{"name":"profiler_server_rpc_latency_ns","p99":7}]}`
	s := mainCluster(t, map[string][]string{
		"server,replica,disk": {usage}, "replica": {requests(100, 10), requests(130, 25)}, "profiler": {latency},
	})
	check(s, t, "nodes -u", `[details]
address          status    memused_res_mb  block_cache_mb  wbm_total_mb  wbm_mutable_mb  mem_tbl_mb  mem_idx_mb  disk_avl_total_ratio  disk_avl_min_ratio
localhost:PORT_  ALIVE                258               5             6               7           9           1                    30                  10

[summary]
total_node_count    : 1
alive_node_count    : 1
unalive_node_count  : 0

`)
	// 2 partitions grow by 30 in 2 s of the server's clock; capacity units are counted in all.
	check(s, t, "nodes -q -i 1", `[details]
address          status    get_qps  mget_qps  bget_qps  read_cu  put_qps  mput_qps  write_cu  get_p99(ms)  mget_p99(ms)  bget_p99(ms)  put_p99(ms)  mput_p99(ms)
localhost:PORT_  ALIVE       30.00      0.00      0.00    15.00     0.00      0.00      0.00         2.50          0.00          0.00         0.00          0.00

[summary]
total_node_count    : 1
alive_node_count    : 1
unalive_node_count  : 0

`)
}

func TestTablesShowTheMetricsOfTheMainBranch(t *testing.T) {
	figures := func(puts int) string {
		return replicaEntity(0, fmt.Sprintf(`{"name":"put_requests","value":%d},{"name":"rdb_total_sst_size_mb","value":3},{"name":"rdb_total_sst_files","value":2},
			{"name":"rdb_block_cache_hit_count","value":1},{"name":"rdb_block_cache_total_count","value":4}`, puts)) + "," +
			replicaEntity(1, `{"name":"rdb_total_sst_size_mb","value":1500000},{"name":"rdb_total_sst_files","value":7}`)
	}
	s := mainCluster(t, map[string][]string{"replica": {figures(0), figures(5)}})
	check(s, t, "app_stat -u -i 1", `[app_stat]
app_name     app_id  pcount      file_mb  file_num  mem_tbl_mb  mem_idx_mb  hit_rate  seek_n_rate  point_n_rate  point_fp_rate
temp              1       2  1500003.000         9        0.00        0.00     0.250         0.00          0.00           0.00
(total:1)         0       2  1500003.000         9        0.00        0.00     0.250         0.00          0.00           0.00
`)
	s = mainCluster(t, map[string][]string{"replica": {figures(0), figures(5)}})
	out, _, err := s.Run("app_stat -a temp -q -i 1")
	if err != nil || !strings.Contains(out, "\n0            0.00  0.00  0.00  2.500 ") {
		t.Errorf("error = %v, output:\n%s", err, out)
	}
	check(s, t, "app_disk temp -d", `[parameters]
app_name  : temp
detailed  : true

[result]
app_name                            : temp      
app_id                              : 1         
partition_count                     : 2         
max_replica_count                   : 1         
disk_used_for_primary_replicas(MB)  : 1500003.00
disk_used_for_all_replicas(MB)      : 1500003.00
partitions not counted              : 0/2       
replicas not counted                : 0/2       

[details]
pidx  ballot  replica_count  primary                      secondaries  
0     3       1/1            localhost:PORT_(3,#2)        []           
1     3       1/1            localhost:PORT_(1.5e+06,#7)  []           

`)
}

func TestServerStatShowsMetricsOfReplicaServersAndTheLeader(t *testing.T) {
	t.Run("without counters", func(t *testing.T) { checkServerStat(t, noCounters, nothingFound) })
	t.Run("without the command", func(t *testing.T) {
		checkServerStat(t, unknownCommand, "unknown command 'server-stat' (a follower is not asked for its metrics)")
	})
}

// checkServerStat runs server_stat on servers that answer remote commands so, and followers as is said.
func checkServerStat(t *testing.T, remote func(wire.Message) wire.Message, ofFollower string) {
	handler := func(role string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"role":%q,"timestamp_ns":1,"entities":[{"type":"server","metrics":[{"name":"resident_mem_usage_mb","value":83},{"name":"total_replicas","value":19}]}]}`, role)
		})
	}
	replica := shelltest.StartBoth(t, shelltest.Answers{wire.RPCRemoteCommand: remote}.Behave, handler("replica"))
	leader := shelltest.StartBoth(t, shelltest.Answers{
		wire.RPCRemoteCommand: remote,
		wire.RPCClusterInfo:   shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK}),
		wire.RPCListNodes:     shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: shelltest.NodesAnswer(t, wire.NodeAlive, replica)}),
	}.Behave, handler("meta"))
	follower := metatest.Start(t, shelltest.Answers{
		wire.RPCRemoteCommand: remote,
		wire.RPCClusterInfo:   shelltest.Always(&wire.ClusterInfoResponse{Err: wire.ErrForwardToOthers}),
		wire.RPCListNodes:     shelltest.Always(&wire.ListNodesResponse{Err: wire.ErrForwardToOthers}),
	}.Behave).Address
	s := shelltest.StartOn(t, metaadmin.Options{}, follower, leader)
	out, diagnostics, err := s.Run("server_stat")
	want := "COMMAND: server-stat\n\n" +
		"CALL [meta-server] [" + follower + "] succeed: " + ofFollower + "\n" +
		"CALL [meta-server] [" + leader + "] succeed: {\"virt_mem_mb\":0,\"res_mem_mb\":83}\n" +
		"CALL [replica-server] [" + replica + "] succeed: {\"virt_mem_mb\":0,\"res_mem_mb\":83,\"total_replicas\":19,\"opening_replicas\":0,\"closing_replicas\":0," +
		"\"inactive_replicas\":0,\"error_replicas\":0,\"primary_replicas\":0,\"secondary_replicas\":0,\"learning_replicas\":0,\"splitting_replicas\":0}\n" +
		"\nSucceed count: 3\nFailed count: 0\n"
	if err != nil || out != "" {
		t.Errorf("error = %v, output %q", err, out)
	}
	if diff := cmp.Diff(want, diagnostics); diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}
}

func TestFiguresThatCannotBeHadFailTheCommand(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		want   string
	}{
		"an error": {`{"result":"ERROR: no"}`, "query perf counter info from node %s returns error, error = ERROR: no\n"},
		"no JSON":  {"what", "decode perf counter info from node %s failed, result = what\n"},
	} {
		t.Run(name, func(t *testing.T) {
			replica := metatest.Start(t, shelltest.Answers{wire.RPCRemoteCommand: shelltest.Always(&wire.StringResult{Text: c.answer})}.Behave).Address
			s := shelltest.Start(t, shelltest.Answers{
				wire.RPCListNodes: shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: shelltest.NodesAnswer(t, wire.NodeAlive, replica)}),
				wire.RPCQueryCfg:  shelltest.Always(&wire.QueryCfgResponse{Err: wire.OK, AppID: 1}),
				wire.RPCListApps:  shelltest.Always(&wire.ListAppsResponse{Err: wire.OK}),
			}.Behave)
			want := fmt.Sprintf(c.want, replica)
			for line, prefix := range map[string]string{"nodes -u": "", "nodes -q": "", "app_disk temp": "ERROR: "} {
				if out, _, err := s.Run(line); err == nil || out != prefix+want {
					t.Errorf("%s: error = %v, output %q, want %q", line, err, out, prefix+want)
				}
			}
			out, diagnostics, err := s.Run("app_stat")
			if err == nil || out != "ERROR: query app stat from server failed\n" || !strings.Contains(diagnostics, replica) {
				t.Errorf("app_stat: error = %v, output %q, %q", err, out, diagnostics)
			}
		})
	}
}
