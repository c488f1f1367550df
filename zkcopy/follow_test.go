package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// following is a Follow under way.
type following struct {
	*testing.T
	frozen atomic.Bool
	states chan FollowState
	cancel context.CancelFunc
	done   chan struct{}
	result *FollowResult
	err    error
}

// follow starts one, which ends with the test at the latest.
func follow(t *testing.T, tt trees, o FollowOptions) *following {
	t.Helper()
	ctx, cancel := context.WithCancel(zktest.Context(t))
	f := &following{T: t, states: make(chan FollowState, 1), cancel: cancel, done: make(chan struct{})}
	o.Frozen = func(context.Context) bool { return f.frozen.Load() }
	o.Poll = 20 * time.Millisecond
	o.OnState = func(s FollowState) {
		select { // only the last one counts
		case <-f.states:
		default:
		}
		f.states <- s
	}
	go func() {
		defer close(f.done)
		f.result, f.err = Follow(ctx, tt.source, tt.target, o)
	}()
	t.Cleanup(func() { cancel(); <-f.done })
	return f
}

// until waits for a state.
func (f *following) until(what string, is func(FollowState) bool) FollowState {
	f.Helper()
	var s FollowState
	ctx := zktest.Context(f)
	for {
		select {
		case s = <-f.states:
			if is(s) {
				return s
			}
		case <-f.done:
			f.Fatalf("it ended before %s: %v, %+v", what, f.err, s)
		case <-ctx.Done():
			f.Fatalf("no %s: %+v", what, s)
		}
	}
}

func isFollowing(s FollowState) bool { return s.Phase == FollowFollows && s.Swept.Unix() > 0 }

// freeze lets it end and checks what it says.
func (f *following) freeze(tt trees) *FollowResult {
	f.Helper()
	f.frozen.Store(true)
	<-f.done
	if f.err != nil || f.result.Verified == 0 || f.result.LastLook == nil || !f.result.LastLook.Verified {
		f.Fatalf("%v, %+v", f.err, f.result)
	}
	tt.checkEqual(f.T)
	return f.result
}

