package zkcopy

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/internal/zkserver"
	"pegashell/internal/zkserver/zktest"
)

var benchZnodes = flag.Int("znodes", 10_000, "znodes of the trees that benchmarks copy, 1,000 a table")

// benchServers plants a tree shaped as a Pegasus cluster's, 400 bytes a
// partition.
func benchServers(b *testing.B) (from, to *zkserver.Server, znodes int64) {
	b.Helper()
	from, to = zktest.Start(b, zktest.WithHeapMB(2048)), zktest.Start(b, zktest.WithHeapMB(2048))
	conn := zktest.Connect(b, from.Addr())
	plant(b, conn, "", planted{path: "/pegasus"}, planted{path: "/pegasus/apps", data: []byte("unlock")})
	data := []byte(strings.Repeat("partition data! ", 25))
	tables := max(1, *benchZnodes/1000)
	for i := range tables {
		table := fmt.Sprintf("/pegasus/apps/%d", i)
		plant(b, conn, "", planted{path: table, data: data})
		plantMany(b, conn, table, "%d", 1000, data)
	}
	return from, to, int64(2 + tables*1001)
}

// BenchmarkFloor is the least that a copy with this client library can do: get
// and get ACL for every znode by name, creates in transactions, nothing
// compared or verified.
func BenchmarkFloor(b *testing.B) {
	from, to, znodes := benchServers(b)
	for b.Loop() {
		b.StopTimer()
		conn := zktest.Connect(b, to.Addr())
		remove, err := Remove(context.Background(), Tree{openServer(b, to), "/pegasus"}, RemoveOptions{})
		if err != nil && remove.Removed != 0 {
			b.Fatal(err)
		}
		plant(b, conn, "", planted{path: "/pegasus"}, planted{path: "/pegasus/apps"})
		b.StartTimer()
		floor(b, from, to)
	}
	b.ReportMetric(float64(znodes)*float64(b.N)/b.Elapsed().Seconds(), "znodes/s")
	copyFloor = perRun(b)
}

// copyFloor and removeFloor are what a run of the floor took, and first what a
// first, verified copy took, for ratios within one run; zero where they were
// not measured.
var copyFloor, removeFloor, first time.Duration

func perRun(b *testing.B) time.Duration { return b.Elapsed() / time.Duration(b.N) }

// reportRatio says how many times the base a run took.
func reportRatio(b *testing.B, base time.Duration, name string) {
	if base > 0 {
		b.ReportMetric(float64(perRun(b))/float64(base), name)
	}
}

func floor(b *testing.B, from, to *zkserver.Server) {
	const width = 4
	var sources, targets [width]*zk.Conn
	for i := range width {
		sources[i], targets[i] = zktest.Connect(b, from.Addr()), zktest.Connect(b, to.Addr())
	}
	tables, _, err := sources[0].Children("/pegasus/apps")
	if err != nil {
		b.Fatal(err)
	}
	work := make(chan string)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for table := range work {
				floorTable(b, sources[i%width], targets[i%width], "/pegasus/apps/"+table)
			}
		})
	}
	for _, table := range tables {
		work <- table
	}
	close(work)
	wg.Wait()
}

func floorTable(b *testing.B, source, target *zk.Conn, table string) {
	read := func(path string) *zk.CreateRequest {
		data, _, err := source.Get(path)
		if err != nil {
			b.Error(err)
		}
		acl, _, err := source.GetACL(path)
		if err != nil {
			b.Error(err)
		}
		return &zk.CreateRequest{Path: path, Data: data, Acl: acl}
	}
	names, _, err := source.Children(table)
	if err != nil {
		b.Error(err)
	}
	ops := []any{read(table)}
	var wg sync.WaitGroup
	flush := func(ops []any) {
		if _, err := target.Multi(ops...); err != nil {
			b.Error(err)
		}
	}
	const chunk = 250
	for from := 0; from < len(names); from += chunk {
		part := make([]any, min(chunk, len(names)-from))
		for k := range 16 {
			wg.Go(func() {
				for i := k; i < len(part); i += 16 {
					part[i] = read(table + "/" + names[from+i])
				}
			})
		}
		wg.Wait()
		flush(append(ops, part...))
		ops = nil
	}
}

