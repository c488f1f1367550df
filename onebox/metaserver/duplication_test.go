package metaserver

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
)

// otherCluster is configuration that knows a cluster to duplicate to.
const otherCluster = "[duplication-group]\nonebox2 = 2\n[pegasus.clusters]\nonebox2 = 127.0.0.1:34601"

// duplicatingLeader starts a leader on a captured tree whose replica servers live, with a table
// temp of id 1 and 8 partitions and a table stat of id 2 and 4 partitions.
func duplicatingLeader(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.confirmInterval = 50 * time.Millisecond })
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader(otherCluster)
	return b
}

func (b *bench) duplicate(table string, checkpoint bool) *wire.AddDuplicationResponse {
	b.t.Helper()
	return call[wire.AddDuplicationResponse](b, 0, wire.RPCAddDuplication,
		&wire.AddDuplicationRequest{AppName: table, Remote: "onebox2", Checkpoint: &checkpoint})
}

func (b *bench) modify(table string, id int32, status wire.DuplicationStatus) *wire.ModifyDuplicationResponse {
	b.t.Helper()
	return call[wire.ModifyDuplicationResponse](b, 0, wire.RPCModifyDuplication,
		&wire.ModifyDuplicationRequest{AppName: table, DuplicationID: id, Status: (*int32)(&status)})
}

func (b *bench) duplications(table string) *wire.QueryDuplicationResponse {
	b.t.Helper()
	return call[wire.QueryDuplicationResponse](b, 0, wire.RPCQueryDuplication, &wire.AppNameRequest{AppName: table})
}

// confirmed reads the progress of a duplication from ZooKeeper.
func (b *bench) confirmed(appID, id int32) map[string]int64 {
	b.t.Helper()
	node := fmt.Sprintf("%s/apps/%d/duplication/%d", b.root, appID, id)
	names, _, err := b.zk.Children(node)
	if err != nil {
		b.t.Fatalf("%s: %v", node, err)
	}
	all := make(map[string]int64)
	for _, name := range names {
		data, _, err := b.zk.Get(node + "/" + name)
		if err != nil {
			b.t.Fatal(err)
		}
		if all[name], err = strconv.ParseInt(string(data), 10, 64); err != nil {
			b.t.Fatal(err)
		}
	}
	return all
}

// comesForward waits until each of n partitions has confirmed more than before.
func (b *bench) comesForward(appID, id int32, n int) {
	b.t.Helper()
	var before map[string]int64
	eventually(b.t, "every partition has confirmed something", func() bool {
		before = b.confirmed(appID, id)
		return len(before) == n
	})
	eventually(b.t, "every partition has confirmed more", func() bool {
		now := b.confirmed(appID, id)
		for name, decree := range before {
			if now[name] <= decree {
				return false
			}
		}
		return true
	})
}

func TestDuplicationsAreRefusedAsRecorded(t *testing.T) {
	t.Parallel()
	b := duplicatingLeader(t)
	mustAnswer(t, b.metas[0], "leader_v1_add_duplication_itself", "leader_v1_add_duplication_missing",
		"leader_v1_add_duplication_unknown_cluster", "leader_v1_query_duplication_missing")
	answer := b.duplicate("temp", false)
	for _, c := range []struct {
		table  string
		id     int32
		status wire.DuplicationStatus
		want   wire.ErrorCode
	}{
		{"temp", 7, wire.DuplicationPause, wire.ErrObjectNotFound},
		{"nosuch", answer.DuplicationID, wire.DuplicationPause, wire.ErrAppNotExist},
		{"temp", answer.DuplicationID, wire.DuplicationPrepare, wire.ErrInvalidParameters},
		{"temp", answer.DuplicationID, 99, wire.ErrInvalidParameters},
	} {
		if got := b.modify(c.table, c.id, c.status); got.Err != c.want || got.AppID != 0 {
			t.Errorf("modify %s %d to %s: %+v, want %s", c.table, c.id, c.status, got, c.want)
		}
	}
	mode := int32(3)
	got := call[wire.ModifyDuplicationResponse](b, 0, wire.RPCModifyDuplication,
		&wire.ModifyDuplicationRequest{AppName: "temp", DuplicationID: answer.DuplicationID, FailMode: &mode})
	if got.Err != wire.ErrInvalidParameters {
		t.Errorf("fail mode 3: %s", got.Err)
	}
}

