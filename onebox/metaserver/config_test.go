package metaserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pegashell/metaadmin/wire"
)

const goodConfig = `[apps.meta]
ports = 34602
[meta_server]
server_list = 127.0.0.1:34601,127.0.0.1:34602
cluster_root = /pegasus/c1/
distributed_lock_service_parameters = /pegasus/c1/lock
[zookeeper]
hosts_list = 127.0.0.1:22181,127.0.0.1:22182
[replication]
cluster_name = c1
`

func readText(t *testing.T, text string) (config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.ini")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return readConfig(file)
}

func TestConfigurationHasPegasusDefaults(t *testing.T) {
	t.Parallel()
	c, err := readText(t, goodConfig)
	if err != nil {
		t.Fatal(err)
	}
	if c.Self.String() != "127.0.0.1:34602" || c.clusterRoot != "/pegasus/c1" || c.lockRoot != "/pegasus/c1/lock" ||
		c.levelOnStart != wire.LevelSteady || c.recover || c.sessionTimeout != 30*time.Second || c.minLiveNodes != 3 ||
		c.livePercentage != 65 || c.Grace != 10*time.Second || c.holdDropped != 7*24*time.Hour || c.min2PCReplicas(3) != 2 {
		t.Errorf("configuration = %+v", c)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, new, want string }{
		{"ports = 34602", "ports = 0", "ports"},
		{"[apps.meta]", "[apps.replica]", "[apps.meta] ports"},
		{"server_list = 127.0.0.1:34601,", "server_list = m1:34601,", "server_list"},
		{"hosts_list = 127.0.0.1:22181,127.0.0.1:22182", "hosts_list =", "hosts_list"},
		{"distributed_lock_service_parameters = /pegasus/c1/lock", "", "distributed_lock_service_parameters"},
		{"[zookeeper]\n", "[zookeeper]\ntimeout_ms = -1\n", "timeout_ms"},
		{"[zookeeper]\n", "[zookeeper]\ntimeout_ms = 0\n", "timeout_ms"},
		{"[meta_server]\n", "[meta_server]\nmeta_function_level_on_start = brisk\n", "meta_function_level_on_start"},
		{"[meta_server]\n", "[meta_server]\nrecover_from_replica_server = perhaps\n", "recover_from_replica_server"},
		{"[zookeeper]\n", "[meta_server.apps.t]\napp_name = t\npartition_count = 4\n[zookeeper]\n", "meta_server.apps.t"},
	} {
		text := strings.Replace(goodConfig, c.old, c.new, 1)
		if _, err := readText(t, text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %q: %v, want an error about %s", c.new, err, c.want)
		}
	}
}

func TestEnvironmentVariablesAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, value, hint string }{
		{"default_ttl", "anything", ""},
		{"replica.slow_query_threshold", "20", ""},
		{"replica.slow_query_threshold", "19", "Slow query threshold must be >= 20ms"},
		{"replica.write_throttling", "100K*delay*100,200M*reject*0", ""},
		{"replica.write_throttling", "", "The value shouldn't be empty"},
		{"replica.write_throttling", "100*delay", "The field count of 100*delay should be 3"},
		{"replica.write_throttling", "x*delay*1", "x should be non-negative int"},
		{"replica.write_throttling", "1*stop*1", `stop should be "delay" or "reject"`},
		{"replica.write_throttling", "1*delay*1,2*delay*2", "duplicate delay config"},
		{"replica.write_throttling", "1*delay*-1", "-1 should be non-negative int"},
		{"replica.read_throttling_by_size", "20K", ""},
		{"replica.read_throttling_by_size", "10*delay*1,20M*reject*1", ""},
		{"replica.read_throttling_by_size", "0", "wrong format, you can set like 20000 or 20K"},
		{"replica.deny_client_request", "reconfig*write", ""},
		{"replica.deny_client_request", "never", "Invalid deny client args, valid include: timeout*all, timeout*write, timeout*read; reconfig*all, reconfig*write, reconfig*read"},
		{"rocksdb.allow_ingest_behind", "maybe", `invalid string maybe, should be "true" or "false"`},
		{"rocksdb.write_buffer_size", "67108864", ""},
		{"rocksdb.write_buffer_size", "1", "rocksdb.write_buffer_size suggest set val in range [16777216, 536870912]"},
		{"rocksdb.num_levels", "eleven", "rocksdb.num_levels cannot set this val: eleven"},
		{"rocksdb.num_levels", "11", "rocksdb.num_levels suggest set val in range [1 , 10]"},
		{"replica.rocksdb_iteration_threshold_time_ms", "-1", "Rocksdb iteration threshold must be greater than zero"},
		{"max_replica_count.update", "updating;2", `app_env "max_replica_count.update" is not supported`},
	} {
		if got := envHint(c.key, c.value); got != c.hint {
			t.Errorf("%s=%s: %q, want %q", c.key, c.value, got, c.hint)
		}
	}
}
