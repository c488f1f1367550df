package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

// stepped is a follower whose rounds a test goes through by itself.
type stepped struct {
	*testing.T
	*follower
	tt  trees
	ctx context.Context
}

// step begins one whose source is frozen from the beginning, after the first copy and a sweep of the
// stats of both sides.
func step(t *testing.T, tt trees, o FollowOptions) *stepped {
	t.Helper()
	o.Frozen = func(context.Context) bool { return true }
	o.SweepEvery = time.Hour
	f := newFollower(tt.source, tt.target, o)
	t.Cleanup(f.close)
	s := &stepped{t, f, tt, zktest.Context(t)}
	if err := f.begin(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := f.startLook(s.ctx, [2]bool{true, true}); err != nil {
		t.Fatal(err)
	}
	<-f.looking.done
	if err := f.endLook(s.ctx); err != nil || !f.looked {
		t.Fatalf("%v, %+v", err, f.state)
	}
	return s
}

// steal takes all events of a watch away.
func (s *stepped) steal(w *watcher) {
	s.Helper()
	if _, err := w.watch.Sync(s.ctx, w.tree.Path); err != nil {
		s.Fatal(err)
	}
	if _, err := w.watch.Take(); err != nil {
		s.Fatal(err)
	}
}

// goOn goes on until the last look.
func (s *stepped) goOn() {
	s.Helper()
	for done := false; !done; {
		var err error
		if done, err = s.round(s.ctx); err != nil {
			s.Fatal(err)
		}
	}
}

// finish goes on until the last look, and checks what that says.
func (s *stepped) finish() {
	s.Helper()
	s.goOn()
	last := s.result.LastLook
	if s.state.Verified == 0 || !last.Verified || last.SourceZxid != s.state.Verified {
		s.Errorf("%+v, %+v", s.state, last)
	}
	s.tt.checkEqual(s.T)
	var znodes, bytes int64
	for _, n := range snapshot(s.T, s.tt.to, s.tt.target.Path) {
		znodes, bytes = znodes+1, bytes+int64(len(n.Data))
	}
	if last.Read != znodes || last.Equal != znodes || last.Bytes != bytes {
		s.Errorf("%d znodes and %d bytes, the last look says %+v", znodes, bytes, last)
	}
}

// What the last look must find although no event of it comes.
func TestTheLastLookFindsWhatNoEventReports(t *testing.T) {
	must := func(t *testing.T, _ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	acl := append(zk.WorldACL(zk.PermRead), zk.DigestACL(zk.PermAll, "admin", "secret")...)
	for name, change := range map[string]func(t *testing.T, tt trees, s *stepped){
		"nothing": func(*testing.T, trees, *stepped) {},
		"an ACL of the source": func(t *testing.T, tt trees, _ *stepped) {
			stat, err := tt.from.SetACL(tt.source.Path+"/a", acl, -1)
			must(t, stat, err)
		},
		"an ACL of the target": func(t *testing.T, tt trees, _ *stepped) {
			stat, err := tt.to.SetACL(tt.target.Path+"/a", acl, -1)
			must(t, stat, err)
		},
		"data, of a lost event": func(t *testing.T, tt trees, s *stepped) {
			stat, err := tt.from.Set(tt.source.Path+"/b/c", []byte("changed"), -1)
			must(t, stat, err)
			s.steal(s.watch)
		},
		"a creation, of a lost event": func(t *testing.T, tt trees, s *stepped) {
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/new"}, zktest.Znode{Path: "/new/er", Data: []byte("1")})
			s.steal(s.watch)
		},
		"a deletion, of a lost event": func(t *testing.T, tt trees, s *stepped) {
			must(t, nil, tt.from.Delete(tt.source.Path+"/b/c", -1))
			s.steal(s.watch)
		},
		"a lost watch": func(t *testing.T, tt trees, s *stepped) {
			stat, err := tt.from.Set(tt.source.Path+"/a", []byte("changed"), -1)
			must(t, stat, err)
			s.watch.watch.Close()
		},
		"data of the target, of a lost event": func(t *testing.T, tt trees, s *stepped) {
			stat, err := tt.to.Set(tt.target.Path+"/a", []byte("changed"), -1)
			must(t, stat, err)
			s.steal(s.foreign)
		},
		"a znode of the target, of a lost event": func(t *testing.T, tt trees, s *stepped) {
			zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/new", Data: []byte("1")})
			s.steal(s.foreign)
		},
		"a deletion in the target, of a lost event": func(t *testing.T, tt trees, s *stepped) {
			must(t, nil, tt.to.Delete(tt.target.Path+"/b/c", -1))
			s.steal(s.foreign)
		},
		"the same path again, of lost events": func(t *testing.T, tt trees, s *stepped) {
			must(t, nil, tt.from.Delete(tt.source.Path+"/a", -1))
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1"), ACL: acl})
			s.steal(s.watch)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/b"}, zktest.Znode{Path: "/b/c"})
			s := step(t, tt, FollowOptions{})
			change(t, tt, s)
			s.finish()
		})
	}
}

// The guards are asked in the last look: what changes meanwhile is changed within the freeze.
func TestTheLastLookFindsChangesOfACLsInTheFreeze(t *testing.T) {
	for _, side := range []string{"source", "target"} {
		t.Run(side, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
			conn, path := tt.from, tt.source.Path
			if side == "target" {
				conn, path = tt.to, tt.target.Path
			}
			looks := 0
			s := step(t, tt, FollowOptions{LastLook: func(*Seen) error {
				if looks++; looks > 1 {
					return nil
				}
				_, err := conn.SetACL(path+"/a", append(zk.WorldACL(zk.PermRead), zk.DigestACL(zk.PermAll, "admin", "secret")...), -1)
				return err
			}})
			s.finish()
			if looks < 2 {
				t.Errorf("%d looks", looks)
			}
		})
	}
}

