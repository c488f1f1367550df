package metaserver

import (
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pegashell/internal/test/zktest"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// send sends bytes and waits for nothing.
func send(t *testing.T, to wire.Address, frame []byte) {
	t.Helper()
	c, err := net.Dial("tcp4", to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(frame); err != nil {
		t.Fatal(err)
	}
}

func TestNextInTheQueueLeadsWhenTheLeaderStops(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	first := b.leader()
	for i := 1; i < 3; i++ {
		p := b.meta(i)
		eventually(t, "it follows", func() bool { return strings.Contains(p.log.String(), "follower: ") })
	}
	first.halt()
	if first.err != nil {
		t.Errorf("a stopped server ended with %v", first.err)
	}
	// Its lock is gone now, and not only once its session is over.
	locks, _, err := b.zk.Children(layout.LockPath(b.root))
	if slices.Sort(locks); err != nil || !slices.Equal(locks, []string{"LOCKNODE0000000001", "LOCKNODE0000000002"}) {
		t.Errorf("locks %v, %v; want those of the two others", locks, err)
	}
	b.awaitLeader(1)
	if b.leads(2) {
		t.Error("the third server leads too")
	}
	if cfg := b.query(1, "stat"); cfg.Err != wire.OK || len(cfg.Partitions) != 4 {
		t.Errorf("the new leader says %+v of stat", cfg)
	}
	eventually(t, "the third server names the new leader", func() bool {
		cfg := b.query(2, "stat")
		return len(cfg.Partitions) == 1 && cfg.Partitions[0].Primary == b.metas[1]
	})
}

func TestLeaderAnswersWithoutZooKeeperUntilItsSessionIsOver(t *testing.T) {
	t.Parallel()
	server := zktest.Start(t)
	b := newBenchOn(t, server.Addr(), 1)
	p := b.leader()
	server.Kill()
	eventually(t, "the leader notices", func() bool { return strings.Contains(p.log.String(), "disconnected") })
	if !b.leads(0) {
		t.Error("the leader stopped answering with ZooKeeper gone")
	}
	// What needs ZooKeeper is not acknowledged.
	b.beacon(0, address(t, 34801))
	frame, err := wire.EncodeRequest(wire.RequestHeader{TimeoutMS: 500}, wire.RPCCreateApp, 1, &wire.CreateAppRequest{
		AppName: "t", Options: wire.CreateAppOptions{PartitionCount: 1, ReplicaCount: 1, AppType: "pegasus", Stateful: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp4", b.metas[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(frame); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(time.Second))
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("a table was acknowledged though ZooKeeper could not be written")
	}
	if got := b.query(0, "t").Err; got != wire.ErrBusyCreating {
		t.Errorf("the table that is not written is %s, want it on its way", got)
	}
}

func TestServerEndsWhenItsSessionExpires(t *testing.T) {
	t.Parallel()
	server := zktest.Start(t, zktest.WithTickTime(500*time.Millisecond))
	way := newGate(t, server.Addr())
	b := newBenchOn(t, server.Addr(), 2)
	b.zkHosts = way.addr
	b.edit = append(b.edit, func(c *config) { c.sessionTimeout = time.Second })
	leader := b.leader()
	follower := b.meta(1)
	eventually(t, "it follows", func() bool { return strings.Contains(follower.log.String(), "follower: ") })
	way.shut()
	eventually(t, "ZooKeeper has dropped both sessions", func() bool {
		children, _, err := b.zk.Children(b.root + "/dsn.meta.server.leader")
		return err == nil && len(children) == 0
	})
	way.open()
	for _, p := range []*process{leader, follower} {
		if err := p.ended(); err == nil || !strings.Contains(err.Error(), "session has expired") {
			t.Errorf("%s ended with %v, want the expiry", p.addr, err)
		}
	}
}

// gate is a way to a server that can be shut: connections break, and new ones are refused.
type gate struct {
	addr string

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
}

func newGate(t *testing.T, to string) *gate {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{addr: ln.Addr().String(), conns: make(map[net.Conn]struct{})}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { g.pass(c, to) })
		}
	})
	t.Cleanup(func() { ln.Close(); g.shut(); wg.Wait() })
	return g
}

func (g *gate) pass(c net.Conn, to string) {
	defer c.Close()
	far, err := net.Dial("tcp4", to)
	if err != nil {
		return
	}
	defer far.Close()
	g.mu.Lock()
	shut := g.closed
	g.conns[c], g.conns[far] = struct{}{}, struct{}{}
	g.mu.Unlock()
	if shut {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(far, c)
		far.Close()
	}()
	io.Copy(c, far)
	c.Close()
	<-done
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for c := range g.conns {
		c.Close()
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = false
}

func TestLeaderEndsWhenItsLockNodeIsRemoved(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	p := b.leader()
	if err := b.zk.Delete(b.root+"/dsn.meta.server.leader/LOCKNODE0000000000", -1); err != nil {
		t.Fatal(err)
	}
	if err := p.ended(); err == nil || !strings.Contains(err.Error(), "own lock node") {
		t.Errorf("the leader ended with %v", err)
	}
}
