package commands_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/journal"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

// recorded is a session with a journal, and with commands of a site and an original shell.
func recorded(t *testing.T, more shelltest.Answers) (s *shelltest.Session, path string) {
	t.Helper()
	answers := shelltest.Answers{
		wire.RPCControlMeta: shelltest.Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}),
		wire.RPCDropApp:     shelltest.Always(&wire.ErrorResponse{Err: wire.OK}),
		wire.RPCRenameApp:   shelltest.Always(&wire.HintResponse{Err: wire.OK}),
		wire.RPCListApps:    shelltest.Always(&wire.ListAppsResponse{Err: wire.OK}),
		wire.RPCListNodes:   shelltest.Always(&wire.ListNodesResponse{Err: wire.OK}),
		wire.RPCUpdateAppEnv: func(wire.Message) wire.Message {
			return &wire.HintResponse{Err: wire.ErrInvalidParameters, Hint: "no sesame"}
		},
		wire.RPCClusterInfo: shelltest.DescribedCluster[wire.RPCClusterInfo],
	}
	for rpc, answer := range more {
		answers[rpc] = answer
	}
	s = shelltest.StartShell(t, shelltest.SiteCommands+"[shell]\nnative = [\"true\"]\n", answers.Behave)
	s.Env.Session.App = "t"
	path = filepath.Join(t.TempDir(), "state", "journal.jsonl")
	s.Env.Journal = journal.Open(path)
	return s, path
}

// lines are the records of a journal, each as `COMMAND OUTCOME: LINE` or `saved: LINE`.
func lines(t *testing.T, path string) []string {
	t.Helper()
	c, err := journal.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if c.Damaged > 0 {
		t.Errorf("%d lines are damaged", c.Damaged)
	}
	var all []string
	for _, r := range c.Records {
		switch {
		case r.IsCommand():
			all = append(all, fmt.Sprintf("%s: %s", r.Outcome, r.Line))
		case r.Kind == journal.Saved:
			all = append(all, "saved: "+r.Line)
		}
	}
	return all
}

func TestTheJournalHasWhatChangesSomethingOnce(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("drop a\nls\ntime drop b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ini := filepath.Join(dir, "c.ini")
	if err := os.WriteFile(ini, []byte("[s]\nkey = 1\ndb_password = old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "list")
	for line, want := range map[string]string{
		"drop t":                           "ok: drop t",
		"ls":                               "",
		"help":                             "",
		"nosuch":                           "ok: nosuch", // of the original shell
		"drop":                             "",
		"drop --help":                      "",
		"drop t -x":                        "",
		"set_meta_level":                   "",
		"set_meta_level purple":            "",
		"balance -g 1.0 -p x -f a:1 -t b:": "",
		"zk_copy":                          "",
		"zk_rmr":                           "",
		"zk_copy -t 127.0.0.1:1 -s 127.0.0.1:1/x --dry_run --timeout 1000": "",
		"use t":                           "",
		"timeout 1000":                    "",
		"source " + script:                "ok: drop a|ok: drop b",
		"time drop t":                     "ok: drop t",
		"time ls":                         "",
		"watch 1 drop t":                  "",
		"config_set " + ini + " s key 2":  "ok: config_set " + ini + " s key 2",
		"config_set " + ini:               "",
		"config_set /nonexistent s key 2": "failed: config_set /nonexistent s key 2",
		"config_get " + ini + " s key":    "",
		"config_set " + ini + " s db_password sesame": "ok: config_set " + ini + " s db_password ***",
		"eat":                              "ok: eat",
		"status":                           "", // reads = true
		"careful":                          "refused: careful",
		"slow --token sesame -p sesame":    "failed: slow --token *** -p ***",
		"set_app_envs x.password sesame":   "failed: set_app_envs x.password ***",
		"ls -o " + list:                    "saved: ls -o " + list,
		"nodes -o " + list:                 "saved: nodes -o " + list,
		"cluster_info -o " + list:          "",
		"remote_command help":              "",
		"journal":                          "",
		"config_revert " + ini + " --list": "",
		"ddd_diagnose -g 1":                "",
	} {
		s, path := recorded(t, shelltest.Answers{wire.RPCDiagnose: shelltest.Always(&wire.DiagnoseResponse{Err: wire.OK})})
		out, diagnostics, _ := s.Run(line)
		if diff := cmp.Diff(want, strings.Join(lines(t, path), "|")); diff != "" {
			t.Errorf("%s (-want +got):\n%s\nprinted %q, %q", line, diff, out, diagnostics)
		}
		if text, _ := os.ReadFile(path); strings.Contains(string(text), "sesame") {
			t.Errorf("%s: the secret is in the journal: %s", line, text)
		}
	}
}

func TestTheFirstEntryIsThereBeforeTheChange(t *testing.T) {
	var path string
	var before []string
	s, path := recorded(t, shelltest.Answers{wire.RPCDropApp: func(wire.Message) wire.Message {
		before = lines(t, path)
		return &wire.ErrorResponse{Err: wire.ErrAppNotExist}
	}})
	s.Run("drop t")
	if diff := cmp.Diff([]string{"unfinished: drop t"}, before); diff != "" {
		t.Errorf("while the server drops (-want +got):\n%s", diff)
	}
	c, err := journal.ReadFile(path)
	if err != nil || len(c.Records) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	r := c.Records[0]
	if r.Outcome != journal.Failed || r.Code != 1 || !strings.Contains(r.Error, "ERR_APP_NOT_EXIST") || r.Fact("table") != "t" || r.Fact("result") != "ERR_APP_NOT_EXIST" {
		t.Errorf("%+v", r)
	}
	host, _ := os.Hostname()
	if r.Host != host || r.User == "" || r.PID != os.Getpid() || r.Cluster != "c1" || !cmp.Equal(r.Metas, s.Env.Cluster.Metas) || r.Seconds <= 0 || !r.Ended.After(r.Time) {
		t.Errorf("who and when: %+v", r)
	}
}

func TestTheJournalHasGuardsThatRefuseAndThatAreOverridden(t *testing.T) {
	s, path := recorded(t, shelltest.Answers{wire.RPCControlMeta: shelltest.Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelBlind})})
	s.Run("rename t u")
	s.Run("rename t u --override blind_level,two_leaders")
	c, err := journal.ReadFile(path)
	if err != nil || len(c.Records) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	refused, done := c.Records[0], c.Records[1]
	if refused.Outcome != journal.Refused || refused.Guard != "blind_level" || refused.Overridden != nil || !strings.Contains(refused.Error, "the meta level is blind") {
		t.Errorf("refused: %+v", refused)
	}
	if done.Outcome != journal.OK || done.Guard != "" || !cmp.Equal(done.Overridden, []string{"blind_level"}) {
		t.Errorf("overridden: %+v", done)
	}
}

func TestTheJournalHasWhatWasInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, path := recorded(t, shelltest.Answers{wire.RPCDropApp: func(wire.Message) wire.Message {
		cancel()
		<-ctx.Done()
		return &wire.ErrorResponse{Err: wire.ErrBusyCreating}
	}})
	s.RunIn(ctx, "drop t")
	if diff := cmp.Diff([]string{"interrupted: drop t"}, lines(t, path)); diff != "" {
		t.Error(diff)
	}
}

