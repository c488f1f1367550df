package zkcopy_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/zkserver"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// startCluster starts a server, plants the metadata of a small cluster and
// opens sessions. A program would open the ensemble that there is:
//
//	endpoint, err := zkcopy.ParseEndpoint("10.0.0.1,10.0.0.2,10.0.0.3/pegasus/c1")
//	client, err := zkcopy.Open(ctx, endpoint, zkcopy.Options{})
//	tree := zkcopy.Tree{Client: client, Path: endpoint.Path}
func startCluster(ctx context.Context) (tree zkcopy.Tree, stop func()) {
	dir, err := os.MkdirTemp("", "zkcopy-example-*")
	if err != nil {
		log.Fatal(err)
	}
	server, err := zkserver.Start(ctx, zkserver.Config{Dir: dir, SkipFsync: true, Jar: os.Getenv(zkserver.JarVariable)})
	if err != nil {
		log.Fatal(err)
	}
	endpoint, err := session.ParseEndpoint(server.Addr() + "/pegasus/c1")
	if err != nil {
		log.Fatal(err)
	}
	plantCluster(server.Addr(), endpoint.Path)
	client, err := session.Open(ctx, endpoint, session.Options{})
	if err != nil {
		log.Fatal(err)
	}
	return zkcopy.Tree{Client: client, Path: endpoint.Path}, func() {
		client.Close()
		server.Kill()
		os.RemoveAll(dir)
	}
}

// plantCluster makes a table of three partitions.
func plantCluster(addr, root string) {
	conn, events, err := zk.Connect([]string{addr}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		log.Fatal(err)
	}
	defer func() {
		conn.Close()
		for range events { // until its goroutines are gone
		}
	}()
	app := layout.App{Status: layout.AppAvailable, Type: "pegasus", Name: "temp", ID: 1, PartitionCount: 3}
	create := func(path string, data []byte) {
		if _, err := conn.Create(path, data, 0, tree.OpenACL()); err != nil {
			log.Fatalf("create %s: %v", path, err)
		}
	}
	create("/pegasus", nil)
	create(root, nil)
	create(layout.AppsPath(root), []byte(layout.Unlocked))
	create(layout.AppPath(root, app.ID), app.Encode())
	for i := range app.PartitionCount {
		id := layout.GPID{AppID: app.ID, Index: i}
		p := layout.Partition{ID: id, MaxReplicaCount: 3, Primary: "10.0.0.1:34801"}
		create(layout.PartitionPath(root, id), p.Encode())
	}
}

// A tree is copied and read back; the second copy finds nothing to do.
func ExampleCopy() {
	ctx := context.Background()
	source, stop := startCluster(ctx)
	defer stop()
	// The target may as well be on other servers.
	target := zkcopy.Tree{Client: source.Client, Path: "/copies/c1"}
	for range 2 {
		r, err := zkcopy.Copy(ctx, source, target, zkcopy.CopyOptions{})
		if err != nil {
			log.Print(err)
			return
		}
		fmt.Printf("read %d, created %d, equal %d, verified %v\n", r.Read, r.Created, r.Equal, r.Verified)
	}
	// Output:
	// read 6, created 6, equal 0, verified true
	// read 6, created 0, equal 6, verified true
}

// A sound tree has no findings.
func ExampleCheck() {
	ctx := context.Background()
	tree, stop := startCluster(ctx)
	defer stop()
	r, err := zkcopy.Check(ctx, tree, zkcopy.CheckOptions{OnFinding: func(f zkcopy.Finding) {
		fmt.Println(f.Severity, f.Path, f.Problem)
	}})
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Printf("%d tables, %d partitions, %d faults\n", r.Available, r.Partitions, r.Faults)
	// Output:
	// 1 tables, 3 partitions, 0 faults
}

func ExampleCountTree() {
	ctx := context.Background()
	tree, stop := startCluster(ctx)
	defer stop()
	count, err := zkcopy.CountTree(ctx, tree, zkcopy.CountOptions{})
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Printf("%d znodes, %d of them ephemeral\n", count.Znodes, count.Ephemerals)
	// Output:
	// 6 znodes, 0 of them ephemeral
}

// A tree is removed with its root. Count it first: an ephemeral znode in it
// tells that a living program uses it.
func ExampleRemove() {
	ctx := context.Background()
	tree, stop := startCluster(ctx)
	defer stop()
	r, err := zkcopy.Remove(ctx, tree, zkcopy.RemoveOptions{})
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println("removed", r.Removed)
	_, err = zkcopy.Tree{Client: tree.Client, Path: "/pegasus"}.ReadRoot(ctx)
	fmt.Println("the parent is still there:", err == nil)
	// Output:
	// removed 6
	// the parent is still there: true
}
