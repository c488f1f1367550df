package zkcopy

import (
	"context"
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
)

// oneServer gives a root that exists.
func oneServer(t *testing.T) (*zk.Conn, Tree) {
	t.Helper()
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	return conn, Tree{openServer(t, server), ownPath(t, conn)}
}

func TestWalkVisitsParentsFirstAndEveryZnodeOnce(t *testing.T) {
	conn, tree := oneServer(t)
	var want []string
	for i := range 8 {
		path := fmt.Sprintf("/%d", i)
		plant(t, conn, tree.Path, planted{path: path, data: []byte("inner")})
		plantMany(t, conn, tree.Path+path, "leaf%d", 30, []byte("leaf"))
		want = append(want, tree.Path+path)
		for j := range 30 {
			want = append(want, fmt.Sprintf("%s%s/leaf%d", tree.Path, path, j))
		}
	}
	want = append(want, tree.Path)
	slices.Sort(want)
	for _, o := range []WalkOptions{{}, {StatOnly: true}, {Limits: Limits{Window: 1, ListBytes: 1, DataBytes: 1}}, {Limits: Limits{Window: 2, ListBytes: 1, DataBytes: 1}}} {
		var mu sync.Mutex
		var got []string
		seen := map[string]bool{"": true}
		err := Walk(testContext(t), tree, o, func(n *Node) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, n.Path)
			seen[n.Path] = true
			if n.Path != tree.Path && !seen[parentPath(n.Path)] {
				t.Errorf("%s came before its parent", n.Path)
			}
			if wantData := int(n.Stat.DataLength); !o.StatOnly && (len(n.Data) != wantData || len(n.ACL) != 1) {
				t.Errorf("%s: %d bytes, want %d; ACL %v", n.Path, len(n.Data), wantData, n.ACL)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v:\n%s", o, diff)
		}
	}
	stop := errors.New("stop")
	if err := Walk(testContext(t), tree, WalkOptions{}, func(n *Node) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error is %v", err)
	}
	var missing *NotFoundError
	if err := Walk(testContext(t), Tree{tree.Client, tree.Path + "/none"}, WalkOptions{}, func(n *Node) error { return nil }); !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
}

