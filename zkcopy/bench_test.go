package zkcopy

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
	"pegashell/zkcopy/session"
)

var (
	benchZnodes  = flag.Int("znodes", 10_000, "znodes of the trees that benchmarks copy, 1,000 a table")
	benchLargest = flag.Int("largest", 10_000, "znodes of the largest tree of the benchmarks that need a large one")
)

// findings are what the benchmarks of this run found, printed as a table when
// all are done: ratios within one run, since times of two runs on a shared
// machine say nothing about each other.
var findings []finding

// finding is a figure and its bound, at most.
type finding struct {
	what  string
	value float64
	unit  string
	bound float64 // zero where there is none
}

func find(b *testing.B, what string, value float64, unit string, bound float64) {
	b.Helper()
	b.ReportMetric(value, strings.ReplaceAll(what, " ", "_")+"_"+unit)
	findings = slices.DeleteFunc(findings, func(f finding) bool { return f.what == what && f.unit == unit })
	findings = append(findings, finding{what, value, unit, bound})
}

// printFindings prints what was measured.
func printFindings() {
	if len(findings) == 0 {
		return
	}
	fmt.Printf("\n%-58s %10s %-8s %8s\n", "", "measured", "", "at most")
	for _, f := range findings {
		bound, verdict := "", ""
		if f.bound > 0 {
			bound, verdict = fmt.Sprintf("%.2f", f.bound), "met"
			if f.value > f.bound {
				verdict = "MISSED"
			}
		}
		fmt.Printf("%-58s %10.2f %-8s %8s  %s\n", f.what, f.value, f.unit, bound, verdict)
	}
	fmt.Println()
}

// bench is a source with a tree shaped as a Pegasus cluster's, 400 bytes a
// partition, and a target. Both servers' code is warm: what java translates
// only after a while is not to be measured, on neither side of a ratio.
type bench struct {
	*testing.B
	from, to       *zkserver.Server
	source, target Tree
	tables         int
	znodes         int64
}

const (
	benchRoot  = "/pegasus"
	tableWidth = 1000
	// warmZnodes are copied and removed twice before anything is measured.
	warmZnodes = 20_000
)

func newBench(b *testing.B, znodes int, heapMB int) *bench {
	b.Helper()
	heap := zktest.WithHeapMB(heapMB)
	x := &bench{B: b, from: zktest.Start(b, heap), to: zktest.Start(b, heap)}
	x.source, x.target = Tree{Client: openServer(b, x.from), Path: benchRoot}, Tree{Client: openServer(b, x.to), Path: benchRoot}
	x.plant(warmZnodes)
	x.warm()
	x.removeTree(x.source)
	x.plant(znodes)
	return x
}

// plant makes the tree at the source.
func (x *bench) plant(znodes int) {
	x.Helper()
	conn := zktest.Connect(x, x.from.Addr())
	defer conn.Close()
	zktest.Plant(x, conn, "", zktest.Znode{Path: benchRoot}, zktest.Znode{Path: benchRoot + "/apps", Data: []byte("unlock")})
	data := []byte(strings.Repeat("partition data! ", 25))
	x.tables = max(1, znodes/tableWidth)
	for i := range x.tables {
		table := fmt.Sprintf("%s/apps/%d", benchRoot, i)
		zktest.Plant(x, conn, "", zktest.Znode{Path: table, Data: data})
		zktest.PlantMany(x, conn, table, "%d", tableWidth, data)
	}
	x.znodes = int64(2 + x.tables*(1+tableWidth))
}

func (x *bench) warm() {
	for range 2 {
		x.floor(untimed)
		x.clear()
		x.copy(CopyOptions{})
		x.copy(CopyOptions{})
		x.clear()
		x.copy(CopyOptions{SkipVerify: true})
		x.removeFloor(untimed)
		x.clear()
	}
}

// clear empties the target.
func (x *bench) clear() { x.removeTree(x.target) }

func (x *bench) removeTree(tree Tree) {
	x.Helper()
	r, err := Remove(context.Background(), tree, RemoveOptions{})
	if err != nil && r.Removed > 0 {
		x.Fatal(err)
	}
}

func (x *bench) copy(o CopyOptions) *CopyResult {
	x.Helper()
	r, err := Copy(context.Background(), x.source, x.target, o)
	if err != nil || r.Read != x.znodes {
		x.Fatalf("%+v, %v", r, err)
	}
	return r
}

func untimed(do func()) { do() }

// series collects times of several things that are done in turn.
type series map[string][]time.Duration

func (s series) time(what string, do func()) {
	began := time.Now()
	do()
	s[what] = append(s[what], time.Since(began))
}

// timer times a part of something.
func (s series) timer(what string) func(do func()) {
	return func(do func()) { s.time(what, do) }
}

// median is the middle one of the times of something, in seconds.
func (s series) median(what string) float64 {
	sorted := slices.Sorted(slices.Values(s[what]))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]).Seconds() / 2
}

// ratio is by how many times something takes longer than something else.
func (s series) ratio(of, to string) float64 { return s.median(of) / s.median(to) }

