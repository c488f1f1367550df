package zookeeper_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
)

func TestRemovalIsAskedForAtATerminal(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.Interactive = true
	out, diagnostics, err := z.Run("zk_rmr "+z.Addr+z.Root+"/other", "n")
	if err == nil || !strings.Contains(out, "Remove 3 znodes") || !strings.Contains(diagnostics, "nothing was done") || !z.Exists(t, "/other/a/b") {
		t.Errorf("answered n: error = %v, printed %q and %q", err, out, diagnostics)
	}
	out, _, err = z.Run("zk_rmr "+z.Addr+z.Root+"/other", "y")
	if err != nil || !strings.Contains(out, "removed  : 3") || z.Exists(t, "/other") {
		t.Errorf("answered y: error = %v, printed %q", err, out)
	}
}

func TestServerThatStartsWhileTheQuestionStandsIsFound(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.Interactive = true
	ask := z.Env.Ask
	z.Env.Ask = func(ctx context.Context, question string) (string, error) {
		z.Create(t, "/other/a/lock", zk.FlagEphemeral)
		return ask(ctx, question)
	}
	_, diagnostics, err := z.Run("zk_rmr "+z.Addr+z.Root+"/other", "y")
	if err == nil || !strings.Contains(diagnostics, "holds 1 ephemeral znodes") || !z.Exists(t, "/other/a/b") {
		t.Errorf("error = %v, printed %q; want a refusal", err, diagnostics)
	}
}

// isRefusalOfPlan tells whether a dry run warned of what the guard of that name refuses.
func isRefusalOfPlan(diagnostics, problem, name string) bool {
	_, warning, found := strings.Cut(diagnostics, "WARNING: without --dry_run this is refused: ")
	return found && strings.Contains(warning, problem) && strings.Contains(warning, "(guard "+name+")\n")
}

func TestEachGuardOfARemovalIsOverriddenByItsName(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, z *shelltest.ZooKeeper)
		path    string
		problem string
	}{
		"live_tree":      {func(t *testing.T, z *shelltest.ZooKeeper) { z.Create(t, "/other/a/lock", zk.FlagEphemeral) }, "/other", "holds 1 ephemeral znodes"},
		"connected_tree": {func(*testing.T, *shelltest.ZooKeeper) {}, "/own", "is the tree of the connected cluster"},
		"unknown_cluster": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Env.Cluster = shelltest.Start(t, metatest.HangsUp).Env.Cluster
		}, "/other", "cannot determine whether"},
	} {
		t.Run(name, func(t *testing.T) {
			z := shelltest.StartZooKeeper(t)
			c.prepare(t, z)
			line := "zk_rmr " + z.Addr + z.Root + c.path + " --yes"
			_, diagnostics, err := z.Run(line)
			if err == nil || !strings.Contains(diagnostics, c.problem) || !strings.Contains(diagnostics, "--force "+name+" overrides") || !z.Exists(t, c.path) {
				t.Errorf("error = %v, printed %q; want a refusal that names the guard", err, diagnostics)
			}
			out, diagnostics, err := z.Run(line + " --dry_run")
			if err != nil || !strings.Contains(out, "a plan, nothing was removed") || !isRefusalOfPlan(diagnostics, c.problem, name) || !z.Exists(t, c.path) {
				t.Errorf("dry run: error = %v, printed %q and %q; want a plan and a warning", err, out, diagnostics)
			}
			if _, _, err := z.Run(line + " --force nosuch"); err == nil || !z.Exists(t, c.path) {
				t.Error("another guard's name overrides this one")
			}
			_, diagnostics, err = z.Run(line + " --force " + name)
			if err != nil || !strings.Contains(diagnostics, "WARNING: ") || z.Exists(t, c.path) {
				t.Errorf("forced: error = %v, printed %q", err, diagnostics)
			}
		})
	}
}

