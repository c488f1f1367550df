package metaserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/silent"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
	"pegashell/zkcopy/layout"
)

// recordedRecovery is a recovery of the recorded cluster, whose servers had the ports 34801 to
// 34803: the tree that it wrote below a root.
type recordedRecovery struct{ tree, root string }

// heldReplicas are what the servers held before the recovery, by port: the dropped tables too, with
// the partitions and ballots of before the drop, which the recovered tree shows.
func (r recordedRecovery) heldReplicas(t *testing.T) (map[uint16][]wire.ReplicaInfo, []wire.AppInfo) {
	t.Helper()
	held := make(map[uint16][]wire.ReplicaInfo)
	var apps []wire.AppInfo
	for _, n := range captured(t, r.tree) {
		below, ok := strings.CutPrefix(n.Path, r.root+"/apps/")
		if !ok {
			continue
		}
		if !strings.Contains(below, "/") {
			app, err := layout.DecodeApp(n.bytes(t))
			if err != nil {
				t.Fatal(err)
			}
			apps = append(apps, decodeTable(app))
			continue
		}
		p, err := layout.DecodePartition(n.bytes(t))
		if err != nil {
			t.Fatal(err)
		}
		c, err := decodePartition(p)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Primary.Valid() {
			continue // nobody had it
		}
		for _, a := range append([]wire.Address{c.Primary}, c.LastDrops...) {
			r := wire.ReplicaInfo{PID: c.PID, Ballot: c.Ballot, AppType: "pegasus", LastPreparedDecree: 1}
			if a == c.Primary {
				r.LastCommittedDecree = 1 // a primary commits before its secondaries do
			}
			port := a.AddrPort().Port()
			held[port] = append(held[port], r)
		}
	}
	return held, apps
}

// fakeReplicaServer answers the questions of a recovery.
func fakeReplicaServer(t *testing.T, apps []wire.AppInfo, replicas []wire.ReplicaInfo) wire.Address {
	t.Helper()
	a := addressesOn(t, 1)[0]
	ln, err := net.Listen("tcp4", a.String())
	if err != nil {
		t.Fatal(err)
	}
	s := &rpc.Server{Log: log.New(io.Discard, "", 0), Handlers: map[string]rpc.Handler{
		wire.RPCQueryAppInfo: rpc.Handle(func(context.Context, *wire.NodeRequest) (wire.Message, error) {
			return &wire.QueryAppInfoResponse{Err: wire.OK, Apps: apps}, nil
		}),
		wire.RPCQueryReplicaInfo: rpc.Handle(func(context.Context, *wire.NodeRequest) (wire.Message, error) {
			return &wire.QueryReplicaInfoResponse{Err: wire.OK, Replicas: replicas}, nil
		}),
	}}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.Serve(ctx, ln) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return a
}

// expectTree compares the tree below apps with the recorded one, in which names replaces the
// servers.
func (r recordedRecovery) expectTree(b *bench, names *strings.Replacer) {
	b.t.Helper()
	want := make(map[string]shape)
	for _, n := range captured(b.t, r.tree) {
		if below, ok := strings.CutPrefix(n.Path, r.root); ok && strings.HasPrefix(below, "/apps") {
			want[below] = shape{names.Replace(string(n.bytes(b.t))), n.Version, n.Cversion, false}
		}
	}
	written := make(map[string]shape)
	b.shapes(path.Join(b.root, "apps"), written)
	if diff := cmp.Diff(want, written); diff != "" {
		b.t.Errorf("recovered tree (-recorded +written):\n%s", diff)
	}
}

// recordedPorts are those of the recorded cluster's servers.
var recordedPorts = []uint16{34801, 34802, 34803}

// renamed replaces the recorded servers by these.
func renamed(t *testing.T, nodes []wire.Address) *strings.Replacer {
	t.Helper()
	var pairs []string
	for i, port := range recordedPorts {
		pairs = append(pairs, address(t, port).String(), nodes[i].String())
	}
	return strings.NewReplacer(pairs...)
}

