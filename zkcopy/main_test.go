package zkcopy

import (
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
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
	server, err := zkserver.Start(zktest.Context(t), zkserver.Config{Dir: dir, SkipFsync: true, HeapMB: 512, Jar: os.Getenv(zkserver.JarVariable)})
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

func openServer(t testing.TB, s *zkserver.Server, options ...func(*session.Options)) *session.Client {
	t.Helper()
	return openAddr(t, s.Addr(), options...)
}

func openAddr(t testing.TB, addr string, options ...func(*session.Options)) *session.Client {
	t.Helper()
	endpoint, err := session.ParseEndpoint(addr)
	if err != nil {
		t.Fatal(err)
	}
	o := session.Options{}
	for _, option := range options {
		option(&o)
	}
	c, err := session.Open(zktest.Context(t), endpoint, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// seen is a znode as read back, without what differs from server to server.
type seen struct {
	Data string
	Nil  bool
	ACL  []tree.ACL
	Kind tree.Kind
}

// snapshot reads a tree with plain calls.
func snapshot(t testing.TB, conn *zk.Conn, root string) map[string]seen {
	t.Helper()
	found := map[string]seen{}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(32)
	stats(t, conn, root, func(rel string, stat tree.Stat) {
		group.Go(func() error {
			data, _, err := conn.Get(tree.JoinPath(root, rel))
			if err != nil {
				return err
			}
			acl, _, err := conn.GetACL(tree.JoinPath(root, rel))
			mu.Lock()
			defer mu.Unlock()
			found[rel] = seen{Data: string(data), Nil: data == nil, ACL: tree.SortedACL(acl), Kind: tree.KindOf(stat)}
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
	stats(t, conn, root, func(rel string, stat tree.Stat) {
		found[rel] = [5]int64{stat.Czxid, stat.Mzxid, stat.Pzxid, int64(stat.Aversion), int64(stat.Version)}
	})
	return found
}

// stats calls visit for every znode, level by level, for one at a time.
func stats(t testing.TB, conn *zk.Conn, root string, visit func(rel string, stat tree.Stat)) {
	t.Helper()
	var one sync.Mutex
	zktest.ByLevels(t, func(rel string) ([]string, error) {
		names, stat, err := conn.Children(tree.JoinPath(root, rel))
		switch {
		case errors.Is(err, zk.ErrNoNode):
			return nil, nil
		case err != nil:
			return nil, err
		}
		one.Lock()
		defer one.Unlock()
		visit(rel, *stat)
		return names, nil
	})
}