func TestAJournalThatCannotBeWrittenIsOneWarning(t *testing.T) {
	for _, path := range []string{"/dev/full", t.TempDir()} {
		s, _ := recorded(t, nil)
		s.Env.Journal = journal.Open(path)
		out, diagnostics, err := s.Run("drop t")
		if err != nil || !strings.HasSuffix(out, "drop app t succeed\n") || strings.Count(diagnostics, "WARNING: write the journal "+path) != 1 ||
			!strings.HasSuffix(diagnostics, "; commands are carried out without being recorded\n") {
			t.Errorf("%s: printed %q, %q, %v", path, out, diagnostics, err)
		}
		if _, diagnostics, err := s.Run("drop t"); err != nil || diagnostics != "" {
			t.Errorf("%s, again: printed %q, %v", path, diagnostics, err)
		}
	}
}

func TestTheClusterIsSeenBeforeItIsFrozen(t *testing.T) {
	level := wire.LevelSteady
	s, path := recorded(t, shelltest.Answers{
		wire.RPCControlMeta: func(arg wire.Message) wire.Message {
			old := level
			if asked := arg.(*wire.ControlMetaRequest).Level; asked != wire.LevelInvalid {
				level = asked
			}
			return &wire.ControlMetaResponse{Err: wire.OK, OldLevel: old}
		},
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{ID: 2, Name: "t", Status: wire.AppAvailable, PartitionCount: 1}}}),
		wire.RPCQueryCfg: shelltest.Always(&wire.QueryCfgResponse{Err: wire.OK, AppID: 2, PartitionCount: 1, Partitions: []wire.PartitionConfig{{MaxReplicaCount: 3}}}),
	})
	for _, line := range []string{"set_meta_level blind", "set_meta_level blind", "set_meta_level steady", "journal --report " + filepath.Join(t.TempDir(), "r.md")} {
		if out, diagnostics, err := s.Run(line); err != nil || strings.Contains(diagnostics, "WARNING") {
			t.Fatalf("%s: printed %q, %q, %v", line, out, diagnostics, err)
		}
	}
	c, err := journal.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var seen []journal.Seen
	order := ""
	for _, r := range c.Records {
		if r.Seen != nil {
			seen = append(seen, *r.Seen)
			order += "seen "
		} else {
			order += r.Fact("level") + " "
		}
	}
	first := journal.Seen{Leader: s.Env.Cluster.Metas[0], Leaders: 1, Hosts: "z1:2181,z2:2181", Root: "/pegasus/c1", Level: "steady", Tables: 1, Unhealthy: 1,
		TableSum: seen[0].TableSum, Names: []string{"2 t 1"}}
	blind := first
	blind.Level = "blind"
	if diff := cmp.Diff([]journal.Seen{first, blind, first}, seen); diff != "" || order != "seen blind seen blind steady seen " {
		t.Errorf("%s, seen (-want +got):\n%s", order, diff)
	}
}