func TestEachGuardOfACopyIsOverriddenByItsName(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, z *shelltest.ZooKeeper)
		problem string
	}{
		"live_target": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Create(t, "/target", 0)
			z.Create(t, "/target/lock", zk.FlagEphemeral)
		}, "Are source and target swapped?"},
		"stale_locks": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Create(t, "/other/dsn.meta.server.leader", 0)
			z.Create(t, "/other/dsn.meta.server.leader/LOCKNODE0000000001", 0)
		}, "has lock nodes that no session holds"},
	} {
		t.Run(name, func(t *testing.T) {
			z := shelltest.StartZooKeeper(t)
			c.prepare(t, z)
			line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target"
			_, diagnostics, err := z.Run(line)
			if err == nil || !strings.Contains(diagnostics, c.problem) || !strings.Contains(diagnostics, "--force "+name+" overrides") || z.Exists(t, "/target/a") {
				t.Errorf("error = %v, printed %q; want a refusal that names the guard", err, diagnostics)
			}
			out, diagnostics, err := z.Run(line + " --delete --dry_run")
			if err != nil || !strings.Contains(out, "a plan, nothing was written") || !isRefusalOfPlan(diagnostics, c.problem, name) || z.Exists(t, "/target/a") {
				t.Errorf("dry run: error = %v, printed %q and %q; want a plan and a warning", err, out, diagnostics)
			}
			out, diagnostics, err = z.Run(line + " --force " + name)
			if err != nil && outcome.Code(err) != 4 || !strings.Contains(out, "was read back") || !z.Exists(t, "/target/a/b") {
				t.Errorf("forced: error = %v, printed %q and %q", err, out, diagnostics)
			}
		})
	}
}

func TestCopyTellsWhatStaysDifferent(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for _, path := range []string{"/target", "/target/extra", "/target/extra/lock"} {
		flags := int32(0)
		if strings.HasSuffix(path, "lock") {
			flags = zk.FlagEphemeral
		}
		z.Create(t, path, flags)
	}
	line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target --force live_target"
	out, diagnostics, err := z.Run(line)
	if err != nil || !strings.Contains(out, "every znode of the source was read back") || !strings.Contains(diagnostics, "2 znodes of the target are not in the source; --delete removes them") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	_, diagnostics, err = z.Run(line + " --delete --yes")
	if err != nil || !strings.Contains(diagnostics, "2 znodes of the target that are missing from the source were kept") || !z.Exists(t, "/target/extra/lock") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

func TestListShowsWhatTheZnodesAre(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	out, _, err := z.Run("zk_ls " + z.Addr + z.Root + "/other -r")
	if err != nil || out != "a\na/b\n" {
		t.Errorf("error = %v, printed %q; want a and a/b", err, out)
	}
	for _, words := range []string{"", z.Root + "/own", z.Root + "/own/", z.Addr + z.Root + "/own/"} {
		if out, _, err := z.Run("zk_ls " + words); err != nil || out != "apps\n" {
			t.Errorf("%q for the cluster's tree: error = %v, printed %q", words, err, out)
		}
	}
	out, _, err = z.Run("zk_ls " + z.Addr + z.Root + "/other -d")
	fields := strings.Fields(out)
	if err != nil || len(fields) != 12 || strings.Join(fields[:10], " ") != "kind bytes children version changed name persistent 1 1 0" || fields[11] != "a" {
		t.Errorf("error = %v, printed %q", err, out)
	}
}

func TestCopyTakesWhatItIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		flags     string
		there     []string
		leftOut   []string
		tells     string
		complains bool
	}{
		"ephemeral as plain":   {"-i false", []string{"/a/e"}, nil, "ephemeral_left_out  : 0", true},
		"not by default":       {"", []string{"/a/b"}, []string{"/a/e"}, "ephemeral_left_out  : 1", false},
		"excluded":             {"--exclude a/b", []string{"/a"}, []string{"/a/b"}, "what was not left out was read back", false},
		"older":                {"-m 32503680000000", []string{""}, []string{"/a/b"}, "older_left_out", false},
		"slowly, without ACLs": {"--rate_limit 1000 --no_acl -b 1", []string{"/a/b"}, nil, "verified", false},
	} {
		t.Run(name, func(t *testing.T) {
			z := shelltest.StartZooKeeper(t)
			z.Create(t, "/other/a/e", zk.FlagEphemeral)
			out, diagnostics, err := z.Run("zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target " + c.flags)
			if err != nil || !strings.Contains(out, c.tells) || strings.Contains(diagnostics, "WARNING") != c.complains {
				t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
			}
			for _, path := range c.there {
				if !z.Exists(t, "/target"+path) {
					t.Errorf("%s was not copied", path)
				}
			}
			for _, path := range c.leftOut {
				if z.Exists(t, "/target"+path) {
					t.Errorf("%s was copied", path)
				}
			}
		})
	}
}

