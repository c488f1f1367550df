package metaserver

import (
	"context"
	"strings"
	"testing"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

func (b *bench) setLevel(level wire.MetaLevel) wire.MetaLevel {
	b.t.Helper()
	answer := call[wire.ControlMetaResponse](b, 0, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: level})
	if answer.Err != wire.OK {
		b.t.Fatalf("set level %s: %s", level, answer.Err)
	}
	return answer.OldLevel
}

func (b *bench) info(key string) string {
	b.t.Helper()
	answer := call[wire.ClusterInfoResponse](b, 0, wire.RPCClusterInfo, &wire.ClusterInfoRequest{})
	for i, k := range answer.Keys {
		if k == key {
			return answer.Values[i]
		}
	}
	b.t.Fatalf("cluster_info has no %s", key)
	return ""
}

func (b *bench) nodeStatus(i int, a wire.Address) wire.NodeStatus {
	b.t.Helper()
	for _, n := range call[wire.ListNodesResponse](b, i, wire.RPCListNodes, &wire.ListNodesRequest{}).Infos {
		if n.Address == a {
			return n.Status
		}
	}
	return wire.NodeInvalid
}

// keepAlive sends beacons of made-up replica servers until the test ends, or stop is called.
func (b *bench) keepAlive(i int, nodes ...wire.Address) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause(ctx, 50*time.Millisecond) == nil {
			for _, a := range nodes {
				call, cancel := context.WithTimeout(ctx, time.Second)
				b.client.Call(call, b.metas[i], wire.RPCBeacon, &wire.BeaconRequest{From: a, To: b.metas[i]}, new(wire.BeaconResponse))
				cancel()
			}
		}
	}()
	stop = func() { cancel(); <-done }
	b.t.Cleanup(stop)
	return stop
}

func TestLevelIsForgottenAtRestart(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	p := b.leader("meta_function_level_on_start = freezed")
	if got := b.setLevel(wire.LevelBlind); got != wire.LevelFreezed {
		t.Errorf("level at the start: %s", got)
	}
	p.halt()
	b.leader("meta_function_level_on_start = freezed")
	if got := b.setLevel(wire.LevelInvalid); got != wire.LevelFreezed {
		t.Errorf("level after the restart: %s", got)
	}
}

func TestLevelIsFreezedWhileTooFewServersLive(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.minLiveNodes = 2 })
	b.leader()
	b.withNodes(1)
	if got := b.info("meta_function_level"); got != "freezed" {
		t.Errorf("level with one server of two: %s", got)
	}
	if got := b.create("t", 1, 1).Err; got != wire.ErrStateFreezed {
		t.Errorf("create: %s", got)
	}
	if got := b.setLevel(wire.LevelInvalid); got != wire.LevelSteady {
		t.Errorf("the level that was set reads %s", got)
	}
	b.withNodes(2)
	if got := b.info("meta_function_level"); got != "steady" {
		t.Errorf("level with two servers: %s", got)
	}
}

func TestFreezedLevelsRefuseWhatChangesReplicas(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	for _, level := range []wire.MetaLevel{wire.LevelFreezed, wire.LevelBlind, wire.LevelStopped} {
		b.setLevel(level)
		if got := b.create("t", 1, 1).Err; got != wire.ErrStateFreezed {
			t.Errorf("create at %s: %s", level, got)
		}
		got := call[wire.ReplicaCountResponse](b, 0, wire.RPCSetReplicaCount, &wire.SetReplicaCountRequest{AppName: "temp", Count: 2})
		if got.Err != wire.ErrStateFreezed || !strings.HasPrefix(got.Hint, "current meta function level is freezed") {
			t.Errorf("set_replica_count at %s: %+v", level, got)
		}
		c := b.query(0, "stat").Partitions[0]
		c.Ballot++
		c.Secondaries = c.Secondaries[:1]
		update := call[wire.ConfigUpdateResponse](b, 0, wire.RPCUpdateConfig,
			&wire.ConfigUpdateRequest{Config: c, Type: wire.ConfigRemove, Node: address(t, 34803)})
		if update.Err != wire.ErrStateFreezed || update.Config.Ballot != 3 {
			t.Errorf("update of a partition at %s: %s, ballot %d", level, update.Err, update.Config.Ballot)
		}
	}
}

