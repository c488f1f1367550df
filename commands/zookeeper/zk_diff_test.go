package zookeeper_test

import (
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
	"pegashell/zkcopy/layout"
)

func TestDifferencesNameTheTableThePartitionAndTheFields(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	put := func(path string, data []byte, acl []zk.ACL) {
		t.Helper()
		if _, err := z.Conn.Create(z.Root+path, data, 0, acl); err != nil {
			t.Fatal(err)
		}
	}
	open := zk.WorldACL(zk.PermAll)
	for i, root := range []string{"/a", "/b"} {
		for _, path := range []string{"", "/apps", "/x"} {
			put(root+path, []byte{byte('0' + i*len(path)/2)}, open)
		}
		app := layout.App{Status: layout.AppAvailable, Name: "users", ID: 2, PartitionCount: 1 + int32(i), Envs: map[string]string{"same": "1", "ttl": []string{"5", "6"}[i]}}
		put(root+"/apps/2", app.Encode(), open)
		partition := layout.Partition{ID: layout.GPID{AppID: 2}, Ballot: 3 + int64(i), Primary: "h1:1", Secondaries: []string{"h2:1", "h3:1"}[i:]}
		put(root+"/apps/2/0", partition.Encode(), zk.WorldACL([]int32{zk.PermAll, zk.PermRead}[i]))
		put(root+"/apps/2/duplication", nil, open)
		app.ID = 3
		put(root+"/apps/3", [][]byte{app.Encode(), []byte("nothing")}[i], open)
	}
	put("/b/apps/2/1", nil, open)
	out, diagnostics, err := z.Run("zk_diff " + z.Root + "/a " + z.Root + "/b")
	lines, _, _ := strings.Cut(out, "\n\n")
	want := `data /apps
data /apps/2
    table users: envs.ttl "5", "6"; partition_count 1, 2
data /apps/2/0
    table users, partition 0: ballot 3, 4; secondaries ["h2:1","h3:1"], ["h3:1"]
acl /apps/2/0
    table users, partition 0: world:anyone:cdrwa, world:anyone:r
only_in_b /apps/2/1
    table users, partition 1
data /apps/3
    table users
data /x`
	if diff := cmp.Diff(want, lines); outcome.Code(err) != 1 || diff != "" {
		t.Errorf("error = %v, printed %q (-want +got):\n%s", err, diagnostics, diff)
	}
	// Whichever znode of a table the trees begin at.
	out, _, _ = z.Run("zk_diff " + z.Root + "/a/apps/2 " + z.Root + "/b/apps/2")
	if !strings.HasPrefix(out, "data /\n    table users: ") || !strings.Contains(out, "data /0\n    table users, partition 0: ballot 3, 4; ") {
		t.Errorf("printed %q", out)
	}
	out, _, _ = z.Run("zk_diff -j " + z.Root + "/a " + z.Root + "/b")
	if want := `{"difference": "only_in_b", "path": "/apps/2/1", "table": "users", "partition": 1, "fields": []}`; !strings.Contains(out, want) {
		t.Errorf("printed %s, want %s", out, want)
	}
	// In a table every row has all columns, whichever comes first.
	if _, _, err := z.Run("format csv"); err != nil {
		t.Fatal(err)
	}
	out, _, _ = z.Run("zk_diff " + z.Root + "/a " + z.Root + "/b")
	for _, line := range []string{"difference,path,table,partition,fields\ndata,/apps,-,-,-\n", "\nonly_in_b,/apps/2/1,users,1,\n", "\ndata,/apps/2,users,-,\"envs.ttl \"\"5\"\", \"\"6\"\"; partition_count 1, 2\"\n"} {
		if !strings.Contains(out, line) {
			t.Errorf("as CSV it is %q, want %q in it", out, line)
		}
	}
}
