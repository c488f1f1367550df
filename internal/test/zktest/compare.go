package zktest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"
	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// Copied is what a copy of a znode has in common with it.
type Copied struct {
	Data    string
	NoData  bool
	ACL     []zk.ACL // in an order of its own
	DataLen int32    // as the stat has it
}

// ReadPersistent reads a tree with the usual client library. Keys are
// paths below the root. Ephemeral znodes are left out. Nobody may write to the tree meanwhile.
func ReadPersistent(t testing.TB, conn *zk.Conn, root string) map[string]Copied {
	t.Helper()
	if _, err := conn.Sync(root); err != nil {
		t.Fatalf("sync %s: %v", root, err)
	}
	var mu sync.Mutex
	found := map[string]Copied{}
	ByLevels(t, func(rel string) ([]string, error) {
		node, children, err := readOne(conn, root+rel)
		if node == nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		found[rel] = *node
		return children, nil
	})
	return found
}

// ByLevels calls visit for every znode of a tree by its path below the root, many of one level at a
// time. visit returns the names of the children to go on with.
func ByLevels(t testing.TB, visit func(rel string) (children []string, err error)) {
	t.Helper()
	const atOnce = 32
	for level := []string{""}; len(level) > 0; {
		var mu sync.Mutex
		var next []string
		var group errgroup.Group
		group.SetLimit(atOnce)
		for _, rel := range level {
			group.Go(func() error {
				children, err := visit(rel)
				mu.Lock()
				defer mu.Unlock()
				for _, name := range children {
					next = append(next, rel+"/"+name)
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		level = next
	}
}

// readOne returns nil for an ephemeral znode, which may have gone since it was listed.
func readOne(conn *zk.Conn, path string) (node *Copied, children []string, err error) {
	data, stat, err := conn.Get(path)
	switch {
	case errors.Is(err, zk.ErrNoNode):
		return nil, nil, nil
	case err != nil:
		return nil, nil, fmt.Errorf("read %s: %w", path, err)
	case stat.EphemeralOwner != 0:
		return nil, nil, nil
	}
	acl, _, err := conn.GetACL(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read the ACL of %s: %w", path, err)
	}
	slices.SortFunc(acl, func(a, b zk.ACL) int {
		return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Perms, b.Perms))
	})
	if stat.NumChildren > 0 {
		if children, _, err = conn.Children(path); err != nil {
			return nil, nil, fmt.Errorf("list the children of %s: %w", path, err)
		}
	}
	return &Copied{Data: string(data), NoData: data == nil, ACL: acl, DataLen: stat.DataLength}, children, nil
}

// Differences compares two trees by ReadPersistent; "" means that they are equal.
func Differences(t testing.TB, from *zk.Conn, fromRoot string, to *zk.Conn, toRoot string) string {
	t.Helper()
	return gocmp.Diff(ReadPersistent(t, from, fromRoot), ReadPersistent(t, to, toRoot))
}
