package look

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/roundtrips"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
)

// clock is the time of a look that is repeated.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// connections counts those that are opened.
type connections struct {
	mu sync.Mutex
	n  int
}

func (c *connections) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func (c *connections) took() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.n
	c.n = 0
	return n
}

// repeated is a look at two trees and a leader that is repeated.
type repeated struct {
	t       *testing.T
	meta    *scriptedMeta
	trees   *twoTrees
	clock   *clock
	zk      *connections
	options Options
}

// manyTables is above the number of tables whose health is asked for in every round.
const manyTables = 12

func repeatedLook(t *testing.T) *repeated {
	oldZK, newZK := zktest.Start(t), zktest.Start(t) // nobody else has transactions there
	r := &repeated{t: t, meta: startMeta(t), clock: &clock{now: time.Now()}, zk: &connections{}}
	conn := zktest.Connect(t, oldZK.Addr())
	var names []string
	var apps []layout.App
	for i := range manyTables {
		names = append(names, fmt.Sprintf("t%d", i))
		apps = append(apps, app(int32(i+1), names[i]))
	}
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/p"})
	plantTree(t, conn, "/p", "/p", []string{r.meta.Address}, apps...)
	at := func(addr string) Address {
		return Address{Endpoint: session.Endpoint{Servers: []string{addr}, Path: "/p"}}
	}
	copyTree(t, at(oldZK.Addr()), at(newZK.Addr()), quick)
	r.trees = &twoTrees{root: "/p", source: conn, target: zktest.Connect(t, newZK.Addr()), sourceAt: at(oldZK.Addr()), targetAt: at(newZK.Addr())}
	r.meta.apps = tables(names...)
	self, _ := wire.ParseAddress(r.meta.Address)
	r.meta.nodes = []wire.NodeInfo{{Status: wire.NodeAlive, Address: self}}
	r.meta.config = metaadmin.ServerConfig{HostsList: oldZK.Addr(), ClusterRoot: "/p", LockRoot: "/p", MetaServers: []string{r.meta.Address}}
	r.options = optionsFor(t, session.Options{Dialer: r.zk.dial}, r.meta.Address)
	r.options.Target, r.options.Memory, r.options.Now = &r.trees.targetAt, NewMemory(), r.clock.Now
	return r
}

// round looks once more, a second later.
func (r *repeated) round() *migration.Survey {
	r.t.Helper()
	r.clock.pass(time.Second)
	s, err := Look(zktest.Context(r.t), r.options)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// want compares what a round has asked the meta server, and how many connections to the
// ZooKeepers it has opened.
func (r *repeated) want(what string, asked map[string]int, connections int) {
	r.t.Helper()
	if diff := cmp.Diff(asked, r.meta.took()); diff != "" {
		r.t.Errorf("%s:\n%s", what, diff)
	}
	if got := r.zk.took(); (got > 2) != (connections > 2) || connections <= 2 && got != connections {
		r.t.Errorf("%s: %d connections to the ZooKeepers, want %d", what, got, connections)
	}
}

// idle is what a round asks where nothing has changed: at most ten requests a server.
func idle() map[string]int {
	return map[string]int{
		"server-info": 1, wire.RPCClusterInfo: 1, wire.RPCControlMeta: 1, wire.RPCListNodes: 1, wire.RPCListApps: 1, wire.RPCQueryReplicaInfo: 1,
	}
}

func TestARepeatedLookBurdensNobody(t *testing.T) {
	r := repeatedLook(t)
	with := func(more map[string]int) map[string]int {
		all := idle()
		for k, v := range more {
			all[k] += v
		}
		return all
	}
	first := r.round()
	r.want("the first round", with(map[string]int{"config-dump": 1, wire.RPCQueryCfg: manyTables}), 99)
	const srvr = 2 // one four-letter word for each ZooKeeper
	for range 3 {
		s := r.round()
		r.want("a round without news", idle(), srvr)
		if diff := cmp.Diff(first.Compared, s.Compared); diff != "" || s.Source.Contents.Sum != first.Source.Contents.Sum || !s.Meta[0].Since.Equal(first.Meta[0].Since) {
			t.Errorf("it says something else: %+v\n%s", s, diff)
		}
	}
	// After a restart the configuration is read again, and who is healthy.
	r.meta.set(func() { r.meta.started = r.meta.started.Add(time.Minute) })
	r.round()
	r.want("a round after a restart", with(map[string]int{"config-dump": 1, wire.RPCQueryCfg: manyTables}), srvr)

	// Tables that are not healthy are asked for until they are.
	r.meta.set(func() { r.meta.started = r.meta.started.Add(time.Minute); r.meta.sick["t3"] = true })
	r.round()
	r.meta.took()
	r.zk.took()
	if s := r.round(); s.Meta[0].Leading.Unhealthy != 1 {
		t.Errorf("%d tables are unhealthy", s.Meta[0].Leading.Unhealthy)
	}
	r.want("a round with a sick table", with(map[string]int{wire.RPCQueryCfg: 1, wire.RPCQueryAppInfo: 1}), srvr)
	r.meta.set(func() { delete(r.meta.sick, "t3") })
	if s := r.round(); s.Meta[0].Leading.Unhealthy != 0 {
		t.Error("the table is healthy now")
	}
	r.want("a round in which it becomes healthy", with(map[string]int{wire.RPCQueryCfg: 1}), srvr)

	// A tree that has changed is read again, but at most once a minute.
	r.clock.pass(again)
	plantTable(t, r.trees.target, "/p", app(50, "fifty"))
	if s := r.round(); s.Compared.Equal || s.Compared.Extra != 3 {
		t.Errorf("the change was not seen: %+v", s.Compared)
	}
	r.want("a round after a change of the new tree", idle(), 99)
	r.round()
	r.want("the round after that", idle(), srvr)
	plantTable(t, r.trees.target, "/p", app(51, "another"))
	seen := r.clock.Now()
	s := r.round()
	r.want("a round with another change soon after", idle(), srvr)
	if s.Compared.Extra != 3 || !s.Target.Contents.Seen.Before(seen.Add(time.Second)) {
		t.Errorf("the new tree was read at %v: %+v", s.Target.Contents.Seen, s.Compared)
	}
	r.clock.pass(again)
	if s := r.round(); s.Compared.Extra != 6 {
		t.Errorf("the change was not seen a minute later: %+v", s.Compared)
	}
	r.want("a minute later", idle(), 99)

	// A change of the leader's tree may be one of its tables' health.
	r.clock.pass(again)
	put(t, r.trees.source, "/p/backup", []byte("x"))
	r.round()
	r.want("a round after a change of the old tree", with(map[string]int{wire.RPCQueryCfg: manyTables}), 99)
}

func TestALookReadsEachZnodeOnce(t *testing.T) {
	large := app(1, "large")
	large.PartitionCount = 900
	p := copiedTrees(t, large)
	counter := roundtrips.New()
	defer counter.Close()
	metas := p.options.Metas
	p.options = optionsFor(t, session.Options{Dialer: counter.Dial, Connections: 1}, metas...)
	p.options.Target = &p.targetAt
	s := p.look(t)
	if !s.Compared.Equal {
		t.Fatalf("%+v", s.Compared)
	}
	// Stats of many znodes are read in one request.
	for _, at := range []Address{p.sourceAt, p.targetAt} {
		if got := counter.Requests(at.Hosts()); got > 200 || s.Source.Contents.Znodes < 900 {
			t.Errorf("%d requests for %d znodes", got, s.Source.Contents.Znodes)
		}
	}
}
