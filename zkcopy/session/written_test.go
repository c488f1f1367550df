package session

import (
	"math"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
)

func TestTheTransactionsOfWritesAreReported(t *testing.T) {
	server := zktest.Start(t)
	conn := zktest.Connect(t, server.Addr())
	c := openAddr(t, server.Addr())
	ctx := zktest.Context(t)
	var mu sync.Mutex
	var got []int64
	c.OnWritten(func(zxid int64) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, zxid)
	})
	l := c.Lane()
	var want []int64
	carriedOut := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, lastZxid(t, conn))
	}
	carriedOut(l.Create(ctx, "/a", nil, zk.WorldACL(zk.PermAll)))
	carriedOut(l.SetData(ctx, "/a", []byte("1"), -1))
	_, err := l.SetACL(ctx, "/a", zk.WorldACL(zk.PermAll), -1)
	carriedOut(err)
	_, err = l.Multi(ctx, []any{&zk.CreateRequest{Path: "/a/b", Acl: zk.WorldACL(zk.PermAll)}, &zk.DeleteRequest{Path: "/a/b", Version: -1}})
	carriedOut(err)
	if err := l.Create(ctx, "/a", nil, zk.WorldACL(zk.PermAll)); err == nil { // it has a transaction, too
		t.Error("it was created twice")
	}
	if _, err := conn.Set("/a", nil, -1); err != nil { // another's
		t.Fatal(err)
	}
	if _, err := c.Data(ctx, "/a"); err != nil {
		t.Fatal(err)
	}
	if err := l.read(ctx, []Request{{Kind: GetData, Path: "/a", Room: math.MaxInt32}}, false); err != nil { // over the connection that writes
		t.Fatal(err)
	}
	c.OnWritten(nil)
	if err := l.SetData(ctx, "/a", nil, -1); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("transactions (-carried out +reported):\n%s", diff)
	}
}

// lastZxid is the last transaction of a server.
func lastZxid(t *testing.T, conn *zk.Conn) int64 {
	t.Helper()
	// A write has the next one.
	stat, err := conn.Set("/", nil, -1)
	if err != nil {
		t.Fatal(err)
	}
	return stat.Mzxid - 1
}
