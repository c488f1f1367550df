package zkcopy

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

var copyProfile = flag.String("copyprofile", "", "file for the profile of the last tree's first copy in a process of its own")

// memoryBound is what a copy may be resident with at most, in MiB, for any tree.
const memoryBound = 150

// buildCopyOnce builds the program that copies in a process of its own, without
// the race detector.
func buildCopyOnce(t testing.TB) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "copyonce")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "pegashell/zkcopy/internal/copyonce")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// copyOnce copies a tree in a process of its own, and tells what that needed.
func copyOnce(t testing.TB, program, profile, proofs string, from, to *zkserver.Server, path string) (r CopyResult, peakMiB float64) {
	t.Helper()
	return runOnce(t, exec.CommandContext(t.Context(), program, "-cpuprofile", profile, "-proofs", proofs, from.Addr()+path, to.Addr()+path))
}

func runOnce(t testing.TB, run *exec.Cmd) (r CopyResult, peakMiB float64) {
	t.Helper()
	report := reportOnce(t, run)
	return report.CopyResult, report.PeakMiB
}

// onceReport is what copyonce prints.
type onceReport struct {
	CopyResult
	PeakMiB, Cores float64
}

func reportOnce(t testing.TB, run *exec.Cmd) (report onceReport) {
	t.Helper()
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// treeShapes are trees that are hard to copy in little memory, with so many
// znodes as a test has time for, and as a benchmark has.
var treeShapes = []struct {
	name      string
	few, many int
	plant     func(t testing.TB, conn *zk.Conn, root string, count int) (znodes int64)
}{
	{"znodes of 400 bytes", 5_000, 1_000_000, func(t testing.TB, conn *zk.Conn, root string, count int) int64 {
		data := bytes.Repeat([]byte("partition data! "), 25)
		tables := count / 1000
		for range tables {
			zktest.PlantMany(t, conn, plantOne(t, conn, root+"/table-"), "%d", 1000, data)
		}
		return int64(1 + tables*1001)
	}},
	{"children of one znode", 10_000, 200_000, func(t testing.TB, conn *zk.Conn, root string, count int) int64 {
		zktest.PlantMany(t, conn, root, "child-%08d", count, []byte("data"))
		return int64(1 + count)
	}},
	// More than one job reads: what they hold together counts.
	{"znodes of 900 KiB", 80, 1000, func(t testing.TB, conn *zk.Conn, root string, count int) int64 {
		zktest.PlantMany(t, conn, root, "large-%d", count, bytes.Repeat([]byte(`{"key":"value"} `), 900<<10/16))
		return int64(1 + count)
	}},
}

// plantOne makes a znode with a sequential name.
func plantOne(t testing.TB, conn *zk.Conn, prefix string) string {
	t.Helper()
	made, err := conn.Create(prefix, []byte{}, zk.FlagSequence, tree.OpenACL())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// copies are those that are measured of each tree: what the proof of the one before
// was good for must not matter.
var copies = []struct {
	name    string
	prepare func(t testing.TB, conn *zk.Conn, root, proofs string)
	want    func(znodes int64) CopyResult
}{
	{"first copy", func(testing.TB, *zk.Conn, string, string) {}, func(n int64) CopyResult {
		return CopyResult{Created: n, Verified: true}
	}},
	{"equal copy with a proof", func(testing.TB, *zk.Conn, string, string) {}, func(n int64) CopyResult {
		return CopyResult{Equal: n, Verified: true, ByProof: true}
	}},
	{"copy of one change with a proof", func(t testing.TB, conn *zk.Conn, root, _ string) {
		if _, err := conn.SetACL(root, zk.WorldACL(zk.PermRead|zk.PermAdmin), -1); err != nil {
			t.Fatal(err)
		}
	}, func(n int64) CopyResult { return CopyResult{Equal: n - 1, Changed: 1, Verified: true, ByProof: true} }},
	{"equal copy whose proof is lost", func(t testing.TB, _ *zk.Conn, _, proofs string) {
		if err := os.RemoveAll(proofs); err != nil {
			t.Fatal(err)
		}
	}, func(n int64) CopyResult { return CopyResult{Equal: n, Verified: true} }},
}

// measureCopies copies a tree several times, and tells how much memory each copy
// needed and how long the first took.
func measureCopies(t testing.TB, program string, from, to *zkserver.Server, conn *zk.Conn, root string, znodes int64) (most float64, first time.Duration) {
	t.Helper()
	proofs := t.TempDir()
	for k, c := range copies {
		c.prepare(t, conn, root, proofs)
		profile := ""
		if k == 0 {
			profile = *copyProfile
		}
		r, peak := copyOnce(t, program, profile, proofs, from, to, root)
		got := CopyResult{Created: r.Created, Changed: r.Changed, Equal: r.Equal, Verified: r.Verified, ByProof: r.ByProof}
		if diff := cmp.Diff(c.want(znodes), got); diff != "" {
			t.Errorf("%s of %d znodes:\n%s", c.name, znodes, diff)
		}
		t.Logf("%s: %.0f MiB, %v", c.name, peak, r.Duration)
		if k == 0 {
			first = r.Duration
		}
		most = max(most, peak)
	}
	return most, first
}

// otherBound is what the other operations may be resident with at most, in MiB.
const otherBound = 100

// manySessions are more than anybody needs: what an operation holds must not grow with them.
const manySessions = 32

// measureOthers carries out what reads a tree that was copied, and restores it, with a number of
// sessions.
func measureOthers(t testing.TB, program string, sessions int, from, to *zkserver.Server, conn *zk.Conn, root string, znodes int64) map[string]float64 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tree.zkb.zst")
	peaks := map[string]float64{}
	for _, each := range []struct {
		what, target string
		want         CopyResult
	}{
		{"diff", root, CopyResult{Equal: znodes}},
		{"check", root, CopyResult{Read: znodes}},
		{"list", root, CopyResult{Read: znodes}},
		{"backup", root, CopyResult{Read: znodes}},
		{"restore", root + "-restored", CopyResult{Read: znodes, Created: znodes}},
		{"restore", root, CopyResult{Read: znodes, Equal: znodes}},
	} {
		began := time.Now()
		r, peak := runOnce(t, exec.CommandContext(t.Context(), program, "-do", each.what, "-file", file, "-sessions", strconv.Itoa(sessions), from.Addr()+root, to.Addr()+each.target))
		got := CopyResult{Read: r.Read, Created: r.Created, Equal: r.Equal}
		if diff := cmp.Diff(each.want, got); diff != "" {
			t.Errorf("%s of %d znodes:\n%s", each.what, znodes, diff)
		}
		t.Logf("%s: %.0f MiB, %v", each.what, peak, time.Since(began))
		peaks[each.what] = max(peaks[each.what], peak)
	}
	return peaks
}

func TestLittleMemoryIsNeededWhateverTheTreeIsLike(t *testing.T) {
	t.Parallel() // its servers are its own
	heap := zktest.WithHeapMB(2048)
	from, to := zktest.Start(t, heap), zktest.Start(t, heap)
	conn := zktest.Connect(t, from.Addr())
	program := buildCopyOnce(t)
	for _, shape := range treeShapes {
		t.Run(shape.name, func(t *testing.T) {
			root := zktest.OwnPath(t, conn)
			znodes := shape.plant(t, conn, root, shape.few)
			if most, _ := measureCopies(t, program, from, to, conn, root, znodes); most > memoryBound {
				t.Errorf("a copy: %.0f MiB were resident, at most %d are allowed", most, memoryBound)
			}
			for what, most := range measureOthers(t, program, manySessions, from, to, conn, root, znodes) {
				if most > otherBound {
					t.Errorf("%s: %.0f MiB were resident, at most %d are allowed", what, most, otherBound)
				}
			}
		})
	}
	t.Run("a storm of events", func(t *testing.T) { followThroughStorm(t, program, from, to, conn) })
}

// BenchmarkMemory copies each of the trees in processes of their own.
func BenchmarkMemory(b *testing.B) {
	program := buildCopyOnce(b)
	for _, shape := range treeShapes {
		b.Run(shape.name, func(b *testing.B) {
			heap := zktest.WithHeapMB(4096)
			from := zktest.Start(b, heap)
			conn := zktest.Connect(b, from.Addr())
			root := zktest.OwnPath(b, conn)
			count := max(shape.few, int(int64(shape.many)*int64(*benchLargest)/1_000_000))
			znodes := shape.plant(b, conn, root, count)
			var most float64
			others := map[string]float64{}
			for b.Loop() {
				if _, err := conn.SetACL(root, tree.OpenACL(), -1); err != nil {
					b.Fatal(err)
				}
				to := zktest.Start(b, heap)
				peak, first := measureCopies(b, program, from, to, conn, root, znodes)
				b.ReportMetric(first.Seconds(), "s")
				most = max(most, peak)
				for what, peak := range measureOthers(b, program, session.DefaultConnections, from, to, conn, root, znodes) {
					others[what] = max(others[what], peak)
				}
				to.Kill()
			}
			for _, what := range slices.Sorted(maps.Keys(others)) {
				find(b, fmt.Sprintf("memory of %s for %d %s", what, count, shape.name), others[what], "MiB", otherBound)
			}
			find(b, fmt.Sprintf("memory for %d %s", count, shape.name), most, "MiB", memoryBound)
		})
	}
}
