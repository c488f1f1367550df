package tree

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
)

func TestWalkVisitsParentsFirstAndEveryZnodeOnce(t *testing.T) {
	conn, tree := oneServer(t)
	var want []string
	for i := range 8 {
		path := fmt.Sprintf("/%d", i)
		zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: path, Data: []byte("inner")})
		zktest.PlantMany(t, conn, tree.Path+path, "leaf%d", 30, []byte("leaf"))
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
		err := Walk(zktest.Context(t), tree, o, func(n *Node) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, n.Path)
			seen[n.Path] = true
			if n.Path != tree.Path && !seen[ParentPath(n.Path)] {
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
	if err := Walk(zktest.Context(t), tree, WalkOptions{}, func(n *Node) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error is %v", err)
	}
	var missing *NotFoundError
	if err := Walk(zktest.Context(t), Tree{Client: tree.Client, Path: tree.Path + "/none"}, WalkOptions{}, func(n *Node) error { return nil }); !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
}

func TestAWalkEndsWithItsContext(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.PlantMany(t, conn, tree.Path, "%d", 500, nil)
	ctx, cancel := context.WithCancel(zktest.Context(t))
	var once sync.Once
	err := Walk(ctx, tree, WalkOptions{}, func(n *Node) error {
		once.Do(cancel)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
