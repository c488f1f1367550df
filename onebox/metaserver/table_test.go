package metaserver

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// withNodes lets n made-up replica servers count as alive.
func (b *bench) withNodes(n int) {
	b.t.Helper()
	for i := range n {
		b.beacon(0, address(b.t, uint16(34801+i)))
	}
}

func (b *bench) app(id int32) layout.App {
	b.t.Helper()
	a, err := layout.DecodeApp([]byte(b.data(fmt.Sprintf("apps/%d", id))))
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func TestDroppedTableIsWrittenAsRecordedAndCanBeRecalled(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	// 1.0 is served by 34802, 34803, 34801.
	before := time.Now().Unix()
	if got := call[wire.ErrorResponse](b, 0, wire.RPCDropApp, &wire.DropAppRequest{AppName: "temp"}).Err; got != wire.OK {
		t.Fatalf("drop: %s", got)
	}
	want := `{"pid":"1.0","ballot":4,"max_replica_count":3,"primary":"invalid address","secondaries":[],` +
		`"last_drops":["127.0.0.1:34803","127.0.0.1:34801","127.0.0.1:34802"],"last_committed_decree":1,"partition_flags":1}`
	if got := b.data("apps/1/0"); got != want {
		t.Errorf("apps/1/0 = %s\nwant %s", got, want)
	}
	app := b.app(1)
	if app.Status != layout.AppDropped || app.DropSecond < before || app.ExpireSecond != app.DropSecond+7*24*3600 {
		t.Errorf("dropped table = %+v, want it kept for 7 days", app)
	}
	if got := b.query(0, "temp").Err; got != wire.ErrObjectNotFound {
		t.Errorf("query of the dropped table: %s", got)
	}

	recalled := call[wire.RecallAppResponse](b, 0, wire.RPCRecallApp, &wire.RecallAppRequest{AppID: 1, NewName: "back"})
	if recalled.Err != wire.OK || recalled.Info.Name != "back" || recalled.Info.Status != wire.AppAvailable || recalled.Info.DropSecond != app.DropSecond {
		t.Errorf("recall = %+v", recalled)
	}
	if got := b.app(1); got.Status != layout.AppAvailable || got.Name != "back" {
		t.Errorf("recalled table = %+v", got)
	}
	if got := b.data("apps/1/0"); got != strings.Replace(want, `"partition_flags":1`, `"partition_flags":0`, 1) {
		t.Errorf("recalled partition = %s", got)
	}
}

// refusal is an operation on tables and what a leader with the recorded tables temp, doomed and
// stat answers.
type refusal struct {
	do   func(b *bench) any
	want any
}

func checkRefusals(t *testing.T, cases map[string]refusal) {
	t.Helper()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	for name, c := range cases {
		if diff := cmp.Diff(c.want, c.do(b)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func hint(code wire.ErrorCode, text string) wire.HintResponse {
	return wire.HintResponse{Err: code, Hint: text}
}

func TestCreateRefusesAsPegasusDoes(t *testing.T) {
	t.Parallel()
	create := func(name string, edit func(*wire.CreateAppOptions)) func(*bench) any {
		return func(b *bench) any {
			o := wire.CreateAppOptions{PartitionCount: 8, ReplicaCount: 3, AppType: "pegasus", Stateful: true, SuccessIfExist: true}
			edit(&o)
			return call[wire.CreateAppResponse](b, 0, wire.RPCCreateApp, &wire.CreateAppRequest{AppName: name, Options: o}).Err
		}
	}
	checkRefusals(t, map[string]refusal{
		"existing table":                     {create("temp", func(o *wire.CreateAppOptions) { o.SuccessIfExist = false }), wire.ErrAppExist},
		"existing table of other partitions": {create("temp", func(o *wire.CreateAppOptions) { o.PartitionCount = 4 }), wire.ErrInvalidParameters},
		"no partitions":                      {create("x", func(o *wire.CreateAppOptions) { o.PartitionCount = 0 }), wire.ErrInvalidParameters},
		"countless partitions":               {create("x", func(o *wire.CreateAppOptions) { o.PartitionCount = 1 << 30 }), wire.ErrInvalidParameters},
		"more replicas than servers":         {create("x", func(o *wire.CreateAppOptions) { o.ReplicaCount = 4 }), wire.ErrInvalidParameters},
		"bad rocksdb option":                 {create("x", func(o *wire.CreateAppOptions) { o.Envs = map[string]string{"rocksdb.num_levels": "99"} }), wire.ErrInvalidParameters},
		"name that is not UTF-8":             {create("\xff", func(*wire.CreateAppOptions) {}), wire.ErrInvalidParameters},
		"name larger than a znode":           {create(strings.Repeat("x", 2_000_000), func(*wire.CreateAppOptions) {}), wire.ErrInvalidParameters},
	})
}

func TestRenameAndRecallRefuseAsPegasusDoes(t *testing.T) {
	t.Parallel()
	rename := func(from, to string) func(*bench) any {
		return func(b *bench) any {
			return *call[wire.HintResponse](b, 0, wire.RPCRenameApp, &wire.RenameAppRequest{OldName: from, NewName: to})
		}
	}
	recall := func(id int32, name string) func(*bench) any {
		return func(b *bench) any {
			return call[wire.RecallAppResponse](b, 0, wire.RPCRecallApp, &wire.RecallAppRequest{AppID: id, NewName: name}).Err
		}
	}
	checkRefusals(t, map[string]refusal{
		"rename to what is not UTF-8": {rename("temp", "\xff"), hint(wire.ErrInvalidParameters, "")},
		"rename of no table":          {rename("nosuch", "other"), hint(wire.ErrAppNotExist, "ERROR: app(nosuch) not exist!")},
		"rename to a taken name":      {rename("temp", "stat"), hint(wire.ErrInvalidParameters, "ERROR: app(stat) already exist!")},
		"recall of no table":          {recall(999, ""), wire.ErrAppNotExist},
		"recall of a living table":    {recall(1, ""), wire.ErrAppExist},
	})
}

func TestEnvironmentVariablesAreRefusedAsPegasusDoes(t *testing.T) {
	t.Parallel()
	env := func(q wire.UpdateAppEnvRequest) func(*bench) any {
		return func(b *bench) any {
			q.AppName = "temp"
			return *call[wire.HintResponse](b, 0, wire.RPCUpdateAppEnv, &q)
		}
	}
	checkRefusals(t, map[string]refusal{
		"env that is not known":               {env(wire.UpdateAppEnvRequest{Op: wire.EnvSet, Keys: []string{"nosuch.key"}, Values: []string{"1"}}), hint(wire.ErrInvalidParameters, `app_env "nosuch.key" is not supported`)},
		"env with a bad value":                {env(wire.UpdateAppEnvRequest{Op: wire.EnvSet, Keys: []string{"replica.slow_query_threshold"}, Values: []string{"3"}}), hint(wire.ErrInvalidParameters, "Slow query threshold must be >= 20ms")},
		"env larger than a znode":             {env(wire.UpdateAppEnvRequest{Op: wire.EnvSet, Keys: []string{"default_ttl"}, Values: []string{strings.Repeat("1", 2_000_000)}}), hint(wire.ErrInvalidParameters, "")},
		"env without a value":                 {env(wire.UpdateAppEnvRequest{Op: wire.EnvSet, Keys: []string{"default_ttl"}}), hint(wire.ErrInvalidParameters, "")},
		"removal of an env that is not there": {env(wire.UpdateAppEnvRequest{Op: wire.EnvDel, Keys: []string{"nosuch"}}), hint(wire.OK, "no key need to delete")},
		"unknown env operation":               {env(wire.UpdateAppEnvRequest{Op: 7}), hint(wire.ErrInvalidParameters, "recv a invalid update_app_env request with op = APP_ENV_OP_INVALID")},
	})
}

func TestReplicaCountsAreRefusedAsPegasusDoes(t *testing.T) {
	t.Parallel()
	count := func(name string, n int32) func(*bench) any {
		return func(b *bench) any {
			return *call[wire.ReplicaCountResponse](b, 0, wire.RPCSetReplicaCount, &wire.SetReplicaCountRequest{AppName: name, Count: n})
		}
	}
	checkRefusals(t, map[string]refusal{
		"replica count of no table": {count("nosuch", 2), wire.ReplicaCountResponse{
			Err: wire.ErrAppNotExist, Hint: "app(nosuch) does not exist"}},
		"too high a replica count": {count("temp", 9), wire.ReplicaCountResponse{
			Err: wire.ErrInvalidParameters, Count: 3, Hint: "requested replica count(9) must be within the range of [min=1, max=5]"}},
		"more replicas than live": {count("temp", 4), wire.ReplicaCountResponse{
			Err: wire.ErrInvalidParameters, Count: 3, Hint: "there are not enough alive replica servers(3) for the requested replica count(4)"}},
		"the same replica count": {count("temp", 3), wire.ReplicaCountResponse{
			Err: wire.OK, Count: 3, Hint: "no need to update max_replica_count since it's not changed"}},
	})
}

func TestEnvironmentVariablesAreSetRemovedAndCleared(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	update := func(q wire.UpdateAppEnvRequest) wire.HintResponse {
		q.AppName = "temp"
		return *call[wire.HintResponse](b, 0, wire.RPCUpdateAppEnv, &q)
	}
	set := wire.UpdateAppEnvRequest{Op: wire.EnvSet,
		Keys:   []string{"rocksdb.usage_scenario", "default_ttl", "replica.write_throttling", "manual_compact.once.trigger_time"},
		Values: []string{"normal", "100", "20K*delay*100,30K*reject*100", "0"}}
	if got := update(set); got != (wire.HintResponse{Err: wire.OK}) {
		t.Fatalf("set: %+v", got)
	}
	want := map[string]string{"rocksdb.usage_scenario": "normal", "default_ttl": "100",
		"replica.write_throttling": "20K*delay*100,30K*reject*100", "manual_compact.once.trigger_time": "0"}
	if diff := cmp.Diff(want, b.app(1).Envs); diff != "" {
		t.Errorf("after the set (-want +got):\n%s", diff)
	}
	if got, want := update(wire.UpdateAppEnvRequest{Op: wire.EnvDel, Keys: []string{"default_ttl", "nosuch"}}),
		(wire.HintResponse{Err: wire.OK, Hint: "deleted keys:\n    default_ttl"}); got != want {
		t.Errorf("del: %+v, want %+v", got, want)
	}
	prefix := "manual_compact"
	if got, want := update(wire.UpdateAppEnvRequest{Op: wire.EnvClear, Prefix: &prefix}),
		(wire.HintResponse{Err: wire.OK, Hint: "deleted keys:\n    manual_compact.once.trigger_time"}); got != want {
		t.Errorf("clear of a prefix: %+v, want %+v", got, want)
	}
	all := ""
	if got, want := update(wire.UpdateAppEnvRequest{Op: wire.EnvClear, Prefix: &all}),
		(wire.HintResponse{Err: wire.OK, Hint: "deleted keys:\n    replica.write_throttling\n    rocksdb.usage_scenario"}); got != want {
		t.Errorf("clear of all: %+v, want %+v", got, want)
	}
	if got := b.app(1).Envs; len(got) != 0 {
		t.Errorf("after the clear: %v", got)
	}
}

func TestRenamedTableKeepsItsIdAndFreesItsName(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	for _, names := range [][2]string{{"temp", "temp2"}, {"stat", "temp"}} {
		got := call[wire.HintResponse](b, 0, wire.RPCRenameApp, &wire.RenameAppRequest{OldName: names[0], NewName: names[1]})
		if *got != (wire.HintResponse{Err: wire.OK}) {
			t.Errorf("rename %v: %+v", names, got)
		}
	}
	if got := b.query(0, "temp2").AppID; got != 1 {
		t.Errorf("temp2 is table %d, want 1", got)
	}
	if got := b.query(0, "temp").AppID; got != 2 {
		t.Errorf("temp is table %d, want 2", got)
	}
	if got := b.app(1).Name; got != "temp2" {
		t.Errorf("ZooKeeper calls table 1 %s", got)
	}
}

func TestTablesAreListedByStatusAndName(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	list := func(status wire.AppStatus, pattern string, how int32) (names []string, code wire.ErrorCode) {
		q := &wire.ListAppsRequest{Status: status}
		if how != 0 {
			q.Pattern, q.MatchType = &pattern, &how
		}
		answer := call[wire.ListAppsResponse](b, 0, wire.RPCListApps, q)
		for _, info := range answer.Infos {
			names = append(names, info.Name)
		}
		return names, answer.Err
	}
	cases := []struct {
		status  wire.AppStatus
		pattern string
		how     int32
		names   []string
		code    wire.ErrorCode
	}{
		{wire.AppInvalid, "", 0, []string{"temp", "stat", "doomed"}, wire.OK},
		{wire.AppDropped, "", 0, []string{"doomed"}, wire.OK},
		{wire.AppAvailable, "x", matchAll, []string{"temp", "stat"}, wire.OK},
		{wire.AppInvalid, "stat", matchExact, []string{"stat"}, wire.OK},
		{wire.AppInvalid, "om", matchAnywhere, []string{"doomed"}, wire.OK},
		{wire.AppInvalid, "te", matchPrefix, []string{"temp"}, wire.OK},
		{wire.AppInvalid, "t", matchPostfix, []string{"stat"}, wire.OK},
		{wire.AppInvalid, "t.*", matchRegex, nil, "ERR_NOT_IMPLEMENTED"},
	}
	for _, c := range cases {
		names, code := list(c.status, c.pattern, c.how)
		if diff := cmp.Diff(c.names, names); diff != "" || code != c.code {
			t.Errorf("status %s, pattern %q, match type %d: %s, %v; want %s, %v", c.status, c.pattern, c.how, code, names, c.code, c.names)
		}
	}
}

// A follower of 2.5.0 looks for the table before it looks whether it leads.
func TestFollowerKnowsNoTableToRecall(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	p := b.meta(1)
	eventually(t, "it follows", func() bool { return strings.Contains(p.log.String(), "follower: ") })
	if got := call[wire.RecallAppResponse](b, 1, wire.RPCRecallApp, &wire.RecallAppRequest{AppID: 3}).Err; got != wire.ErrAppNotExist {
		t.Errorf("recall at a follower: %s", got)
	}
}
