package metaserver

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/metaadmin/wire"
)

func (b *bench) modifyPolicy(q wire.ModifyBackupPolicyRequest) wire.HintResponse {
	b.t.Helper()
	return *call[wire.HintResponse](b, 0, wire.RPCModifyBackupPolicy, &q)
}

// backups are the last three of a policy, asked of server i.
func (b *bench) backups(i int, policy string) []wire.Backup {
	b.t.Helper()
	got := call[wire.QueryBackupPolicyResponse](b, i, wire.RPCQueryBackupPolicy, &wire.QueryBackupPolicyRequest{Names: []string{policy}, Count: 3})
	if got.Err != wire.OK || len(got.Backups) != 1 {
		b.t.Fatalf("query_backup_policy of %s: %+v", policy, got)
	}
	return got.Backups[0]
}

// Scene 37: policies, from the tree in which one backup was running.
func TestBackupPoliciesAreAnsweredAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC).UnixMilli()) // no policy of the tree is due
	b.edit = append(b.edit, func(c *config) {
		c.now = func() time.Time { return time.UnixMilli(now.Load()).UTC() }
		c.backupInterval = 50 * time.Millisecond
	})
	b.plant("37_backup_running.json", capturedRoot)
	for node, data := range map[string]string{ // as the tree was afterwards
		"pol3": `{"policy_name":"pol3","backup_provider_type":"local_service","app_ids":[],"app_names":{"2":"temp","8":"again"},` +
			`"backup_interval_seconds":86400,"backup_history_count_to_keep":2,"is_disable":0,"start_time":{"hour":24,"minute":0}}`,
		"pol3/1795651025396": `{"backup_id":1795651025396,"start_time_ms":1795651025396,"end_time_ms":1795651065867,` +
			`"app_ids":[2,8],"app_names":{"2":"temp","8":"again"},"info_status":1}`,
	} {
		if _, err := b.zk.Set(b.root+"/backup/"+node, []byte(data), -1); err != nil {
			t.Fatal(err)
		}
	}
	leader := b.leader()
	mustAnswer(t, b.metas[0],
		"leader_v1_query_backup_policy_missing", "leader_v1_add_backup_policy_missing_app", "leader_v1_add_backup_policy_short_interval",
		"leader_v1_add_backup_policy_bad_provider", "leader_v1_add_backup_policy", "leader_v1_add_backup_policy_again",
		"leader_v1_query_backup_policy")
	b.checkAllPolicies()
	mustAnswer(t, b.metas[0],
		"leader_v1_modify_backup_policy", "leader_v1_modify_backup_policy_disable", "leader_v1_modify_backup_policy_missing",
		"leader_v1_query_restore_status", "leader_v1_query_restore_status_missing", "leader_v1_start_restore_nothing")
	want := `{"policy_name":"polthft","backup_provider_type":"local_service","app_ids":[7,8],"app_names":{"2":"temp","7":"alpha","8":"again"},` +
		`"backup_interval_seconds":172800,"backup_history_count_to_keep":4,"is_disable":1,"start_time":{"hour":5,"minute":0}}`
	if diff := cmp.Diff(want, b.data("backup/polthft")); diff != "" {
		t.Errorf("the policy in ZooKeeper (-recorded +ours):\n%s", diff)
	}
	b.checkBackup(&now)
	b.checkRestore(now.Load())

	leader.halt()
	b.meta(1)
	b.awaitLeader(1)
	if got := b.backups(1, "pb"); len(got) != 1 || got[0].EndMS == 0 {
		t.Errorf("the next leader knows these backups: %+v", got)
	}
	if got := b.backups(1, "pol3"); len(got) != 1 || got[0].EndMS != 1795651065867 {
		t.Errorf("the next leader knows these backups: %+v", got)
	}
}

// checkAllPolicies asks for all policies. In the recording the leader remembers a backup of the policy pol1, which had no
// tables then; it was never in the tree.
func (b *bench) checkAllPolicies() {
	b.t.Helper()
	a, err := wire.ReadResponse(bytes.NewReader(recorded(b.t, "leader_v1_query_backup_policy_all").response), wire.DefaultMaxFrame)
	if err != nil {
		b.t.Fatal(err)
	}
	want := new(wire.QueryBackupPolicyResponse)
	if err := a.Decode(want); err != nil {
		b.t.Fatal(err)
	}
	want.Backups[1] = nil
	got := call[wire.QueryBackupPolicyResponse](b, 0, wire.RPCQueryBackupPolicy, &wire.QueryBackupPolicyRequest{Count: 1})
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		b.t.Errorf("all policies (-recorded +ours):\n%s", diff)
	}
}

