package metaserver

import (
	"path"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
)

// shape is what must be equal of a znode; times and transaction ids cannot be.
type shape struct {
	Data              string
	Version, Cversion int32
	Ephemeral         bool
}

// shapes reads the tree below a node.
func (b *bench) shapes(node string, into map[string]shape) {
	b.t.Helper()
	data, stat, err := b.zk.Get(node)
	if err != nil {
		b.t.Fatalf("%s: %v", node, err)
	}
	into[strings.TrimPrefix(node, b.root)] = shape{string(data), stat.Version, stat.Cversion, stat.EphemeralOwner != 0}
	children, _, err := b.zk.Children(node)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, child := range children {
		b.shapes(path.Join(node, child), into)
	}
}

func TestFirstLeaderCreatesTheTreeAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	b.leader()
	for i, wait := range []string{1: "LOCKNODE0000000001", 2: "LOCKNODE0000000002"} {
		if i == 0 {
			continue
		}
		p := b.meta(i)
		eventually(t, "a follower queues", func() bool { return strings.Contains(p.log.String(), "waiting as "+wait) })
	}
	want := make(map[string]shape)
	for _, n := range captured(t, "00_fresh_no_apps.json") {
		if below, ok := strings.CutPrefix(n.Path, capturedRoot); ok {
			want[below] = shape{string(n.bytes(t)), n.Version, n.Cversion, n.Ephemeral != "0x0"}
		}
	}
	for i, name := range []string{"LOCKNODE0000000000", "LOCKNODE0000000001", "LOCKNODE0000000002"} {
		node := "/dsn.meta.server.leader/" + name
		s := want[node]
		s.Data = b.metas[i].String()
		want[node] = s
	}
	eventually(t, "the tree is complete", func() bool {
		found, _, err := b.zk.Exists(path.Join(b.root, "bulk_load"))
		return err == nil && found
	})
	got := make(map[string]shape)
	b.shapes(b.root, got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tree of a new cluster (-recorded +written):\n%s", diff)
	}
}

func TestEmptyTreeGetsTheTablesOfTheConfiguration(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.leader("[meta_server.apps.stat]", "app_name = stat", "app_type = pegasus", "partition_count = 4",
		"[meta_server.apps.unnamed]", "app_type = pegasus")
	cfg := b.query(0, "stat")
	if cfg.Err != wire.OK || cfg.AppID != 1 || len(cfg.Partitions) != 4 {
		t.Errorf("stat = %+v, want table 1 of 4 partitions", cfg)
	}
	if got, want := b.data("apps/1/3"), `{"pid":"1.3","ballot":0,"max_replica_count":3,"primary":"invalid address",`+
		`"secondaries":[],"last_drops":[],"last_committed_decree":0,"partition_flags":0}`; got != want {
		t.Errorf("apps/1/3 = %s, want %s", got, want)
	}
}

// The states that a Pegasus meta server refuses to start with.
func TestLeaderAbortsOnTreesThatItMustNotTouch(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		plant func(b *bench)
		more  string
		want  string
	}{
		"half written tree": {
			plant: func(b *bench) { b.put("apps", "lock") },
			want:  `says "lock"`,
		},
		"recovery of a tree with tables": {
			plant: func(b *bench) { b.plant("01_after_create_3_drop_1.json", capturedRoot) },
			more:  "recover_from_replica_server = true",
			want:  "recover_from_replica_server is true, but there are 3 tables",
		},
		"table that is no JSON": {
			plant: func(b *bench) { b.put("apps", ""); b.put("apps/1", "{") },
			want:  "apps/1: table's data: is not a JSON object",
		},
		"table in a passing state": {
			plant: func(b *bench) {
				b.put("apps", "unlock")
				b.put("apps/1", `{"status":"app_status::AS_CREATING","app_name":"t","app_id":1,"partition_count":1}`)
			},
			want: "status app_status::AS_CREATING",
		},
		"partition of another table": {
			plant: func(b *bench) {
				b.put("apps", "")
				b.put("apps/1", `{"status":"app_status::AS_AVAILABLE","app_name":"t","app_id":1,"partition_count":1}`)
				b.put("apps/1/0", `{"pid":"2.0","ballot":1,"primary":"invalid address"}`)
			},
			want: "apps/1/0: holds partition 2.0",
		},
		"lock nodes copied as persistent ones": {
			plant: func(b *bench) { b.plant("23_locknodes_copied_as_persistent.json", "/pegasus/rec3") },
			want:  "lock nodes were copied there as persistent ones",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 1)
			b.put("", "")
			c.plant(b)
			if err := b.meta(0, c.more).ended(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the server ended with %v, want %q", err, c.want)
			}
		})
	}
}

// put creates a znode below the cluster's root.
func (b *bench) put(below, data string) {
	b.t.Helper()
	if _, err := b.zk.Create(path.Join(b.root, below), []byte(data), 0, zk.WorldACL(zk.PermAll)); err != nil {
		b.t.Fatal(err)
	}
}

// In the capture the copied nodes have the very numbers that ZooKeeper returns next: three servers
// abort one after the other and leave the queue as it was.
func TestPersistentLockNodesMakeEveryMetaServerAbort(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	b.plant("23_locknodes_copied_as_persistent.json", "/pegasus/rec3")
	before := make(map[string]shape)
	b.shapes(path.Join(b.root, "dsn.meta.server.leader"), before)
	for i := range 3 {
		if err := b.meta(i).ended(); err == nil || !strings.Contains(err.Error(), "abort") {
			t.Errorf("server %d ended with %v, want an abort", i, err)
		}
	}
	after := make(map[string]shape)
	b.shapes(path.Join(b.root, "dsn.meta.server.leader"), after)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the lock nodes changed:\n%s", diff)
	}
}

// A persistent lock node with a server's own address counts as one of its earlier run, and is
// removed.
func TestServerRemovesItsOwnOldLockNode(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.put("", "")
	b.put("dsn.meta.server.leader", "")
	b.put("dsn.meta.server.leader/LOCKNODE0000000000", b.metas[0].String())
	b.leader()
	if found, _, err := b.zk.Exists(path.Join(b.root, "dsn.meta.server.leader/LOCKNODE0000000000")); err != nil || found {
		t.Errorf("the old lock node exists: %v, %v", found, err)
	}
}

func TestUnknownPartitionOfAReplicaServerEndsTheLeader(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	p := b.leader()
	from := address(t, 34801)
	b.beacon(0, from)
	frame, err := wire.EncodeRequest(wire.RequestHeader{}, wire.RPCConfigSync, 1,
		&wire.ConfigSyncRequest{Node: from, Stored: []wire.ReplicaInfo{{PID: wire.GPID{AppID: 1}, Ballot: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	send(t, b.metas[0], frame)
	if err := p.ended(); err == nil || !strings.Contains(err.Error(), "gpid(1.0) on node(127.0.0.1:34801) is not exist on meta server") {
		t.Errorf("the leader ended with %v", err)
	}
}

// The same with a real server: a leader that was configured with an empty ZooKeeper instead of the
// cluster's own.
func TestLeaderOfAnEmptyTreeEndsWhenServersReportTheirPartitions(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	first := b.leader()
	b.replicaServers(1)
	b.awaitAlive(0, 1)
	b.create("temp", 2, 1)
	b.awaitHealthy(0, "temp")
	first.halt()
	b.root += "-empty"
	if err := b.meta(0).ended(); err == nil || !strings.Contains(err.Error(), "is not exist on meta server") {
		t.Errorf("the leader ended with %v", err)
	}
}
