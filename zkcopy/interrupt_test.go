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
	"pegashell/internal/zkserver"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// plantWide makes a tree of 10 times 200 znodes below the source's root.
func (tt trees) plantWide(t *testing.T) (znodes int64) {
	t.Helper()
	for i := range 10 {
		path := fmt.Sprintf("/%d", i)
		zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: path, Data: []byte("table")})
		zktest.PlantMany(t, tt.from, tt.source.Path+path, "%d", 200, []byte("partition"))
	}
	return 2011
}

// after calls f once, when n actions were told.
func after(n int, f func()) func(Action) {
	seen := 0
	return func(Action) {
		if seen++; seen == n {
			f()
		}
	}
}

func TestAnInterruptedCopyIsCompletedByTheNext(t *testing.T) {
	tt := twoServers(t)
	znodes := tt.plantWide(t)
	ctx, cancel := context.WithCancel(zktest.Context(t))
	defer cancel()
	r, err := Copy(ctx, tt.source, tt.target, CopyOptions{Batching: session.Batching{BatchOps: 10}, OnAction: after(500, cancel)})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	if r.Created < 499 || r.Created == znodes || r.Verified {
		t.Errorf("interrupted copy: %+v", r)
	}
	there := int64(len(versions(t, tt.to, tt.target.Path)))
	if r.Created != there {
		t.Errorf("%d znodes were reported and %d are there", r.Created, there)
	}
	again := tt.copy(t, CopyOptions{})
	if again.Equal != there || again.Created != znodes-there || !again.Verified {
		t.Errorf("second copy: %+v after %d znodes", again, there)
	}
	tt.checkEqual(t)
}

// At each packet that the target is sent, one after the other.
func TestWhatAnInterruptedCallHasDoneIsCounted(t *testing.T) {
	tt := twoServers(t)
	closed := zk.WorldACL(zk.PermRead | zk.PermAdmin | zk.PermDelete)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", ACL: closed, Later: true}, zktest.Znode{Path: "/a/b"},
		zktest.Znode{Path: "/a/b/c", Data: []byte("1")}, zktest.Znode{Path: "/d"}, zktest.Znode{Path: "/d/e"})
	name, _ := save(t, tt.source, "b.zkb")
	file := openFile(t, name)
	small := session.Batching{BatchOps: 2}
	above := tree.ParentPath(tree.ParentPath(tt.target.Path))
	for what, call := range map[string]func(ctx context.Context, target Tree) (done int64, err error){
		"copy": func(ctx context.Context, target Tree) (int64, error) {
			r, err := Copy(ctx, tt.source, target, CopyOptions{Batching: small})
			return r.Created + r.Parents, err
		},
		"restore": func(ctx context.Context, target Tree) (int64, error) {
			r, err := Restore(ctx, file, target, RestoreOptions{Batching: small})
			return r.Created + r.Parents, err
		},
		"remove": func(ctx context.Context, target Tree) (int64, error) {
			top := Tree{Client: target.Client, Path: tree.ParentPath(target.Path)}
			r, err := Remove(ctx, top, RemoveOptions{Batching: small})
			return 7 - r.Removed, err
		},
	} {
		interrupted := 0
		for n := int64(1); ; n++ {
			top := fmt.Sprintf("%s/%s%d", above, what, n)
			if what == "remove" {
				zktest.Plant(t, tt.to, top, zktest.Znode{}, zktest.Znode{Path: "/tree"}, zktest.Znode{Path: "/tree/a"}, zktest.Znode{Path: "/tree/a/b"},
					zktest.Znode{Path: "/tree/a/b/c"}, zktest.Znode{Path: "/tree/d"}, zktest.Znode{Path: "/tree/d/e"})
			}
			ctx, cancel := context.WithCancel(zktest.Context(t))
			var packets requests
			packets.after = func(sent int64) {
				if sent >= n {
					cancel()
				}
			}
			client := openServer(t, zktest.Shared(t), func(o *session.Options) { o.Dialer = packets.dial })
			done, err := call(ctx, Tree{Client: client, Path: top + "/tree"})
			cancel()
			client.Close()
			if there := int64(len(versions(t, tt.to, top))); done != there {
				t.Errorf("%s, interrupted at packet %d (%v): %d znodes were counted, %d are there", what, n, err, done, there)
			}
			if err == nil {
				break
			}
			interrupted++
		}
		if interrupted < 10 {
			t.Errorf("%s was interrupted %d times", what, interrupted)
		}
	}
}

