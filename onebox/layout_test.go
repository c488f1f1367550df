package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"pegashell/internal/ini"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/cluster"
	"pegashell/onebox/rpc"
)

// dumped asks a server for its configuration.
func (b box) dumped(address string) (*ini.File, string) {
	b.t.Helper()
	to, err := wire.ParseAddress(address)
	if err != nil {
		b.t.Fatal(err)
	}
	client := rpc.NewClient()
	defer client.Close()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	var answer wire.StringResult
	if err := client.Call(ctx, to, wire.RPCRemoteCommand, &wire.RemoteCommandRequest{Command: "config-dump"}, &answer); err != nil {
		b.t.Fatal(err)
	}
	f, err := ini.Parse(address, []byte(answer.Text))
	if err != nil {
		b.t.Fatal(err)
	}
	return f, answer.Text
}

func TestAOneboxStartsAsAClusterWithAChrootAnEnsembleAndALockElsewhere(t *testing.T) {
	b := newBox(t)
	out := b.run(0, "start", "--meta_count", "2", "--replica_count", "1", "--zk_ensemble", "--zk_count", "2", "--chroot", "/team/a",
		"--cluster_root", "/pegasus/c1", "--lock_root", "/locks/c1", "--fd_lease_seconds", "4", "--full_config_dump", "--simulate", "main")
	for _, want := range []string{"chroot /team/a created", ", metadata in /team/a/pegasus/c1, lock in /team/a/locks/c1\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in what start printed:\n%s", want, out)
		}
	}
	all := b.list()
	members := make([]string, 3)
	for i := range members {
		members[i] = all[cluster.ID{Kind: cluster.ZooKeeper, Number: i + 1}].Address
	}
	conn := zktest.Connect(t, members[2])
	for _, node := range []string{"/team/a/pegasus/c1/apps", "/team/a/locks/c1/dsn.meta.server.leader"} {
		if found, _, err := conn.Exists(node); !found || err != nil {
			t.Errorf("%s is missing in the ensemble (%v)", node, err)
		}
	}
	for id, want := range map[cluster.ID]map[string]string{
		{Kind: cluster.Meta, Number: 1}: {
			"zookeeper/hosts_list": strings.Join(members, ",") + "/team/a", "meta_server/cluster_root": "/pegasus/c1",
			"meta_server/distributed_lock_service_parameters": "/locks/c1", "replication/fd_lease_seconds": "4",
		},
		{Kind: cluster.Replica, Number: 1}: {"replication/fd_lease_seconds": "4", "replication/cluster_name": "onebox"},
	} {
		f, text := b.dumped(all[id].Address)
		for name, value := range want {
			section, key, _ := strings.Cut(name, "/")
			if got := f.String(section, key, ""); got != value {
				t.Errorf("%s: [%s] %s = %q, want %q", id, section, key, got, value)
			}
		}
		if len(text) < 600_000 {
			t.Errorf("%s dumps %d bytes, want as many as a real server", id, len(text))
		}
	}
	b.run(0, "stop")
	if out := b.run(0, "start"); strings.Contains(out, "chroot") && strings.Contains(out, "created") {
		t.Errorf("the second start created the chroot again:\n%s", out)
	}
}
