package cluster_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// wireTo leads every address to one server.
func wireTo(server string) metaadmin.Options {
	return metaadmin.Options{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server)
	}}
}

func duplicating(t *testing.T) shelltest.Answers {
	return shelltest.Answers{
		wire.RPCQueryDuplication: shelltest.Always(&wire.QueryDuplicationResponse{Err: wire.OK, AppID: 2, Duplications: []wire.Duplication{
			{ID: 11, Status: wire.DuplicationLog, Remote: "c2", CreateMS: 1_795_651_087_000},
			{ID: 12, Status: wire.DuplicationPause, Remote: "c3", CreateMS: 1_795_651_088_000, FailMode: wire.FailSkip},
		}}),
		wire.RPCQueryCfg: shelltest.Always(&wire.QueryCfgResponse{Err: wire.OK, AppID: 2, PartitionCount: 2, Stateful: true}),
		wire.RPCListNodes: shelltest.Always(&wire.ListNodesResponse{Err: wire.OK,
			Infos: shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34801", "127.0.0.1:34802")}),
		wire.RPCDuplicationSync: func(arg wire.Message) wire.Message {
			answer := &wire.DuplicationSyncResponse{Err: wire.OK, Duplications: map[int32]map[int32]wire.Duplication{3: {11: {Progress: map[int32]int64{1: 99}}}}}
			if arg.(*wire.DuplicationSyncRequest).Node.String() == "127.0.0.1:34801" {
				answer.Duplications[2] = map[int32]wire.Duplication{11: {ID: 11, Progress: map[int32]int64{0: 41}}}
			} else {
				answer.Duplications[2] = map[int32]wire.Duplication{11: {ID: 11, Progress: map[int32]int64{1: 0}}, 12: {ID: 12, Progress: map[int32]int64{1: -1}}}
			}
			return answer
		},
	}
}

func TestTheProgressOfDuplicationsIsPutTogetherFromAllServers(t *testing.T) {
	s := shelltest.Start(t, duplicating(t).Behave)
	out, diagnostics, err := s.Run("query_dup temp --progress")
	want := `[duplications]
dup_id  status    remote_cluster  create_time          
11      DS_LOG    c2              2026-11-25 23:58:07  
12      DS_PAUSE  c3              2026-11-25 23:58:08  

[progress]
dup_id    partition  confirmed_decree
11                0                41
11                1                 0
12                0                 -
12                1                 -

`
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("error = %v, printed %q (-want +got):\n%s", err, diagnostics, diff)
	}
}

// The original prints the table anew with each duplication.
func TestDuplicationsAreListedAsTheOriginalListsThem(t *testing.T) {
	s := shelltest.Start(t, duplicating(t).Behave)
	out, _, err := s.Run("query_dup temp")
	want := `duplications of app [temp] are listed as below:
dup_id  status  remote cluster  create time          
11      DS_LOG  c2              2026-11-25 23:58:07  

dup_id  status    remote cluster  create time          
11      DS_LOG    c2              2026-11-25 23:58:07  
12      DS_PAUSE  c3              2026-11-25 23:58:08  

`
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("error = %v (-want +got):\n%s", err, diff)
	}
	out, _, err = s.Run("query_dup temp -d")
	want = `duplications of app [temp] in detail:
{"1":{"create_ts":"2026-11-25 23:58:07","dupid":11,"fail_mode":"FAIL_SLOW","remote":"c2","status":"DS_LOG"},` +
		`"2":{"create_ts":"2026-11-25 23:58:08","dupid":12,"fail_mode":"FAIL_SKIP","remote":"c3","status":"DS_PAUSE"},"appid":2}

`
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("error = %v (-want +got):\n%s", err, diff)
	}
}

func TestWordsOfDuplicationsAreCheckedAsByTheOriginal(t *testing.T) {
	s := shelltest.Start(t, duplicating(t).Behave)
	s.Env.Cluster.Name = "onebox"
	for line, want := range map[string]string{
		"add_dup temp onebox":                     "illegal operation: adding duplication to itself [remote: onebox]\n",
		"add_dup -s":                              "missing param <app_name>",
		"add_dup temp c2 -s -x -f":                "unknown flag f",
		"add_dup temp c2 -":                       "unknown flag -\n",
		"query_dup temp --":                       "unknown flag --\n",
		"query_dup temp -1e":                      "unknown flag 1e\n",
		"query_dup temp -1":                       "too many params\n",
		"query_dup temp -x -a":                    "unknown flag a",
		"query_dup temp -d --progress":            "without --progress and --json",
		"start_dup temp abc":                      "parsing abc as positive int failed",
		"pause_dup temp 2147483648":               "parsing 2147483648 as positive int failed",
		"set_dup_fail_mode temp":                  "invalid dup_id ",
		"set_dup_fail_mode temp 1 SKIP":           `fail_mode must be "slow" or  "skip": SKIP`,
		"query_bulk_load_status -a temp -i 0x1":   "parse 0x1 as partition_index failed",
		"query_bulk_load_status -a temp -i 1.5":   "parse 1.5 as partition_index failed",
		"escape_all maybe":                        "ERROR: invalid parameter.",
		"start_bulk_load -c c -p p -r r":          "app_name should not be empty",
		"start_bulk_load -a temp -c c -p p -r ''": "remote_root_path should not be empty",
	} {
		if _, diagnostics, err := s.Run(line); err == nil || !strings.Contains(diagnostics, want) {
			t.Errorf("%s: error = %v, printed %q, want %q", line, err, diagnostics, want)
		}
	}
}

