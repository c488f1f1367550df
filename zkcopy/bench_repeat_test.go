package zkcopy

import (
	"fmt"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
)

// BenchmarkRepeat compares repeats between trees of which a verified copy left a proof, in turn on the
// same servers: all equal, and with some znodes of the source changed since.
func BenchmarkRepeat(b *testing.B) {
	for znodes := 10_000; znodes <= *benchLargest; znodes *= 10 {
		b.Run(fmt.Sprint(znodes), func(b *testing.B) {
			x := newBench(b, znodes, 4096)
			conn := zktest.Connect(b, x.from.Addr())
			o := CopyOptions{Proofs: b.TempDir()}
			took := series{}
			round := 0
			for b.Loop() {
				x.clear()
				took.time("first", func() { x.copy(o) })
				for range 3 {
					round++
					took.time("equal", func() { x.mustBeEqual(x.copy(o)) })
					took.time("equal, planned", func() { x.copy(CopyOptions{Proofs: o.Proofs, DryRun: true}) })
					for _, changes := range []int{10, 1000} {
						x.change(conn, changes, round)
						took.time(fmt.Sprintf("%d planned", changes), func() { x.copy(CopyOptions{Proofs: o.Proofs, DryRun: true}) })
						took.time(fmt.Sprintf("%d changed", changes), func() {
							if r := x.copy(o); r.Changed != int64(changes) || !r.Verified || !r.ByProof {
								b.Fatalf("%+v", r)
							}
						})
					}
				}
			}
			find(b, fmt.Sprintf("first copy of %d znodes", znodes), took.median("first"), "s", 0)
			find(b, fmt.Sprintf("equal repeat of %d", znodes), took.median("equal"), "s", 0)
			find(b, fmt.Sprintf("equal repeat of %d", znodes), took.ratio("equal", "first"), "firsts", 0)
			for _, changes := range []int{10, 1000} {
				for _, what := range []string{"changed", "planned"} {
					of, equal := fmt.Sprintf("%d %s", changes, what), "equal"
					if what == "planned" {
						equal = "equal, planned"
					}
					name := fmt.Sprintf("repeat of %d, %s", znodes, of)
					find(b, name, took.ratio(of, "first"), "firsts", 0)
					// A millisecond for each change is allowed besides.
					allowed := 1.3 + float64(changes)/1000/took.median(equal)
					find(b, name, took.ratio(of, equal), "equals", allowed)
				}
			}
		})
	}
}

// change sets the data of some znodes of the source, spread over all tables.
func (x *bench) change(conn *zk.Conn, changes, round int) {
	x.Helper()
	data := fmt.Appendf(nil, "changed in round %d", round)
	var ops []any
	for _, path := range x.changedPaths(changes) {
		ops = append(ops, &zk.SetDataRequest{Path: path, Data: fmt.Appendf(data, " of %d", changes), Version: -1})
	}
	if _, err := conn.Multi(ops...); err != nil {
		x.Fatal(err)
	}
}

// changedPaths are those that change sets.
func (x *bench) changedPaths(changes int) (paths []string) {
	for i := range changes {
		at := i * x.tables * tableWidth / changes
		paths = append(paths, fmt.Sprintf("%s/apps/%d/%d", benchRoot, at/tableWidth, at%tableWidth))
	}
	return paths
}
