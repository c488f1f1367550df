package look_test

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/migration"
	"pegashell/migration/look"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

var estimated = flag.Int("estimated", 10_000, "how many znodes the tree has that an estimate is compared with a copy of")

// preflightOf looks at two trees without a cluster.
func preflightOf(t *testing.T, from, target string, change ...func(*look.PreflightOptions)) *migration.PreflightFacts {
	t.Helper()
	parse := func(text string) *look.Address {
		at, err := session.ParseEndpoint(text)
		if err != nil {
			t.Fatal(err)
		}
		return &look.Address{Endpoint: at}
	}
	o := look.PreflightOptions{By: migration.ByCopy, Deadline: time.Minute}
	o.Session = func(look.Address) (session.Options, error) { return session.Options{}, nil }
	o.From, o.Target = parse(from), parse(target)
	for _, c := range change {
		c(&o)
	}
	o.Open = func(ctx context.Context, at look.Address) (zkcopy.Tree, error) {
		options, err := o.Session(at)
		if err != nil {
			return zkcopy.Tree{}, err
		}
		client, err := session.Open(ctx, at.Endpoint, options)
		return zkcopy.Tree{Client: client, Path: at.Path}, err
	}
	f, err := look.Preflight(zktest.Context(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// plantTables makes a tree of tables with 1,000 partitions each below /pegasus/c1.
func plantTables(t *testing.T, addr string, znodes int) {
	t.Helper()
	conn := zktest.Connect(t, addr)
	for _, path := range []string{"/pegasus", "/pegasus/c1", "/pegasus/c1/apps"} {
		if _, err := conn.Create(path, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	const partitions = 1000
	tables := max(1, znodes/(partitions+1))
	zktest.PlantMany(t, conn, "/pegasus/c1/apps", "%d", tables, []byte(`{"status":"app_status::AS_AVAILABLE","app_name":"t","app_id":1,"partition_count":1000}`))
	for i := range tables {
		zktest.PlantMany(t, conn, fmt.Sprintf("/pegasus/c1/apps/%d", i), "%d", partitions, make([]byte, 400))
	}
}

func TestAnEstimateIsNearTheTimeOfTheCopy(t *testing.T) {
	source, target := zktest.Start(t, zktest.WithHeapMB(512)), zktest.Start(t, zktest.WithHeapMB(512))
	plantTables(t, source.Addr(), *estimated)
	f := preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr())
	e, known := migration.EstimateOf(f)
	if !known {
		t.Fatalf("no estimate from %+v", f.Scan)
	}
	open := func(addr string) zkcopy.Tree {
		at, err := session.ParseEndpoint(addr + "/pegasus/c1")
		if err != nil {
			t.Fatal(err)
		}
		client, err := session.Open(zktest.Context(t), at, session.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		return zkcopy.Tree{Client: client, Path: at.Path}
	}
	r, err := zkcopy.Copy(zktest.Context(t), open(source.Addr()), open(target.Addr()), zkcopy.CopyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ratio := e.Copy.Seconds() / r.Duration.Seconds()
	t.Logf("%d znodes: scan %v, estimate %v, copy %v, ratio %.2f", r.Read, f.Scan.Took, e.Copy, r.Duration, ratio)
	const off = 4 // servers, and other programs on the machine, are fast and slow in turn
	if ratio < 1.0/off || ratio > off {
		t.Errorf("estimated were %v, the copy took %v", e.Copy, r.Duration)
	}
}