func BenchmarkCopy(b *testing.B) {
	from, to, znodes := benchServers(b)
	source, target := Tree{openServer(b, from), "/pegasus"}, Tree{openServer(b, to), "/pegasus"}
	run := func(b *testing.B, fresh bool, o CopyOptions) {
		for b.Loop() {
			if fresh {
				b.StopTimer()
				if r, err := Remove(context.Background(), target, RemoveOptions{}); err != nil && r.Removed != 0 {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			r, err := Copy(context.Background(), source, target, o)
			if err != nil || r.Read != znodes || r.Verified == o.SkipVerify && fresh {
				b.Fatalf("%+v, %v", r, err)
			}
		}
		b.ReportMetric(float64(znodes)*float64(b.N)/b.Elapsed().Seconds(), "znodes/s")
		reportRatio(b, copyFloor, "floors")
		b.ReportMetric(peakMemory(b), "MiB_peak")
	}
	b.Run("unverified", func(b *testing.B) { run(b, true, CopyOptions{SkipVerify: true}) })
	b.Run("verified", func(b *testing.B) {
		run(b, true, CopyOptions{})
		first = perRun(b)
	})
	b.Run("verified_source_in_use", func(b *testing.B) {
		conn := zktest.Connect(b, from.Addr())
		plant(b, conn, "", planted{path: "/elsewhere"})
		run(b, true, CopyOptions{Progress: onStart(PhaseCopy, func() { conn.Set("/elsewhere", nil, -1) })})
	})
	b.Run("equal", func(b *testing.B) {
		run(b, false, CopyOptions{})
		reportRatio(b, first, "firsts")
	})
	b.Run("20ms", func(b *testing.B) {
		late := func(o *Options) { o.Dialer = dialLate(20 * time.Millisecond) }
		source, target = Tree{openServer(b, from, late), "/pegasus"}, Tree{openServer(b, to, late), "/pegasus"}
		run(b, true, CopyOptions{})
		reportRatio(b, first, "firsts")
	})
}

// peakMemory is the most that this process was resident with, in MiB: the
// benchmark's own share is in it.
func peakMemory(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}

// dialLate adds to each round trip: what a server sends arrives so much later.
func dialLate(by time.Duration) Dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		late := &lateConn{Conn: conn, by: by, pieces: make(chan piece, 4096)}
		go late.receive()
		return late, nil
	}
}

type piece struct {
	data []byte
	due  time.Time
	err  error
}

type lateConn struct {
	net.Conn
	by     time.Duration
	pieces chan piece
	rest   []byte
}

// receive ends when the connection is closed.
func (c *lateConn) receive() {
	defer close(c.pieces)
	for {
		buf := make([]byte, 32<<10)
		n, err := c.Conn.Read(buf)
		c.pieces <- piece{buf[:n], time.Now().Add(c.by), err}
		if err != nil {
			return
		}
	}
}

// SetReadDeadline would meet the receiver, not the reader.
func (c *lateConn) SetReadDeadline(time.Time) error { return nil }

func (c *lateConn) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		next, ok := <-c.pieces
		if !ok {
			return 0, net.ErrClosed
		}
		time.Sleep(time.Until(next.due))
		if c.rest = next.data; next.err != nil {
			return 0, next.err
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// BenchmarkRemoveFloor is the least that a removal can do: deletes of known
// paths in transactions.
func BenchmarkRemoveFloor(b *testing.B) {
	from, to, _ := benchServers(b)
	source, target := Tree{openServer(b, from), "/pegasus"}, Tree{openServer(b, to), "/pegasus"}
	var conns [4]*zk.Conn
	for i := range conns {
		conns[i] = zktest.Connect(b, to.Addr())
	}
	for b.Loop() {
		b.StopTimer()
		if _, err := Copy(context.Background(), source, target, CopyOptions{SkipVerify: true}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		var group errgroup.Group
		group.SetLimit(2 * len(conns))
		for table := range max(1, *benchZnodes/1000) {
			group.Go(func() error {
				parent := fmt.Sprintf("/pegasus/apps/%d", table)
				for i := 0; i < 1000; i += 250 {
					var ops []any
					for k := i; k < i+250; k++ {
						ops = append(ops, &zk.DeleteRequest{Path: fmt.Sprintf("%s/%d", parent, k), Version: -1})
					}
					if i == 750 {
						ops = append(ops, &zk.DeleteRequest{Path: parent, Version: -1})
					}
					if _, err := conns[table%len(conns)].Multi(ops...); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	removeFloor = perRun(b)
}

func BenchmarkRemove(b *testing.B) {
	from, to, znodes := benchServers(b)
	source, target := Tree{openServer(b, from), "/pegasus"}, Tree{openServer(b, to), "/pegasus"}
	for b.Loop() {
		b.StopTimer()
		if _, err := Copy(context.Background(), source, target, CopyOptions{SkipVerify: true}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if r, err := Remove(context.Background(), target, RemoveOptions{}); err != nil || r.Removed != znodes {
			b.Fatalf("%+v, %v", r, err)
		}
	}
	reportRatio(b, removeFloor, "floors")
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
