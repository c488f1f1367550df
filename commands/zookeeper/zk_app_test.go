package zookeeper_test

import (
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

func TestATableIsShownAndComparedWithTheLeader(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	put := func(path, data string) {
		t.Helper()
		if _, err := z.Conn.Create(z.Root+"/own/apps"+path, []byte(data), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	const dropped, expires = 1795651100, 1795737500
	app := func(id int32, name string, status layout.AppStatus) string {
		return string(layout.App{DropSecond: dropped, ExpireSecond: expires, Status: status, Type: "pegasus", Name: name, ID: id, PartitionCount: 2, MaxReplicaCount: 3, Envs: map[string]string{"k": "v"}, CreateSecond: 1795651000}.Encode())
	}
	put("/2", app(2, "users", layout.AppAvailable))
	put("/2/0", string(layout.Partition{ID: layout.GPID{AppID: 2}, Ballot: 3, Primary: "10.0.0.1:34801", Secondaries: []string{"10.0.0.3:34801", "10.0.0.2:34801"}}.Encode()))
	put("/2/1", "{}")
	put("/2/duplication", "")
	put("/3", app(3, "old", layout.AppDropped))
	put("/4", app(4, "old", layout.AppDropped))
	put("/5", app(5, "users", layout.AppDropped))
	address := func(text string) wire.Address {
		a, err := wire.ParseAddress(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	led := wire.AppInfo{Status: wire.AppAvailable, AppType: "pegasus", Name: "users", ID: 2, PartitionCount: 2, MaxReplicaCount: 3, Envs: map[string]string{"k": "v"}, CreateSecond: 1795651000, DropSecond: dropped, ExpireSecond: expires}
	partition := wire.PartitionConfig{PID: wire.GPID{AppID: 2}, Ballot: 3, Primary: address("10.0.0.1:34801"), Secondaries: []wire.Address{address("10.0.0.2:34801"), address("10.0.0.3:34801")}}
	answers := shelltest.Answers{
		wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK, Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{z.Addr, z.Root + "/own"}}),
		wire.RPCListApps: func(wire.Message) wire.Message {
			return &wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{led}}
		},
		wire.RPCQueryCfg: func(wire.Message) wire.Message {
			return &wire.QueryCfgResponse{Err: wire.OK, AppID: 2, PartitionCount: 2, Partitions: []wire.PartitionConfig{partition}}
		},
	}
	z.Env.Cluster = shelltest.Start(t, answers.Behave).Env.Cluster
	for line, want := range map[string][]string{
		"zk_app users":                {"name               : users", "id                 : 2 ", "status             : AVAILABLE", "envs               : k=v", "dropped            : - ", "expires            : - ", "0     3       10.0.0.1:34801", "[10.0.0.3:34801,10.0.0.2:34801]", "1     -       unreadable: "},
		"zk_app 4":                    {"id                 : 4 ", "status             : DROPPED", "dropped            : 2026-", "expires            : 2026-"},
		"zk_app users -j":             {`"dropped": null`, `"expires": null`, `"pidx": 1, "ballot": null, "primary": null, "secondaries": [], "last_drops": [], "last_committed_decree": null, "unreadable": "`, `"unreadable": null`},
		"zk_app 5 " + z.Root + "/own": {"id                 : 5 "},
	} {
		out, diagnostics, err := z.Run(line)
		for _, part := range want {
			if err != nil || !strings.Contains(out, part) {
				t.Errorf("%s: error = %v, printed %q and %q; want %q", line, err, out, diagnostics, part)
			}
		}
	}
	for line, want := range map[string]string{
		"zk_app old":             `several tables were named "old": choose one by its id: 3, 4`,
		"zk_app none":            `has no table "none"`,
		"zk_app users " + z.Root: "no znode " + z.Root + "/apps on",
		"zk_app":                 "zk_app",
	} {
		if _, diagnostics, err := z.Run(line); outcome.Code(err) != 2 || !strings.Contains(diagnostics, want) {
			t.Errorf("%s: code %d, printed %q, want %q", line, outcome.Code(err), diagnostics, want)
		}
	}
	differs := func(want ...string) {
		t.Helper()
		out, diagnostics, err := z.Run("zk_app users --compare")
		_, table, _ := strings.Cut(out, "[differences]\n")
		if outcome.Code(err) != 1 || len(strings.Split(strings.TrimSpace(table), "\n")) != len(want)+1 {
			t.Errorf("code %d, printed %q and %q", outcome.Code(err), table, diagnostics)
		}
		for _, line := range want {
			if !strings.Contains(strings.Join(strings.Fields(table), " "), line) {
				t.Errorf("printed %q, want %q", table, line)
			}
		}
	}
	differs("partition 1 is there -")
	partition.PID.Index, partition.Ballot = 1, 3
	differs("partition 0 is there -", "partition 1 unreadable is there")
	partition.PID.Index, partition.Ballot = 0, 4
	partition.Primary, partition.Secondaries = address("10.0.0.2:34801"), nil
	led.Name, led.Envs, led.MaxReplicaCount = "renamed", map[string]string{"k": "w", "l": ""}, 1
	differs("name users renamed", "max_replica_count 3 1", "env k v w", "env l not set empty", "partition 0 ballot 3 4", "partition 0 primary 10.0.0.1:34801 10.0.0.2:34801",
		"partition 0 secondaries 10.0.0.2:34801,10.0.0.3:34801 -", "partition 1 is there -")
	led.ID = 9
	differs("table 2 -")
}
