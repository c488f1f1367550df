package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
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

func TestKnownStatsAreThoseThatWereSet(t *testing.T) {
	k := newKnownStats(1000)
	want := [2]map[string]int64{{}, {}}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		side, rel, czxid := r.IntN(2), fmt.Sprint("/", r.IntN(600)), r.Int64N(3)
		switch stat := (tree.Stat{Czxid: czxid, DataLength: r.Int32N(100)}); r.IntN(5) {
		case 0, 1:
			k.set(side, rel, &stat)
			want[side][rel] = czxid
		case 2:
			k.drop(side, rel)
			delete(want[side], rel)
		default:
			if is, known := want[side][rel]; k.meet(side, rel, &stat) != (known && is == czxid) || k.has(side, rel) != known {
				t.Fatalf("%s of side %d is %v, %v", rel, side, is, known)
			}
		}
		if r.IntN(20_000) == 0 {
			k.clear(side)
			clear(want[side])
		}
	}
	for side := range want {
		if got := k.count(side); got != int64(len(want[side])) {
			t.Errorf("%d of side %d, not %d", got, side, len(want[side]))
		}
	}
	if k.clear(0); k.count(0) != 0 || k.bytes.Load() != 0 {
		t.Errorf("%d, %d bytes are left", k.count(0), k.bytes.Load())
	}
	if k.complete = true; !k.usable() {
		t.Error("it is not usable")
	}
	for i := range 1001 {
		k.set(0, fmt.Sprint("/more/", i), &tree.Stat{})
	}
	if k.usable() {
		t.Error("it is not bounded")
	}
}

func TestKnownStatsChangeWithTheZnode(t *testing.T) {
	k := newKnownStats(10)
	stat := tree.Stat{Czxid: 1, Mzxid: 2, Ctime: 3, Mtime: 4, Version: 5, Aversion: 6}
	k.set(0, "/a", &stat)
	for i, change := range []func(*tree.Stat){
		func(s *tree.Stat) { s.Czxid++ }, func(s *tree.Stat) { s.Mzxid++ }, func(s *tree.Stat) { s.Ctime++ },
		func(s *tree.Stat) { s.Mtime++ }, func(s *tree.Stat) { s.Version++ }, func(s *tree.Stat) { s.Aversion++ },
	} {
		other := stat
		if change(&other); k.meet(0, "/a", &other) || k.meet(1, "/a", &stat) || k.meet(0, "/b", &stat) {
			t.Errorf("change %d is not seen", i)
		}
	}
	stat.Cversion, stat.NumChildren, stat.Pzxid = 7, 8, 9 // children have entries of their own
	if !k.meet(0, "/a", &stat) {
		t.Error("a child is a change")
	}
	k.set(0, "/b", &stat)
	k.begin(0)
	if k.meet(0, "/a", &stat); k.missed(0) != 1 {
		t.Errorf("%d were missed", k.missed(0))
	}
	k.set(0, "/c", &stat)
	if k.set(0, "/b", &stat); k.missed(0) != 0 {
		t.Errorf("%d were missed", k.missed(0))
	}
}

func TestTransactionsAreMissedUntilAllAreKnown(t *testing.T) {
	var x transactions
	if x.add(5, 6); x.upTo(6) {
		t.Error("what was before is not known")
	}
	x.from(4)
	if !x.upTo(6) || x.upTo(7) {
		t.Error("5 and 6 follow 4")
	}
	if x.add(9, 0, 8, 8); x.upTo(8) {
		t.Error("7 is missing")
	}
	if x.add(7, 3); !x.upTo(9) || x.upTo(10) {
		t.Error("7 to 9 follow")
	}
	if x.from(2); !x.upTo(9) {
		t.Error("it went back")
	}
	x.add(11)
	if x.from(10); !x.upTo(11) {
		t.Error("11 follows 10")
	}
	if x.forget(); x.upTo(1) {
		t.Error("it forgot nothing")
	}
	for i := range 2 * maxTransactions {
		x.add(int64(2*i + 100))
	}
	if len(x.later) > maxTransactions {
		t.Errorf("%d are remembered", len(x.later))
	}
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
