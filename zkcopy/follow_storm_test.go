package zkcopy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

// stormChanges are how many changes a storm has: creations and deletions of different znodes, and half
// as many settings of data.
const stormChanges = 20_000

// storm changes a tree as fast as its server allows. Little is left of it in the end.
func storm(t *testing.T, conn *zk.Conn, root string) {
	t.Helper()
	const size = 250 // of a transaction
	multi := func(op func(i int) any) {
		ops := make([]any, size)
		for i := range ops {
			ops[i] = op(i)
		}
		if _, err := conn.Multi(ops...); err != nil {
			t.Fatal(err)
		}
	}
	for k := range stormChanges * 2 / 5 / size {
		path := func(i int) string { return fmt.Sprintf("%s/storm/%d-%d", root, k, i) }
		multi(func(i int) any {
			return &zk.CreateRequest{Path: path(i), Data: []byte("x"), Acl: zk.WorldACL(zk.PermAll)}
		})
		if k%2 == 0 {
			multi(func(i int) any {
				return &zk.SetDataRequest{Path: fmt.Sprintf("%s/%d", root, i), Data: fmt.Append(nil, k), Version: -1}
			})
		}
		if k%50 != 0 {
			multi(func(i int) any { return &zk.DeleteRequest{Path: path(i), Version: -1} })
		}
	}
}

// followThroughStorm follows a tree in a process of its own while the storm lasts.
func followThroughStorm(t *testing.T, program string, from, to *zkserver.Server, conn *zk.Conn) {
	root := zktest.OwnPath(t, conn)
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/storm"})
	zktest.PlantMany(t, conn, root, "%d", 250, []byte("data"))
	run := exec.CommandContext(t.Context(), program, "-do", "follow", from.Addr()+root, to.Addr()+root)
	frozen, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := run.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	run.Stdout = &out
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(said)
	if line, err := lines.ReadString('\n'); line != "following\n" {
		t.Fatalf("said %q, %v", line, err)
	}
	storm(t, conn, root)
	frozen.Close()
	rest, _ := io.ReadAll(lines) // until it ends
	if err := run.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, rest)
	}
	var report onceReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d changes: %.0f MiB", stormChanges, report.PeakMiB)
	if !report.Verified || report.PeakMiB > memoryBound {
		t.Errorf("%.0f MiB were resident, at most %d are allowed; %+v", report.PeakMiB, memoryBound, report.CopyResult)
	}
	if diff := zktest.Differences(t, conn, root, zktest.Connect(t, to.Addr()), root); diff != "" {
		t.Errorf("verified, but (-source +target):\n%s", diff)
	}
}