// BenchmarkCopy compares copies with the floor, and copies of what is equal with
// first copies, in turn on the same servers.
func BenchmarkCopy(b *testing.B) {
	x := newBench(b, *benchZnodes, 2048)
	conn := zktest.Connect(b, x.from.Addr())
	zktest.Plant(b, conn, "", zktest.Znode{Path: "/elsewhere"})
	inUse := onStart(PhaseCopy, func() { conn.Set("/elsewhere", nil, -1) })
	took := series{}
	proofs := b.TempDir()
	for b.Loop() {
		x.floor(took.timer("floor"))
		x.clear()
		took.time("unverified", func() { x.copy(CopyOptions{SkipVerify: true}) })
		x.clear()
		took.time("in use", func() { x.copy(CopyOptions{Progress: inUse}) })
		x.clear()
		took.time("verified", func() { x.copy(CopyOptions{Proofs: proofs}) })
		took.time("equal", func() { x.mustBeEqual(x.copy(CopyOptions{Proofs: proofs})) })
		took.time("equal, no proofs", func() { x.mustBeEqual(x.copy(CopyOptions{})) })
		x.clear()
	}
	b.ReportMetric(float64(x.znodes)/took.median("verified"), "znodes/s")
	find(b, "floor of a copy", took.median("floor"), "s", 0)
	find(b, "copy, not verified", took.ratio("unverified", "floor"), "floors", 1.15)
	find(b, "copy, verified", took.ratio("verified", "floor"), "floors", 1.8)
	find(b, "copy, verified, others write on the source's servers", took.ratio("in use", "floor"), "floors", 1.8)
	find(b, "second copy, all equal", took.ratio("equal", "verified"), "firsts", 0.6)
	find(b, "the same where the first left no proof", took.ratio("equal, no proofs", "verified"), "firsts", 0)
}

func (x *bench) mustBeEqual(r *CopyResult) {
	x.Helper()
	if r.Equal != x.znodes || !r.Verified {
		x.Fatalf("%+v", r)
	}
}

// BenchmarkCopyFarAway compares a copy with one over a longer round trip.
func BenchmarkCopyFarAway(b *testing.B) {
	x := newBench(b, *benchZnodes, 2048)
	near := [2]Tree{x.source, x.target}
	late := func(o *session.Options) { o.Dialer = dialLate(20 * time.Millisecond) }
	far := [2]Tree{{Client: openServer(b, x.from, late), Path: benchRoot}, {Client: openServer(b, x.to, late), Path: benchRoot}}
	took := series{}
	for b.Loop() {
		for what, trees := range map[string][2]Tree{"near": near, "far": far} {
			x.source, x.target = trees[0], trees[1]
			took.time(what, func() { x.copy(CopyOptions{}) })
			x.target = near[1]
			x.clear()
		}
	}
	find(b, "copy at 20 ms more a round trip", took.ratio("far", "near"), "firsts", 2)
}

// BenchmarkRemove compares removals with their floor, in turn on the same servers.
func BenchmarkRemove(b *testing.B) {
	x := newBench(b, *benchZnodes, 2048)
	took := series{}
	for b.Loop() {
		x.copy(CopyOptions{SkipVerify: true})
		x.removeFloor(took.timer("floor"))
		x.clear()
		x.copy(CopyOptions{SkipVerify: true})
		took.time("removal", x.clear)
	}
	find(b, "floor of a removal", took.median("floor"), "s", 0)
	find(b, "removal", took.ratio("removal", "floor"), "floors", 1.15)
}

// BenchmarkLinear compares the times for each znode of trees of several sizes, up
// to the largest that was asked for. The smallest are copied before and after
// each of the others, for what else the machine does changes meanwhile.
func BenchmarkLinear(b *testing.B) {
	const smallest = 10_000
	took := series{}
	for znodes := 10 * smallest; znodes <= *benchLargest; znodes *= 10 {
		b.Run(fmt.Sprint(znodes), func(b *testing.B) {
			large, small := newBench(b, znodes, 4096), newBench(b, smallest, 512)
			what := fmt.Sprint(znodes)
			copySmall := func() {
				for range 10 {
					took.time("small "+what, func() { small.copy(CopyOptions{}) })
					small.clear()
				}
			}
			for b.Loop() {
				copySmall()
				took.time(what, func() { large.copy(CopyOptions{}) })
				copySmall()
				large.clear()
			}
			each := took.median(what) / float64(large.znodes)
			b.ReportMetric(1e6*each, "µs/znode")
			find(b, fmt.Sprintf("copy of %d znodes, time for each", znodes), each/took.median("small "+what)*float64(small.znodes), "times", 1.2)
		})
	}
}

// onStart calls f when a phase begins.
func onStart(phase Phase, f func()) Progress { return startProgress{phase: phase, f: f} }

type startProgress struct {
	noProgress
	phase Phase
	f     func()
}

func (p startProgress) Start(phase Phase) {
	if phase == p.phase {
		p.f()
	}
}
