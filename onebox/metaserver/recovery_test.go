package metaserver

import (
	"context"
	"io"
	"log"
	"net"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
	"pegashell/zkcopy/layout"
)

// heldReplicas are what the three servers of the recorded cluster held before its recovery, by port: the
// dropped tables too, with the partitions and ballots of before the drop, which the recovered tree shows.
func heldReplicas(t *testing.T) (map[uint16][]wire.ReplicaInfo, []wire.AppInfo) {
	t.Helper()
	held := make(map[uint16][]wire.ReplicaInfo)
	var apps []wire.AppInfo
	for _, n := range captured(t, "13_after_recover_zk22182.json") {
		below, ok := strings.CutPrefix(n.Path, capturedRoot+"/apps/")
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

func TestRecoveredTreeIsAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.levelOnStart = wire.LevelFreezed }) // so that nothing is cured yet
	p := b.meta(0, "recover_from_replica_server = true")
	eventually(t, "it leads in recovery", func() bool { return strings.Contains(p.log.String(), "start_recovery") })
	held, apps := heldReplicas(t)
	var nodes []wire.Address
	var pairs []string
	for _, port := range []uint16{34801, 34802, 34803} {
		a := fakeReplicaServer(t, apps, held[port])
		nodes = append(nodes, a)
		pairs = append(pairs, address(t, port).String(), a.String())
	}
	names := strings.NewReplacer(pairs...)
	recover := func(nodes ...wire.Address) *wire.HintResponse {
		return call[wire.HintResponse](b, 0, wire.RPCStartRecovery, &wire.RecoveryRequest{Nodes: nodes})
	}
	// 127.0.0.1:34803 alone had 5.1, which has one replica.
	got := recover(nodes[:2]...)
	if want := "WARNING: partition(4.1) only collects 2/3 of replicas, may lost data\n" +
		"ERROR: partition(5.1) has no replica collected, you can force recover it by set skip_lost_partitions option\n"; got.Err != wire.ErrTryAgain ||
		!strings.HasSuffix(got.Hint, want) || strings.Count(got.Hint, "\n") != 17 {
		t.Errorf("recovery without the third server: %+v", got)
	}
	if got := recover(nodes...); *got != (wire.HintResponse{Err: wire.OK}) {
		t.Fatalf("recovery: %+v", got)
	}
	want := make(map[string]shape)
	for _, n := range captured(t, "13_after_recover_zk22182.json") {
		if below, ok := strings.CutPrefix(n.Path, capturedRoot); ok && strings.HasPrefix(below, "/apps") {
			want[below] = shape{names.Replace(string(n.bytes(t))), n.Version, n.Cversion, false}
		}
	}
	written := make(map[string]shape)
	b.shapes(path.Join(b.root, "apps"), written)
	if diff := cmp.Diff(want, written); diff != "" {
		t.Errorf("recovered tree (-recorded +written):\n%s", diff)
	}
	mustAnswer(t, b.metas[0], "recmode_list_apps_after", "recmode_start_recovery_again")
}
