package zktest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
)

// Context ends with the test, and after three minutes.
func Context(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// OwnPath is a root that no other test, and no other run of this one, uses.
func OwnPath(t testing.TB, conn *zk.Conn) string {
	t.Helper()
	name := strings.NewReplacer("/", "_", " ", "_").Replace(t.Name())
	made, err := conn.Create("/"+name+"-", []byte{}, zk.FlagSequence, zk.WorldACL(zk.PermAll))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Znode is a znode that a test makes.
type Znode struct {
	Path      string // below the root
	Data      []byte
	ACL       []zk.ACL
	Ephemeral bool
	Later     bool // the ACL is set after everything is there
}

// Plant makes znodes below root.
func Plant(t testing.TB, conn *zk.Conn, root string, nodes ...Znode) {
	t.Helper()
	for _, n := range nodes {
		acl := n.ACL
		if acl == nil || n.Later {
			acl = zk.WorldACL(zk.PermAll)
		}
		flags := int32(zk.FlagPersistent)
		if n.Ephemeral {
			flags = zk.FlagEphemeral
		}
		if _, err := conn.Create(root+n.Path, n.Data, flags, acl); err != nil {
			t.Fatalf("create %s: %v", root+n.Path, err)
		}
	}
	for _, n := range nodes {
		if n.Later {
			if _, err := conn.SetACL(root+n.Path, n.ACL, -1); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// PlantMany makes count children named by format, in transactions.
func PlantMany(t testing.TB, conn *zk.Conn, parent, format string, count int, data []byte) {
	t.Helper()
	size := max(1, min(200, 400<<10/(len(data)+100)))
	for from := 0; from < count; from += size {
		var ops []any
		for i := from; i < min(count, from+size); i++ {
			ops = append(ops, &zk.CreateRequest{Path: parent + "/" + fmt.Sprintf(format, i), Data: data, Acl: zk.WorldACL(zk.PermAll)})
		}
		if _, err := conn.Multi(ops...); err != nil {
			t.Fatalf("create children of %s: %v", parent, err)
		}
	}
}

// Exists reports whether there is a znode.
func Exists(t testing.TB, conn *zk.Conn, path string) bool {
	t.Helper()
	found, _, err := conn.Exists(path)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