func TestRemovalIsPlannedInTheOrderOfTheTree(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Create(t, "/other/a-", 0)
	line := "zk_rmr " + z.Addr + z.Root + "/other --dry_run"
	out, _, err := z.Run(line)
	want := "remove /other (1 B)\nremove /other/a (1 B)\nremove /other/a/b (1 B)\nremove /other/a- (1 B)\n\n[zk_rmr]\n"
	if err != nil || !strings.HasPrefix(strings.ReplaceAll(out, z.Root, ""), want) || shelltest.Rows(out)["znodes"] != "4" || shelltest.Rows(out)["bytes"] != "4" ||
		shelltest.Rows(out)["result"] != "a plan, nothing was removed" || !z.Exists(t, "/other/a/b") {
		t.Errorf("error = %v, printed %q", err, out)
	}
	out, _, err = z.Run(line + " -j")
	var got struct {
		Actions []map[string]any
		Counts  map[string]any `json:"zk_rmr"`
	}
	if jsonErr := json.Unmarshal([]byte(out), &got); err != nil || jsonErr != nil || len(got.Actions) != 4 || got.Counts["znodes"] != 4.0 {
		t.Errorf("error = %v, %v, printed %q", err, jsonErr, out)
	}
}

func TestComparisonThatCouldNotBeCarriedOutHasItsOwnExitCode(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Create(t, "/same", 0)
	z.Create(t, "/same2", 0)
	at := z.Addr + z.Root
	for line, want := range map[string]int{
		"zk_diff " + at + "/same " + at + "/same2":          0,
		"zk_diff " + at + "/same " + at + "/other":          1,
		"zk_diff -j " + at + "/same " + at + "/other":       1,
		"zk_diff " + at + "/same " + at + "/none":           2,
		"zk_diff " + at + "/same none.zkb":                  2,
		"zk_diff " + at + "/same 127.0.0.1:1/same2":         2,
		"zk_diff " + at + "/same":                           2,
		"zk_diff --nosuch " + at + "/same " + at + "/other": 2,
		"zk_diff -w none " + at + "/same " + at + "/other":  2,
		"zk_diff --help":                                  0,
		"zk_check " + at + "/none":                        1,
		"zk_copy -s " + at + "/none -t " + at + "/target": 1,
	} {
		if _, _, err := z.Run(line); outcome.Code(err) != want {
			t.Errorf("%s: exit code %d, want %d (error %v)", line, outcome.Code(err), want, err)
		}
	}
}

func TestCheckTellsFindingsInTheOrderOfTheTree(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for _, path := range []string{"/own/apps/7", "/own/apps/10", "/own/apps/10/0", "/own/apps/1"} {
		z.Create(t, path, 0)
	}
	if _, err := z.Conn.Set(z.Root+"/own/apps/1", []byte("\x00\n{"), -1); err != nil {
		t.Fatal(err)
	}
	out, _, err := z.Run("zk_check")
	var paths []string
	for line := range strings.Lines(out) {
		if path, ok := strings.CutPrefix(line, "FAULT: "+z.Root); ok {
			paths = append(paths, strings.TrimSpace(path))
		}
	}
	want := []string{"/own/apps", "/own/apps/1", "/own/apps/10", "/own/apps/7"}
	if diff := cmp.Diff(want, paths); diff != "" || err == nil || shelltest.Rows(out)["faults"] != "4" {
		t.Errorf("error = %v, printed %q, faults (-want +got):\n%s", err, out, diff)
	}
	out, _, err = z.Run("zk_check -j")
	var got struct {
		Findings []map[string]string
		Counts   map[string]any `json:"zk_check"`
	}
	if jsonErr := json.Unmarshal([]byte(out), &got); err == nil || jsonErr != nil || len(got.Findings) != 4 || got.Counts["faults"] != 4.0 {
		t.Fatalf("error = %v, %v, printed %q", err, jsonErr, out)
	}
	first := got.Findings[0]
	if first["path"] != z.Root+"/own/apps" || first["severity"] != "FAULT" || first["problem"] == "" || !strings.Contains(first["advice"], "unlock") {
		t.Errorf("first finding %v", first)
	}
}
