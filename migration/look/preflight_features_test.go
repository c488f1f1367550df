package look

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

// leads answers as a leader does, by the name of the call; a call without an answer is not known.
func leads(answers map[string]func(q *wire.Request) wire.Message) metatest.Behaviour {
	return func(nc net.Conn, q *wire.Request) error {
		if answer := answers[q.RPC]; answer != nil {
			return metatest.Answer(nc, q, wire.OK, answer(q))
		}
		return metatest.Answer(nc, q, wire.ErrHandlerNotFound, nil)
	}
}

func table(q *wire.Request) string {
	var request wire.AppNameRequest
	if q.Decode(&request) != nil {
		return ""
	}
	return request.AppName
}

func featuresOf(t *testing.T, answers map[string]func(q *wire.Request) wire.Message) migration.FeatureFacts {
	t.Helper()
	server := metatest.Start(t, leads(answers))
	admin, err := metaadmin.New([]string{server.Address}, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	p := preflight{PreflightOptions: PreflightOptions{Options: Options{Admin: admin, Metas: []string{server.Address}}}}
	return p.askFeatures(zktest.Context(t))
}

func TestWhatIsUnderWayIsSeen(t *testing.T) {
	yes, no := true, false
	apps := []wire.AppInfo{
		{ID: 1, Name: "quiet", Status: wire.AppAvailable, PartitionCount: 4, Duplicating: &no, BulkLoading: &no},
		{ID: 2, Name: "splitting", Status: wire.AppAvailable, PartitionCount: 8, Duplicating: &no, BulkLoading: &no},
		{ID: 3, Name: "loading", Status: wire.AppAvailable, PartitionCount: 2, Duplicating: &no, BulkLoading: &yes},
		{ID: 4, Name: "copied", Status: wire.AppAvailable, PartitionCount: 2, Duplicating: &yes, BulkLoading: &no},
		{ID: 5, Name: "gone", Status: wire.AppDropped, PartitionCount: 2},
		{ID: 6, Name: "new", Status: wire.AppCreating, PartitionCount: 2},
		{ID: 7, Name: "old_release", Status: wire.AppAvailable, PartitionCount: 2},
	}
	got := featuresOf(t, map[string]func(q *wire.Request) wire.Message{
		wire.RPCListApps: func(*wire.Request) wire.Message { return &wire.ListAppsResponse{Err: wire.OK, Infos: apps} },
		wire.RPCQuerySplit: func(q *wire.Request) wire.Message {
			if table(q) == "splitting" {
				return &wire.QuerySplitResponse{Err: wire.OK, PartitionCount: 8, Partitions: map[int32]int32{0: 1}}
			}
			return &wire.QuerySplitResponse{Err: wire.ErrInvalidState}
		},
		wire.RPCQueryBulkLoad: func(q *wire.Request) wire.Message {
			loading := table(q) == "loading"
			return &wire.QueryBulkLoadResponse{Err: wire.OK, Loading: &loading}
		},
		wire.RPCQueryDuplication: func(q *wire.Request) wire.Message {
			answer := &wire.QueryDuplicationResponse{Err: wire.OK}
			if table(q) == "copied" {
				answer.Duplications = []wire.Duplication{
					{ID: 9, Remote: "c2", Status: wire.DuplicationLog}, {ID: 10, Remote: "c3", Status: wire.DuplicationPause}, {ID: 11, Remote: "c4", Status: wire.DuplicationRemoved},
				}
			}
			return answer
		},
		wire.RPCQueryBackupPolicy: func(*wire.Request) wire.Message {
			return &wire.QueryBackupPolicyResponse{
				Err: wire.OK, Policies: []wire.BackupPolicy{{Name: "daily"}, {Name: "weekly", Disabled: true}, {Name: "hourly"}},
				Backups: [][]wire.Backup{{{ID: 1, StartMS: 1, EndMS: 2}}, {}, {{ID: 3, StartMS: 3}}},
			}
		},
	})
	want := migration.FeatureFacts{
		InChange: []string{"new (creating)"}, Splitting: []string{"splitting"}, Loading: []string{"loading"},
		Duplications: []migration.DuplicationFacts{{Table: "copied", Remote: "c2", ID: 9}, {Table: "copied", Remote: "c3", ID: 10, Paused: true}},
		Policies:     []string{"daily", "hourly"}, Disabled: []string{"weekly"}, Backups: []string{"hourly"},
		Dropped: []string{"gone (id 5)"}, Partitions: 26,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatALeaderDoesNotKnowIsNotUnderWay(t *testing.T) {
	no := false
	got := featuresOf(t, map[string]func(q *wire.Request) wire.Message{
		wire.RPCListApps: func(*wire.Request) wire.Message {
			return &wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{ID: 1, Name: "temp", Status: wire.AppAvailable, PartitionCount: 4, Duplicating: &no}}}
		},
		wire.RPCQueryDuplication:  func(*wire.Request) wire.Message { return &wire.QueryDuplicationResponse{Err: wire.ErrServiceNotActive} },
		wire.RPCQueryBackupPolicy: func(*wire.Request) wire.Message { return &wire.QueryBackupPolicyResponse{Err: "ERR_FAIL"} },
	})
	if got.SplitDoubt != nil || got.LoadDoubt != nil || got.CopyDoubt != nil || got.BackupDoubt == nil || got.Partitions != 5 {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsSwitchedOffIsNotUnderWay(t *testing.T) {
	off := func(*wire.Request) wire.Message { return &wire.ErrorResponse{Err: wire.ErrServiceNotActive} }
	answers := map[string]func(q *wire.Request) wire.Message{
		wire.RPCListApps: func(*wire.Request) wire.Message {
			return &wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{ID: 1, Name: "temp", Status: wire.AppAvailable, PartitionCount: 4}}}
		},
		wire.RPCControlMeta: func(*wire.Request) wire.Message {
			return &wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}
		},
		wire.RPCQueryDuplication:  off,
		wire.RPCQueryBackupPolicy: off,
		wire.RPCQueryBulkLoad:     off,
	}
	if diff := cmp.Diff(migration.FeatureFacts{Partitions: 5}, featuresOf(t, answers)); diff != "" {
		t.Error(diff)
	}
}

// Until it has loaded the metadata, a leader says the same of every call.
func TestWhatALoadingLeaderDoesNotSayIsUnknown(t *testing.T) {
	var doubt error
	note(&doubt, &metaadmin.Error{Code: wire.ErrServiceNotActive, RPC: wire.RPCQueryDuplication})
	if doubt == nil {
		t.Error("there is no doubt")
	}
}

func TestAQuotaIsReadAsServersWriteIt(t *testing.T) {
	for text, want := range map[string][]int64{
		"count=5,bytes=-1": {5, -1, -1, -1},
		"count=-1,bytes=7;byteHardLimit=9;countHardLimit=11": {-1, 7, 11, 9},
		"":         {-1, -1, -1, -1},
		"nonsense": {-1, -1, -1, -1},
	} {
		limit := parseQuota(text, -1)
		got := []int64{limit("count"), limit("bytes"), limit("countHardLimit"), limit("byteHardLimit")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
