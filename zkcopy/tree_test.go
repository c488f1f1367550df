package zkcopy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// oneServer returns a root that exists.
func oneServer(t *testing.T) (*zk.Conn, Tree) {
	t.Helper()
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	return conn, Tree{Client: openServer(t, server), Path: zktest.OwnPath(t, conn)}
}

func TestListIsSortedAndTellsTheDepth(t *testing.T) {
	conn, tr := oneServer(t)
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/b", Data: []byte("1")}, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/y"}, zktest.Znode{Path: "/a/x", Ephemeral: true}, zktest.Znode{Path: "/c"})
	list := func(o ListOptions) (lines []string) {
		err := List(zktest.Context(t), tr, o, func(e Entry) error {
			if e.Path != tr.Path+strings.TrimPrefix(e.Path, tr.Path) || !strings.HasSuffix(e.Path, "/"+e.Name) {
				t.Errorf("path %s, name %s", e.Path, e.Name)
			}
			lines = append(lines, fmt.Sprintf("%d %s %v %d %s", e.Depth, e.Name, e.Kind(), e.Stat.NumChildren, e.Data))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	if diff := cmp.Diff([]string{"1 a persistent 2 ", "1 b persistent 0 ", "1 c persistent 0 "}, list(ListOptions{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1 a persistent 0 ", "1 b persistent 0 ", "1 c persistent 0 "}, list(ListOptions{NamesOnly: true})); diff != "" {
		t.Error(diff)
	}
	want := []string{"1 a persistent 2 ", "2 x ephemeral 0 ", "2 y persistent 0 ", "1 b persistent 0 1", "1 c persistent 0 "}
	if diff := cmp.Diff(want, list(ListOptions{Recursive: true, Data: true, NamesOnly: true})); diff != "" {
		t.Error(diff)
	}
	var missing *tree.NotFoundError
	if err := List(zktest.Context(t), Tree{Client: tr.Client, Path: tr.Path + "/none"}, ListOptions{}, nil); !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
}

// A znode that may not be read is passed over only where the caller wants to know of it.
func TestListGoesOnAfterWhatItMayNotRead(t *testing.T) {
	conn, tr := oneServer(t)
	closed := zk.DigestACL(zk.PermAll, "admin", "secret")
	var planted []zktest.Znode
	for _, name := range []string{"/a", "/b", "/c", "/d"} {
		planted = append(planted, zktest.Znode{Path: name}, zktest.Znode{Path: name + "/shown"})
	}
	zktest.Plant(t, conn, tr.Path, planted...)
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/b/closed", ACL: closed}, zktest.Znode{Path: "/z"})
	if err := conn.AddAuth("digest", []byte("admin:secret")); err != nil {
		t.Fatal(err)
	}
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/b/closed/below"})
	list := func(o ListOptions) (seen []string, err error) {
		err = List(zktest.Context(t), tr, o, func(e Entry) error {
			seen = append(seen, strings.TrimPrefix(e.Path, tr.Path))
			return nil
		})
		return seen, err
	}
	for _, data := range []bool{false, true} {
		seen, err := list(ListOptions{Recursive: true, Data: data})
		if !errors.Is(err, session.ErrNotAuthorized) || slices.Contains(seen, "/z") {
			t.Errorf("data %v: listed %v, error %v", data, seen, err)
		}
		var unreadable []string
		seen, err = list(ListOptions{Recursive: true, Data: data, Root: true, Unreadable: func(path string) error {
			unreadable = append(unreadable, strings.TrimPrefix(path, tr.Path))
			return nil
		}})
		want := []string{"", "/a", "/a/shown", "/b", "/b/closed", "/b/shown", "/c", "/c/shown", "/d", "/d/shown", "/z"}
		if data {
			want = slices.DeleteFunc(want, func(path string) bool { return path == "/b/closed" })
		}
		if diff := cmp.Diff(want, seen); diff != "" || err != nil || !slices.Equal(unreadable, []string{"/b/closed"}) {
			t.Errorf("data %v: error %v, unreadable %v, listed (-want +got):\n%s", data, err, unreadable, diff)
		}
	}
	tr.Path += "/b/closed"
	if _, err := list(ListOptions{Recursive: true, Unreadable: func(string) error { return nil }}); !errors.Is(err, session.ErrNotAuthorized) {
		t.Errorf("of a root that may not be read: error is %v", err)
	}
}

func TestRemoveOutlivesZnodesThatComeAndGo(t *testing.T) {
	conn, tr := oneServer(t)
	for i := range 10 {
		path := fmt.Sprintf("/%d", i)
		zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: path})
		zktest.PlantMany(t, conn, tr.Path+path, "%d", 100, nil)
	}
	// Each time so many are gone, some appear below ones that are still there,
	// and some vanish.
	var appeared int
	progress := &everyProgress{every: 100, f: func() {
		for i := range 10 {
			parent := fmt.Sprintf("%s/%d", tr.Path, i)
			name := fmt.Sprintf("%s/new%d", parent, appeared)
			if _, err := conn.Create(name, nil, zk.FlagPersistent, tree.OpenACL()); err == nil {
				conn.Create(name+"/deeper", nil, zk.FlagPersistent, tree.OpenACL())
				appeared++
			}
			for j := 95; j < 100; j++ {
				conn.Delete(fmt.Sprintf("%s/%d", parent, j), -1)
			}
		}
	}}
	if _, err := Remove(zktest.Context(t), tr, RemoveOptions{Batching: session.Batching{BatchOps: 20}, Progress: progress}); err != nil {
		t.Fatal(err)
	}
	if zktest.Exists(t, conn, tr.Path) {
		t.Error("the tree is still there")
	}
	if appeared == 0 {
		t.Error("nothing appeared meanwhile")
	}
	var missing *tree.NotFoundError
	if _, err := Remove(zktest.Context(t), tr, RemoveOptions{}); !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
}

// everyProgress calls f, one call at a time, each time so many were added.
type everyProgress struct {
	noProgress
	every, seen int64
	f           func()
	mu          sync.Mutex
}

func (p *everyProgress) Add(znodes, _ int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen += znodes; p.seen%p.every == 0 {
		p.f()
	}
}

func TestRemoveStopsAtEphemeralZnodesUnlessTold(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/lock"}, zktest.Znode{Path: "/lock/e", Ephemeral: true})
	var ephemeral *EphemeralError
	if _, err := Remove(zktest.Context(t), tree, RemoveOptions{}); !errors.As(err, &ephemeral) || ephemeral.Path != tree.Path+"/lock/e" || ephemeral.Session != conn.SessionID() {
		t.Fatalf("error is %v", err)
	}
	r, err := Remove(zktest.Context(t), tree, RemoveOptions{Ephemeral: true})
	if err != nil || r.Removed != 3 {
		t.Errorf("removed %+v, %v", r, err)
	}
}

func TestRemoveNamesThePathThatMustNotBeRemoved(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/a", ACL: zk.WorldACL(zk.PermRead | zk.PermCreate | zk.PermAdmin)}, zktest.Znode{Path: "/a/b"})
	_, err := Remove(zktest.Context(t), tree, RemoveOptions{})
	if !errors.Is(err, session.ErrNotAuthorized) || !strings.Contains(err.Error(), tree.Path+"/a/b") {
		t.Errorf("error is %v", err)
	}
}

// plantCluster makes the metadata of a Pegasus cluster with one living meta
// server and one that left its lock node behind.
func plantCluster(t *testing.T, conn *zk.Conn, root string, apps ...layout.App) {
	t.Helper()
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/apps", Data: []byte(layout.Unlocked)}, zktest.Znode{Path: "/dsn.meta.server.leader"},
		zktest.Znode{Path: "/dsn.meta.server.leader/LOCKNODE0000000007", Ephemeral: true, Data: []byte("h1:34601")},
		zktest.Znode{Path: "/dsn.meta.server.leader/LOCKNODE0000000003", Data: []byte("h2:34601")})
	for _, app := range apps {
		zktest.Plant(t, conn, root, zktest.Znode{Path: fmt.Sprintf("/apps/%d", app.ID), Data: app.Encode()})
		zktest.PlantMany(t, conn, layout.AppPath(root, app.ID), "%d", int(app.PartitionCount), []byte("partition"))
	}
}

func app(id int32, name string, created int64) layout.App {
	return layout.App{Status: layout.AppAvailable, Type: "pegasus", Name: name, ID: id, PartitionCount: 4, CreateSecond: created}
}

func TestInspectFindsWhatMakesATreeDangerous(t *testing.T) {
	conn, tree := oneServer(t)
	plantCluster(t, conn, tree.Path, app(2, "two", 12), app(1, "one", 11))
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/inner"}, zktest.Znode{Path: "/inner/apps", Data: []byte("lock")}, zktest.Znode{Path: "/inner/apps/9", Data: []byte("broken")})
	got, err := Inspect(zktest.Context(t), tree, CountOptions{})
	if err != nil {
		t.Fatal(err)
	}
	locks := tree.Path + "/dsn.meta.server.leader/LOCKNODE000000000"
	living := EphemeralNode{Path: locks + "7", Value: "h1:34601", Session: conn.SessionID(), Lock: true}
	want := &Findings{
		Exists: true,
		Count: Count{Znodes: 18, Bytes: got.Count.Bytes, Ephemerals: 1, EphemeralNodes: []EphemeralNode{living},
			PersistentLocks: []string{locks + "3"}},
		Clusters: []Cluster{
			{Root: tree.Path, HasApps: true, AppsState: "unlock",
				Tables: []Table{
					{Path: tree.Path + "/apps/1", ID: 1, Name: "one", Status: layout.AppAvailable, CreateSecond: 11, PartitionCount: 4},
					{Path: tree.Path + "/apps/2", ID: 2, Name: "two", Status: layout.AppAvailable, CreateSecond: 12, PartitionCount: 4},
				},
				Locks:    []EphemeralNode{{Path: locks + "3", Value: "h2:34601", Lock: true}, living},
				LockPath: tree.Path + "/dsn.meta.server.leader", LockChanges: 2},
			{Root: tree.Path + "/inner", HasApps: true, AppsState: "lock",
				Tables: []Table{{Path: tree.Path + "/inner/apps/9", ID: 9, Unreadable: cmpopts.AnyError}}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors(), cmpopts.IgnoreFields(Cluster{}, "AppsZxid", "LockZxid")); diff != "" {
		t.Error(diff)
	}
	if got.Count.Bytes == 0 {
		t.Error("no bytes were counted")
	}
	none, err := Inspect(zktest.Context(t), Tree{Client: tree.Client, Path: tree.Path + "/none"}, CountOptions{})
	if diff := cmp.Diff(&Findings{}, none); diff != "" || err != nil {
		t.Errorf("missing tree: %v\n%s", err, diff)
	}
}

func clustersOf(t *testing.T, tr Tree) []Cluster {
	t.Helper()
	clusters, err := FindClusters(zktest.Context(t), tr, CountOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return clusters
}

func TestTablesOfAnotherClusterAreFound(t *testing.T) {
	conn, source := oneServer(t)
	target := Tree{Client: source.Client, Path: zktest.OwnPath(t, conn)}
	only := func() (names []string) {
		t.Helper()
		for _, table := range TablesOnlyIn(clustersOf(t, target), target.Path, clustersOf(t, source), source.Path) {
			names = append(names, fmt.Sprintf("%d %s", table.ID, table.Name))
		}
		return names
	}
	plantCluster(t, conn, source.Path, app(1, "same", 11), app(2, "renamed-since", 12), app(3, "three", 13))
	if got := only(); got != nil {
		t.Errorf("empty target: %v", got)
	}
	plantCluster(t, conn, target.Path, app(1, "same", 11), app(2, "two", 12), app(3, "other", 99), app(4, "four", 14))
	if diff := cmp.Diff([]string{"3 other", "4 four"}, only()); diff != "" {
		t.Error(diff)
	}
}
