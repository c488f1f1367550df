package zkcopy

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// batchOf makes a remover with znodes in line for removal below one that waits
// for them, all in a batch; it tells what is removed.
func batchOf(tree Tree, paths ...string) (r *remover, twigs []*twig, removed *[]string) {
	r = newRemover(tree, RemoveOptions{})
	removed = new([]string)
	r.removed = func(path string) { *removed = append(*removed, path) }
	r.queue = session.NewQueue(r.o.Batching, (*twig).size, func(*twig) bool { return false })
	r.top = &twig{}
	r.top.left.Store(2) // so that it is never done
	parent := &twig{path: tree.Path, parent: r.top}
	parent.left.Store(int64(len(paths)))
	for _, path := range paths {
		twigs = append(twigs, &twig{path: tree.Path + path, parent: parent})
	}
	return r, twigs, removed
}

func TestAZnodeThatBecameEphemeralIsNotRemoved(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/lock", Ephemeral: true}, zktest.Znode{Path: "/plain"})
	// That one of them is gone makes the removal look at all of them again.
	r, twigs, _ := batchOf(tree, "/gone", "/lock")
	var ephemeral *EphemeralError
	if err := r.carryOut(zktest.Context(t), twigs); !errors.As(err, &ephemeral) || ephemeral.Path != tree.Path+"/lock" {
		t.Errorf("error is %v", err)
	}
	r, twigs, removed := batchOf(tree, "/gone", "/lock", "/plain")
	r.keepEphemeral = true
	if err := r.carryOut(zktest.Context(t), twigs); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{tree.Path + "/gone", tree.Path + "/plain"}, *removed); diff != "" {
		t.Error(diff)
	}
	if !zktest.Exists(t, conn, tree.Path+"/lock") || zktest.Exists(t, conn, tree.Path+"/plain") {
		t.Error("the wrong znodes were removed")
	}
	if parent := twigs[0].parent; parent.left.Load() != 0 || !parent.kept.Load() || !r.top.kept.Load() {
		t.Errorf("%d children of the parent are left, it is kept: %v", parent.left.Load(), parent.kept.Load())
	}
}

func TestAZnodeBelowWhichAnEphemeralOneAppearedStays(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/lock", Ephemeral: true}, zktest.Znode{Path: "/a/b"})
	r, twigs, removed := batchOf(tree, "/a")
	r.keepEphemeral = true
	if err := r.carryOut(zktest.Context(t), twigs); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{tree.Path + "/a/b"}, *removed); diff != "" || !zktest.Exists(t, conn, tree.Path+"/a/lock") {
		t.Error(diff)
	}
}

// phaseProgress calls f when a phase begins.
type phaseProgress struct {
	noProgress
	phase Phase
	f     func()
}

func (p *phaseProgress) Start(phase Phase) {
	if phase == p.phase {
		p.f()
	}
}

func TestWhatTheSourceGainedMeanwhileIsNotDeleted(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	tt.copy(t, CopyOptions{})
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/x"}, zktest.Znode{Path: "/x/y"}, zktest.Znode{Path: "/z"}, zktest.Znode{Path: "/z/y"})
	r, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{Delete: true, SkipVerify: true, Progress: &phaseProgress{
		phase: PhaseRemove,
		f:     func() { zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/x"}) },
	}})
	if err != nil || r.Removed != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	if diff := cmp.Diff([]string{"", "/a", "/x"}, tt.below(t)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTheSourceHasKeepsAnAppearedZnodeFromRemoval(t *testing.T) {
	tt := twoServers(t)
	tt.copy(t, CopyOptions{})
	for _, side := range []struct {
		conn *zk.Conn
		tree Tree
	}{{tt.from, tt.source}, {tt.to, tt.target}} {
		zktest.Plant(t, side.conn, side.tree.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/kept"})
	}
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/a/extra"})
	// Its removal was decided on before the source had it.
	r, twigs, removed := batchOf(tt.target, "/a")
	r.source, r.absent = &tt.source, func(from *tree.Node) bool { return from == nil }
	if err := r.carryOut(zktest.Context(t), twigs); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{tt.target.Path + "/a/extra"}, *removed); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"", "/a", "/a/kept"}, tt.below(t)); diff != "" {
		t.Error(diff)
	}
}

func TestARemovalOutlastsThoseWhoGoOnWriting(t *testing.T) {
	conn, tr := oneServer(t)
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/busy"})
	stop := time.Now().Add(time.Second)
	var writers sync.WaitGroup
	for i := range 16 {
		writers.Go(func() {
			for n := 0; time.Now().Before(stop); n++ {
				path := fmt.Sprintf("%s/busy/%d-%d", tr.Path, i, n)
				if _, err := conn.Create(path, nil, 0, tree.OpenACL()); err != nil {
					return // it was removed: that is as good
				}
			}
		})
	}
	_, err := Remove(zktest.Context(t), tr, RemoveOptions{})
	writers.Wait()
	if err != nil || zktest.Exists(t, conn, tr.Path) {
		t.Error(err)
	}
}
