package replicaserver

import (
	"context"
	"io"
	"log"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pegashell/internal/freeport"
	"pegashell/internal/test/testlog"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func freeAddress(t *testing.T) wire.Address {
	t.Helper()
	ports, err := freeport.Pick(1)
	if err != nil {
		t.Fatal(err)
	}
	a, err := wire.NewAddress(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(ports[0])))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// fakeMeta is a meta server that puts every update in force at once.
type fakeMeta struct {
	addr wire.Address
	stop func()

	mu       sync.Mutex
	leader   wire.Address // whom beacons are answered with; itself when it leads
	configs  map[wire.GPID]wire.PartitionConfig
	info     wire.AppInfo
	updates  []wire.ConfigType
	reported []wire.ReplicaInfo
	gc       []wire.ReplicaInfo
	refuse   wire.ErrorCode          // answer to updates, while set
	hold     func(from wire.Address) // called before a config sync's answer goes out
}

func startMeta(t *testing.T, addr wire.Address) *fakeMeta {
	t.Helper()
	m := &fakeMeta{addr: addr, leader: addr, configs: make(map[wire.GPID]wire.PartitionConfig)}
	m.info = wire.AppInfo{
		Status: wire.AppAvailable, AppType: "pegasus", Name: "temp", ID: 1, PartitionCount: 1, Stateful: true,
		Envs: map[string]string{}, MaxReplicaCount: 3, InitPartitionCount: 1, Duplicating: new(bool), BulkLoading: new(bool),
	}
	ln, err := net.Listen("tcp4", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	s := &rpc.Server{Log: log.New(io.Discard, "", 0), Handlers: map[string]rpc.Handler{
		wire.RPCBeacon:       rpc.Handle(m.onBeacon),
		wire.RPCConfigSync:   rpc.Handle(m.onSync),
		wire.RPCUpdateConfig: rpc.Handle(m.onUpdate),
	}}
	wg.Go(func() { s.Serve(ctx, ln) })
	m.stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(m.stop)
	return m
}

func (m *fakeMeta) onBeacon(_ context.Context, b *wire.BeaconRequest) (wire.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &wire.BeaconResponse{Time: b.Time, This: b.To, Primary: m.leader, IsMaster: m.leader == m.addr, Allowed: true}, nil
}

func (m *fakeMeta) onSync(_ context.Context, q *wire.ConfigSyncRequest) (wire.Message, error) {
	m.mu.Lock()
	answer, hold := m.sync(q), m.hold
	m.mu.Unlock()
	if hold != nil {
		hold(q.Node)
	}
	return answer, nil
}

func (m *fakeMeta) sync(q *wire.ConfigSyncRequest) wire.Message {
	m.reported = q.Stored
	answer := &wire.ConfigSyncResponse{Err: wire.OK, GC: m.gc}
	for _, c := range m.configs {
		if c.Primary == q.Node || slices.Contains(c.Secondaries, q.Node) {
			answer.Partitions = append(answer.Partitions, wire.ConfigUpdateRequest{Info: m.info, Config: c, HostNode: q.Node})
		}
	}
	return answer
}

func (m *fakeMeta) onUpdate(_ context.Context, q *wire.ConfigUpdateRequest) (wire.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.configs[q.Config.PID]
	switch {
	case m.refuse != "":
		return &wire.ConfigUpdateResponse{Err: m.refuse, Config: old}, nil
	case q.Config.Ballot != old.Ballot+1:
		return &wire.ConfigUpdateResponse{Err: wire.ErrInvalidVersion, Config: old}, nil
	}
	m.configs[q.Config.PID] = q.Config
	m.updates = append(m.updates, q.Type)
	return &wire.ConfigUpdateResponse{Err: wire.OK, Config: q.Config}, nil
}

func (m *fakeMeta) config(pid wire.GPID) wire.PartitionConfig {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.configs[pid]
}

// set changes the fake under its lock.
func (m *fakeMeta) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// propose proposes a change of a partition to the server at to.
func (m *fakeMeta) propose(t *testing.T, to wire.Address, pid wire.GPID, kind wire.ConfigType, node wire.Address) {
	t.Helper()
	m.mu.Lock()
	c := m.configs[pid]
	c.PID, c.MaxReplicaCount = pid, m.info.MaxReplicaCount
	m.configs[pid] = c
	q := &wire.ConfigUpdateRequest{Info: m.info, Config: c, Type: kind, Node: node}
	m.mu.Unlock()
	client := rpc.NewClient()
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// An answered call after it, so that the proposal has been read when the connection is closed.
	if err := client.Send(ctx, to, wire.RPCConfigProposal, q); err != nil {
		t.Fatal(err)
	}
	if err := client.Call(ctx, to, wire.RPCQueryReplicaInfo, &wire.NodeRequest{}, new(wire.QueryReplicaInfoResponse)); err != nil {
		t.Fatal(err)
	}
}

// testServer is a replica server in this process.
type testServer struct {
	addr wire.Address
	dir  string
	log  *testlog.Buffer
	stop func()
	err  error // of its run, after stop
}

func startServer(t *testing.T, addr wire.Address, dir string, metas ...wire.Address) *testServer {
	t.Helper()
	cfg := &config{
		Settings: rpc.Settings{
			Self: addr, Metas: metas,
			BeaconInterval: 60 * time.Millisecond, CheckInterval: 30 * time.Millisecond,
			Lease: 500 * time.Millisecond, Grace: 600 * time.Millisecond, ConfigSyncInterval: 100 * time.Millisecond,
		},
		disks:      []disk{{"one", filepath.Join(dir, "one")}, {"two", filepath.Join(dir, "two")}},
		groupCheck: 50 * time.Millisecond,
		closeAfter: 300 * time.Millisecond,
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &testServer{addr: addr, dir: dir, log: new(testlog.Buffer)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.err = run(ctx, cfg, log.New(s.log, "", log.Lmicroseconds))
	}()
	s.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("log of %s, which ended with %v:\n%s", addr, s.err, s.log)
		}
	})
	return s
}

// startPrimary starts a meta server and a replica server that is the primary of pid, at ballot 1.
func startPrimary(t *testing.T) (*fakeMeta, *testServer) {
	t.Helper()
	m := startMeta(t, freeAddress(t))
	p := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	m.propose(t, p.addr, pid, wire.ConfigAssignPrimary, p.addr)
	p.await(t, pid, wire.ReplicaPrimary, 1)
	return m, p
}

// replicas asks the server what it has.
func (s *testServer) replicas(t *testing.T) map[wire.GPID]wire.ReplicaInfo {
	t.Helper()
	client := rpc.NewClient()
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var answer wire.QueryReplicaInfoResponse
	if err := client.Call(ctx, s.addr, wire.RPCQueryReplicaInfo, &wire.NodeRequest{Node: s.addr}, &answer); err != nil {
		return nil
	}
	list := make(map[wire.GPID]wire.ReplicaInfo)
	for _, r := range answer.Replicas {
		list[r.PID] = r
	}
	return list
}

func (s *testServer) await(t *testing.T, pid wire.GPID, status wire.PartitionStatus, ballot int64) wire.ReplicaInfo {
	t.Helper()
	var r wire.ReplicaInfo
	eventually(t, "replica "+pid.String()+" is "+statusNames[status], func() bool {
		r = s.replicas(t)[pid]
		return r.Status == status && r.Ballot == ballot
	})
	return r
}