func TestACopyOutlivesOrIsCompletedAfterACrashOfTheTarget(t *testing.T) {
	tt := twoServers(t)
	znodes := tt.plantWide(t)
	server := zktest.Start(t)
	tt.to, tt.target = zktest.Connect(t, server.Addr()), Tree{Client: openServer(t, server), Path: "/copy"}
	ctx := zktest.Context(t)
	restarted := make(chan error, 1)
	var before atomic.Int64
	first, err := Copy(ctx, tt.source, tt.target, CopyOptions{
		Batching: session.Batching{BatchOps: 10},
		OnAction: after(500, func() {
			server.Kill()
			before.Store(1)
			go func() { restarted <- server.Restart(ctx) }()
		}),
	})
	if before.Load() == 0 {
		t.Fatalf("the server was not killed: %+v, %v", first, err)
	}
	if err := <-restarted; err != nil {
		t.Fatal(err)
	}
	// A busy machine may restart more slowly than a session lives.
	if err != nil && !errors.Is(err, session.ErrConnectionLost) {
		t.Fatal(err)
	}
	if err == nil && (first.Created != znodes || !first.Verified || first.ConnectionLosses == 0) {
		t.Errorf("copy over the crash: %+v", first)
	}
	second := tt.copy(t, CopyOptions{})
	if second.Created+second.Equal != znodes || !second.Verified || err == nil && second.Equal != znodes {
		t.Errorf("second copy: %+v", second)
	}
	tt.checkEqual(t)
}

func TestACopyOutlivesTheLossOfTheLeader(t *testing.T) {
	tt := twoServers(t)
	znodes := tt.plantWide(t)
	ensemble := zktest.Ensemble(t, 3)
	addrs := strings.Join(ensemble.Addrs(), ",")
	tt.target = Tree{Client: openAddr(t, addrs, func(o *session.Options) { o.SessionTimeout = time.Minute }), Path: "/copy"}
	ctx := zktest.Context(t)
	r, err := Copy(ctx, tt.source, tt.target, CopyOptions{Batching: session.Batching{BatchOps: 10}, OnAction: after(500, func() {
		for _, server := range ensemble.Servers {
			if mode, err := zkserver.Mode(ctx, server.Addr()); err == nil && mode == "leader" {
				server.Kill()
				return
			}
		}
		t.Error("there is no leader")
	})})
	if err != nil || r.Created != znodes || !r.Verified || r.ConnectionLosses == 0 {
		t.Fatalf("result %+v, %v", r, err)
	}
	tt.to = zktest.Connect(t, ensemble.Addrs()...)
	tt.checkEqual(t)
}

func TestACopyGivesUpWhenTheTargetStaysAway(t *testing.T) {
	tt := twoServers(t)
	tt.plantWide(t)
	server := zktest.Start(t)
	tt.target = Tree{Client: openServer(t, server, func(o *session.Options) { o.SessionTimeout = 2e9 }), Path: "/copy"}
	r, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{Batching: session.Batching{BatchOps: 10}, OnAction: after(500, server.Kill)})
	if !errors.Is(err, session.ErrConnectionLost) {
		t.Errorf("error is %v", err)
	}
	if r.Created < 499 || r.ConnectionLosses == 0 {
		t.Errorf("result %+v", r)
	}
}

func TestARemovalIsInterruptedAndCompleted(t *testing.T) {
	tt := twoServers(t)
	znodes := tt.plantWide(t)
	ctx, cancel := context.WithCancel(zktest.Context(t))
	defer cancel()
	progress := &hookedProgress{at: 500, f: cancel}
	first, err := Remove(ctx, tt.source, RemoveOptions{Batching: session.Batching{BatchOps: 10}, Progress: progress})
	if !errors.Is(err, context.Canceled) || first.Removed < 499 || first.Removed == znodes {
		t.Fatalf("interrupted removal: %+v, %v", first, err)
	}
	second, err := Remove(zktest.Context(t), tt.source, RemoveOptions{})
	if err != nil || first.Removed+second.Removed != znodes {
		t.Errorf("second removal: %+v after %+v, %v", second, first, err)
	}
}

// hookedProgress calls f when so many znodes were added.
type hookedProgress struct {
	noProgress
	at   int64
	f    func()
	seen atomic.Int64
}

func (p *hookedProgress) Add(znodes, _ int64) {
	if p.seen.Add(znodes) == p.at {
		p.f()
	}
}