// newRecoveringBench is a bench whose leader is in recovery, and will cure nothing after it.
func newRecoveringBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.levelOnStart = wire.LevelFreezed })
	p := b.meta(0, "recover_from_replica_server = true")
	eventually(t, "it leads in recovery", func() bool { return strings.Contains(p.log.String(), "start_recovery") })
	return b
}

func (b *bench) recover(q *wire.RecoveryRequest) *wire.HintResponse {
	b.t.Helper()
	return call[wire.HintResponse](b, 0, wire.RPCStartRecovery, q)
}

func TestRecoveredTreeIsAsRecorded(t *testing.T) {
	t.Parallel()
	b := newRecoveringBench(t)
	recorded := recordedRecovery{"13_after_recover_zk22182.json", capturedRoot}
	held, apps := recorded.heldReplicas(t)
	var nodes []wire.Address
	for _, port := range recordedPorts {
		nodes = append(nodes, fakeReplicaServer(t, apps, held[port]))
	}
	// 127.0.0.1:34803 alone had 5.1, which has one replica.
	got := b.recover(&wire.RecoveryRequest{Nodes: nodes[:2]})
	if want := "WARNING: partition(4.1) only collects 2/3 of replicas, may lost data\n" +
		"ERROR: partition(5.1) has no replica collected, you can force recover it by set skip_lost_partitions option\n"; got.Err != wire.ErrTryAgain ||
		!strings.HasSuffix(got.Hint, want) || strings.Count(got.Hint, "\n") != 17 {
		t.Errorf("recovery without the third server: %+v", got)
	}
	if got := b.recover(&wire.RecoveryRequest{Nodes: nodes}); *got != (wire.HintResponse{Err: wire.OK}) {
		t.Fatalf("recovery: %+v", got)
	}
	recorded.expectTree(b, renamed(t, nodes))
	mustAnswer(t, b.metas[0], "recmode_list_apps_after", "recmode_start_recovery_again")
}

func TestRecoveryWithoutADeadServerIsAsRecorded(t *testing.T) {
	t.Parallel()
	b := newRecoveringBench(t)
	recorded := recordedRecovery{"15_after_recover_b_l_rec2.json", "/pegasus/rec2"}
	held, apps := recorded.heldReplicas(t)
	nodes := []wire.Address{
		fakeReplicaServer(t, apps, held[34801]),
		fakeReplicaServer(t, apps, held[34802]),
		addressesOn(t, 1)[0], // nobody listens there
	}
	names := renamed(t, nodes)
	for _, step := range []struct {
		skipBadNodes, skipLostPartitions bool
		output                           string // what the original shell printed
		want                             wire.ErrorCode
	}{
		{false, false, "s1_dead_node3.out", wire.ErrTryAgain},
		{true, false, "s2_dead_node3_b.out", wire.ErrTryAgain},
		{false, true, "s3_dead_node3_l.out", wire.ErrTryAgain},
		{true, true, "s4_dead_node3_b_l.out", wire.OK},
	} {
		text, err := os.ReadFile(filepath.Join("../../commands/cluster/testdata/replay/15_recover_bad_nodes", step.output))
		if err != nil {
			t.Fatal(err)
		}
		const ruler = "=============================\n"
		parts := strings.Split(string(text), ruler) // the hint is between the third ruler and the last
		got := b.recover(&wire.RecoveryRequest{Nodes: nodes, SkipBadNodes: step.skipBadNodes, SkipLostPartitions: step.skipLostPartitions})
		if diff := cmp.Diff(&wire.HintResponse{Err: step.want, Hint: names.Replace(parts[3])}, got); diff != "" {
			t.Errorf("%s (-recorded +got):\n%s", step.output, diff)
		}
	}
	recorded.expectTree(b, names)
}

