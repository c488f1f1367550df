package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
)

func openWatch(t *testing.T, c *Client, path string, most int) *Watch {
	t.Helper()
	w, err := c.OpenWatch(zktest.Context(t), path, most)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// heard returns the events of everything that was carried out before.
func heard(t *testing.T, w *Watch, path string) (events []Event, lost error) {
	t.Helper()
	zxid, err := w.Sync(zktest.Context(t), path)
	if err != nil {
		t.Fatal(err)
	}
	events, lost = w.Take()
	for i := range events {
		if events[i].Zxid > zxid {
			t.Errorf("event of transaction %d after a sync up to %d", events[i].Zxid, zxid)
		}
		events[i].Zxid = 0 // servers before 3.9 do not report it
	}
	return events, lost
}

func TestAWatchHearsOfAllOfATree(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	w := openWatch(t, openAddr(t, server.Addr()), root, 100)
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/b"}, zktest.Znode{Path: "/e", Ephemeral: true})
	if _, err := conn.Set(root, []byte("1"), -1); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.SetACL(root+"/a", zk.WorldACL(zk.PermRead|zk.PermDelete|zk.PermAdmin), -1); err != nil {
		t.Fatal(err)
	}
	if err := conn.Delete(root+"/a/b", -1); err != nil {
		if _, err := conn.SetACL(root+"/a", zk.WorldACL(zk.PermAll), -1); err != nil {
			t.Fatal(err)
		}
		if err := conn.Delete(root+"/a/b", -1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Create(root+"x", nil, 0, zk.WorldACL(zk.PermAll)); err != nil { // not below it
		t.Fatal(err)
	}
	want := []Event{{Path: root + "/a", Type: EventCreated}, {Path: root + "/a/b", Type: EventCreated}, {Path: root + "/e", Type: EventCreated},
		{Path: root, Type: EventDataSet}, {Path: root + "/a/b", Type: EventDeleted}}
	got, lost := heard(t, w, root)
	if diff := cmp.Diff(want, got); diff != "" || lost != nil {
		t.Errorf("lost: %v, events (-want +got):\n%s", lost, diff)
	}
}

func TestAWatchSaysWhenEventsWereLost(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	w := openWatch(t, openAddr(t, server.Addr()), root, 10)
	zktest.PlantMany(t, conn, root, "%d", 50, nil)
	if _, lost := heard(t, w, root); !errors.Is(lost, ErrEventsLost) {
		t.Errorf("error is %v", lost)
	}
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/later"})
	if events, lost := heard(t, w, root); lost != nil || len(events) != 1 || events[0].Path != root+"/later" {
		t.Errorf("after that: %v, %v", events, lost)
	}
}

func TestAWatchEndsWithItsServer(t *testing.T) {
	server := zktest.Start(t)
	w := openWatch(t, openAddr(t, server.Addr()), "/", 10)
	server.Kill()
	<-w.Ready()
	if _, lost := w.Take(); !errors.Is(lost, ErrConnectionLost) {
		t.Errorf("error is %v", lost)
	}
	if _, err := w.Sync(zktest.Context(t), "/"); !errors.Is(err, ErrConnectionLost) {
		t.Errorf("sync: %v", err)
	}
}

func TestServersThatDoNotKnowWatches(t *testing.T) {
	for name, answer := range map[string]fakezk.Answer{"refuse": {Code: codeUnimplemented}, "drop": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			s := fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
				if r.Op == opAddWatch {
					return answer
				}
				return s.Usual(r)
			}})
			_, err := openAddr(t, s.Addr()).OpenWatch(zktest.Context(t), "/a", 10)
			if !errors.Is(err, ErrUnimplemented) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestAWatchIsOpenedOnAnotherServerOfTheEnsemble(t *testing.T) {
	e := zktest.Ensemble(t, 3)
	conn := zktest.Connect(t, e.Addrs()...)
	c := openAddr(t, strings.Join(e.Addrs(), ","))
	w := openWatch(t, c, "/", 100)
	for _, s := range e.Servers {
		if s.Addr() == w.Server() {
			s.Kill()
		}
	}
	<-w.Ready()
	w.Take()
	again := openWatch(t, c, "/", 100)
	for i := range 3 {
		if _, err := conn.Create(fmt.Sprintf("/n%d", i), nil, 0, zk.WorldACL(zk.PermAll)); err != nil && !errors.Is(err, zk.ErrNodeExists) {
			// The session of the writer may have moved to another server.
			if _, err := conn.Create(fmt.Sprintf("/n%d", i), nil, 0, zk.WorldACL(zk.PermAll)); err != nil && !errors.Is(err, zk.ErrNodeExists) {
				t.Fatal(err)
			}
		}
	}
	if events, lost := heard(t, again, "/"); lost != nil || len(events) != 3 {
		t.Errorf("%v, %v", events, lost)
	}
}

func TestAWatchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(zktest.Context(t))
	w, err := openAddr(t, zktest.Shared(t).Addr()).OpenWatch(ctx, "/", 10)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-w.Ready()
	if _, lost := w.Take(); !errors.Is(lost, ErrConnectionLost) {
		t.Errorf("error is %v", lost)
	}
	w.Close()
}