func TestFollowerKnowsNoDuplications(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.leader()
	follower := b.meta(1)
	eventually(t, "the follower waits", func() bool { return strings.Contains(follower.log.String(), "follower: ") })
	mustAnswer(t, b.metas[1], "nonleader_v1_query_duplication")
}

func TestDuplicationLiesInZooKeeperAsRecorded(t *testing.T) {
	t.Parallel()
	b := duplicatingLeader(t)
	first := time.Now().Unix()
	answer := b.duplicate("temp", false)
	if answer.Err != wire.OK || answer.AppID != 1 || int64(answer.DuplicationID) < first {
		t.Fatalf("add: %+v", answer)
	}
	if again := b.duplicate("temp", false); *again != *answer {
		t.Errorf("added again: %+v, want %+v", again, answer)
	}
	listed := b.duplications("temp")
	if len(listed.Duplications) != 1 {
		t.Fatalf("query: %+v", listed)
	}
	d := listed.Duplications[0]
	want := fmt.Sprintf(`{"remote":"onebox2","status":"DS_LOG","create_timestamp_ms":%d,"fail_mode":"FAIL_SLOW"}`, d.CreateMS)
	node := fmt.Sprintf("apps/1/duplication/%d", answer.DuplicationID)
	if got := b.data(node); got != want {
		t.Errorf("%s = %s, want %s", node, got, want)
	}
	if got := b.data("apps/1/duplication"); got != "" {
		t.Errorf("apps/1/duplication = %q", got)
	}
	if !strings.Contains(b.data("apps/1"), `"duplicating":0`) {
		t.Errorf("apps/1 = %s, want it unwritten", b.data("apps/1"))
	}
	b.comesForward(1, answer.DuplicationID, 8)

	prepared := b.duplicate("stat", true)
	b.comesPrepared(prepared.DuplicationID)
	if got := b.modify("stat", prepared.DuplicationID, wire.DuplicationPause); got.Err != wire.ErrInvalidParameters {
		t.Errorf("pause of one that prepares: %s", got.Err)
	}
	sync := call[wire.DuplicationSyncResponse](b, 0, wire.RPCDuplicationSync, &wire.DuplicationSyncRequest{Node: address(t, 34801)})
	if got := sync.Duplications[1][answer.DuplicationID]; got.Status != wire.DuplicationLog || len(got.Progress) != 8 {
		t.Errorf("duplication_sync: %+v", sync)
	}
}

// comesPrepared waits until the duplication of table 2 has written the decrees of its checkpoint,
// where it stays.
func (b *bench) comesPrepared(id int32) {
	b.t.Helper()
	eventually(b.t, "the partitions have the decrees of the checkpoint", func() bool { return len(b.confirmed(2, id)) == 4 })
	for _, stat := range b.shapesOf(fmt.Sprintf("%s/apps/2/duplication/%d", b.root, id)) {
		if stat.Version != 0 {
			b.t.Errorf("progress is written while a duplication prepares: %+v", stat)
		}
	}
}

func (b *bench) shapesOf(node string) []shape {
	b.t.Helper()
	all := make(map[string]shape)
	b.shapes(node, all)
	return slices.Collect(maps.Values(all))
}

