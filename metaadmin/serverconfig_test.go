package metaadmin

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

// dumps answers config-dump with a text, and complains of an argument: a real server would write a file.
func dumps(t *testing.T, text string) metatest.Behaviour {
	return func(nc net.Conn, q *wire.Request) error {
		var arg wire.RemoteCommandRequest
		if err := q.Decode(&arg); err != nil || arg.Command != "config-dump" || len(arg.Arguments) > 0 {
			t.Errorf("asked %s %+v", q.RPC, arg)
		}
		return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: text})
	}
}

func TestAServersConfigurationIsReadFromItsDump(t *testing.T) {
	text, err := os.ReadFile("testdata/config_dump.ini") // recorded, without most of its tasks' sections
	if err != nil {
		t.Fatal(err)
	}
	server, _ := startServer(t, dumps(t, string(text)))
	got, err := newClient(t, ample, server).ServerConfig(t.Context(), server)
	want := ServerConfig{
		Server: server, ClusterName: "onebox",
		ClusterRoot: "/pegasus/onebox/127.0.0.1", LockRoot: "/pegasus/onebox/127.0.0.1",
		HostsList: "127.0.0.1:22181", ZooKeeperTimeout: time.Minute,
		MetaServers: []string{"127.0.0.1:34601", "127.0.0.1:34602", "127.0.0.1:34603"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestOddDumps(t *testing.T) {
	for text, want := range map[string]ServerConfig{
		"[meta_server]\ncluster_root=/c1\n distributed_lock_service_parameters =  /locks/c1 \n; cluster_root = /no\n[zookeeper]\nhosts_list = a:1,b:1/x\ntimeout_ms = soon\n": {
			ClusterRoot: "/c1", LockRoot: "/locks/c1", HostsList: "a:1,b:1/x"},
		"[other]\ncluster_root = /no\n[meta_server]\nrecover_from_replica_server = true\ncluster_root = /c1": {ClusterRoot: "/c1", Recovery: true},
		"unknown command 'config-dump'": {},
		"":                              {},
	} {
		if diff := cmp.Diff(want, readConfig(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhoDoesNotTellHisConfigurationIsLeftOut(t *testing.T) {
	says, _ := startServer(t, dumps(t, "[meta_server]\ncluster_root = /c1\ndistributed_lock_service_parameters = /c1/lock\n"))
	silent, _ := startServer(t, metatest.Hangs)
	old, _ := startServer(t, dumps(t, "unknown command 'config-dump'"))
	ctx, cancel := context.WithTimeout(t.Context(), ample)
	defer cancel()
	configs := newClient(t, ample, silent, metatest.Refusing(t), says, old).ServerConfigs(ctx)
	want := []ServerConfig{{Server: says, ClusterRoot: "/c1", LockRoot: "/c1/lock"}}
	if diff := cmp.Diff(want, configs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAllValuesOfAServerAreReadFromItsDump(t *testing.T) {
	text, err := os.ReadFile("testdata/config_dump.ini")
	if err != nil {
		t.Fatal(err)
	}
	server, _ := startServer(t, dumps(t, string(text)))
	values, err := newClient(t, ample, server).ServerValues(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[ConfigKey]string{
		{"zookeeper", "logfile"}: "zoo.log", {"meta_server", "max_allowed_replica_count"}: "5", {"meta_server", "replica_white_list"}: "",
	} {
		if got, ok := values[key]; !ok || got != want {
			t.Errorf("%v is %q, %t; want %q", key, got, ok, want)
		}
	}
	old, _ := startServer(t, dumps(t, "unknown command 'config-dump'"))
	if _, err := newClient(t, ample, old).ServerValues(t.Context(), old); err == nil {
		t.Error("a server that does not know the command has values")
	}
}
