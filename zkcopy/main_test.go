package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

func TestMain(m *testing.M) {
	code := zktest.Main(m, second.stop)
	printFindings()
	os.Exit(code)
}

// second is another server than zktest.Shared, for what needs two.
var second secondServer

type secondServer struct {
	sync.Mutex
	dir    string
	server *zkserver.Server
}

func (s *secondServer) start(t testing.TB) *zkserver.Server {
	t.Helper()
	zktest.NeedsServer(t)
	s.Lock()
	defer s.Unlock()
	if s.server != nil {
		return s.server
	}
	dir, err := os.MkdirTemp("", "zkcopy-*")
	if err != nil {
		t.Fatal(err)
	}
	server, err := zkserver.Start(testContext(t), zkserver.Config{Dir: dir, SkipFsync: true, HeapMB: 512})
	if err != nil {
		os.RemoveAll(dir)
		t.Fatal(err)
	}
	s.dir, s.server = dir, server
	return server
}

func (s *secondServer) stop() error {
	if s.server == nil {
		return nil
	}
	s.server.Kill()
	return os.RemoveAll(s.dir)
}

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func openServer(t testing.TB, s *zkserver.Server, options ...func(*Options)) *Client {
	t.Helper()
	return openAddr(t, s.Addr(), options...)
}

func openAddr(t testing.TB, addr string, options ...func(*Options)) *Client {
	t.Helper()
	endpoint, err := ParseEndpoint(addr)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{}
	for _, option := range options {
		option(&o)
	}
	c, err := Open(testContext(t), endpoint, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// ownPath is a root that no other test, and no other run of this one, uses.
func ownPath(t testing.TB, conn *zk.Conn) string {
	t.Helper()
	name := strings.NewReplacer("/", "_", " ", "_").Replace(t.Name())
	made, err := conn.Create("/"+name+"-", []byte{}, zk.FlagSequence, OpenACL())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// planted is a znode that a test makes.
type planted struct {
	path  string // below the root
	data  []byte
	acl   []ACL
	kind  Kind // Persistent or Ephemeral
	later bool // the ACL is set after everything is there
}

func plant(t testing.TB, conn *zk.Conn, root string, nodes ...planted) {
	t.Helper()
	for _, n := range nodes {
		acl := n.acl
		if acl == nil || n.later {
			acl = OpenACL()
		}
		flags := int32(zk.FlagPersistent)
		if n.kind == Ephemeral {
			flags = zk.FlagEphemeral
		}
		if _, err := conn.Create(joinPath(root, n.path), n.data, flags, acl); err != nil {
			t.Fatalf("create %s: %v", joinPath(root, n.path), err)
		}
	}
	for _, n := range nodes {
		if n.later {
			if _, err := conn.SetACL(joinPath(root, n.path), n.acl, -1); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// plantMany makes count children named by format, in transactions.
func plantMany(t testing.TB, conn *zk.Conn, parent, format string, count int, data []byte) {
	t.Helper()
	size := max(1, min(200, 400<<10/(len(data)+100)))
	for from := 0; from < count; from += size {
		var ops []any
		for i := from; i < min(count, from+size); i++ {
			ops = append(ops, &zk.CreateRequest{Path: childPath(parent, fmt.Sprintf(format, i)), Data: data, Acl: OpenACL()})
		}
		if _, err := conn.Multi(ops...); err != nil {
			t.Fatalf("create children of %s: %v", parent, err)
		}
	}
}

// seen is a znode as read back, without what differs from server to server.
type seen struct {
	Data string
	Nil  bool
	ACL  []ACL
	Kind Kind
}

// snapshot reads a tree with plain calls.
func snapshot(t testing.TB, conn *zk.Conn, root string) map[string]seen {
	t.Helper()
	found := map[string]seen{}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(32)
	stats(t, conn, root, func(rel string, stat Stat) {
		group.Go(func() error {
			data, _, err := conn.Get(joinPath(root, rel))
			if err != nil {
				return err
			}
			acl, _, err := conn.GetACL(joinPath(root, rel))
			mu.Lock()
			defer mu.Unlock()
			found[rel] = seen{Data: string(data), Nil: data == nil, ACL: sortedACL(acl), Kind: KindOf(stat)}
			return err
		})
	})
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return found
}

// versions reads the numbers of a tree that change with any write.
func versions(t testing.TB, conn *zk.Conn, root string) map[string][5]int64 {
	t.Helper()
	found := map[string][5]int64{}
	stats(t, conn, root, func(rel string, stat Stat) {
		found[rel] = [5]int64{stat.Czxid, stat.Mzxid, stat.Pzxid, int64(stat.Aversion), int64(stat.Version)}
	})
	return found
}

// stats calls visit for every znode, level by level.
func stats(t testing.TB, conn *zk.Conn, root string, visit func(rel string, stat Stat)) {
	t.Helper()
	for level := []string{""}; len(level) > 0; {
		var mu sync.Mutex
		var next []string
		var group errgroup.Group
		group.SetLimit(32)
		for _, rel := range level {
			group.Go(func() error {
				names, stat, err := conn.Children(joinPath(root, rel))
				if errors.Is(err, zk.ErrNoNode) {
					return nil
				}
				mu.Lock()
				defer mu.Unlock()
				for _, name := range names {
					next = append(next, rel+"/"+name)
				}
				visit(rel, *stat)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		level = next
	}
}

func exists(t testing.TB, conn *zk.Conn, path string) bool {
	t.Helper()
	found, _, err := conn.Exists(path)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