func TestTheLastLookNoticesASecondWriter(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	s := step(t, tt, FollowOptions{})
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/other"})
	var second *SecondWriterError
	for done := false; !done; {
		var err error
		if done, err = s.round(s.ctx); errors.As(err, &second) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
	t.Errorf("it says %+v", s.state)
}

// Others who use the source's servers all the time must not keep it from being verified.
func TestTheLastLookEndsWhereOthersWriteElsewhere(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	elsewhere := zktest.OwnPath(t, tt.from)
	s := step(t, tt, FollowOptions{})
	ended := make(chan struct{})
	t.Cleanup(func() { <-ended })
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			if _, err := tt.from.SetACL(elsewhere, tree.OpenACL(), -1); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	s.finish()
}

// Where every transaction is accounted for, the last look costs the same however large the tree is.
func TestTheLastLookReadsNoMoreThanItMust(t *testing.T) {
	a, b := zktest.Start(t), zktest.Start(t)
	tt := trees{from: zktest.Connect(t, a.Addr()), to: zktest.Connect(t, b.Addr()),
		source: Tree{Client: openServer(t, a), Path: "/s"}, target: Tree{Client: openServer(t, b), Path: "/t"}}
	zktest.Plant(t, tt.from, "", zktest.Znode{Path: "/s"}, zktest.Znode{Path: "/s/gone"}, zktest.Znode{Path: "/s/0"})
	zktest.PlantMany(t, tt.from, "/s/0", "%d", 20_000, []byte("x"))
	s := step(t, tt, FollowOptions{})
	servers := []string{a.Addr(), b.Addr()}
	before := []int{received(t, servers[0]), received(t, servers[1])}
	zktest.Plant(t, tt.from, "/s", zktest.Znode{Path: "/new", Data: []byte("new")}, zktest.Znode{Path: "/lock", Ephemeral: true})
	for _, err := range []error{
		tt.from.Delete("/s/gone", -1), second0(tt.from.Set("/s/0/17", []byte("y"), -1)), second0(tt.from.Set("/s/new", nil, -1)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s.goOn()
	for i, server := range servers {
		if more := received(t, server) - before[i]; more > 120 {
			t.Errorf("%d requests to the server of side %d: all of its stats cost 157", more, i)
		}
	}
}

// received is how many requests a server has had.
func received(t *testing.T, addr string) (n int) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("srvr")); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "Received: ")
	if _, err := fmt.Sscan(rest, &n); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return n
}

func second0[T any](_ T, err error) error { return err }

// A copy after a follower was ended needs no ACLs but those that have changed since its last sweep.
func TestASweepLeavesAProof(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/b"})
	proofs := t.TempDir()
	s := step(t, tt, FollowOptions{CopyOptions: CopyOptions{Proofs: proofs}})
	if err := os.RemoveAll(proofs); err != nil {
		t.Fatal(err)
	}
	acl := append(zk.WorldACL(zk.PermRead), zk.DigestACL(zk.PermAll, "admin", "secret")...)
	if _, err := tt.from.SetACL(tt.source.Path+"/a", acl, -1); err != nil {
		t.Fatal(err)
	}
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/c", ACL: acl})
	s.needLook = true
	for s.needLook || s.looking != nil || len(s.pending.paths) > 0 {
		if _, err := s.round(s.ctx); err != nil {
			t.Fatal(err)
		}
	}
	r := tt.copy(t, CopyOptions{Proofs: proofs})
	if !r.ByProof || r.Equal != 4 {
		t.Errorf("%+v", r)
	}
	tt.checkEqual(t)
}

// Changes that cannot be applied are compared with all the rest. What was written until then is no
// work of another program.
func TestAFollowerKnowsWhatItWroteBeforeItFailed(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	tt.copy(t, CopyOptions{})
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/b", Ephemeral: true})
	s := step(t, tt, FollowOptions{CopyOptions: CopyOptions{Delete: true}})
	if err := tt.from.Delete(tt.source.Path+"/a", -1); err != nil {
		t.Fatal(err)
	}
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/b"})
	for {
		done, err := s.round(s.ctx)
		var ephemeral *EphemeralError
		if errors.As(err, &ephemeral) {
			break
		}
		if done || err != nil {
			t.Fatalf("%v, %+v", err, s.state)
		}
	}
	if zktest.Exists(t, tt.to, tt.target.Path+"/a") {
		t.Error("the deletion was not applied")
	}
}