// The traps of level blind: renames and environment variables are written all the same, a drop
// stays on its way, and a dead server is listed while its partitions look healthy.
func TestTreeChangesAtLevelBlind(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.Grace = 700 * time.Millisecond })
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	dead := address(t, 34802)
	b.keepAlive(0, address(t, 34801), address(t, 34803))
	b.setLevel(wire.LevelBlind)
	if got := call[wire.HintResponse](b, 0, wire.RPCRenameApp, &wire.RenameAppRequest{OldName: "temp", NewName: "temp2"}); got.Err != wire.OK {
		t.Errorf("rename: %+v", got)
	}
	if got := b.app(1).Name; got != "temp2" {
		t.Errorf("the renamed table is %s in ZooKeeper", got)
	}
	env := &wire.UpdateAppEnvRequest{AppName: "stat", Op: wire.EnvSet, Keys: []string{"default_ttl"}, Values: []string{"7"}}
	if got := call[wire.HintResponse](b, 0, wire.RPCUpdateAppEnv, env); got.Err != wire.OK || b.app(2).Envs["default_ttl"] != "7" {
		t.Errorf("set_app_envs: %+v", got)
	}
	eventually(t, "the silent server is UNALIVE", func() bool { return b.nodeStatus(0, dead) == wire.NodeUnalive })
	for _, p := range b.query(0, "temp2").Partitions {
		if !p.Primary.Valid() || len(p.Secondaries) != 2 {
			t.Errorf("partition %s changed at level blind: %+v", p.PID, p)
		}
	}

	frame, err := wire.EncodeRequest(wire.RequestHeader{}, wire.RPCDropApp, 1, &wire.DropAppRequest{AppName: "stat"})
	if err != nil {
		t.Fatal(err)
	}
	send(t, b.metas[0], frame)
	status := func() wire.AppStatus {
		return call[wire.ListAppsResponse](b, 0, wire.RPCListApps, &wire.ListAppsRequest{}).Infos[1].Status
	}
	eventually(t, "ZooKeeper says that the table is dropped", func() bool { return b.app(2).Status == layout.AppDropped })
	if got := status(); got != wire.AppDropping {
		t.Errorf("a table dropped at level blind is %s", got)
	}
	if got := b.data("apps/2/0"); !strings.Contains(got, `"partition_flags":0`) {
		t.Errorf("its partition was written: %s", got)
	}

	b.setLevel(wire.LevelSteady)
	eventually(t, "the drop is done at level steady", func() bool { return status() == wire.AppDropped })
	eventually(t, "the dead server has lost its partitions", func() bool {
		return strings.Contains(b.data("apps/1/0"), `"primary":"invalid address"`)
	})
}

// Scene 34: a leader on a copied tree hears no beacon, finds all servers dead, freezes, and takes
// every partition's primary away.
func TestSecondLeaderSpoilsACopiedTree(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.Grace = 500 * time.Millisecond })
	b.plant("34_two_leaders_old_zookeeper.json", capturedRoot)
	b.leader()
	before := b.query(0, "temp").Partitions
	eventually(t, "the level falls", func() bool { return b.info("meta_function_level") == "freezed" })
	for i, p := range before {
		eventually(t, "the primaries are gone", func() bool { return !b.query(0, "temp").Partitions[i].Primary.Valid() })
		got := b.query(0, "temp").Partitions[i]
		if got.Ballot != p.Ballot+1 || len(got.Secondaries) != 2 || len(got.LastDrops) != 1 || got.LastDrops[0] != p.Primary {
			t.Errorf("partition %s was %+v, is %+v", p.PID, p, got)
		}
	}
	for _, port := range []uint16{34801, 34802, 34803} {
		if got := b.nodeStatus(0, address(t, port)); got != wire.NodeUnalive {
			t.Errorf("server %d is %s", port, got)
		}
	}
	// What 34_two_leaders_new_zookeeper.json shows for a partition of the same servers and order.
	want := `{"pid":"1.0","ballot":6,"max_replica_count":3,"primary":"invalid address","secondaries":["127.0.0.1:34801","127.0.0.1:34802"],` +
		`"last_drops":["127.0.0.1:34803"],"last_committed_decree":0,"partition_flags":0}`
	if got := b.data("apps/1/0"); got != want {
		t.Errorf("apps/1/0 = %s\nwant %s", got, want)
	}
}
