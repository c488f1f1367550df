package torture

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"
	gocmp "github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
)

// seen is a znode with all that changes when anybody changes it.
type seen struct {
	Data              string
	ACL               []zk.ACL
	Czxid, Mzxid      int64
	Version, Aversion int32
	EphemeralOwner    int64
}

// readAll reads a tree with its stats; it is empty where there is none.
func readAll(t testing.TB, conn *zk.Conn, root string) map[string]seen {
	t.Helper()
	if _, err := conn.Sync("/"); err != nil {
		t.Fatal(err)
	}
	found := map[string]seen{}
	var mu sync.Mutex
	zktest.ByLevels(t, func(rel string) ([]string, error) {
		data, stat, err := conn.Get(root + rel)
		if errors.Is(err, zk.ErrNoNode) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		acl, _, err := conn.GetACL(root + rel)
		if err != nil {
			return nil, err
		}
		children, _, err := conn.Children(root + rel)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		found[rel] = seen{Data: string(data), ACL: acl, Czxid: stat.Czxid, Mzxid: stat.Mzxid,
			Version: stat.Version, Aversion: stat.Aversion, EphemeralOwner: stat.EphemeralOwner}
		return children, nil
	})
	return found
}

// plant makes a random tree of some tables below a root that is not there yet, and returns the paths
// below it.
func (s *schedule) plant(on *side, root string, tables int) (paths []string) {
	s.Helper()
	ops := []any{&zk.CreateRequest{Path: root, Acl: zk.WorldACL(zk.PermAll)}}
	flush := func() {
		if _, err := on.conn.Multi(ops...); err != nil {
			s.Fatalf("plant %s: %v", root, err)
		}
		ops = nil
	}
	add := func(rel string) {
		acl := zk.WorldACL(zk.PermAll)
		if s.IntN(20) == 0 {
			acl = append(acl, zk.DigestACL(zk.PermRead, "reader", fmt.Sprint(s.IntN(3)))...)
		}
		size := s.IntN(300)
		if s.IntN(200) == 0 {
			size = 100 << 10
		}
		ops = append(ops, &zk.CreateRequest{Path: root + rel, Data: []byte(strings.Repeat("d", size)), Acl: acl})
		paths = append(paths, rel)
		if len(ops) >= 100 {
			flush()
		}
	}
	for table := range tables {
		rel := fmt.Sprintf("/%d", table)
		ops = append(ops, &zk.CreateRequest{Path: root + rel, Data: []byte("table"), Acl: zk.WorldACL(zk.PermAll)})
		paths = append(paths, rel)
		for partition := range s.IntN(120) {
			add(fmt.Sprintf("%s/%d", rel, partition))
		}
	}
	if len(ops) > 0 {
		flush()
	}
	return paths
}

// copyTree makes the target equal to the source without the program.
func (s *schedule) copyTree(to *side, root string) {
	s.Helper()
	tree := zktest.ReadPersistent(s, s.sides[0].conn, s.source)
	depth := func(rel string) int { return strings.Count(rel, "/") }
	for level := range 3 {
		var ops []any
		for rel, n := range tree {
			if depth(rel) != level || level == 0 != (rel == "") {
				continue
			}
			data := []byte(n.Data)
			if n.NoData {
				data = nil
			}
			ops = append(ops, &zk.CreateRequest{Path: root + rel, Data: data, Acl: n.ACL})
		}
		for len(ops) > 0 {
			n := min(50, len(ops))
			if _, err := to.conn.Multi(ops[:n]...); err != nil {
				s.Fatalf("copy to %s: %v", root, err)
			}
			ops = ops[n:]
		}
	}
}

// anyPath is one of the source's paths below its root.
func (s *schedule) anyPath() string { return s.paths[s.IntN(len(s.paths))] }

// differences compares both trees; paths below the roots that are excepted do not count.
func (s *schedule) differences(excepted []string) string {
	s.Helper()
	from, to := zktest.ReadPersistent(s, s.sides[0].conn, s.source), zktest.ReadPersistent(s, s.sides[1].conn, s.target)
	for _, rel := range excepted {
		for _, tree := range []map[string]zktest.Copied{from, to} {
			for path := range tree {
				if path == rel || strings.HasPrefix(path, rel+"/") {
					delete(tree, path)
				}
			}
		}
	}
	return gocmp.Diff(from, to)
}

// clear removes what a schedule has planted, so that servers need no more memory from one to the next.
func (s *schedule) clear(on *side, root string) {
	if s.Failed() {
		return // there may be nobody to ask
	}
	var all []string
	for rel := range readAll(s, on.conn, root) {
		all = append(all, root+rel)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(b, a) }) // what lies below comes first
	for len(all) > 0 {
		n := min(200, len(all))
		var ops []any
		for _, path := range all[:n] {
			ops = append(ops, &zk.DeleteRequest{Path: path, Version: -1})
		}
		if _, err := on.conn.Multi(ops...); err != nil {
			s.Errorf("clear %s: %v", root, err)
			return
		}
		all = all[n:]
	}
}
