package zkcopy

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// What no server has reported, because it is old or a connection was lost, is found by looking.
func TestWhatAWatchHasMissedIsFound(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/kept"}, zktest.Znode{Path: "/set"}, zktest.Znode{Path: "/parent"}, zktest.Znode{Path: "/parent/gone"})
	at := Tree{Client: openServer(t, server), Path: root}
	ctx := zktest.Context(t)
	var heard map[string]ChangeKind
	o := WatchOptions{Heard: func(c Change) error {
		if c.Zxid == 0 {
			t.Errorf("%s has no transaction", c.Path)
		}
		heard[tree.RelativePath(root, c.Path)] = c.Kind
		return nil
	}}
	sweep := func(after int64, want map[string]ChangeKind) (until int64) {
		t.Helper()
		heard = map[string]ChangeKind{}
		until, err := o.sweep(ctx, at, after)
		if diff := cmp.Diff(want, heard); err != nil || diff != "" {
			t.Errorf("error = %v, changes (-want +got):\n%s", err, diff)
		}
		return until
	}
	if err := at.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	until := sweep(at.Client.Zxid(), map[string]ChangeKind{})
	if _, err := conn.Set(root+"/set", []byte("x"), -1); err != nil {
		t.Fatal(err)
	}
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/parent/new"})
	until = sweep(until, map[string]ChangeKind{"/set": DataSet, "/parent/new": Created})
	if err := conn.Delete(root+"/parent/gone", -1); err != nil {
		t.Fatal(err)
	}
	until = sweep(until, map[string]ChangeKind{"/parent": ChildRemoved})
	sweep(until, map[string]ChangeKind{})
	enough := errors.New("enough")
	o.Heard = func(Change) error { return enough }
	if _, err := o.sweep(ctx, at, 0); !errors.Is(err, enough) {
		t.Errorf("error = %v", err)
	}
	if err := WatchTree(ctx, Tree{Client: at.Client, Path: root + "/none"}, o); err == nil {
		t.Error("a tree that is not there is watched")
	}
}

// A watch that ends is followed by looking where the next server does not know watches of trees, as one before
// 3.6 during an upgrade.
func TestAWatchThatTheNextServerDoesNotKnowGoesOnByLooking(t *testing.T) {
	const opAddWatch = 106
	var old atomic.Bool
	server := fakezk.Start(t, fakezk.Script{Znodes: map[string]fakezk.Znode{"/a": {}}, Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		switch {
		case r.Op == opAddWatch && old.Load():
			return fakezk.Answer{Code: fakezk.CodeUnimplemented}
		case r.Op == opAddWatch:
			return fakezk.Answer{}
		}
		return s.Usual(r)
	}})
	at := Tree{Client: openAddr(t, server.Addr()), Path: "/a"}
	ctx := zktest.Context(t)
	gaps := 0
	found := errors.New("found")
	create := func(path string) {
		if err := at.Client.Lane().Create(ctx, path, nil, tree.OpenACL()); err != nil {
			t.Error(err)
		}
	}
	err := WatchTree(ctx, at, WatchOptions{
		Every: time.Millisecond,
		Begun: func(reported bool) {
			if !reported {
				t.Error("no watch was set")
			}
			old.Store(true)
			server.HangUp()
		},
		Gap: func() {
			gaps++
			create("/a/first")
		},
		Heard: func(c Change) error {
			switch c.Path {
			case "/a/first": // by the look after the gap, which lists /a no more
				create("/a/second")
			case "/a/second":
				return found
			}
			return nil
		},
	})
	if !errors.Is(err, found) || gaps != 1 {
		t.Errorf("error = %v after %d gaps", err, gaps)
	}
}

// What was found by looking is not reported again.
func TestAReportOfWhatWasFoundIsLeftOut(t *testing.T) {
	var heard []string
	o := WatchOptions{Heard: func(c Change) error { heard = append(heard, string(c.Kind)+" "+c.Path); return nil }}
	err := o.pass([]session.Event{{Path: "/a", Type: session.EventCreated, Zxid: 5}, {Path: "/b", Type: session.EventDeleted, Zxid: 6}, {Path: "/c", Type: session.EventDataSet}}, 5)
	if diff := cmp.Diff([]string{"removed /b", "data set /c"}, heard); err != nil || diff != "" {
		t.Errorf("error = %v (-want +got):\n%s", err, diff)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := WatchTree(cancelled, Tree{Client: openServer(t, zktest.Shared(t)), Path: "/"}, o); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}
