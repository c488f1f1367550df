package zkcopy

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pegashell/zkcopy/tree"
)

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
