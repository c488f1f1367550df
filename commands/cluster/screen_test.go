package cluster_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

// sickCluster has a dead node, and a table with one partition that cannot be read.
func sickCluster(t *testing.T) metatest.Behaviour {
	nodes := append(shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34801"), shelltest.NodesAnswer(t, wire.NodeUnalive, "127.0.0.1:34802")...)
	return shelltest.Answers{
		wire.RPCListNodes: shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: nodes}),
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{
			{Status: wire.AppAvailable, AppType: "pegasus", Name: "ALIVE", ID: 1, PartitionCount: 1, MaxReplicaCount: 3},
		}}),
		wire.RPCQueryCfg: shelltest.Always(&wire.QueryCfgResponse{Err: wire.OK, AppID: 1, PartitionCount: 1, Stateful: true,
			Partitions: []wire.PartitionConfig{{PID: wire.GPID{AppID: 1}, MaxReplicaCount: 3}}}),
	}.Behave
}

func TestStatusWordsAndUnhealthyCountsAreColoured(t *testing.T) {
	s := shelltest.Start(t, sickCluster(t)).OnScreen()
	for line, want := range map[string][]string{
		"nodes": {"127.0.0.1:34801  <32>ALIVE<0>\n127.0.0.1:34802  <31>UNALIVE<0>\n", "unalive_node_count  : <31>1<0>\n"},
		"ls -d": {"  ALIVE     ", "unhealthy_app_count        : <33>1<0>", "read_unhealthy_app_count   : <31>1<0>", "fully_healthy_app_count    : 0"},
	} {
		out, diagnostics, err := s.Run(line)
		if err != nil {
			t.Fatal(line, err, diagnostics)
		}
		for _, part := range want {
			if !strings.Contains(shelltest.Visible(out), part) {
				t.Errorf("%s lacks %q:\n%s", line, part, shelltest.Visible(out))
			}
		}
	}
}

func TestMarksOnStandardErrorAreColoured(t *testing.T) {
	s := shelltest.Untouched(t).OnScreen()
	for line, want := range map[string]string{
		"cc nosuch":    "<31>ERROR:<0> unknown cluster \"nosuch\": no plugins.toml was found; name one with -c FILE\n",
		"timeout zero": "<31>ERROR:<0> parse zero as timeout failed\n",
	} {
		if _, diagnostics, _ := s.Run(line); shelltest.Visible(diagnostics) != want {
			t.Errorf("%s: %q, want %q", line, shelltest.Visible(diagnostics), want)
		}
	}
	file := shelltest.WriteFile(t, "config.ini", "[a]\nb = 1\nb = 2\n")
	if _, diagnostics, err := s.Run("config_set " + file + " a b 3"); err != nil || !strings.HasPrefix(shelltest.Visible(diagnostics), "<33>WARNING:<0> ") {
		t.Errorf("%v, %q", err, shelltest.Visible(diagnostics))
	}
}

func TestFilesAndJSONAreNeverColoured(t *testing.T) {
	s := shelltest.Start(t, sickCluster(t)).OnScreen()
	plain := shelltest.Start(t, sickCluster(t))
	t.Chdir(t.TempDir())
	for _, line := range []string{"nodes -o file", "ls -d -o file"} {
		if _, _, err := s.Run(line); err != nil {
			t.Fatal(line, err)
		}
		coloured := shelltest.ReadIfAny(t, "file")
		if _, _, err := plain.Run(line); err != nil {
			t.Fatal(line, err)
		}
		if diff := cmp.Diff(shelltest.ReadIfAny(t, "file"), coloured); diff != "" || coloured == "" {
			t.Errorf("%s (-plain +at a terminal):\n%s", line, diff)
		}
	}
	if out, _, err := s.Run("nodes -j"); err != nil || shelltest.Escapes.MatchString(out) {
		t.Errorf("nodes -j: %v\n%s", err, shelltest.Visible(out))
	}
}

func TestAScreenIsATerminalAndColouredUnlessTheEnvironmentObjects(t *testing.T) {
	master, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer terminal.Close()
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"TERM": "xterm"}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{map[string]string{"TERM": "dumb"}, false},
	} {
		screen, ok := render.NewScreen(terminal, func(name string) string { return c.env[name] }).(*render.Screen)
		if !ok || screen.Color != c.want {
			t.Errorf("%v: %+v, want a screen with colour %t", c.env, screen, c.want)
		}
	}
	pipe, other, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	defer other.Close()
	if w := render.NewScreen(other, func(string) string { return "" }); w != other {
		t.Errorf("a pipe is made %T", w)
	}
}