func TestProgressIsWrittenAtEveryLevelUnlessItIsPaused(t *testing.T) {
	t.Parallel()
	b := duplicatingLeader(t)
	early := b.duplicate("temp", false)
	for _, level := range []wire.MetaLevel{wire.LevelSteady, wire.LevelFreezed, wire.LevelBlind} {
		b.setLevel(level)
		b.comesForward(1, early.DuplicationID, 8)
	}
	late := b.duplicate("stat", false) // at level blind
	if late.Err != wire.OK {
		t.Fatalf("add at level blind: %+v", late)
	}
	b.comesForward(2, late.DuplicationID, 4)
	if got := b.modify("temp", early.DuplicationID, wire.DuplicationPause); got.Err != wire.OK || got.AppID != 1 {
		t.Fatalf("pause at level blind: %+v", got)
	}
	if got := b.modify("temp", early.DuplicationID, wire.DuplicationPause); got.Err != wire.OK || got.AppID != 0 {
		t.Errorf("pause of a paused one: %+v, want the id 0", got)
	}
	before := b.confirmed(1, early.DuplicationID)
	b.comesForward(2, late.DuplicationID, 4) // time enough to write both
	if diff := cmp.Diff(before, b.confirmed(1, early.DuplicationID)); diff != "" {
		t.Errorf("a paused duplication came forward: %s", diff)
	}
	if got := b.modify("temp", early.DuplicationID, wire.DuplicationLog); got.Err != wire.OK {
		t.Fatalf("start: %+v", got)
	}
	b.comesForward(1, early.DuplicationID, 8)
}