func TestRecoveryFillsGapsInTheIDsWithDroppedTables(t *testing.T) {
	t.Parallel()
	b := newRecoveringBench(t)
	var apps []wire.AppInfo
	var replicas []wire.ReplicaInfo
	for _, id := range []int32{2, 5} {
		app := newAppInfo(fmt.Sprintf("t%d", id), "pegasus", 1, 1, nil)
		app.ID, app.Status = id, wire.AppAvailable
		apps = append(apps, app)
		replicas = append(replicas, wire.ReplicaInfo{PID: wire.GPID{AppID: id}, Ballot: 7, AppType: "pegasus"})
	}
	node := fakeReplicaServer(t, apps, replicas)
	if got := b.recover(&wire.RecoveryRequest{Nodes: []wire.Address{node}}); *got != (wire.HintResponse{Err: wire.OK}) {
		t.Fatalf("recovery: %+v", got)
	}
	type kept struct {
		Name                 string
		Status               layout.AppStatus
		Partitions, Replicas int32
	}
	got := map[int32]kept{}
	children, _, err := b.zk.Children(path.Join(b.root, "apps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, child := range children {
		app, err := layout.DecodeApp([]byte(b.data("apps/" + child)))
		if err != nil {
			t.Fatal(err)
		}
		got[app.ID] = kept{app.Name, app.Status, app.PartitionCount, app.MaxReplicaCount}
	}
	if diff := cmp.Diff(map[int32]kept{
		1: {"__drop_holder__1", layout.AppDropped, 1, 3},
		2: {"t2", layout.AppAvailable, 1, 1},
		3: {"__drop_holder__3", layout.AppDropped, 1, 3},
		4: {"__drop_holder__4", layout.AppDropped, 1, 3},
		5: {"t5", layout.AppAvailable, 1, 1},
	}, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	if cfg := b.query(0, "t5"); cfg.Err != wire.OK || cfg.Partitions[0].Primary != node || cfg.Partitions[0].Ballot != 7 {
		t.Errorf("t5 is %+v", cfg)
	}
	if cfg := b.query(0, "__drop_holder__3"); cfg.Err != wire.ErrObjectNotFound {
		t.Errorf("a holder of a gap is served: %+v", cfg)
	}
}

func TestTooManyRecoveriesAtATimeHangTheLeader(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	p := b.meta(0, "recover_from_replica_server = true\n[onebox]\nhang_at_recover_calls = 4")
	eventually(t, "it leads in recovery", func() bool { return strings.Contains(p.log.String(), "start_recovery") })
	silentAddress, _ := silent.Start(t)
	node, err := wire.ParseAddress(silentAddress)
	if err != nil {
		t.Fatal(err)
	}
	q := &wire.RecoveryRequest{Nodes: []wire.Address{node}}
	for i := range 4 {
		if strings.Contains(p.log.String(), "hangs") {
			t.Errorf("it hangs after %d calls", i)
		}
		if err := b.client.Send(t.Context(), b.metas[0], wire.RPCStartRecovery, q); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "it hangs", func() bool { return strings.Contains(p.log.String(), "hangs from now on") })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := b.client.Call(ctx, b.metas[0], wire.RPCListNodes, &wire.ListNodesRequest{}, &wire.ListNodesResponse{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("list nodes: %v, want no answer", err)
	}
	// Remote commands have threads of their own.
	if got := b.dumped(0).String("meta_server", "recover_from_replica_server", ""); got != "true" {
		t.Errorf("config-dump says recover_from_replica_server = %s", got)
	}
	p.halt()
	next := b.meta(0, "recover_from_replica_server = true")
	eventually(t, "the restarted server leads in recovery", func() bool { return strings.Contains(next.log.String(), "start_recovery") })
	if got := call[wire.ListNodesResponse](b, 0, wire.RPCListNodes, &wire.ListNodesRequest{}); got.Err != wire.ErrUnderRecovery {
		t.Errorf("list nodes of the restarted server: %s", got.Err)
	}
}