func TestWideLettersKeepTheirPlaceOnAScreenAndBrokenOnesAreShown(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{
		Err: wire.OK, Keys: []string{"表格", "\xff\xfe", "meta_function_level"}, Values: []string{"值", "x", "blind"},
	})}.Behave)
	plain, _, _ := s.Run("cluster_info")
	coloured, _, _ := s.OnScreen().Run("cluster_info")
	plain = strings.Replace(plain, "\xff\xfe      ", `\xff\xfe`, 1) // as wide as it is shown
	if diff := cmp.Diff(lineEnds.ReplaceAllString(plain, ""), shelltest.Escapes.ReplaceAllString(coloured, "")); diff != "" || !strings.Contains(shelltest.Visible(coloured), "<33>blind<0>") {
		t.Errorf("(-plain +coloured without escapes):\n%s\n%s", diff, shelltest.Visible(coloured))
	}
}

// endLine gives a text that is not empty with a line feed at its end.
func endLine(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// lineEnds are the blanks that tables have at the ends of lines, but not on a screen.
var lineEnds = regexp.MustCompile(`(?m) +$`)

func TestWithoutItsColoursEveryOutputIsThePlainOne(t *testing.T) {
	registry := commands.NewRegistry(nil)
	painted := 0
	eachScene(t, func(t *testing.T, base string, lines []string) {
		got := carryOutScene(t, registry, base, lines, func(w *command.World) {
			w.Out, w.Err = &render.Screen{Writer: w.Out, Color: true}, &render.Screen{Writer: w.Err, Color: true}
		})
		painted += len(shelltest.Escapes.FindAllString(got.out+got.err, -1))
		recorded := lineEnds.ReplaceAllString(shelltest.RecordedOutput(t, base+".out"), "")
		if diff := cmp.Diff(recorded, lineEnds.ReplaceAllString(shelltest.Escapes.ReplaceAllString(got.out, ""), "")); diff != "" {
			t.Errorf("standard output (-recorded +ours without colours):\n%s", diff)
		}
		// Some errors of the original do not end their line, so that "USAGE" would stand behind them on a screen.
		if diff := cmp.Diff(endLine(shelltest.ReadIfAny(t, base+".err")), endLine(warningLine.ReplaceAllString(shelltest.Escapes.ReplaceAllString(got.err, ""), ""))); diff != "" {
			t.Errorf("standard error (-recorded +ours without colours):\n%s", diff)
		}
		if diff := cmp.Diff(shelltest.ReadIfAny(t, base+".file"), got.file); diff != "" {
			t.Errorf("file (-recorded +ours):\n%s", diff)
		}
	})
	if painted < 200 {
		t.Errorf("%d escape sequences were printed, want at least 200", painted)
	}
}

func TestGridsFitTheWindow(t *testing.T) {
	s := shelltest.Start(t, sickCluster(t)).OnScreen()
	s.Env.Out = &render.Screen{Writer: &s.Out, Width: func() int { return 64 }}
	out, diagnostics, err := s.Run("ls")
	want := `[general_info]
app_id  status     app_name  app_type  partition_count
1       AVAILABLE  ALIVE     pegasus   1

[general_info, more columns]
app_id  replica_count  is_stateful  create_time  drop_time
1       3              false        -            -

[general_info, more columns]
app_id  drop_expire  envs_count
1       -            0

[summary]
total_app_count  : 1

`
	if diff := cmp.Diff(want, out); err != nil || diff != "" {
		t.Errorf("%v, %q (-want +got):\n%s", err, diagnostics, diff)
	}
}

func TestAFoldedGridHasEveryCell(t *testing.T) {
	registry := commands.NewRegistry(nil)
	folded := 0
	eachScene(t, func(t *testing.T, base string, lines []string) {
		got := carryOutScene(t, registry, base, lines, func(w *command.World) {
			w.Out = &render.Screen{Writer: w.Out, Width: func() int { return 40 }}
		})
		there := map[string]int{}
		for _, word := range strings.Fields(got.out) {
			there[word]++
		}
		for _, word := range strings.Fields(shelltest.RecordedOutput(t, base+".out")) {
			if there[word]--; there[word] < 0 {
				t.Errorf("%q is missing", word)
			}
		}
		folded += strings.Count(got.out, "more columns]")
	})
	if folded < 100 {
		t.Errorf("%d parts of grids were folded, want at least 100", folded)
	}
}