func TestAddingADuplicationThatExistsWarnsWhereNothingChanged(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{wire.RPCAddDuplication: shelltest.Always(&wire.AddDuplicationResponse{Err: wire.OK})}.Behave)
	out, diagnostics, err := s.Run("add_dup temp onebox2 -s")
	want := "adding duplication succeed [app: temp, remote: onebox2, appid: 0, dupid: 0], checkpoint: true\n"
	if err != nil || out != want || !strings.HasPrefix(diagnostics, "WARNING: nothing was added or changed: temp has a duplication to onebox2 already") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
}

// A call that no leader answers has no hint, and this command of the original shows none then.
func TestABulkLoadIsNotShownWithoutALeader(t *testing.T) {
	follower := metatest.Start(t, metatest.Follower("127.0.0.1:1"))
	s := shelltest.StartOn(t, metaadmin.Options{Timeout: time.Second}, follower.Address)
	_, diagnostics, err := s.Run("query_bulk_load_status -a temp")
	first, _, _ := strings.Cut(diagnostics, "\n")
	if want := "query bulk load failed, error=ERR_TIMEOUT: unable to send rpc to server"; err == nil || first != want {
		t.Errorf("error = %v, printed %q, want %q", err, first, want)
	}
}

func TestSplitsAreCountedByTheStatesOfPartitions(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{
			{ID: 1, Name: "whole", Status: wire.AppAvailable, PartitionCount: 4}, {ID: 2, Name: "d4", Status: wire.AppAvailable, PartitionCount: 8}}}),
		wire.RPCQuerySplit: func(arg wire.Message) wire.Message {
			if arg.(*wire.AppNameRequest).AppName == "d4" {
				return &wire.QuerySplitResponse{Err: wire.OK, PartitionCount: 8, Partitions: map[int32]int32{0: 1, 1: 2, 2: 3, 3: 3}}
			}
			return &wire.QuerySplitResponse{Err: wire.ErrInvalidState}
		},
	}.Behave)
	out, _, err := s.Run("splits")
	want := `[splits]
app_id  app_name    new_partition_count  left  splitting  pausing  paused  canceling
2       d4                            8     4          1        1       2          0

[summary]
tables    : 2
in_split  : 1

`
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("error = %v (-want +got):\n%s", err, diff)
	}
	if _, diagnostics, err := s.Run("splits none"); err == nil || !strings.Contains(diagnostics, "there is no table none") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

// A leader that starts a bulk load ends the level blind, so it is not asked to.
func TestABulkLoadIsRefusedAtLevelBlind(t *testing.T) {
	starts := 0
	level := wire.LevelBlind
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCClusterInfo: shelltest.DescribedCluster[wire.RPCClusterInfo],
		wire.RPCControlMeta: func(wire.Message) wire.Message { return &wire.ControlMetaResponse{Err: wire.OK, OldLevel: level} },
		wire.RPCStartBulkLoad: func(wire.Message) wire.Message {
			starts++
			level = wire.LevelSteady
			return &wire.HintResponse{Err: wire.OK}
		},
	}.Behave)
	const line = "start_bulk_load -a temp -c onebox -p local_service -r files"
	_, diagnostics, err := s.Run(line)
	if err == nil || starts != 0 || !strings.Contains(diagnostics, "sets its level to steady") || !strings.Contains(diagnostics, "blind_level") {
		t.Errorf("error = %v, %d starts, printed %q", err, starts, diagnostics)
	}
	out, diagnostics, err := s.Run(line + " --override blind_level")
	if err != nil || starts != 1 || out != "start bulk load succeed\n" || !strings.Contains(diagnostics, "WARNING: the meta level is steady now") {
		t.Errorf("error = %v, %d starts, printed %q and %q", err, starts, out, diagnostics)
	}
}
