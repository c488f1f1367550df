package zookeeper_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// duplicated makes the tree of a cluster with a table of 30 partitions that is duplicated to another cluster. write writes
// the progress of all partitions.
func duplicated(z *shelltest.ZooKeeper, t *testing.T) (path string, write func(decree int)) {
	t.Helper()
	set := func(path string, data []byte) {
		if _, err := z.Conn.Set(z.Root+path, data, -1); err != nil {
			t.Error(err)
		}
	}
	for _, path := range []string{"/own/apps/7", "/own/apps/7/duplication", "/own/apps/7/duplication/1795651087"} {
		z.Create(t, path, 0)
	}
	z.Create(t, "/own/dsn.meta.server.leader", 0)
	set("/own/apps/7", layout.App{Status: layout.AppAvailable, Name: "users", ID: 7, PartitionCount: 30}.Encode())
	set("/own/apps/7/duplication/1795651087", []byte(`{"remote":"onebox2","status":"DS_LOG","create_timestamp_ms":1795651087990,"fail_mode":"FAIL_SLOW"}`))
	for i := range 30 {
		z.Create(t, fmt.Sprintf("/own/apps/7/duplication/1795651087/%d", i), 0)
	}
	return z.Addr + z.Root + "/own", func(decree int) {
		for i := range 30 {
			set(fmt.Sprintf("/own/apps/7/duplication/1795651087/%d", i), fmt.Append(nil, decree))
		}
	}
}

func TestCopyAndBackupSayThatOnlyDuplicationsGoOn(t *testing.T) {
	const pause = "Only the progress of duplications changed, which the leader writes at every meta level: pause the duplications first " +
		"(pause_dup of the Pegasus shell), then repeat the command: table users to cluster onebox2 (dup_id 1795651087)"
	for name, c := range map[string]struct {
		more string // a znode that changes too
		want bool
	}{"nothing else changes": {"", true}, "the table changes": {"/own/apps/7", false}, "the duplication changes": {"/own/apps/7/duplication/1795651087", false}} {
		t.Run(name, func(t *testing.T) {
			z := shelltest.StartZooKeeper(t)
			source, write := duplicated(z, t)
			decree := 0
			z.Env.Progress = func(string) zkcopy.Progress {
				return shelltest.DuringPhase{Phase: zkcopy.PhaseVerify, F: func() {
					decree++
					write(decree)
					if c.more != "" {
						if _, err := z.Conn.Set(z.Root+c.more, fmt.Append(nil, decree), -1); err != nil {
							t.Error(err)
						}
					}
				}}
			}
			for _, line := range []string{
				"zk_copy -s " + source + " -t " + z.Addr + z.Root + "/copy",
				"zk_copy -j -s " + source + " -t " + z.Addr + z.Root + "/copy",
				"zk_backup " + source + " " + filepath.Join(t.TempDir(), "own.zkb"),
			} {
				_, diagnostics, err := z.Run(line)
				if outcome.Code(err) != 3 || strings.Contains(diagnostics, pause) != c.want || !strings.Contains(strings.ToLower(diagnostics), "repeat the command") {
					t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
				}
			}
		})
	}
}

func TestDiffSaysThatOnlyDuplicationsDiffer(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.AtLevel(t, wire.LevelBlind)
	source, write := duplicated(z, t)
	target := z.Addr + z.Root + "/copy"
	if out, diagnostics, err := z.Run("zk_copy -s " + source + " -t " + target); err != nil {
		t.Fatalf("%v, printed %q and %q", err, out, diagnostics)
	}
	write(9)
	out, _, err := z.Run("zk_diff " + source + " " + target)
	if outcome.Code(err) != 1 || shelltest.Rows(out)["result"] != "different, but only in the progress of duplications" || shelltest.Rows(out)["data"] != "30" {
		t.Errorf("error = %v, printed %q", err, out)
	}
	z.Create(t, "/copy/apps/8", 0)
	if out, _, err = z.Run("zk_diff " + source + " " + target); outcome.Code(err) != 1 || shelltest.Rows(out)["result"] != "different" {
		t.Errorf("error = %v, printed %q", err, out)
	}
}
