package zkcopy

import (
	"fmt"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
)

// setData has a znode set to data.
func setData(t *testing.T, conn *zk.Conn, path, data string) {
	t.Helper()
	if _, err := conn.Set(path, []byte(data), -1); err != nil {
		t.Fatal(err)
	}
}

// A copy repeated after changes of the source sets znodes of the target too; only what somebody else has set there may
// be called changed.
func TestOnlyWhatNoCopyHasSetCountsAsChangedInTheTarget(t *testing.T) {
	tt := twoServers(t)
	plantCluster(t, tt.from, tt.source.Path, app(1, "one", 11), app(2, "two", 12))
	seen := func() []string {
		t.Helper()
		var changed []string
		tt.copy(t, CopyOptions{Before: func(s *Seen) error { changed = s.Changed; return nil }})
		return changed
	}
	seen()
	at := func(tree Tree, rel string) string { return tree.Path + "/apps/" + rel }
	for i, rel := range []string{"1", "1/0", "2/3"} {
		setData(t, tt.from, at(tt.source, rel), fmt.Sprintf("later %d", i))
	}
	if changed := seen(); len(changed) > 0 {
		t.Errorf("after the source changed: %q", changed)
	}
	setData(t, tt.from, at(tt.source, "1/0"), "once more")
	if changed := seen(); len(changed) > 0 {
		t.Errorf("after the source changed again: %q", changed)
	}
	setData(t, tt.to, at(tt.target, "2/3"), "by a leader")
	setData(t, tt.to, at(tt.target, "1"), "by a leader")
	want := []string{at(tt.target, "1"), at(tt.target, "2/3")}
	if diff := cmp.Diff(want, seen()); diff != "" {
		t.Errorf("after the target changed (-want +got):\n%s", diff)
	}
}

func TestOfManyRewrittenZnodesTheLastAreKept(t *testing.T) {
	tt := twoServers(t)
	one := app(1, "one", 11)
	one.PartitionCount = 5 * mostRewrites
	plantCluster(t, tt.from, tt.source.Path, one)
	tt.copy(t, CopyOptions{})
	for i := range one.PartitionCount {
		setData(t, tt.to, fmt.Sprintf("%s/apps/1/%d", tt.target.Path, i), "by a leader")
	}
	there, err := Inspect(zktest.Context(t), tt.target, CountOptions{})
	if err != nil || len(there.Rewritten) != mostRewrites {
		t.Errorf("%d are kept, error %v", len(there.Rewritten), err)
	}
}