func TestANewLeaderKeepsDuplicationsAndTheirProgress(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.confirmInterval = 50 * time.Millisecond })
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	first := b.leader(otherCluster)
	answer := b.duplicate("temp", false)
	b.comesForward(1, answer.DuplicationID, 8)
	want := b.duplications("temp")
	first.halt()
	// What no leader has written does not disturb one: it is left alone.
	for _, node := range []string{"apps/1/duplication/notes", "apps/1/duplication/5"} {
		if _, err := b.zk.Create(b.root+"/"+node, []byte(`{"remote":"c2","status":1}`), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	before := b.confirmed(1, answer.DuplicationID)
	second := b.leader(otherCluster)
	if diff := cmp.Diff(want, b.duplications("temp")); diff != "" {
		t.Error(diff)
	}
	eventually(t, "the progress goes on", func() bool {
		now := b.confirmed(1, answer.DuplicationID)
		for name := range before {
			if now[name] <= before[name] {
				return false
			}
		}
		return true
	})
	if n := strings.Count(second.log.String(), "duplication ignored"); n != 2 {
		t.Errorf("%d duplications were reported as unreadable, want 2", n)
	}
	if apps := call[wire.ListAppsResponse](b, 0, wire.RPCListApps, &wire.ListAppsRequest{}); apps.Infos[0].Duplicating == nil || !*apps.Infos[0].Duplicating {
		t.Error("the table is not said to be duplicated")
	}
}

func TestARemovedDuplicationLeavesAnEmptyNodeBehind(t *testing.T) {
	t.Parallel()
	b := duplicatingLeader(t)
	answer := b.duplicate("temp", false)
	b.comesForward(1, answer.DuplicationID, 8)
	if got := b.modify("temp", answer.DuplicationID, wire.DuplicationRemoved); got.Err != wire.OK || got.AppID != 1 {
		t.Fatalf("remove: %+v", got)
	}
	children, _, err := b.zk.Children(b.root + "/apps/1/duplication")
	if err != nil || len(children) != 0 {
		t.Errorf("below duplication: %v, %v", children, err)
	}
	if got := b.duplications("temp"); got.Err != wire.OK || len(got.Duplications) != 0 {
		t.Errorf("query: %+v", got)
	}
	if got := b.modify("temp", answer.DuplicationID, wire.DuplicationLog); got.Err != wire.ErrObjectNotFound {
		t.Errorf("start of a removed one: %s", got.Err)
	}
}

// Source: meta_duplication_service::do_add_duplication, duplication_info::start.
func TestAddingADuplicationThatExistsStartsItAgain(t *testing.T) {
	t.Parallel()
	b := duplicatingLeader(t)
	added := b.duplicate("temp", false)
	skip := int32(wire.FailSkip)
	call[wire.ModifyDuplicationResponse](b, 0, wire.RPCModifyDuplication,
		&wire.ModifyDuplicationRequest{AppName: "temp", DuplicationID: added.DuplicationID, FailMode: &skip})
	b.modify("temp", added.DuplicationID, wire.DuplicationPause)
	node := fmt.Sprintf("apps/1/duplication/%d", added.DuplicationID)
	before := b.data(node)
	nothing := wire.AddDuplicationResponse{Err: wire.OK}
	if got := b.duplicate("temp", true); *got != nothing {
		t.Errorf("with a checkpoint while it is paused: %+v, want no ids", got)
	}
	if got := b.duplicate("temp", false); *got != *added {
		t.Errorf("while it is paused: %+v, want %+v", got, added)
	}
	if d := b.duplications("temp").Duplications[0]; d.Status != wire.DuplicationLog || d.FailMode != wire.FailSlow {
		t.Errorf("it is %s, %s now, want DS_LOG, FAIL_SLOW", d.Status, d.FailMode)
	}
	if got := b.data(node); got != before {
		t.Errorf("%s = %s, want it unwritten: %s", node, got, before)
	}
	if got := b.duplicate("temp", true); *got != nothing {
		t.Errorf("with a checkpoint: %+v, want no ids", got)
	}
	prepares := b.duplicate("stat", true)
	if got := b.duplicate("stat", true); *got != *prepares {
		t.Errorf("with a checkpoint again: %+v, want %+v", got, prepares)
	}
	if got := b.duplicate("stat", false); *got != nothing {
		t.Errorf("without a checkpoint while one is made: %+v, want no ids", got)
	}
}

func TestAClusterThatCannotBeDuplicatedToIsNamedAsByPegasus(t *testing.T) {
	for _, c := range []struct {
		config config
		remote string
		want   string
	}{
		{config{duplicationIDs: map[string]bool{"c2": true}}, "", "get_duplication_cluster_id() failed, error: ERR_INVALID_PARAMETERS: cluster_name is empty"},
		{config{}, "c2", "get_duplication_cluster_id(c2) failed, error: ERR_OBJECT_NOT_FOUND: `duplication-group` is not configured"},
		{config{duplicationIDs: map[string]bool{"c2": true}}, "c2", "failed to find cluster[c2] address in config [pegasus.clusters]"},
	} {
		c.config.Cluster = "c1"
		if got := c.config.remoteHint(c.remote); got != c.want {
			t.Errorf("%q: %s, want %s", c.remote, got, c.want)
		}
	}
}

func TestDuplicationCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.duplication = false })
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader(otherCluster)
	if got := b.duplicate("temp", false); got.Err != wire.ErrServiceNotActive {
		t.Errorf("add: %s", got.Err)
	}
	if _, _, err := b.zk.Get(b.root + "/apps/1/duplication"); !errors.Is(err, zk.ErrNoNode) {
		t.Errorf("a duplication was written: %v", err)
	}
}

func TestTheDuplicationOfARecordedTreeIsAnsweredAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	for _, n := range []struct{ node, data string }{
		{"apps/1/duplication", ""},
		{"apps/1/duplication/1795651087", `{"remote":"onebox2","status":"DS_LOG","create_timestamp_ms":1795651087990,"fail_mode":"FAIL_SLOW"}`},
	} {
		if _, err := b.zk.Create(b.root+"/"+n.node, []byte(n.data), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	b.leader(otherCluster)
	c := recorded(t, "leader_v1_query_duplication")
	a, err := wire.ReadResponse(bytes.NewReader(c.response), wire.DefaultMaxFrame)
	if err != nil {
		t.Fatal(err)
	}
	want := new(wire.QueryDuplicationResponse)
	if err := a.Decode(want); err != nil {
		t.Fatal(err)
	}
	want.AppID = 1 // it was 2 in the recorded cluster
	if diff := cmp.Diff(want, b.duplications("temp")); diff != "" {
		t.Error(diff)
	}
}
