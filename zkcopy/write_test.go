package zkcopy

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
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
		0: tree.Persistent, 0x100001318e7000e: tree.Ephemeral, 1: tree.Ephemeral,
		-1 << 63: tree.Ephemeral, -1<<56 | 3600_000: tree.Ephemeral, -2 << 56: tree.Ephemeral,
	} {
		if got := tree.KindOf(tree.Stat{EphemeralOwner: owner}); got != want {
			t.Errorf("owner %#x is %v, want %v", uint64(owner), got, want)
		}
	}
}

// cutter lets connections be cut after the server took a request and before
// its answer arrives: the answer is lost, the request is not.
type cutter struct {
	every int64 // each so-many-th request longer than 300 bytes; smaller ones pass
	// writes picks every request that writes instead.
	writes bool
	count  atomic.Int64
	cuts   atomic.Int64
}

func (c *cutter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &cutConn{Conn: conn, cutter: c}, nil
}

func (c *cutter) picks(packet []byte) bool {
	if c.writes { // the length, xid and type of a request (ZooKeeper: ZooDefs.OpCode)
		return len(packet) > 12 && slices.Contains([]byte{1, 2, 5, 7, 14}, packet[11]) && packet[10] == 0
	}
	return len(packet) > 300 && c.count.Add(1)%c.every == 0
}

type cutConn struct {
	net.Conn
	cutter *cutter
	deaf   atomic.Bool
}

func (c *cutConn) Write(p []byte) (int, error) {
	if c.cutter.picks(p) {
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
