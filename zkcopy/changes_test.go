package zkcopy

import (
	"errors"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

func TestChangesAfterACopyAreFound(t *testing.T) {
	tt := twoServers(t)
	plantCluster(t, tt.from, tt.source.Path, app(1, "one", 11), app(2, "two", 12))
	root := tt.source.Path
	for _, each := range []string{"/dsn.meta.server.leader", "/apps/1/duplication", "/apps/1/duplication/7", "/apps/1/duplication/7/0"} {
		if there, _, err := tt.from.Exists(root + each); err != nil || there {
			continue
		}
		if _, err := tt.from.Create(root+each, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	since := tt.copy(t, CopyOptions{}).SourceZxid
	look := func() *Changes {
		t.Helper()
		c, err := ChangesSince(zktest.Context(t), tt.source, since, tree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if c.Zxid < since {
			t.Errorf("seen up to %#x, copied at %#x", c.Zxid, since)
		}
		return c
	}
	expect := func(step string, total int64, last string, kind ChangeKind) {
		t.Helper()
		c := look()
		if last != "" {
			last = root + last
		}
		if c.Total != total || c.Last.Path != last || c.Last.Kind != kind || c.Last.Time.IsZero() != (total == 0 || kind == ChildRemoved) {
			t.Errorf("%s: found %+v", step, c)
		}
	}
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	expect("nothing was changed", 0, "", "")

	_, err := tt.from.Create(root+"/dsn.meta.server.leader/LOCKNODE", nil, zk.FlagEphemeral|zk.FlagSequence, zk.WorldACL(zk.PermAll))
	must(nil, err)
	must(tt.from.Set(root+"/apps/1/duplication/7/0", []byte("12"), -1))
	must(tt.from.Create(root+"/apps/1/duplication/7/1", []byte("3"), 0, zk.WorldACL(zk.PermAll)))
	expect("a lock node and the progress of a duplication", 0, "", "")

	must(tt.from.Set(root+"/apps/2/3", []byte("moved"), -1))
	expect("a partition was set", 1, "/apps/2/3", DataSet)
	must(tt.from.Create(root+"/apps/3", []byte("{}"), 0, zk.WorldACL(zk.PermAll)))
	expect("a table came", 2, "/apps/3", Created)
	must(nil, tt.from.Delete(root+"/apps/3", -1))
	expect("it went", 2, "/apps", ChildRemoved)
	must(tt.from.Create(root+"/apps/4", []byte("{}"), 0, zk.WorldACL(zk.PermAll)))
	expect("another one came", 2, "/apps/4", Created)

	_, err = ChangesSince(zktest.Context(t), Tree{Client: tt.source.Client, Path: root + "/nothing"}, since, tree.Limits{})
	var missing *tree.NotFoundError
	if !errors.As(err, &missing) {
		t.Errorf("of a tree that does not exist: %v", err)
	}
}
