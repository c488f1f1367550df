package metaserver

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
)

func (b *bench) load(table, provider string) *wire.HintResponse {
	b.t.Helper()
	return call[wire.HintResponse](b, 0, wire.RPCStartBulkLoad,
		&wire.StartBulkLoadRequest{AppName: table, Cluster: "onebox", Provider: provider, Root: "bulk_load_root"})
}

// Scene 43: a bulk load that starts at level blind writes the tree and ends the blindness.
func TestABulkLoadSetsTheLevelToSteadyAndIsWrittenAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	b.setLevel(wire.LevelBlind)
	for _, c := range []struct {
		table, provider string
		want            wire.HintResponse
	}{
		{"nosuch", "local_service", wire.HintResponse{Err: wire.ErrAppNotExist, Hint: "app not existed is "}},
		{"temp", "nosuch", wire.HintResponse{Err: wire.ErrInvalidParameters, Hint: "invalid file_provider"}},
	} {
		if got := b.load(c.table, c.provider); *got != c.want {
			t.Errorf("start_bulk_load of %s from %s: %+v, want %+v", c.table, c.provider, got, c.want)
		}
	}
	if got := b.level(); got != wire.LevelBlind {
		t.Errorf("a bulk load that was refused set the level to %s", got)
	}
	if got := b.load("temp", "local_service"); *got != (wire.HintResponse{Err: wire.OK}) {
		t.Fatalf("start_bulk_load: %+v", got)
	}
	if got := b.level(); got != wire.LevelSteady {
		t.Errorf("the level is %s, want steady", got)
	}
	if got := b.load("stat", "local_service"); got.Err != errBusyLoading {
		t.Errorf("a second one: %+v", got)
	}
	if !strings.Contains(b.data("apps/1"), `"is_bulk_loading":1`) {
		t.Errorf("apps/1 = %s", b.data("apps/1"))
	}
	raw, err := os.ReadFile("testdata/bulk_load_started.json")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for node := range want {
		got[node] = b.data(node)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bulk load in ZooKeeper (-recorded +written):\n%s", diff)
	}
	clearing := call[wire.HintResponse](b, 0, wire.RPCClearBulkLoad, &wire.AppNameRequest{AppName: "temp"})
	if clearing.Err != wire.ErrInvalidState || clearing.Hint != "app(temp) is executing bulk load" {
		t.Errorf("clear_bulk_load: %+v", clearing)
	}
	mustAnswer(t, b.metas[0], "leader_v1_clear_bulk_load_missing", "leader_v1_query_bulk_load_status_missing", "leader_v1_query_split_missing")
	if q := call[wire.QueryBulkLoadResponse](b, 0, wire.RPCQueryBulkLoad, &wire.AppNameRequest{AppName: "temp"}); q.Loading == nil || !*q.Loading {
		t.Errorf("query_bulk_load_status: %+v", q)
	}
	if q := call[wire.QueryBulkLoadResponse](b, 0, wire.RPCQueryBulkLoad, &wire.AppNameRequest{AppName: "stat"}); q.Loading == nil || *q.Loading {
		t.Errorf("query_bulk_load_status of a table that is not loaded: %+v", q)
	}
	if q := call[wire.QuerySplitResponse](b, 0, wire.RPCQuerySplit, &wire.AppNameRequest{AppName: "temp"}); q.Err != wire.ErrInvalidState {
		t.Errorf("query_partition_split: %+v", q)
	}
}

