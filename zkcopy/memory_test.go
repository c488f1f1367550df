package zkcopy

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/zkserver"
	"pegashell/internal/zkserver/zktest"
)

var copyProfile = flag.String("copyprofile", "", "file for the profile of the last copy in a process of its own")

// memoryBound is what a copy may be resident with at most, in MiB, whatever the
// tree is like.
const memoryBound = 150

// copyOnce copies a tree in a process of its own, without the race detector,
// and tells what that needed.
func copyOnce(t testing.TB, from, to *zkserver.Server, path string) (r CopyResult, peakMiB float64) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "copyonce")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "pegashell/zkcopy/internal/copyonce")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var stderr bytes.Buffer
	run := exec.CommandContext(t.Context(), program, "-cpuprofile", *copyProfile, from.Addr()+path, to.Addr()+path)
	run.Stderr = &stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var report struct {
		CopyResult
		PeakMiB float64
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	return report.CopyResult, report.PeakMiB
}

// treeShapes are trees that are hard to copy in little memory, with so many
// znodes as a test has time for, and as a benchmark has.
var treeShapes = []struct {
	name      string
	few, many int
	plant     func(t testing.TB, conn *zk.Conn, root string, count int) (znodes int64)
}{
	{"znodes of 400 bytes", 10_000, 1_000_000, func(t testing.TB, conn *zk.Conn, root string, count int) int64 {
		data := bytes.Repeat([]byte("partition data! "), 25)
		tables := count / 1000
		for range tables {
			plantMany(t, conn, plantOne(t, conn, root+"/table-"), "%d", 1000, data)
		}
		return int64(1 + tables*1001)
	}},
	{"children of one znode", 20_000, 200_000, func(t testing.TB, conn *zk.Conn, root string, count int) int64 {
		plantMany(t, conn, root, "child-%08d", count, []byte("data"))
		return int64(1 + count)
	}},
	{"znodes of 900 KiB", 60, 1000, func(t testing.TB, conn *zk.Conn, root string, count int) int64 {
		plantMany(t, conn, root, "large-%d", count, make([]byte, 900<<10))
		return int64(1 + count)
	}},
}

// plantOne makes a znode with a sequential name.
func plantOne(t testing.TB, conn *zk.Conn, prefix string) string {
	t.Helper()
	made, err := conn.Create(prefix, []byte{}, zk.FlagSequence, OpenACL())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestACopyNeedsLittleMemoryWhateverTheTreeIsLike(t *testing.T) {
	heap := zktest.WithHeapMB(512)
	from, to := zktest.Start(t, heap), zktest.Start(t, heap)
	conn := zktest.Connect(t, from.Addr())
	for _, shape := range treeShapes {
		t.Run(shape.name, func(t *testing.T) {
			root := ownPath(t, conn)
			znodes := shape.plant(t, conn, root, shape.few)
			r, peak := copyOnce(t, from, to, root)
			if r.Created != znodes || !r.Verified {
				t.Errorf("%d znodes; copied %+v", znodes, r)
			}
			if peak > memoryBound {
				t.Errorf("%.0f MiB were resident, at most %d are allowed", peak, memoryBound)
			}
		})
	}
}

// BenchmarkMemory copies each of the trees in a process of its own.
func BenchmarkMemory(b *testing.B) {
	for _, shape := range treeShapes {
		b.Run(shape.name, func(b *testing.B) {
			heap := zktest.WithHeapMB(4096)
			from := zktest.Start(b, heap)
			conn := zktest.Connect(b, from.Addr())
			root := ownPath(b, conn)
			count := max(shape.few, int(int64(shape.many)*int64(*benchLargest)/1_000_000))
			znodes := shape.plant(b, conn, root, count)
			var most float64
			for b.Loop() {
				to := zktest.Start(b, heap)
				r, peak := copyOnce(b, from, to, root)
				if r.Created != znodes || !r.Verified {
					b.Errorf("%d znodes; copied %+v", znodes, r)
				}
				b.ReportMetric(r.Duration.Seconds(), "s")
				most = max(most, peak)
				to.Kill()
			}
			find(b, fmt.Sprintf("memory for %d %s", count, shape.name), most, "MiB", memoryBound)
		})
	}
}
