package zookeeper_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

func TestBackupWithoutATreeIsOfTheConnectedCluster(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.State = t.TempDir()
	file := filepath.Join(t.TempDir(), "own.zkb.gz")
	out, _, err := z.Run("zk_backup " + file)
	got := shelltest.Rows(out)
	if err != nil || got["tree"] != z.Addr+z.Root+"/own" || got["znodes"] != "2" || got["file"] != file {
		t.Errorf("error = %v, printed %q", err, out)
	}
	// A path alone is one on the cluster's ZooKeeper, wherever it is named.
	out, _, err = z.Run("zk_diff " + z.Root + "/own " + file)
	if err != nil || shelltest.Rows(out)["result"] != "equal" || shelltest.Rows(out)["equal"] != "2" {
		t.Errorf("error = %v, printed %q", err, out)
	}
	out, _, err = z.Run("zk_restore " + file + " " + z.Root + "/again")
	if err != nil || shelltest.Rows(out)["created"] != "2" || !z.Exists(t, "/again/apps") {
		t.Errorf("error = %v, printed %q", err, out)
	}
	for options, want := range map[string]string{
		"":            "verified: all data of the backup was read back from the target and is equal, and so is each ACL that may have changed since the last verified restoration",
		" --no_proof": "verified: every znode of the backup was read back from the target and is equal",
	} {
		out, _, err = z.Run("zk_restore " + file + " " + z.Root + "/again --force unknown_liveness" + options)
		if err != nil || shelltest.Rows(out)["equal"] != "2" || shelltest.Rows(out)["result"] != want {
			t.Errorf("again%s: error = %v, printed %q", options, err, out)
		}
	}
	// Servers alone mean the path that was backed up, or that of the other side.
	out, _, err = z.Run("zk_restore " + file + " " + z.Addr)
	if err != nil || shelltest.Rows(out)["target"] != z.Addr+z.Root+"/own" || shelltest.Rows(out)["equal"] != "2" {
		t.Errorf("error = %v, printed %q", err, out)
	}
	out, _, err = z.Run("zk_diff " + file + " " + z.Addr)
	if err != nil || shelltest.Rows(out)["b"] != z.Addr+z.Root+"/own" {
		t.Errorf("error = %v, printed %q", err, out)
	}
}

func TestDiffPrintsDifferencesAndFails(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	file := z.Saved(t)
	z.Create(t, "/other/a/more \"b\"", 0)
	z.Create(t, "/other/lock", zk.FlagEphemeral)
	if _, err := z.Conn.Set(z.Root+"/other/a/b", []byte("y"), -1); err != nil {
		t.Fatal(err)
	}
	out, diagnostics, err := z.Run("zk_diff " + file + " " + z.Addr + z.Root + "/other")
	if err == nil || diagnostics != "" || !strings.HasPrefix(out, "data /a/b\nonly_in_b /a/more \"b\"\n\n") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	if got := shelltest.Rows(out); got["result"] != "different" || got["equal"] != "2" || got["data"] != "1" || got["only_in_b"] != "1" || got["ephemeral_left_out_b"] != "1" {
		t.Errorf("rows %v", got)
	}
	out, _, err = z.Run("zk_diff --ephemeral " + file + " " + z.Addr + z.Root + "/other")
	if err == nil || !strings.Contains(out, "only_in_b /lock\n") {
		t.Errorf("error = %v, printed %q", err, out)
	}

	type printed struct {
		Differences []map[string]string `json:"differences"`
		Counts      map[string]any      `json:"zk_diff"`
	}
	for other, want := range map[string][]map[string]string{
		z.Addr + z.Root + "/other": {{"difference": "data", "path": "/a/b"}, {"difference": "only_in_b", "path": `/a/more "b"`}},
		file:                       {},
	} {
		out, _, err = z.Run("zk_diff -j " + file + " " + other)
		var got printed
		if jsonErr := json.Unmarshal([]byte(out), &got); jsonErr != nil || (err == nil) != (len(want) == 0) {
			t.Fatalf("error = %v, %v, printed %q", err, jsonErr, out)
		}
		if diff := cmp.Diff(want, got.Differences); diff != "" {
			t.Error(diff)
		}
		if result := map[bool]string{true: "equal", false: "different"}[err == nil]; got.Counts["result"] != result {
			t.Errorf("counts %v", got.Counts)
		}
	}
}