// Scene 39: what is done to a bulk load is written, and refused where its state does not allow it.
func TestABulkLoadIsPausedRestartedAndCanceled(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	if got := b.load("temp", "local_service"); got.Err != wire.OK {
		t.Fatalf("start_bulk_load: %+v", got)
	}
	invalid := func(operation, state string) string {
		return "can not " + operation + " bulk load for app(temp) with status(replication::bulk_load_status::" + state + ")"
	}
	for _, c := range []struct {
		control wire.BulkLoadControl
		hint    string // of a refusal
		state   wire.BulkLoadStatus
		loading bool
	}{
		{wire.BulkLoadRestart, invalid("restart", "BLS_DOWNLOADING"), wire.BulkLoadDownloading, true},
		{wire.BulkLoadPause, "", wire.BulkLoadPaused, true},
		{wire.BulkLoadPause, invalid("pause", "BLS_PAUSED"), wire.BulkLoadPaused, true},
		{wire.BulkLoadRestart, "", wire.BulkLoadDownloading, true},
		{wire.BulkLoadCancel, "", wire.BulkLoadCanceled, false},
		{wire.BulkLoadCancel, "app(temp) is not executing bulk load", wire.BulkLoadCanceled, false},
	} {
		got := call[wire.ControlBulkLoadResponse](b, 0, wire.RPCControlBulkLoad, &wire.ControlBulkLoadRequest{AppName: "temp", Control: c.control})
		if hint := ""; got.Hint != nil && *got.Hint != c.hint || got.Hint == nil && c.hint != hint || (got.Err == wire.OK) != (c.hint == "") {
			t.Errorf("control %d: %+v, want the hint %q", c.control, got, c.hint)
		}
		q := call[wire.QueryBulkLoadResponse](b, 0, wire.RPCQueryBulkLoad, &wire.AppNameRequest{AppName: "temp"})
		if wire.BulkLoadStatus(q.Status) != c.state || *q.Loading != c.loading || wire.BulkLoadStatus(q.Partitions[0]) != c.state {
			t.Errorf("after control %d: %s, loading %t; want %s, %t", c.control, wire.BulkLoadStatus(q.Status), *q.Loading, c.state, c.loading)
		}
	}
	if data := b.data("apps/1"); !strings.Contains(data, `"is_bulk_loading":0`) {
		t.Errorf("apps/1 = %s", data)
	}
	clearing := call[wire.HintResponse](b, 0, wire.RPCClearBulkLoad, &wire.AppNameRequest{AppName: "temp"})
	q := call[wire.QueryBulkLoadResponse](b, 0, wire.RPCQueryBulkLoad, &wire.AppNameRequest{AppName: "temp"})
	if clearing.Err != wire.OK || q.Status != 0 {
		t.Errorf("clear_bulk_load: %+v, then the state %d", clearing, q.Status)
	}
}

// Source: bulk_load_service::on_control_bulk_load.
func TestABulkLoadInAnyStateCanBeCanceledByForce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	if got := b.load("temp", "local_service"); got.Err != wire.OK {
		t.Fatalf("start_bulk_load: %+v", got)
	}
	node := "/bulk_load/1"
	ingesting := strings.Replace(b.data("bulk_load/1"), "BLS_DOWNLOADING", "BLS_INGESTING", 1)
	if _, err := b.zk.Set(b.root+node, []byte(ingesting), -1); err != nil {
		t.Fatal(err)
	}
	control := func(what wire.BulkLoadControl) wire.ErrorCode {
		return call[wire.ControlBulkLoadResponse](b, 0, wire.RPCControlBulkLoad, &wire.ControlBulkLoadRequest{AppName: "temp", Control: what}).Err
	}
	if got := control(wire.BulkLoadCancel); got != wire.ErrInvalidState {
		t.Errorf("cancel: %s", got)
	}
	if got := control(wire.BulkLoadForceCancel); got != wire.OK {
		t.Errorf("cancel by force: %s", got)
	}
	if data := b.data("bulk_load/1"); !strings.Contains(data, "BLS_CANCELED") {
		t.Errorf("%s = %s", node, data)
	}
}

// Source: bulk_load_service::validate_ingest_behind, which comes before the provider is looked at.
func TestIngestingBehindNeedsATableThatAllowsIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	behind := func() wire.HintResponse {
		return *call[wire.HintResponse](b, 0, wire.RPCStartBulkLoad,
			&wire.StartBulkLoadRequest{AppName: "temp", Cluster: "onebox", Provider: "nosuch", Root: "r", IngestBehind: true})
	}
	if got, want := behind(), (wire.HintResponse{Err: errInconsistent, Hint: "inconsistent ingestion behind option"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	set := call[wire.HintResponse](b, 0, wire.RPCUpdateAppEnv,
		&wire.UpdateAppEnvRequest{AppName: "temp", Op: wire.EnvSet, Keys: []string{"rocksdb.allow_ingest_behind"}, Values: []string{"true"}})
	if set.Err != wire.OK {
		t.Fatalf("set_app_envs: %+v", set)
	}
	if got, want := behind(), (wire.HintResponse{Err: wire.ErrInvalidParameters, Hint: "invalid file_provider"}); got != want {
		t.Errorf("after set_app_envs: %+v, want %+v", got, want)
	}
}

func (b *bench) level() wire.MetaLevel {
	b.t.Helper()
	return call[wire.ControlMetaResponse](b, 0, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: wire.LevelInvalid}).OldLevel
}
