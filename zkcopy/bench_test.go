package zkcopy

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"

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
	b.ReportMetric(float64(znodes), "znodes")
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
	}
	b.Run("unverified", func(b *testing.B) { run(b, true, CopyOptions{SkipVerify: true}) })
	b.Run("verified", func(b *testing.B) { run(b, true, CopyOptions{}) })
	b.Run("equal", func(b *testing.B) { run(b, false, CopyOptions{}) })
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
}