func TestFollowAppliesWhatItHears(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/b"}, zktest.Znode{Path: "/b/c"})
	f := follow(t, tt, FollowOptions{SweepEvery: time.Hour, CopyOptions: CopyOptions{Proofs: t.TempDir()}})
	before := f.until("following", isFollowing)
	root := tt.source.Path
	zktest.Plant(t, tt.from, root, zktest.Znode{Path: "/d", Data: []byte("new")}, zktest.Znode{Path: "/d/e"}, zktest.Znode{Path: "/d/lock", Ephemeral: true})
	zktest.PlantMany(t, tt.from, root+"/d/e", "%d", 2_000, []byte("x"))
	for _, path := range []string{"/b/c", "/b"} {
		if err := tt.from.Delete(root+path, -1); err != nil {
			t.Fatal(err)
		}
	}
	_, stat, err := tt.from.Get(root)
	if err == nil {
		stat, err = tt.from.Set(root+"/a", []byte("2"), -1)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := f.until("what was changed last", func(s FollowState) bool { return s.Applied >= stat.Mzxid })
	if !s.Watched || s.Sweeps > before.Sweeps || s.Written < 2_003 || s.Removed != 2 {
		t.Errorf("state %+v", s)
	}
	tt.checkEqual(t)
	if r := f.freeze(tt); r.FrozenSince.IsZero() || r.LastLook.Created+r.LastLook.Changed+r.LastLook.Removed != 0 {
		t.Errorf("%+v", r)
	}
}

// A sweep lists the ephemeral znodes that it leaves out; taken for changes they would keep the source
// from ever being quiet, and be reported as changes after the last look.
func TestFollowTakesNoEphemeralZnodeForAChange(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/a/lock", Ephemeral: true})
	f := follow(t, tt, FollowOptions{SweepEvery: time.Millisecond, GoOn: true})
	f.until("following", isFollowing)
	f.frozen.Store(true)
	s := f.until("verified", func(s FollowState) bool { return s.Verified != 0 })
	s = f.until("three more sweeps", func(later FollowState) bool { return later.Sweeps >= s.Sweeps+3 })
	if s.Verified == 0 || s.ChangedAfter != "" {
		t.Errorf("after more sweeps: %+v", s)
	}
}

func TestFollowFindsChangesOfACLsBySweeps(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	f := follow(t, tt, FollowOptions{SweepEvery: time.Millisecond})
	f.until("following", isFollowing)
	if _, err := tt.from.SetACL(tt.source.Path+"/a", zk.WorldACL(zk.PermRead), -1); err != nil {
		t.Fatal(err)
	}
	f.until("the ACL", func(s FollowState) bool { return s.Written == 1 })
	f.freeze(tt)
}

func TestFollowRefusesATargetWithMore(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	tt.copy(t, CopyOptions{})
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/b"})
	_, err := Follow(zktest.Context(t), tt.source, tt.target, FollowOptions{})
	var extra *ExtraError
	if !errors.As(err, &extra) || extra.Extra != 1 {
		t.Errorf("error is %v", err)
	}
	f := follow(t, tt, FollowOptions{CopyOptions: CopyOptions{Delete: true}})
	f.until("following", isFollowing)
	f.freeze(tt)
}

func TestFollowNoticesASecondWriter(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	f := follow(t, tt, FollowOptions{SweepEvery: time.Hour})
	f.until("following", isFollowing)
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/other"})
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/b"})
	<-f.done
	var second *SecondWriterError
	if !errors.As(f.err, &second) || second.Path != tt.target.Path+"/other" {
		t.Errorf("error is %v", f.err)
	}
	if zktest.Exists(t, tt.to, tt.target.Path+"/b") {
		t.Error("it wrote all the same")
	}
}

func TestFollowGoesOnAfterTheLastLookAndSaysWhatChanges(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	f := follow(t, tt, FollowOptions{GoOn: true})
	f.until("following", isFollowing)
	f.frozen.Store(true)
	f.until("verified", func(s FollowState) bool { return s.Phase == FollowVerified })
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/late"})
	f.until("the change", func(s FollowState) bool { return s.ChangedAfter == tt.source.Path+"/late" })
	f.until("verified again", func(s FollowState) bool { return s.Verified != 0 })
	tt.checkEqual(t)
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/lock"}, zktest.Znode{Path: "/lock/LOCKNODE0000000001", Ephemeral: true})
	f.until("use of the target", func(s FollowState) bool { return s.InUse != "" })
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/later"})
	f.until("the next change", func(s FollowState) bool { return s.ChangedAfter == tt.source.Path+"/later" })
	if zktest.Exists(t, tt.to, tt.target.Path+"/later") {
		t.Error("it wrote into a target that is used")
	}
	f.cancel()
	if <-f.done; !errors.Is(f.err, context.Canceled) {
		t.Errorf("error is %v", f.err)
	}
}

func TestFollowWithoutWatchesSweeps(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	ctx, cancel := context.WithCancel(zktest.Context(t))
	defer cancel()
	var wrote, frozen atomic.Bool
	f := newFollower(Tree{Client: tt.source.Client, Path: tt.source.Path, Role: "source"}, Tree{Client: tt.target.Client, Path: tt.target.Path, Role: "target"}, FollowOptions{
		Frozen: func(context.Context) bool { return frozen.Load() },
		OnState: func(s FollowState) {
			if s.Phase == FollowFollows && wrote.CompareAndSwap(false, true) {
				zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/b"})
			}
			if s.Written > 0 {
				frozen.Store(true)
			}
		}})
	f.watch.unknown, f.foreign.unknown = true, true
	if err := f.run(ctx); err != nil || f.state.Verified == 0 || f.state.Watched || f.state.Sweeps == 0 {
		t.Errorf("%v, %+v", err, f.state)
	}
	tt.checkEqual(t)
}

func TestFollowBoundsAStormOfEvents(t *testing.T) {
	p := newPending()
	for i := range maxPending {
		if !p.add(fmt.Sprint("/", i)) {
			t.Fatal("too few")
		}
	}
	if p.add("/more") || !p.add("/1") {
		t.Error("it is not bounded")
	}
	if got := len(p.take(followBatch)); got != followBatch || len(p.paths) != maxPending-followBatch {
		t.Errorf("took %d", got)
	}
}

// outages are servers that go away while they are followed.
func TestFollowOutlivesItsServers(t *testing.T) {
	a, b := zktest.Start(t), zktest.Start(t)
	quick := func(o *session.Options) { asAdmin(o); o.SessionTimeout = 2 * time.Second }
	tt := trees{from: zktest.Connect(t, a.Addr()), to: zktest.Connect(t, b.Addr()),
		source: Tree{Client: openServer(t, a, quick), Path: "/s"}, target: Tree{Client: openServer(t, b, quick), Path: "/t"}}
	zktest.Plant(t, tt.from, "", zktest.Znode{Path: "/s"}, zktest.Znode{Path: "/s/0"})
	f := follow(t, tt, FollowOptions{SweepEvery: time.Hour})
	f.until("following", isFollowing)
	for i, s := range []interface {
		Kill()
		Restart(context.Context) error
	}{a, b} {
		s.Kill()
		if i == 0 {
			f.until("an outage", func(s FollowState) bool { return s.Phase == FollowUnheard })
		}
		if err := s.Restart(zktest.Context(t)); err != nil {
			t.Fatal(err)
		}
		conn := zktest.Connect(t, a.Addr())
		before := f.until("an answer", isFollowing)
		if _, err := conn.Create(fmt.Sprint("/s/after", i), nil, 0, tree.OpenACL()); err != nil {
			t.Fatal(err)
		}
		f.until("the change", func(s FollowState) bool { return s.Written > before.Written || s.Swept.After(before.Swept) })
	}
	tt.from, tt.to = zktest.Connect(t, a.Addr()), zktest.Connect(t, b.Addr())
	if r := f.freeze(tt); r.Lost == 0 {
		t.Errorf("no watch was lost: %+v", r)
	}
}

func TestFollowOutlivesServersOfEnsembles(t *testing.T) {
	e, b := zktest.Ensemble(t, 3), zktest.Ensemble(t, 3)
	tt := trees{from: zktest.Connect(t, e.Addrs()...), to: zktest.Connect(t, b.Addrs()...),
		source: Tree{Client: openAddr(t, strings.Join(e.Addrs(), ","), asAdmin), Path: "/s"},
		target: Tree{Client: openAddr(t, strings.Join(b.Addrs(), ","), asAdmin), Path: "/t"}}
	zktest.Plant(t, tt.from, "", zktest.Znode{Path: "/s"}, zktest.Znode{Path: "/s/0"})
	f := follow(t, tt, FollowOptions{SweepEvery: time.Hour})
	f.until("following", isFollowing)
	create := func(path string) {
		t.Helper()
		for ctx := zktest.Context(t); ctx.Err() == nil; {
			// An answer may be lost with the server.
			if _, err := tt.from.Create(path, nil, 0, tree.OpenACL()); err == nil || errors.Is(err, zk.ErrNodeExists) {
				return
			}
		}
		t.Fatal("no server takes a znode")
	}
	for i := range 3 {
		e.Servers[i].Kill()
		create(fmt.Sprint("/s/a", i))
		b.Servers[i].Kill()
		create(fmt.Sprint("/s/b", i))
		for _, s := range []interface{ Restart(context.Context) error }{e.Servers[i], b.Servers[i]} {
			if err := s.Restart(zktest.Context(t)); err != nil {
				t.Fatal(err)
			}
		}
		create(fmt.Sprint("/s/c", i))
	}
	f.freeze(tt)
}
