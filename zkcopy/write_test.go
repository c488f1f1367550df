package zkcopy

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

func TestKindIsToldByTheOwner(t *testing.T) {
	for owner, want := range map[int64]tree.Kind{
		0: tree.Persistent, 0x100001318e7000e: tree.Ephemeral, 1: tree.Ephemeral, -1 << 63: tree.Container,
		-1<<56 | 3600_000: tree.TTL, -2 << 56: tree.Ephemeral,
	} {
		if got := tree.KindOf(tree.Stat{EphemeralOwner: owner}); got != want {
			t.Errorf("owner %#x is %v, want %v", uint64(owner), got, want)
		}
	}
	if got := tree.TTLOf(tree.Stat{EphemeralOwner: -1<<56 | 3600_000}); got != time.Hour {
		t.Errorf("TTL is %v", got)
	}
}

// vanishes waits until the server has deleted a znode by itself.
func vanishes(t *testing.T, conn *zk.Conn, path string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); zktest.Exists(t, conn, path); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", path)
		}
	}
}

// The servers at hand hide which znodes are containers or have a TTL, so the
// source is made up here; what the target does with them is real.
func TestContainerAndTTLZnodesAreWrittenAsSuch(t *testing.T) {
	server := zktest.Start(t, zktest.WithJavaProperty("znode.container.checkIntervalMs", "100"))
	conn := zktest.Connect(t, server.Addr())
	w := newWriter(openServer(t, server), session.Batching{}, func(*write) {}, new(atomic.Int64))
	create := func(path string, owner int64) *write {
		return &write{action: action{create: true}, path: path, data: []byte("data"), acl: tree.OpenACL(), source: tree.Stat{EphemeralOwner: owner}}
	}
	for _, each := range []*write{create("/container", tree.ContainerOwner), create("/container/child", 0), create("/ttl", -1<<56|1000)} {
		if err := w.settle(zktest.Context(t), []*write{each}); err != nil {
			t.Fatal(err)
		}
	}
	vanishes(t, conn, "/ttl")
	if err := conn.Delete("/container/child", -1); err != nil {
		t.Fatal(err)
	}
	vanishes(t, conn, "/container")
}

func TestATTLZnodeIsPersistentWhereTheTargetOffersNoTTL(t *testing.T) {
	server := zktest.Start(t, zktest.WithProperty("extendedTypesEnabled", "false"))
	var degraded atomic.Int64
	c := openServer(t, server)
	w := newWriter(c, session.Batching{}, func(*write) {}, &degraded)
	ttl := &write{action: action{create: true}, path: "/ttl", data: []byte("data"), acl: tree.OpenACL(), source: tree.Stat{EphemeralOwner: -1<<56 | 1000}}
	if err := w.settle(zktest.Context(t), []*write{ttl}); err != nil {
		t.Fatal(err)
	}
	if n, err := (Tree{Client: c, Path: "/ttl"}).ReadRoot(zktest.Context(t)); err != nil || string(n.Data) != "data" || degraded.Load() != 1 {
		t.Errorf("%v, %v, %d degraded", n, err, degraded.Load())
	}
}

// cutter lets connections be cut after the server took a request and before
// its answer arrives: the answer is lost, the request is not.
type cutter struct {
	every int64 // each so-many-th request longer than 300 bytes; smaller ones pass
	count atomic.Int64
	cuts  atomic.Int64
}

func (c *cutter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &cutConn{Conn: conn, cutter: c}, nil
}

type cutConn struct {
	net.Conn
	cutter *cutter
	deaf   atomic.Bool
}

func (c *cutConn) Write(p []byte) (int, error) {
	if len(p) > 300 && c.cutter.count.Add(1)%c.cutter.every == 0 {
		c.deaf.Store(true)
		c.cutter.cuts.Add(1)
		n, err := c.Conn.Write(p)
		c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)) // time for the server to take it
		return n, err
	}
	return c.Conn.Write(p)
}

func (c *cutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.deaf.Load() {
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func TestLostAnswersAreResolvedByReading(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", ACL: zk.DigestACL(zk.PermAll, "admin", "secret"), Later: true}, zktest.Znode{Path: "/b"})
	zktest.PlantMany(t, tt.from, tt.source.Path+"/a", "%d", 400, []byte("twelve bytes"))
	zktest.PlantMany(t, tt.from, tt.source.Path+"/b", "%d", 400, []byte("twelve bytes"))
	cut := &cutter{every: 3}
	tt.target.Client = openServer(t, zktest.Shared(t), asAdmin, func(o *session.Options) { o.Dialer = cut.dial })
	r := tt.copy(t, CopyOptions{Batching: session.Batching{BatchOps: 20}})
	if r.Created != 803 || !r.Verified || r.ConnectionLosses == 0 || cut.cuts.Load() == 0 {
		t.Errorf("%d cuts, result %+v", cut.cuts.Load(), r)
	}
	tt.checkEqual(t)

	cut = &cutter{every: 4}
	tt.target.Client = openServer(t, zktest.Shared(t), asAdmin, func(o *session.Options) { o.Dialer = cut.dial })
	removed, err := Remove(zktest.Context(t), tt.target, RemoveOptions{Batching: session.Batching{BatchOps: 20}})
	if err != nil || removed.Removed != 803 || cut.cuts.Load() == 0 {
		t.Errorf("%d cuts, removed %+v, %v", cut.cuts.Load(), removed, err)
	}
	if zktest.Exists(t, tt.to, tt.target.Path) {
		t.Error("the target is still there")
	}
}

func TestServersWithASmallerBufferGetSmallerTransactions(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	zktest.PlantMany(t, tt.from, tt.source.Path+"/a", "%03d", 60, make([]byte, 4000))
	small := zktest.Start(t, zktest.WithMaxBuffer(64<<10))
	tt.to, tt.target = zktest.Connect(t, small.Addr()), Tree{Client: openServer(t, small), Path: "/copy"}
	r := tt.copy(t, CopyOptions{})
	if r.Created != 62 || !r.Verified {
		t.Errorf("result %+v", r)
	}
	tt.checkEqual(t)

	zktest.Plant(t, tt.to, "", zktest.Znode{Path: "/wide"})
	zktest.PlantMany(t, tt.to, "/wide", strings.Repeat("x", 60)+"%04d", 1000, nil)
	if r, err := Remove(zktest.Context(t), Tree{Client: tt.target.Client, Path: "/wide"}, RemoveOptions{}); err != nil || r.Removed != 1001 {
		t.Errorf("removed %+v, %v", r, err)
	}

	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/too-large", Data: make([]byte, 300<<10)})
	_, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{})
	var failed *session.PathError
	if !errors.Is(err, session.ErrTooLarge) || !errors.As(err, &failed) || failed.Path != "/copy/too-large" {
		t.Errorf("error is %v", err)
	}
}
