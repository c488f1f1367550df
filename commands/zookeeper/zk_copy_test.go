package zookeeper_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
	"pegashell/zkcopy"
)

func TestSourceThatChangesUnderACopyIsAStateOfItsOwn(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	paths := z.Fill(t, "/other", 25)
	n := 0
	z.Env.Progress = func(string) zkcopy.Progress {
		return shelltest.DuringPhase{Phase: zkcopy.PhaseVerify, F: func() {
			n++
			for _, path := range paths {
				if _, err := z.Conn.Set(z.Root+path, fmt.Append(nil, n), -1); err != nil {
					t.Error(err)
				}
			}
		}}
	}
	line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target"
	out, diagnostics, err := z.Run(line)
	if outcome.Code(err) != 3 || shelltest.Rows(out)["created"] != "28" || shelltest.Rows(out)["result"] != "NOT verified: the source changed while it was copied" {
		t.Errorf("error = %v, printed %q", err, out)
	}
	if !strings.HasPrefix(diagnostics, "ERROR: 25 znodes of the source changed while it was copied:\n    "+z.Root+"/other/0") ||
		strings.Count(diagnostics, "\n    "+z.Root+"/other/") != 20 || !strings.Contains(diagnostics, "\n    and 5 more, which -j lists\n") ||
		!strings.Contains(diagnostics, "repeat the command") {
		t.Errorf("printed %q", diagnostics)
	}
	out, diagnostics, err = z.Run(line + " -j")
	var got struct {
		Counts  map[string]any `json:"zk_copy"`
		Changed []string
		Total   float64 `json:"changed_total"`
	}
	if jsonErr := json.Unmarshal([]byte(out), &got); jsonErr != nil || outcome.Code(err) != 3 || got.Counts["changed"] != 25.0 || got.Total != 25 {
		t.Fatalf("error = %v, %v, printed %q and %q", err, jsonErr, out, diagnostics)
	}
	slices.Sort(got.Changed)
	var want []string
	for _, path := range paths {
		want = append(want, z.Root+path)
	}
	if diff := cmp.Diff(want, got.Changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	out, diagnostics, err = z.Run("zk_backup -j " + z.Addr + z.Root + "/other " + filepath.Join(t.TempDir(), "other.zkb"))
	if jsonErr := json.Unmarshal([]byte(out), &got); jsonErr != nil || outcome.Code(err) != 3 || len(got.Changed) != 25 || !strings.HasPrefix(diagnostics, "ERROR: 25 znodes") {
		t.Errorf("backup: error = %v, %v, printed %q and %q", err, jsonErr, out, diagnostics)
	}
	z.Env.Progress = nil
	if out, _, err := z.Run(line); err != nil || !strings.Contains(out, "verified") {
		t.Errorf("repeated: error = %v, printed %q", err, out)
	}
}

func TestTargetThatDiffersAfterACopyIsListed(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.Progress = func(string) zkcopy.Progress {
		return shelltest.DuringPhase{Phase: zkcopy.PhaseVerify, F: func() { z.Create(t, "/target/strange", 0) }}
	}
	out, diagnostics, err := z.Run("zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target")
	if outcome.Code(err) != 1 || shelltest.Rows(out)["result"] != "NOT verified: the target differs from the source" ||
		!strings.HasPrefix(diagnostics, "ERROR: 1 znodes of the target differ from the source after the copy:\n    "+z.Root+"/target/strange") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
}

func TestInterruptedCopySaysWhatWasDone(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	ctx, cancel := context.WithCancel(context.Background())
	z.Env.Progress = func(string) zkcopy.Progress { return shelltest.DuringPhase{Phase: zkcopy.PhaseVerify, F: cancel} }
	line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target"
	out, diagnostics, err := z.RunIn(ctx, line)
	want := "interrupted: the copy is not complete: 3 znodes were created, 0 changed, 0 removed. Repeat the command: it continues where this one ended\n"
	if !errors.Is(err, context.Canceled) || shelltest.Rows(out)["result"] != "NOT complete, NOT verified" || diagnostics != want {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	z.Env.Progress = nil
	if out, _, err := z.Run(line); err != nil || shelltest.Rows(out)["equal"] != "3" {
		t.Errorf("repeated: error = %v, printed %q", err, out)
	}
}

func TestSecondCopySaysWhatItsResultRestsOn(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.State = t.TempDir()
	const readBack = "verified: the target was read back and is equal"
	const byProof = "verified: all data is equal, and so is each ACL that may have changed since the last verified copy"
	change := func(path string) func() { return func() { z.Create(t, path, 0) } }
	for _, run := range []struct {
		change      func()
		flags, want string
	}{
		{func() {}, "", readBack},
		{func() {}, "", byProof},
		{func() {}, " --no_proof", readBack},
		{change("/other/new"), "", "verified: what was written was read back and is equal; all data was compared, and so was each ACL that may have changed since the last verified copy"},
		{change("/other/newer"), " --no_proof", readBack},
		{change("/target/kept"), "", "verified: all data of the source is equal, and so is each ACL that may have changed since the last verified copy"},
	} {
		run.change()
		out, diagnostics, err := z.Run("zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target" + run.flags)
		if err != nil || shelltest.Rows(out)["result"] != run.want {
			t.Errorf("%q: %v, printed %q and %q, want %q", run.flags, err, out, diagnostics, run.want)
		}
	}
}

func TestPlanOfACopyIsInTheOrderOfTheTree(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Fill(t, "/other/a", 30)
	for _, path := range []string{"/other/a-", "/other/a-/x", "/other/B", "/target", "/target/old", "/target/old/x", "/target/lock"} {
		flags := int32(0)
		if strings.HasSuffix(path, "lock") {
			flags = zk.FlagEphemeral
		}
		z.Create(t, path, flags)
	}
	line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target --force live_target --dry_run --delete"
	out, _, err := z.Run(line)
	if err != nil || shelltest.Rows(out)["removed"] != "2" || shelltest.Rows(out)["created"] != "35" || z.Exists(t, "/target/a") || !z.Exists(t, "/target/old/x") {
		t.Fatalf("error = %v, printed %q", err, out)
	}
	lines := strings.Split(strings.ReplaceAll(out, z.Root, ""), "\n")
	want := []string{"create /target/B (1 B)", "create /target/a (1 B)", "create /target/a/000 (1 B)"}
	if diff := cmp.Diff(want, lines[:3]); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	want = []string{"create /target/a/029 (1 B)", "create /target/a/b (1 B)", "create /target/a- (1 B)", "create /target/a-/x (1 B)",
		"remove /target/old (0 B)", "remove /target/old/x (0 B)", "", "[zk_copy]"}
	if diff := cmp.Diff(want, lines[31:39]); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	out, _, err = z.Run(line + " -j")
	var got struct {
		Actions []map[string]any
		Counts  map[string]any `json:"zk_copy"`
	}
	if jsonErr := json.Unmarshal([]byte(out), &got); err != nil || jsonErr != nil || len(got.Actions) != 37 || got.Counts["result"] != "a plan, nothing was written" {
		t.Fatalf("error = %v, %v, printed %q", err, jsonErr, out)
	}
	if diff := cmp.Diff(map[string]any{"action": "create", "path": z.Root + "/target/B", "bytes": 1.0}, got.Actions[0]); diff != "" {
		t.Errorf("first action (-want +got):\n%s", diff)
	}
}

func TestDeleteShowsWhatGoesBeforeItAsks(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Create(t, "/target", 0)
	for i := range 22 {
		z.Create(t, fmt.Sprintf("/target/old%02d", i), 0)
	}
	z.Create(t, "/target/old00/x", 0)
	z.Create(t, "/target/old21/x", 0)
	line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target --delete"
	out, diagnostics, err := z.Run(line)
	target := z.Root + "/target"
	wantStart := "To be removed from " + z.Addr + target + ":\n    " + target + "/old00 and 1 below it\n    " + target + "/old01\n"
	if err == nil || !strings.HasPrefix(out, wantStart) || !strings.HasSuffix(out, "    "+target+"/old19\n    and 3 more, which --dry_run lists\n") ||
		!strings.Contains(diagnostics, "Let --delete remove 24 znodes") || !z.Exists(t, "/target/old00") || z.Exists(t, "/target/a") {
		t.Errorf("script: error = %v, printed %q and %q", err, out, diagnostics)
	}
	out, diagnostics, err = z.Run(line + " -y -j")
	if err != nil || !json.Valid([]byte(out)) || !strings.HasPrefix(diagnostics, wantStart) || z.Exists(t, "/target/old00") {
		t.Errorf("JSON: error = %v, printed %q and %q", err, out, diagnostics)
	}
}

func TestFilesBelowTheHomeFolderCanBeNamedSo(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	tree := z.Addr + z.Root + "/other"
	for _, line := range []string{
		"zk_backup " + tree + " ~/other.zkb", "zk_diff " + tree + " ~/other.zkb", "zk_rmr --yes " + tree + " --backup ~/again.zkb",
		"zk_restore ~/again.zkb " + tree, "zk_diff ~/other.zkb ~/again.zkb",
	} {
		if out, diagnostics, err := z.Run(line); err != nil {
			t.Errorf("%s: error = %v, printed %q and %q", line, err, out, diagnostics)
		}
	}
	if files, err := os.ReadDir(home); err != nil || len(files) != 2 {
		t.Errorf("files %v, error %v", files, err)
	}
}