func TestFailedComparisonIsNotTakenForADifference(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	file := z.Saved(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.zkb")
	if err := os.WriteFile(damaged, text[:len(text)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	for what, line := range map[string]string{
		"no tree":        "zk_diff " + file + " " + z.Addr + z.Root + "/none",
		"cut off":        "zk_diff " + z.Addr + z.Root + "/other " + damaged,
		"no file":        "zk_diff " + z.Addr + z.Root + "/other nosuch.zkb",
		"no path":        "zk_diff " + z.Addr + " " + file,
		"not restorable": "zk_restore " + damaged + " " + z.Addr + z.Root + "/restored",
	} {
		out, diagnostics, err := z.Run(line)
		if err == nil || strings.Contains(out, "different") || diagnostics == "" {
			t.Errorf("%s: error = %v, printed %q and %q", what, err, out, diagnostics)
		}
	}
	if z.Exists(t, "/restored") {
		t.Error("a damaged file was restored")
	}
}

func TestBackupReplacesAFileOnlyWhenForced(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	file := z.Saved(t)
	z.Create(t, "/other/new", 0)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"zk_backup " + z.Addr + z.Root + "/other " + file, "zk_rmr --yes " + z.Addr + z.Root + "/other --backup " + file} {
		_, diagnostics, err := z.Run(line)
		if err == nil || !strings.Contains(diagnostics, "exists") || !strings.Contains(diagnostics, "--force overwrite overrides") {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
	if after, _ := os.ReadFile(file); string(after) != string(before) || !z.Exists(t, "/other/new") {
		t.Error("the file was replaced, or the tree removed")
	}
	out, diagnostics, err := z.Run("zk_backup " + z.Addr + z.Root + "/other " + file + " --force overwrite")
	if err != nil || shelltest.Rows(out)["znodes"] != "4" || !strings.Contains(diagnostics, "WARNING: ") {
		t.Errorf("forced: error = %v, printed %q and %q", err, out, diagnostics)
	}
}

func TestRemovalBacksUpFirst(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	dir := t.TempDir()
	line := "zk_rmr --yes " + z.Addr + z.Root + "/other --backup " + dir
	_, diagnostics, err := z.Run(line + "/none/other.zkb")
	if err == nil || !strings.Contains(diagnostics, "Nothing was removed") || !z.Exists(t, "/other/a/b") {
		t.Errorf("no folder: error = %v, printed %q", err, diagnostics)
	}
	out, _, err := z.Run(line + "/other.zkb.zst")
	if err != nil || shelltest.Rows(out)["removed"] != "3" || shelltest.Rows(out)["backup"] != dir+"/other.zkb.zst" || z.Exists(t, "/other") {
		t.Errorf("error = %v, printed %q", err, out)
	}
	out, _, err = z.Run("zk_restore " + dir + "/other.zkb.zst " + z.Addr)
	if err != nil || shelltest.Rows(out)["created"] != "3" || !z.Exists(t, "/other/a/b") {
		t.Errorf("restored: error = %v, printed %q", err, out)
	}
}

func TestTreeThatChangesWhileItIsBackedUpIsToldAndNotRemoved(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	n := 0
	z.Env.Progress = func(string) zkcopy.Progress {
		return shelltest.DuringPhase{Phase: zkcopy.PhaseVerify, F: func() {
			n++
			z.Create(t, "/other/new"+strings.Repeat("i", n), 0)
		}}
	}
	dir := t.TempDir()
	out, diagnostics, err := z.Run("zk_backup " + z.Addr + z.Root + "/other " + dir + "/changed.zkb")
	if err == nil || shelltest.Rows(out)["changed_meanwhile"] != "1" || !strings.Contains(diagnostics, "ERROR: 1 znodes of the source changed") || !strings.Contains(diagnostics, "/other/newi") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	_, diagnostics, err = z.Run("zk_rmr --yes " + z.Addr + z.Root + "/other --backup " + dir + "/other.zkb")
	if err == nil || !strings.Contains(diagnostics, "Nothing was removed") || !z.Exists(t, "/other/a/b") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
	z.Env.Progress = nil
	_, diagnostics, err = z.Run("zk_restore " + dir + "/changed.zkb " + z.Addr + z.Root + "/target")
	if err != nil || !strings.Contains(diagnostics, "WARNING: ") || !strings.Contains(diagnostics, "1 znodes changed while the backup was taken") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

func TestRestorationOfADamagedFileSaysThatNothingWasWritten(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	dir := t.TempDir()
	for name, c := range map[string]struct {
		behind int // the byte that is spoiled, from the end; 0 for an empty file
		want   string
	}{
		"empty.zkb":   {0, ""},
		"spoiled.zst": {1, "CRC check failed"},
		"spoiled.gz":  {8, "gzip: invalid checksum"},
	} {
		file := filepath.Join(dir, name)
		if _, diagnostics, err := z.Run("zk_backup " + z.Addr + z.Root + "/other " + file); err != nil {
			t.Fatal(diagnostics)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if c.behind == 0 {
			content = nil
		} else {
			content[len(content)-c.behind] ^= 1
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, diagnostics, err := z.Run("zk_restore " + file + " " + z.Addr + z.Root + "/restored")
		if err == nil || !strings.HasSuffix(diagnostics, c.want+"\nNothing was written\n") || z.Exists(t, "/restored") {
			t.Errorf("%s: error = %v, printed %q; want %q", name, err, diagnostics, c.want)
		}
	}
}

func TestRootIsNoPlaceToRestoreTo(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	_, diagnostics, err := z.Run("zk_restore " + z.Saved(t) + " " + z.Addr + "/")
	if want := "is the root of all znodes. Leave its path out to write to " + z.Root; err == nil || !strings.Contains(diagnostics, want) {
		t.Errorf("error = %v, printed %q; want %q", err, diagnostics, want)
	}
}

func TestEachGuardOfARestorationIsOverriddenByItsName(t *testing.T) {
	table := func(id string) []byte {
		return []byte(`{"status":"app_status::AS_AVAILABLE","app_type":"pegasus","app_name":"t` + id + `","app_id":` + id + `,"partition_count":1,"envs":{},"is_stateful":1,"max_replica_count":3,"expire_second":0,"create_second":0,"drop_second":0,"duplicating":0,"init_partition_count":-1,"is_bulk_loading":0}`)
	}
	for name, c := range map[string]struct {
		source, target []string
		problem        string
	}{
		"live_target":  {nil, []string{"/target", "/target/lock"}, "so living servers use it"},
		"other_tables": {nil, []string{"/target", "/target/dsn.meta.server.leader", "/target/apps", "/target/apps/7"}, "t7 (id 7)"},
		"stale_locks":  {[]string{"/other/dsn.meta.server.leader", "/other/dsn.meta.server.leader/LOCKNODE0000000001"}, nil, "has lock nodes that no session holds"},
	} {
		t.Run(name, func(t *testing.T) {
			z := shelltest.StartZooKeeper(t)
			for _, path := range append(c.source, c.target...) {
				flags := int32(0)
				if strings.HasSuffix(path, "/lock") {
					flags = zk.FlagEphemeral
				}
				z.Create(t, path, flags)
				if strings.HasSuffix(path, "/7") {
					if _, err := z.Conn.Set(z.Root+path, table("7"), -1); err != nil {
						t.Fatal(err)
					}
				}
			}
			line := "zk_restore " + z.Saved(t) + " " + z.Addr + z.Root + "/target"
			_, diagnostics, err := z.Run(line)
			if err == nil || !strings.Contains(diagnostics, c.problem) || !strings.Contains(diagnostics, "--force "+name+" overrides") || z.Exists(t, "/target/a") {
				t.Errorf("error = %v, printed %q; want a refusal that names the guard", err, diagnostics)
			}
			out, diagnostics, err := z.Run(line + " --force " + name)
			if err != nil || !strings.Contains(out, "verified") || !z.Exists(t, "/target/a/b") {
				t.Errorf("forced: error = %v, printed %q and %q", err, out, diagnostics)
			}
		})
	}
	z := shelltest.StartZooKeeper(t)
	_, diagnostics, err := z.Run("zk_restore " + z.Saved(t) + " " + z.Addr + "/")
	if err == nil || !strings.Contains(diagnostics, "--force root_target overrides") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

func TestRestorationPlansAndAsksBeforeItRemoves(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	file := z.Saved(t)
	z.Create(t, "/other/extra", 0)
	line := "zk_restore " + file + " " + z.Addr + z.Root + "/other"
	out, _, err := z.Run(line + " --delete --dry_run")
	if err != nil || !strings.HasPrefix(out, "remove "+z.Root+"/other/extra (0 B)\n") || shelltest.Rows(out)["result"] != "a plan, nothing was written" || !z.Exists(t, "/other/extra") {
		t.Errorf("plan: error = %v, printed %q", err, out)
	}
	_, diagnostics, err := z.Run(line)
	if err != nil || !strings.Contains(diagnostics, "1 znodes of the target are not in the source; --delete removes them") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
	_, diagnostics, err = z.Run(line + " --delete")
	if err == nil || !strings.Contains(diagnostics, "use --yes") || !z.Exists(t, "/other/extra") {
		t.Errorf("script: error = %v, printed %q", err, diagnostics)
	}
	z.Env.Interactive = true
	out, _, err = z.Run(line+" --delete", "n")
	if err == nil || !strings.Contains(out, "remove 1 znodes of") || !z.Exists(t, "/other/extra") {
		t.Errorf("answered n: error = %v, printed %q", err, out)
	}
	out, _, err = z.Run(line+" --delete", "y")
	if err != nil || shelltest.Rows(out)["removed"] != "1" || z.Exists(t, "/other/extra") {
		t.Errorf("answered y: error = %v, printed %q", err, out)
	}
}

func TestInterruptedBackupLeavesNoFile(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	ctx, cancel := context.WithCancel(context.Background())
	z.Env.Progress = func(string) zkcopy.Progress { return shelltest.DuringPhase{Phase: zkcopy.PhaseVerify, F: cancel} }
	file := filepath.Join(t.TempDir(), "other.zkb")
	_, diagnostics, err := z.RunIn(ctx, "zk_backup "+z.Addr+z.Root+"/other "+file)
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(diagnostics, "interrupted: ") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

func TestTheTreeOfTwoLeadersIsNoOnesTree(t *testing.T) {
	var metas []string
	for _, name := range []string{"a", "b"} {
		metas = append(metas, metatest.Start(t, shelltest.Leads(name, "zk-"+name+":2181")).Address)
	}
	s := shelltest.StartOn(t, metaadmin.Options{}, metas...)
	file := filepath.Join(t.TempDir(), "c1.zkb")
	for _, line := range []string{"zk_backup " + file, "zk_backup /pegasus/c1 " + file, "zk_check", "zk_diff /a /b"} {
		if _, diagnostics, err := s.Run(line); err == nil || !strings.Contains(diagnostics, "lead at the same time") {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
}

func TestWrongUseOfBackupCommands(t *testing.T) {
	for _, c := range []struct{ line, says string }{
		{"zk_backup", "a FILE that ends in .zkb, .gz or .zst"},
		{"zk_backup a:1/x", "a FILE that ends in .zkb, .gz or .zst"},
		{"zk_backup a:1 x.zkb", "has no path"},
		{"zk_backup a:1/x// x.zkb", "ends with /"},
		{"zk_backup a:1/x nosuch/x.zkb --force other", "there is no guard"},
		{"zk_restore x.zkb", "needs a FILE and a target, got 1 argument"},
		{"zk_restore nosuch.zkb a:1/x", "no such file"},
		{"zk_restore . a:1/x", "not a regular file"},
		{"zk_diff a:1/x", "needs two trees or backup files, got 1 argument"},
		{"zk_diff x.zkb.gz a:1/x", "no such file"},
		{"zk_diff x.old a:1/x", "x.old has no path: use HOSTS/PATH, or the name of a backup file that exists"},
	} {
		words := strings.Fields(c.line)
		_, diagnostics, err := shelltest.Execute(t, words...)
		if err == nil || !strings.Contains(diagnostics, c.says) {
			t.Errorf("%s: error = %v, printed %q", c.line, err, diagnostics)
		}
	}
}