func TestAWalkEndsWithItsContext(t *testing.T) {
	conn, tree := oneServer(t)
	plantMany(t, conn, tree.Path, "%d", 500, nil)
	ctx, cancel := context.WithCancel(testContext(t))
	var once sync.Once
	err := Walk(ctx, tree, WalkOptions{}, func(n *Node) error {
		once.Do(cancel)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestListIsSortedAndTellsTheDepth(t *testing.T) {
	conn, tree := oneServer(t)
	plant(t, conn, tree.Path, planted{path: "/b", data: []byte("1")}, planted{path: "/a"}, planted{path: "/a/y"}, planted{path: "/a/x", kind: Ephemeral}, planted{path: "/c"})
	list := func(o ListOptions) (lines []string) {
		err := List(testContext(t), tree, o, func(e Entry) error {
			if e.Path != tree.Path+strings.TrimPrefix(e.Path, tree.Path) || !strings.HasSuffix(e.Path, "/"+e.Name) {
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
	want := []string{"1 a persistent 2 ", "2 x ephemeral 0 ", "2 y persistent 0 ", "1 b persistent 0 1", "1 c persistent 0 "}
	if diff := cmp.Diff(want, list(ListOptions{Recursive: true, Data: true})); diff != "" {
		t.Error(diff)
	}
	var missing *NotFoundError
	if err := List(testContext(t), Tree{tree.Client, tree.Path + "/none"}, ListOptions{}, nil); !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
}

func TestRemoveOutlivesZnodesThatComeAndGo(t *testing.T) {
	conn, tree := oneServer(t)
	for i := range 10 {
		path := fmt.Sprintf("/%d", i)
		plant(t, conn, tree.Path, planted{path: path})
		plantMany(t, conn, tree.Path+path, "%d", 100, nil)
	}
	// Each time so many are gone, some appear below ones that are still there,
	// and some vanish.
	var appeared int
	progress := &everyProgress{every: 100, f: func() {
		for i := range 10 {
			parent := fmt.Sprintf("%s/%d", tree.Path, i)
			name := fmt.Sprintf("%s/new%d", parent, appeared)
			if _, err := conn.Create(name, nil, zk.FlagPersistent, OpenACL()); err == nil {
				conn.Create(name+"/deeper", nil, zk.FlagPersistent, OpenACL())
				appeared++
			}
			for j := 95; j < 100; j++ {
				conn.Delete(fmt.Sprintf("%s/%d", parent, j), -1)
			}
		}
	}}
	if _, err := Remove(testContext(t), tree, RemoveOptions{Batching: Batching{BatchOps: 20}, Progress: progress}); err != nil {
		t.Fatal(err)
	}
	if exists(t, conn, tree.Path) {
		t.Error("the tree is still there")
	}
	if appeared == 0 {
		t.Error("nothing appeared meanwhile")
	}
	var missing *NotFoundError
	if _, err := Remove(testContext(t), tree, RemoveOptions{}); !errors.As(err, &missing) {
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
	plant(t, conn, tree.Path, planted{path: "/lock"}, planted{path: "/lock/e", kind: Ephemeral})
	var ephemeral *EphemeralError
	if _, err := Remove(testContext(t), tree, RemoveOptions{}); !errors.As(err, &ephemeral) || ephemeral.Path != tree.Path+"/lock/e" || ephemeral.Session != conn.SessionID() {
		t.Fatalf("error is %v", err)
	}
	r, err := Remove(testContext(t), tree, RemoveOptions{Ephemeral: true})
	if err != nil || r.Removed != 3 {
		t.Errorf("removed %+v, %v", r, err)
	}
}

func TestRemoveNamesThePathThatMustNotBeRemoved(t *testing.T) {
	conn, tree := oneServer(t)
	plant(t, conn, tree.Path, planted{path: "/a", acl: zk.WorldACL(zk.PermRead | zk.PermCreate | zk.PermAdmin)}, planted{path: "/a/b"})
	_, err := Remove(testContext(t), tree, RemoveOptions{})
	if !errors.Is(err, ErrNotAuthorized) || !strings.Contains(err.Error(), tree.Path+"/a/b") {
		t.Errorf("error is %v", err)
	}
}

// plantCluster makes the metadata of a Pegasus cluster with one living meta
// server and one that left its lock node behind.
func plantCluster(t *testing.T, conn *zk.Conn, root string, apps ...layout.App) {
	t.Helper()
	plant(t, conn, root, planted{path: "/apps", data: []byte(layout.Unlocked)}, planted{path: "/dsn.meta.server.leader"},
		planted{path: "/dsn.meta.server.leader/LOCKNODE0000000007", kind: Ephemeral, data: []byte("h1:34601")},
		planted{path: "/dsn.meta.server.leader/LOCKNODE0000000003", data: []byte("h2:34601")})
	for _, app := range apps {
		plant(t, conn, root, planted{path: fmt.Sprintf("/apps/%d", app.ID), data: app.Encode()})
		plantMany(t, conn, layout.AppPath(root, app.ID), "%d", int(app.PartitionCount), []byte("partition"))
	}
}

func app(id int32, name string, created int64) layout.App {
	return layout.App{Status: layout.AppAvailable, Type: "pegasus", Name: name, ID: id, PartitionCount: 4, CreateSecond: created}
}

func TestInspectFindsWhatMakesATreeDangerous(t *testing.T) {
	conn, tree := oneServer(t)
	plantCluster(t, conn, tree.Path, app(2, "two", 12), app(1, "one", 11))
	plant(t, conn, tree.Path, planted{path: "/inner"}, planted{path: "/inner/apps", data: []byte("lock")}, planted{path: "/inner/apps/9", data: []byte("broken")})
	got, err := Inspect(testContext(t), tree, CountOptions{})
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
					{Path: tree.Path + "/apps/1", ID: 1, Name: "one", Status: layout.AppAvailable, CreateSecond: 11},
					{Path: tree.Path + "/apps/2", ID: 2, Name: "two", Status: layout.AppAvailable, CreateSecond: 12},
				},
				Locks: []EphemeralNode{{Path: locks + "3", Value: "h2:34601", Lock: true}, living}},
			{Root: tree.Path + "/inner", HasApps: true, AppsState: "lock",
				Tables: []Table{{Path: tree.Path + "/inner/apps/9", ID: 9, Unreadable: cmpopts.AnyError}}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if got.Count.Bytes == 0 {
		t.Error("no bytes were counted")
	}
	none, err := Inspect(testContext(t), Tree{tree.Client, tree.Path + "/none"}, CountOptions{})
	if diff := cmp.Diff(&Findings{}, none); diff != "" || err != nil {
		t.Errorf("missing tree: %v\n%s", err, diff)
	}
}

func TestTablesOfAnotherClusterAreFound(t *testing.T) {
	conn, source := oneServer(t)
	target := Tree{source.Client, ownPath(t, conn)}
	only := func() (names []string) {
		t.Helper()
		tables, err := TablesOnlyIn(testContext(t), target, source, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
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
