package cluster_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

func pointer[T any](v T) *T { return &v }

func TestChangesOfPoliciesCarryWhatWasTyped(t *testing.T) {
	for line, want := range map[string]wire.Message{
		"add_backup_policy -p daily -b local_service -a 7,2 -a 2 -i ' 86400' -c +3": &wire.AddBackupPolicyRequest{
			Name: "daily", Provider: "local_service", Apps: []int32{7, 2, 2}, IntervalSeconds: 86400, History: 3,
		},
		"add_backup_policy --policy weekly --backup_p hdfs_service -i 604800 --backup_h 4 -s 3:5": &wire.AddBackupPolicyRequest{
			Name: "weekly", Provider: "hdfs_service", Apps: []int32{}, IntervalSeconds: 604800, History: 4, Start: "3:5",
		},
		"modify_backup_policy -p daily -a 6 -a 9 -r 5 -i 172800 -c 5 -s 04:30": &wire.ModifyBackupPolicyRequest{
			Name: "daily", Add: []int32{6, 9}, Remove: []int32{5}, IntervalSeconds: pointer(int64(172800)), History: pointer(int32(5)), Start: pointer("04:30"),
		},
		"modify_backup_policy -p daily -i 0 -c 0 -a ''": &wire.ModifyBackupPolicyRequest{Name: "daily"},
		"modify_backup_policy -p daily -i 5000000000":   &wire.ModifyBackupPolicyRequest{Name: "daily", IntervalSeconds: pointer(int64(5000000000))},
		"disable_backup_policy -p daily":                &wire.ModifyBackupPolicyRequest{Name: "daily", Disabled: pointer(true)},
		"enable_backup_policy -p a -p b":                &wire.ModifyBackupPolicyRequest{Name: "b", Disabled: pointer(false)},
	} {
		var asked atomic.Value
		answer := func(arg wire.Message) wire.Message {
			asked.Store(arg)
			return &wire.HintResponse{Err: wire.OK}
		}
		s := shelltest.Start(t, shelltest.Answers{wire.RPCAddBackupPolicy: answer, wire.RPCModifyBackupPolicy: answer}.Behave)
		if _, diagnostics, err := s.Run(line); err != nil {
			t.Errorf("%s: %v, %q", line, err, diagnostics)
		}
		if diff := cmp.Diff(want, asked.Load()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestTheLeadersReasonFollowsARefusal(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCAddBackupPolicy: shelltest.Always(&wire.HintResponse{Err: wire.ErrInvalidParameters, Hint: "invalid app 99"}),
	}.Behave)
	out, diagnostics, err := s.Run("add_backup_policy -p daily -b local_service -a 99 -i 86400 -c 3")
	want := "add backup policy failed, err = ERR_INVALID_PARAMETERS\nNOTE: the leader's reason: invalid app 99\n"
	if err == nil || out != "" || diagnostics != want {
		t.Errorf("error = %v, output %q, %q", err, out, diagnostics)
	}
}

func TestPoliciesThatAreMissingAreNamed(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCQueryBackupPolicy: shelltest.Always(&wire.QueryBackupPolicyResponse{
			Err: wire.OK, Policies: []wire.BackupPolicy{{Name: "daily", Interval: "86400", Apps: []int32{8, 2}}}, Backups: [][]wire.Backup{nil},
		}),
	}.Behave)
	out, diagnostics, err := s.Run("query_backup_policy -p 'daily, x' -p y")
	if err != nil || diagnostics != "NOTE: there is no policy x, y\n" || !strings.Contains(out, ": {2, 8}") {
		t.Errorf("error = %v, %q, %q", err, diagnostics, out)
	}
}

