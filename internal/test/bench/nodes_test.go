// Package bench holds the benchmarks that need several rooms at once. Each compares within one run,
// since times of two runs on a shared machine say nothing about each other. make bench runs them.
package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/freeport"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/metaserver"
	"pegashell/zkcopy/layout"
)

const (
	tables     = 1000
	partitions = 64
	root       = "/pegasus/bench"
	// answerDelay is added to every answer, as a network adds it.
	answerDelay = 2 * time.Millisecond
)

// BenchmarkNodesDetailed compares nodes -d, whose queries are under way together over one
// connection, with the same queries one after another, on a cluster of 1,000 tables of 64
// partitions.
func BenchmarkNodesDetailed(b *testing.B) {
	admin := startMetaServer(b)
	env := &command.World{
		Out: io.Discard, Err: os.Stderr,
		Cluster:  &command.Cluster{Admin: admin},
		Location: time.UTC,
		Now:      time.Now,
		Resolver: net.DefaultResolver,
	}
	registry := commands.NewRegistry(nil)
	ctx := context.Background()
	var together, oneByOne time.Duration
	for b.Loop() {
		began := time.Now()
		if err := registry.Execute(ctx, env, []string{"nodes", "-d"}); err != nil {
			b.Fatal(err)
		}
		together += time.Since(began)

		b.StopTimer()
		began = time.Now()
		apps, err := admin.ListApps(ctx, wire.AppAvailable)
		if err != nil || len(apps) != tables {
			b.Fatalf("%d tables, %v; want %d", len(apps), err, tables)
		}
		for _, app := range apps {
			if _, err := admin.QueryPartitions(ctx, app.Name); err != nil {
				b.Fatal(err)
			}
		}
		oneByOne += time.Since(began)
		b.StartTimer()
	}
	b.ReportMetric(together.Seconds()/float64(b.N), "s/nodes-d")
	b.ReportMetric(oneByOne.Seconds()/float64(b.N), "s/one-by-one")
	b.ReportMetric(together.Seconds()/oneByOne.Seconds(), "ratio")
}

// startMetaServer runs a simulated meta server over a tree of many tables in a real ZooKeeper, and
// returns a client whose answers come late.
func startMetaServer(b *testing.B) *metaadmin.Client {
	b.Helper()
	server := zktest.Start(b, zktest.WithHeapMB(512))
	fill(b, zktest.Connect(b, server.Addr()))
	ports, err := freeport.Pick(1)
	if err != nil {
		b.Fatal(err)
	}
	config := filepath.Join(b.TempDir(), "config.ini")
	text := fmt.Sprintf(`[apps.meta]
ports = %d
[meta_server]
server_list = 127.0.0.1:%[1]d
cluster_root = %s
distributed_lock_service_parameters = %[2]s
meta_function_level_on_start = blind
[zookeeper]
hosts_list = %s
timeout_ms = 10000
`, ports[0], root, server.Addr())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- metaserver.Run(ctx, config, log.New(io.Discard, "", 0)) }()
	admin, err := metaadmin.New([]string{fmt.Sprintf("127.0.0.1:%d", ports[0])}, metaadmin.Options{Dial: dialLate, Timeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		admin.Close()
		cancel()
		if err := <-ended; err != nil {
			b.Errorf("meta server: %v", err)
		}
	})
	for deadline := time.Now().Add(time.Minute); ; {
		if _, err = admin.ListNodes(ctx, wire.NodeInvalid); err == nil {
			return admin
		}
		if time.Now().After(deadline) {
			b.Fatal(err)
		}
	}
}

// fill writes the metadata of the tables, as a meta server would.
func fill(b *testing.B, conn *zk.Conn) {
	b.Helper()
	var ops []any
	create := func(path string, data []byte) {
		ops = append(ops, &zk.CreateRequest{Path: path, Data: data, Acl: zk.WorldACL(zk.PermAll)})
		if len(ops) == 500 {
			flush(b, conn, &ops)
		}
	}
	create("/pegasus", nil)
	create(root, nil)
	create(layout.AppsPath(root), []byte(layout.Unlocked))
	for id := int32(1); id <= tables; id++ {
		app := layout.App{
			Status: layout.AppAvailable, Type: "pegasus", Name: fmt.Sprintf("table_%d", id), ID: id,
			PartitionCount: partitions, Stateful: true, MaxReplicaCount: 3, InitPartitionCount: partitions,
			CreateSecond: 1_795_392_041,
		}
		create(layout.AppPath(root, id), app.Encode())
		for i := range int32(partitions) {
			gpid := layout.GPID{AppID: id, Index: i}
			p := layout.Partition{ID: gpid, Ballot: 3, MaxReplicaCount: 3, Primary: "127.0.0.1:34801", Secondaries: []string{"127.0.0.1:34802", "127.0.0.1:34803"}}
			create(layout.PartitionPath(root, gpid), p.Encode())
		}
	}
	flush(b, conn, &ops)
}

func flush(b *testing.B, conn *zk.Conn, ops *[]any) {
	b.Helper()
	if len(*ops) == 0 {
		return
	}
	if _, err := conn.Multi(*ops...); err != nil {
		b.Fatal(err)
	}
	*ops = (*ops)[:0]
}

// dialLate connects through a pipe that holds every answer back for a while, each by itself: what
// follows does not wait for it any longer than it would have anyway.
func dialLate(ctx context.Context, network, address string) (net.Conn, error) {
	nc, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	late := &lateConn{Conn: nc, frames: make(chan lateFrame, 10_000)}
	go late.receive()
	return late, nil
}

type lateFrame struct {
	due   time.Time
	bytes []byte
	err   error
}

type lateConn struct {
	net.Conn
	frames chan lateFrame
	rest   bytes.Reader
}

// receive takes whole answers off the connection and notes when each is due.
func (c *lateConn) receive() {
	for {
		var length [4]byte
		_, err := io.ReadFull(c.Conn, length[:])
		if err != nil {
			c.frames <- lateFrame{err: err}
			return
		}
		frame := make([]byte, binary.BigEndian.Uint32(length[:]))
		copy(frame, length[:])
		if _, err := io.ReadFull(c.Conn, frame[4:]); err != nil {
			c.frames <- lateFrame{err: err}
			return
		}
		c.frames <- lateFrame{due: time.Now().Add(answerDelay), bytes: frame}
	}
}

func (c *lateConn) Read(p []byte) (int, error) {
	if c.rest.Len() == 0 {
		frame := <-c.frames
		if frame.err != nil {
			return 0, frame.err
		}
		time.Sleep(time.Until(frame.due))
		c.rest.Reset(frame.bytes)
	}
	return c.rest.Read(p)
}
