package tree

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/session"
)

// drain takes everything from a stream.
func drain(t testing.TB, s Stream) (rels []string, nodes []*Node, err error) {
	t.Helper()
	defer s.Close()
	for {
		rel, n, err := s.Next(zktest.Context(t))
		if err != nil || n == nil {
			return rels, nodes, err
		}
		rels, nodes = append(rels, rel), append(nodes, n)
	}
}

func TestATreeIsReadInTheOrderOfAFileWhateverTheBounds(t *testing.T) {
	conn, tree := oneServer(t)
	all := []string{""}
	for _, inner := range []string{"/a", "/a!", "/a b", "/ab", "/ab/c", "/ab/c/d", "/z"} {
		zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: inner, Data: []byte(inner)})
		zktest.PlantMany(t, conn, tree.Path+inner, "%d", 40, []byte("leaf"))
		all = append(all, inner)
		for i := range 40 {
			all = append(all, fmt.Sprintf("%s/%d", inner, i))
		}
	}
	slices.SortFunc(all, backup.Compare)
	for _, limits := range []Limits{{}, {Window: 1, DataBytes: 1, ListBytes: 1}, {Window: 3, DataBytes: 9, ListBytes: 100}, {Window: 200, DataBytes: 1, ListBytes: 1}} {
		for _, much := range []Want{WantStat, WantAll} {
			got, nodes, err := drain(t, NewOrdered(zktest.Context(t), tree, OrderedOptions{Want: much, Limits: limits}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(all, got); diff != "" {
				t.Errorf("%+v: %s", limits, diff)
			}
			for _, n := range nodes {
				all := len(n.Data) == int(n.Stat.DataLength) && len(n.ACL) == 1
				if n.Stat.DataLength > 0 && all != (much == WantAll) {
					t.Fatalf("%+v: %s has %d bytes of %d, ACL %v", limits, n.Path, len(n.Data), n.Stat.DataLength, n.ACL)
				}
			}
		}
	}
}

func TestReadingAheadStaysInItsBounds(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/deep"})
	for i := range 20 {
		zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: fmt.Sprintf("/deep/%02d", i), Data: make([]byte, 100)})
		zktest.PlantMany(t, conn, fmt.Sprintf("%s/deep/%02d", tree.Path, i), "%03d", 100, make([]byte, 100))
	}
	const listed = 100 * listCost
	limits := Limits{Window: 4, DataBytes: 1000, ListBytes: 3 * listed}
	o := NewOrdered(zktest.Context(t), tree, OrderedOptions{Want: WantAll, Limits: limits})
	defer o.Close()
	for taken := 0; ; taken++ {
		_, n, err := o.Next(zktest.Context(t))
		if err != nil {
			t.Fatal(err)
		}
		if n == nil {
			if taken != 2022 {
				t.Errorf("%d znodes", taken)
			}
			return
		}
		o.mu.Lock()
		held, bytes, lists := o.held, o.bytes, o.listBytes
		o.mu.Unlock()
		// What is first in line may exceed each bound by one item.
		if held > o.maxHeld+1 || bytes > limits.DataBytes+100 || lists > limits.ListBytes+listed {
			t.Fatalf("after %d znodes: %d held with %d bytes, %d bytes of lists", taken, held, bytes, lists)
		}
	}
}

func TestAnOrderedReadingEndsWithItsContextAndWhenItIsClosed(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.PlantMany(t, conn, tree.Path, "%d", 2000, []byte("data"))
	for _, taken := range []int{0, 1, 500} {
		ctx, cancel := context.WithCancel(zktest.Context(t))
		o := NewOrdered(ctx, tree, OrderedOptions{Want: WantAll, Limits: Limits{Window: 8}})
		for range taken {
			if _, _, err := o.Next(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if taken == 0 {
			o.Close()
			cancel()
			continue
		}
		cancel()
		if _, _, err := drain(t, o); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	}
}

func TestAnOrderedReadingOfNothingIsEmpty(t *testing.T) {
	_, tree := oneServer(t)
	tree.Path += "/none"
	if rels, _, err := drain(t, NewOrdered(zktest.Context(t), tree, OrderedOptions{Want: WantAll})); err != nil || len(rels) != 0 {
		t.Errorf("%v, %v", rels, err)
	}
}

func TestAnOrderedReadingOfTheWholeServerLeavesOutItsOwnTree(t *testing.T) {
	server := zktest.Start(t)
	conn := zktest.Connect(t, server.Addr())
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/z"})
	rels, _, err := drain(t, NewOrdered(zktest.Context(t), Tree{Client: openServer(t, server), Path: "/"}, OrderedOptions{Want: WantAll}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "/a", "/z"}, rels); diff != "" {
		t.Error(diff)
	}
}

func TestAnOrderedReadingTellsWhatItMayNotRead(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	if err := conn.AddAuth("digest", []byte("admin:secret")); err != nil {
		t.Fatal(err)
	}
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	for name, acl := range map[string][]ACL{"all": admin, "hash": append(zk.WorldACL(zk.PermRead), admin...)} {
		root := zktest.OwnPath(t, conn)
		zktest.Plant(t, conn, root, zktest.Znode{Path: "/closed", ACL: acl})
		_, _, err := drain(t, NewOrdered(zktest.Context(t), Tree{Client: openServer(t, server), Path: root}, OrderedOptions{Want: WantAll}))
		if !errors.Is(err, session.ErrNotAuthorized) || !strings.Contains(err.Error(), root+"/closed") {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}