// checkBackup adds a policy whose backup begins at once, and has it end.
func (b *bench) checkBackup(now *atomic.Int64) {
	t := b.t
	t.Helper()
	begun := now.Load()
	added := call[wire.HintResponse](b, 0, wire.RPCAddBackupPolicy, &wire.AddBackupPolicyRequest{
		Provider: "local_service", Name: "pb", Apps: []int32{2}, IntervalSeconds: 86400, History: 2, Start: "24:00",
	})
	want := []wire.Backup{{ID: begun, StartMS: begun, Apps: []int32{2}}}
	if diff := cmp.Diff(want, b.backups(0, "pb")); added.Err != wire.OK || diff != "" {
		t.Fatalf("%+v, backups (-want +got):\n%s", added, diff)
	}
	yes, no := true, false
	if got := b.modifyPolicy(wire.ModifyBackupPolicyRequest{Name: "pb", Disabled: &yes}); got != (wire.HintResponse{Err: errBusyBackingUp}) {
		t.Errorf("disabled during a backup: %+v", got)
	}
	now.Add(int64(5 * time.Second / time.Millisecond))
	eventually(t, "the backup ends", func() bool { return b.backups(0, "pb")[0].EndMS == now.Load() })
	for _, c := range []struct {
		disabled *bool
		want     wire.HintResponse
	}{
		{&yes, wire.HintResponse{Err: wire.OK}},
		{&yes, wire.HintResponse{Err: wire.OK}},
		{&no, wire.HintResponse{Err: wire.OK}},
		{&no, wire.HintResponse{Err: wire.OK, Hint: "policy is already enabled"}},
	} {
		if got := b.modifyPolicy(wire.ModifyBackupPolicyRequest{Name: "pb", Disabled: c.disabled}); got != c.want {
			t.Errorf("disabled = %t: %+v, want %+v", *c.disabled, got, c.want)
		}
	}
	empty := call[wire.HintResponse](b, 0, wire.RPCAddBackupPolicy,
		&wire.AddBackupPolicyRequest{Provider: "local_service", Name: "empty", IntervalSeconds: 86400, History: 2})
	if got := b.backups(0, "empty"); empty.Err != wire.OK || len(got) != 1 || got[0].EndMS != 0 {
		t.Errorf("a policy without tables: %+v, %+v", empty, got)
	}
	children, _, err := b.zk.Children(b.root + "/backup/empty")
	if err != nil || len(children) != 0 {
		t.Errorf("the backup of no table is in ZooKeeper: %v, %v", children, err)
	}
}

// checkRestore restores a table from the backup of checkBackup.
func (b *bench) checkRestore(now int64) {
	t := b.t
	t.Helper()
	q := wire.RestoreRequest{
		Cluster: "onebox", Policy: "pb", BackupID: now - int64(5*time.Second/time.Millisecond), AppName: "temp", AppID: 2, NewName: "temp2", Provider: "local_service",
	}
	for _, c := range []struct {
		change func(q *wire.RestoreRequest)
		want   wire.CreateAppResponse
	}{
		{func(q *wire.RestoreRequest) { q.Provider = "nosuch" }, wire.CreateAppResponse{Err: wire.ErrInvalidParameters, AppID: -1}},
		{func(q *wire.RestoreRequest) { q.BackupID++ }, wire.CreateAppResponse{Err: wire.ErrObjectNotFound, AppID: -1}},
		{func(q *wire.RestoreRequest) { q.AppID = 7 }, wire.CreateAppResponse{Err: wire.ErrObjectNotFound, AppID: -1}},
		{func(q *wire.RestoreRequest) { q.NewName = "" }, wire.CreateAppResponse{Err: wire.ErrInvalidParameters, AppID: -1}},
		{func(*wire.RestoreRequest) {}, wire.CreateAppResponse{Err: wire.OK, AppID: 9}},
	} {
		changed := q
		c.change(&changed)
		if got := call[wire.CreateAppResponse](b, 0, wire.RPCStartRestore, &changed); *got != c.want {
			t.Errorf("restore %+v: %+v, want %+v", changed, got, c.want)
		}
	}
	if app := b.app(9); app.Name != "temp2" || app.PartitionCount != 8 || app.Envs["restore.app_id"] != "2" {
		t.Errorf("the new table is %+v", app)
	}
	for id, want := range map[int32]wire.QueryRestoreResponse{
		3: {Err: wire.ErrAppDropped, Statuses: []wire.ErrorCode{}, Progress: []int32{}},
		1: {Err: wire.OK, Statuses: []wire.ErrorCode{wire.OK, wire.OK, wire.OK, wire.OK}, Progress: []int32{1000, 1000, 1000, 1000}},
	} {
		got := call[wire.QueryRestoreResponse](b, 0, wire.RPCQueryRestore, &wire.QueryRestoreRequest{AppID: id})
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("query_restore_status of %d (-want +got):\n%s", id, diff)
		}
	}
}

func TestBackupsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.backups = false })
	b.plant("37_backup_running.json", capturedRoot)
	b.leader()
	add := call[wire.HintResponse](b, 0, wire.RPCAddBackupPolicy, &wire.AddBackupPolicyRequest{Name: "p", Provider: backupProvider, IntervalSeconds: 86400})
	query := call[wire.QueryBackupPolicyResponse](b, 0, wire.RPCQueryBackupPolicy, &wire.QueryBackupPolicyRequest{})
	modify := b.modifyPolicy(wire.ModifyBackupPolicyRequest{Name: "pol3"})
	if add.Err != backupsOff || query.Err != backupsOff || modify.Err != backupsOff {
		t.Errorf("add: %s, query: %s, modify: %s", add.Err, query.Err, modify.Err)
	}
}

func TestAPolicyWithoutAZnodeOfItsNameIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	for _, name := range []string{"", ".", "..", "a/b", "a\tb", "\u0080", "a\xff"} {
		got := call[wire.HintResponse](b, 0, wire.RPCAddBackupPolicy, &wire.AddBackupPolicyRequest{Name: name, Provider: backupProvider, IntervalSeconds: 86400})
		if got.Err != wire.ErrInvalidParameters || got.Hint != "invalid policy_name: "+name {
			t.Errorf("%q: %+v", name, got)
		}
	}
	if !b.leads(0) {
		t.Error("the leader has ended")
	}
}
