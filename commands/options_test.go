package commands_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

func TestWordsBehindFixedRemoteCommandsAreSentInFrontOfThem(t *testing.T) {
	var asked []string
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCRemoteCommand: func(arg wire.Message) wire.Message {
			q := arg.(*wire.RemoteCommandRequest)
			asked = append([]string{q.Command}, q.Arguments...)
			return &wire.StringResult{Text: "unknown command '" + q.Command + "'"}
		},
		wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK}),
	}.Behave)
	for line, want := range map[string]string{
		"server_info foo":                   "foo server-info",
		"server_info a -t meta-server b":    "a b server-info",
		"server_info -t meta-server -- -x":  "-x server-info",
		"server_stat foo":                   "foo server-stat",
		"flush_log x y":                     "x y flush-log",
		"remote_command -t meta-server a b": "a b",
	} {
		if !strings.Contains(line, "-t") {
			line += " -t meta-server"
		}
		_, diagnostics, err := s.Run(line)
		if got := strings.Join(asked, " "); err != nil || got != want || !strings.HasPrefix(diagnostics, "COMMAND: "+want+"\n\n") {
			t.Errorf("%s: error = %v, asked %q, want %q; told:\n%s", line, err, got, want, diagnostics)
		}
	}
}

func TestCommandsWithoutOptionsIgnoreThem(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCControlMeta: shelltest.Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}),
	}.Behave)
	s.Env.Version = "1"
	for line, want := range map[string]string{
		"get_meta_level -x --none": "current meta level is fl_steady\n",
		"version -x":               "pegashell 1\n",
	} {
		if out, diagnostics, err := s.Run(line); err != nil || out != want || diagnostics != "" {
			t.Errorf("%s: error = %v, output %q, %q", line, err, out, diagnostics)
		}
	}
	_, _, err := s.Run("exit -x")
	if _, leaves := outcome.Leaves(err); !leaves {
		t.Errorf("exit -x: %v", err)
	}
	plain, _, _ := s.Run("help")
	if out, _, err := s.Run("help -x"); err != nil || out != plain {
		t.Errorf("help -x: %v, output %q", err, out)
	}
	if out, _, err := s.Run("get_meta_level x --help"); err != nil || !strings.HasPrefix(out, "get_meta_level: ") {
		t.Errorf("get_meta_level x --help: %v, output %q", err, out)
	}
}

func TestAbbreviationsMeanWhatTheyMeanInTheOriginal(t *testing.T) {
	var status []wire.NodeStatus
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCListNodes: func(arg wire.Message) wire.Message {
			status = append(status, arg.(*wire.ListNodesRequest).Status)
			return &wire.ListNodesResponse{Err: wire.OK}
		},
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK}),
	}.Behave)
	for _, line := range []string{"nodes --s alive", "nodes --s=alive --j", "ls --a", "ls --a --s=all --j"} {
		if _, diagnostics, err := s.Run(line); err != nil {
			t.Errorf("%s: %v, %q", line, err, diagnostics)
		}
	}
	if want := []wire.NodeStatus{wire.NodeAlive, wire.NodeAlive}; !slices.Equal(status, want) {
		t.Errorf("asked for %v, want %v", status, want)
	}
}

func TestPartitionsAreReadAsTheOriginalReadsThem(t *testing.T) {
	var asked wire.GPID
	s := shelltest.Start(t, shelltest.Answers{wire.RPCDiagnose: func(arg wire.Message) wire.Message {
		asked = arg.(*wire.DiagnoseRequest).PID
		return &wire.DiagnoseResponse{Err: wire.OK}
	}}.Behave)
	for text, want := range map[string]wire.GPID{
		"1.2": {AppID: 1, Index: 2}, "' 01.+2'": {AppID: 1, Index: 2}, "'1. 2'": {AppID: 1, Index: 2}, "7": {AppID: 7, Index: -1},
		"-1": {AppID: -1, Index: -1}, "-5.0": {AppID: -5},
	} {
		_, diagnostics, err := s.Run("ddd_diagnose -g " + text)
		if diff := cmp.Diff(want, asked); err != nil || diff != "" {
			t.Errorf("%s: %v, %q, asked (-want +got):\n%s", text, err, diagnostics, diff)
		}
	}
}

func TestTheFlagThatLeavesOutDefaultsIsOfferedWhereThereAreAny(t *testing.T) {
	s := shelltest.StartShell(t, "[defaults]\nnodes = [\"-j\"]\n", shelltest.DescribedCluster.Behave)
	c := shelltest.Completing(t, s)
	shelltest.CheckLines(t, c, map[string]string{
		"nodes --no": "nodes·--no_defaults",
		"ls --no":    "",
	})
}