func TestARestorationIsReported(t *testing.T) {
	const line = "restore_app -c onebox -p daily -a temp -i 2 -t 1795651025396 -b local_service"
	const waiting = "sleep 1 second to wait complete...\n"
	for _, c := range []struct {
		line             string
		answer           wire.CreateAppResponse
		out, diagnostics string
	}{
		{line + " -n new", wire.CreateAppResponse{Err: wire.OK, AppID: 9}, waiting + "\tnew app_id = 9\n", ""},
		{line, wire.CreateAppResponse{Err: wire.ErrInvalidParameters, AppID: -1}, waiting, "restore app failed with err(ERR_INVALID_PARAMETERS)\n"},
		{
			line, wire.CreateAppResponse{Err: wire.ErrObjectNotFound, AppID: -1},
			waiting + "restore app failed: couldn't find valid app metadata\n", "restore app failed with err(ERR_OBJECT_NOT_FOUND)\n",
		},
		{line + " -n a-b", wire.CreateAppResponse{}, "restore app a-b failed: invalid new_app_name\n", "restore app failed with err(ERR_INVALID_PARAMETERS)\n"},
		{line + " -a a-b", wire.CreateAppResponse{}, "restore app a-b failed: invalid old_app_name\n", "restore app failed with err(ERR_INVALID_PARAMETERS)\n"},
	} {
		s := shelltest.Start(t, shelltest.Answers{wire.RPCStartRestore: shelltest.Always(&c.answer)}.Behave)
		out, diagnostics, err := s.Run(c.line)
		if out != c.out || diagnostics != c.diagnostics || (err == nil) != (c.answer.Err == wire.OK) {
			t.Errorf("%s: error = %v, output %q, %q", c.line, err, out, diagnostics)
		}
	}
}

func TestTheStateOfARestorationIsShown(t *testing.T) {
	const overall = "the overall progress of restore is "
	for _, c := range []struct {
		answer           wire.QueryRestoreResponse
		out, diagnostics string
	}{
		{wire.QueryRestoreResponse{Err: wire.OK, Statuses: []wire.ErrorCode{wire.OK, wire.OK, "ERR_X"}, Progress: []int32{1000, 559, 0}}, overall + "51%\n", ""},
		{wire.QueryRestoreResponse{Err: wire.OK}, overall + "0%\n", ""},
		{wire.QueryRestoreResponse{Err: wire.ErrAppNotExist}, "invalid restore_app_id(9)\n", ""},
		{
			wire.QueryRestoreResponse{Err: wire.ErrAppDropped},
			"restore failed, because some partition's data is damaged on cold backup media\n", "",
		},
		{wire.QueryRestoreResponse{Err: wire.ErrInvalidParameters}, "", "NOTE: ERR_INVALID_PARAMETERS: no table has the id 9\n"},
		{wire.QueryRestoreResponse{Err: "ERR_ACL_DENY"}, "", "NOTE: the leader answered ERR_ACL_DENY\n"},
	} {
		s := shelltest.Start(t, shelltest.Answers{
			wire.RPCControlMeta:  shelltest.Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}),
			wire.RPCQueryRestore: shelltest.Always(&c.answer),
		}.Behave)
		out, diagnostics, err := s.Run("query_restore_status 9")
		if out != c.out || diagnostics != c.diagnostics || (err == nil) != (c.answer.Err == wire.OK) {
			t.Errorf("%s: error = %v, output %q, %q", c.answer.Err, err, out, diagnostics)
		}
	}
}

func TestPartitionsThatAreBeingRestoredAreShown(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCControlMeta: shelltest.Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}),
		wire.RPCQueryRestore: shelltest.Always(&wire.QueryRestoreResponse{
			Err: wire.OK, Statuses: []wire.ErrorCode{wire.OK, wire.OK, wire.ErrIgnoreBadData, "ERR_X"}, Progress: []int32{1000, 559, 1000, 0},
		}),
	}.Behave)
	out, diagnostics, err := s.Run("query_restore_status 9 -d")
	rows, _, _ := strings.Cut(out, "\n\n")
	want := "pid           progress(%)   restore_status\n" +
		"0             100           ok            \n" +
		"1             55            ongoing       \n" +
		"2             100           skip          \n" +
		"3             0             unknown       "
	if err != nil || diagnostics != "" || rows != want {
		t.Errorf("error = %v, %q\n%s", err, diagnostics, out)
	}
}
