package shell_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
)

// scripts writes files into the folder of the test.
func scripts(t *testing.T, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSourceCarriesOutAFile(t *testing.T) {
	s := shelltest.StartShell(t, "", shelltest.DescribedCluster.Behave)
	scripts(t, map[string]string{
		"good":      "# a comment\n\necho one\r\n  echo \"two | three\" | tr a-z A-Z\necho four > out",
		"bad":       "echo one\nuse a b\n'\necho three\n",
		"sub/outer": "echo outer\nsource inner\nsource ../good\n",
		"sub/inner": "echo inner\ntimeout x\n",
		"loop":      "source loop\n",
		"marked":    "\ufeffecho one\necho \ufefftwo\n",
		"leave":     "echo one\nexit\necho two\n",
		"codes":     "zk_diff a\nzk_diff b\n",
		"mixed":     "zk_diff a\nuse a b\n",
		"long":      "echo half \\\n" + strings.Repeat("x", 2<<20),
		"continued": "echo one \\\r\n  two\nuse \\\n a b\nuse a b\necho end \\",
		"comment":   "# see C:\\x\\\necho run\n",
	})
	for _, tc := range []struct {
		line, out string
		diag      []string // some of what is told
		code      int      // -1 for leaving
	}{
		{"source good", "one\nTWO | THREE\n", nil, 0},
		{"source --echo good", ">>> # a comment\n>>> \n>>> echo one\none\n>>>   echo \"two | three\" | tr a-z A-Z\nTWO | THREE\n>>> echo four > out\n", nil, 0},
		{"source bad", "one\nUSAGE: \tuse                     [app_name]\nInvalid argument(s)\nthree\n", []string{"bad:2: this line failed\nHINT: a quote is not closed", "bad:3: this line failed\n"}, 1},
		{"source -e bad", "one\nUSAGE: \tuse                     [app_name]\n", []string{"bad:2: this line failed, the rest is not executed\n"}, 1},
		{"source sub/outer", "outer\ninner\nUSAGE: \ttimeout                 [time_in_ms]\none\nTWO | THREE\n",
			[]string{"sub/inner:2: this line failed\nsub/outer:2: this line failed\n"}, 1},
		{"source loop", "", []string{"ERROR: loop: more than 16 scripts call each other\nloop:1: this line failed\nloop:1:"}, 1},
		{"source --echo marked", ">>> echo one\none\n>>> echo \ufefftwo\n\ufefftwo\n", nil, 0},
		{"source leave", "one\n", nil, -1},
		{"source codes", "", []string{"codes:1: this line failed", "codes:2: this line failed"}, 2},
		{"source mixed", "", []string{"mixed:2: this line failed"}, 1},
		{"source --echo continued", ">>> echo one   two\none two\n>>> use  a b\nUSAGE: \tuse                     [app_name]\n" +
			">>> use a b\nUSAGE: \tuse                     [app_name]\n>>> echo end \nend\n",
			[]string{"continued:3: this line failed\ncontinued:5: this line failed\n"}, 1},
		{"source comment", "run\n", nil, 0},
		{"source long", "", []string{"ERROR: long:2: bufio.Scanner: token too long\n"}, 1},
		{"source none", "", []string{"ERROR: open none: no such file or directory\n"}, 1},
		{"source .", "", []string{"ERROR: .:1: read .: is a directory\n"}, 1},
		{"source", "", []string{"source needs exactly one file, got 0 arguments"}, 1},
	} {
		out, diag, err := s.Run(tc.line)
		code := outcome.Code(err)
		if _, leaves := outcome.Leaves(err); leaves {
			code = -1
		}
		if code != tc.code {
			t.Errorf("%s: %v, code %d, want %d", tc.line, err, code, tc.code)
		}
		if tc.out != "" && tc.out != out {
			t.Errorf("%s (-want +got):\n%s", tc.line, cmp.Diff(tc.out, out))
		}
		for _, want := range tc.diag {
			if !strings.Contains(diag, want) {
				t.Errorf("%s: told %q, want %q", tc.line, diag, want)
			}
		}
	}
	if got, err := os.ReadFile("out"); err != nil || string(got) != "four\n" {
		t.Errorf("the redirected output is %q, %v", got, err)
	}
}

// A script that leaves the shell has failed all the same if a line before did, also one of the scripts within it.
func TestExitInAScriptKeepsItsFailures(t *testing.T) {
	s := shelltest.StartShell(t, "", shelltest.DescribedCluster.Behave)
	scripts(t, map[string]string{
		"fine":    "echo one\nexit\n",
		"failed":  "zk_diff a\nexit\necho two\n",
		"unknown": "echo one\nquux\nexit\n",
		"nested":  "echo one\nsource failed\necho two\n",
		"before":  "use a b\nsource fine\n",
		"mixed":   "use a b\nsource failed\n",
	})
	for line, want := range map[string]struct {
		code int // 0 for no failure
		told string
	}{
		"source fine":        {0, ""},
		"source failed":      {2, "failed:1: this line failed\n"},
		"time source failed": {2, "failed:1: this line failed\n"},
		"source unknown":     {1, "unknown:2: this line failed\n"},
		"source nested":      {2, "failed:1: this line failed\nnested:2: this line failed\n"},
		"source before":      {1, "before:1: this line failed\n"},
		"source mixed":       {1, "failed:1: this line failed\nmixed:2: this line failed\n"},
	} {
		out, diag, err := s.Run(line)
		before, leaves := outcome.Leaves(err)
		if !leaves || strings.Contains(out, "two") {
			t.Errorf("%s: printed %q, %v", line, out, err)
		}
		if code := outcome.Code(before); code != want.code || !strings.HasSuffix(diag, want.told) {
			t.Errorf("%s: code %d, told %q; want %d, %q", line, code, diag, want.code, want.told)
		}
	}
}

// The number after exit is the exit code whatever has failed, also where the exit is in a script within another.
func TestExitInAScriptKeepsItsNumber(t *testing.T) {
	s := shelltest.StartShell(t, "", shelltest.DescribedCluster.Behave)
	scripts(t, map[string]string{"three": "exit 3\n", "fine": "zk_diff a\nexit 0\n", "outer": "use a b\nsource three\n"})
	for line, want := range map[string]int{"source three": 3, "source fine": 0, "source outer": 3, "time source outer": 3} {
		_, _, err := s.Run(line)
		_, leaves := outcome.Leaves(err)
		if status, named := outcome.StatusOf(err); !leaves || !named || status != want {
			t.Errorf("%s: %v leaves with %d, %v; want %d", line, err, status, named, want)
		}
	}
}

func TestAnInterruptedScriptTellsWhereOnce(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	scripts(t, map[string]string{"inner": "echo one\necho two\n", "outer": "source inner\necho three\n"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, diag, err := s.RunIn(ctx, "source outer")
	if !errors.Is(err, context.Canceled) || out != "one\n" || diag != "inner:1: interrupted, the rest is not executed\nouter:1: interrupted, the rest is not executed\n" {
		t.Errorf("printed %q, %q, %v", out, diag, err)
	}
}

// Questions of commands within a script are no business of the script's lines.
func TestQuestionsOfAScriptAreAnsweredFromOutside(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	scripts(t, map[string]string{"f": "careful\nn\n"})
	out, _, _ := s.Run("source f", "y")
	if !strings.Contains(out, "you've chosen YES") || !strings.Contains(out, "invalid subcommand 'n'") {
		t.Errorf("printed %q", out)
	}
}

func TestTimeTellsTheSecondsAndKeepsTheOutcome(t *testing.T) {
	s := shelltest.StartShell(t, "", shelltest.DescribedCluster.Behave)
	out, diag, err := s.Run("time echo -x a")
	if err != nil || out != "-x a\n" || !strings.HasPrefix(diag, "real ") || !strings.HasSuffix(diag, " s\n") {
		t.Errorf("printed %q, %q, %v", out, diag, err)
	}
	out, diag, err = s.Run("time zk_diff x")
	if outcome.Code(err) != 2 || strings.Count(out, "USAGE") != 1 || !strings.Contains(diag, "real ") {
		t.Errorf("printed %q, %q, %v", out, diag, err)
	}
	_, _, err = s.Run("time exit")
	if _, leaves := outcome.Leaves(err); !leaves {
		t.Errorf("error %v, want exit", err)
	}
	if _, _, err = s.Run("time"); err == nil {
		t.Error("time without a command succeeded")
	}
}

// stopAfter cancels at the first heading after a text was printed some times. It sees that by the
// clock being asked for the heading.
func stopAfter(s *shelltest.Session, times int, text string) (ctx context.Context) {
	ctx, cancel := context.WithCancel(s.T.Context())
	now := s.Env.Now
	s.Env.Now = func() time.Time {
		if strings.Count(s.Out.String()+s.Err.String(), text) >= times {
			cancel()
		}
		return now()
	}
	s.T.Cleanup(func() { s.Env.Now = now })
	return ctx
}

func TestWatchRepeatsUntilCtrlC(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	s.Env.Second = time.Millisecond
	out, diag, err := s.RunIn(stopAfter(s, 2, "\na b\n\n"), "watch 1 echo a b")
	rounds := strings.Split(out, "Every 1s: echo a b   c1   ")
	if err != nil || diag != "" || len(rounds) < 3 || !strings.HasSuffix(rounds[1], "\na b\n\n") || !strings.HasSuffix(rounds[2], "\na b\n\n") {
		t.Errorf("printed %q, %q, %v", out, diag, err)
	}
	out, diag, err = s.RunIn(stopAfter(s, 2, "list apps failed"), "watch 1 ls") // nobody answers that
	if err != nil || strings.Count(out, "list apps failed") < 2 {
		t.Errorf("a command that fails: printed %q, %q, %v", out, diag, err)
	}
	out, _, err = s.RunIn(stopAfter(s, 2, "fine now\n"), "watch 1 time status now")
	if err != nil || strings.Count(out, "fine now\n") < 2 {
		t.Errorf("a site's command: printed %q, %v", out, err)
	}
}

func TestWatchRefusesWhatMustNotBeRepeated(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	for line, want := range map[string]string{
		"watch 1 drop temp":         "watch cannot repeat drop: only read-only commands can be repeated",
		"watch 1 time zk_rmr a/b":   "watch cannot repeat zk_rmr: only read-only commands",
		"watch 1 watch 1 ls":        "watch cannot repeat watch: only read-only commands",
		"watch 1 source f":          "watch cannot repeat source: only read-only commands",
		"watch 1 exit":              "watch cannot repeat exit: only read-only commands",
		"watch 1 server_info purge": "watch cannot repeat server_info: only read-only commands",
		"watch 1 tell":              "watch cannot repeat tell: only read-only commands",
		"watch 1 quux":              "there is no command \"quux\"\n",
		"watch 1 clusterinfo":       `there is no command "clusterinfo": did you mean "cluster_info"?`,
		"watch 0.01 ls":             `"0.01" is not a number of seconds from 0.1 to 86400`,
		"watch NaN ls":              `"NaN" is not a number`,
		"watch ls -d":               `"ls" is not a number`,
		"watch 1 ls -Z":             "ls: invalid option -- 'Z'",
		"watch 1":                   "",
	} {
		out, diag, err := s.Run(line)
		if err == nil || !strings.Contains(diag, want) {
			t.Errorf("%s: printed %q, %q, %v; want %q", line, out, diag, err, want)
		}
	}
}

func TestWatchDrawsOverTheRoundBefore(t *testing.T) {
	s := shelltest.StartShell(t, "", shelltest.DescribedCluster.Behave).OnScreen()
	s.Env.Second = time.Millisecond
	out, _, err := s.RunIn(stopAfter(s, 2, "\x1b[J"), "watch 1 cluster_info")
	if err != nil {
		t.Fatal(err)
	}
	screens := strings.Split(out, "\x1b[H")
	if len(screens) < 3 || !strings.HasPrefix(screens[0], "\x1b[2J") || strings.Contains(screens[1], "\x1b[2J") {
		t.Fatalf("printed %q", out)
	}
	for _, screen := range screens[1:3] {
		if !strings.Contains(screen, "Every 1s: cluster_info   c1   ") || !strings.Contains(screen, "zookeeper_root       : /pegasus/c1") || !strings.Contains(screen, "\x1b[J") {
			t.Errorf("drew %q", screen)
		}
	}
	out, _, _ = s.RunIn(stopAfter(s, 1, "\x1b[J"), "watch 1 help")
	if rows := strings.Count(strings.Split(out, "\x1b[H")[1], "\n"); rows > 23 {
		t.Errorf("drew %d rows into a window of 24", rows)
	}
	if !strings.Contains(out, " more lines\x1b[K") {
		t.Errorf("drew %q without saying that there is more", out)
	}
}
