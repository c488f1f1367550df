package zkcopy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// plantCaptured makes the tree of a cluster as it was captured from real servers.
func plantCaptured(t *testing.T, conn *zk.Conn, root, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var nodes []struct {
		Path  string `json:"path"`
		Data  []byte `json:"data_b64"`
		Owner string `json:"ephemeralOwner"`
	}
	if err := json.Unmarshal(content, &nodes); err != nil {
		t.Fatal(err)
	}
	cluster := ""
	for _, n := range nodes {
		if at, found := strings.CutSuffix(n.Path, "/"+layout.LockName); found {
			cluster = at
		}
	}
	var ops []any
	for _, n := range nodes {
		below, inside := strings.CutPrefix(n.Path, cluster+"/")
		if !inside {
			continue
		}
		var flags int32
		if n.Owner != "0x0" {
			flags = zk.FlagEphemeral
		}
		ops = append(ops, &zk.CreateRequest{Path: root + "/" + below, Data: n.Data, Acl: zk.WorldACL(zk.PermAll), Flags: flags})
	}
	if _, err := conn.Multi(ops...); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func TestCheckFindsNoFaultInTreesOfRealServers(t *testing.T) {
	files, err := filepath.Glob("layout/testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no captured trees: %v", err)
	}
	spoiled := map[string]int64{ // by hand, to see how meta servers take lock nodes that nobody holds
		"23_locknodes_after_start.json": 3, "23_locknodes_copied_as_persistent.json": 3, "24_stale_lock_of_gone_meta.json": 1,
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			conn, tree := oneServer(t)
			plantCaptured(t, conn, tree.Path, file)
			result, findings := checked(t, tree)
			if result.Faults != spoiled[filepath.Base(file)] || result.Unknown != 0 {
				t.Errorf("%d faults, %d unknown znodes: %q", result.Faults, result.Unknown, findings)
			}
		})
	}
}

func TestCheckCountsWhatFeaturesKeep(t *testing.T) {
	for file, want := range map[string]CheckResult{
		"37_backup_running":            {Available: 6, Dropped: 2, Partitions: 40, Policies: 4},
		"38_duplication_progress":      {Available: 6, Dropped: 2, Partitions: 40, Policies: 5, Duplications: 2},
		"38_duplication_removed":       {Available: 6, Dropped: 2, Partitions: 40, Policies: 5},
		"39_bulk_load_started":         {Available: 6, Dropped: 2, Partitions: 40, Policies: 5, BulkLoads: 1, Warnings: 1},
		"42_split_running":             {Available: 7, Dropped: 2, Partitions: 44, Policies: 5, Splitting: 1, Warnings: 1},
		"43_blind_backup_bulk_load":    {Available: 6, Dropped: 2, Partitions: 40, Policies: 1, BulkLoads: 1, Splitting: 1, Warnings: 2},
		"36_recovery_mode_zk22182":     {Warnings: 1},
		"17_blind_copied_tree_zk22181": {Available: 2, Dropped: 3, Partitions: 20},
	} {
		t.Run(file, func(t *testing.T) {
			conn, tree := oneServer(t)
			plantCaptured(t, conn, tree.Path, "layout/testdata/"+file+".json")
			result, findings := checked(t, tree)
			want.LockPath = layout.LockPath(tree.Path)
			if diff := cmp.Diff(want, *result, cmpopts.IgnoreFields(CheckResult{}, "Bytes", "Znodes", "Locks")); diff != "" {
				t.Errorf("findings %q (-want +got):\n%s", findings, diff)
			}
		})
	}
}

func TestCheckTellsAPartitionThatIsLostFromOneThatIsSplitOff(t *testing.T) {
	split := checkedApp(1, layout.AppAvailable)
	split.InitPartitionCount, split.PartitionCount = 2, 4
	for name, c := range map[string]struct {
		gone string
		want []string
	}{
		"split": {"", []string{"warning /apps/1: table t1 is being split: 2 of 4 partitions have no znode yet: 2, 3"}},
		"both": {"/apps/1/1", []string{"FAULT /apps/1: table t1 lacks 1 of 4 partitions: 1",
			"warning /apps/1: table t1 is being split: 2 of 4 partitions have no znode yet: 2, 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			conn, tree := oneServer(t)
			plantWhole(t, conn, tree.Path)
			if err := set("/apps/1", string(split.Encode()))(conn, tree.Path); err != nil {
				t.Fatal(err)
			}
			if c.gone != "" {
				if err := remove1(c.gone)(conn, tree.Path); err != nil {
					t.Fatal(err)
				}
			}
			if _, findings := checked(t, tree); !cmp.Equal(c.want, findings) {
				t.Errorf("findings %q, want %q", findings, c.want)
			}
		})
	}
}

func TestCheckReportsWhatItDoesNotKnowOnce(t *testing.T) {
	conn, tree := oneServer(t)
	plantWhole(t, conn, tree.Path)
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/ranger"}, zktest.Znode{Path: "/ranger/a"}, zktest.Znode{Path: "/ranger/a/b"},
		zktest.Znode{Path: "/apps/1/next"}, zktest.Znode{Path: "/apps/1/next/0"}, zktest.Znode{Path: "/apps/1/0/x"},
		zktest.Znode{Path: "/apps/1/duplication"}, zktest.Znode{Path: "/apps/1/duplication/name"})
	result, findings := checked(t, tree)
	var paths []string
	for _, f := range findings {
		path, _, _ := strings.Cut(f, ":")
		paths = append(paths, path)
	}
	want := []string{"unknown /apps/1/0/x", "unknown /apps/1/duplication/name", "unknown /apps/1/next", "unknown /ranger"}
	if diff := cmp.Diff(want, paths); diff != "" || result.Unknown != 7 || result.Faults+result.Warnings != 0 {
		t.Errorf("%+v (-want +got):\n%s", result, diff)
	}
}

func TestCheckFindsLivingMetaServersWhereverTheyLock(t *testing.T) {
	const name = "/LOCKNODE0000000003"
	for where, c := range map[string]struct {
		lockRoot string // where lock nodes lie, below the own path of the test
		told     bool   // whether the check is told
		locks    int
		path     bool // whether it is known where lock nodes are made
	}{
		"the root":              {"/c1", false, 1, true},
		"the root, told":        {"/c1", true, 1, true},
		"below the root":        {"/c1/lock", false, 1, true},
		"below the root, told":  {"/c1/lock", true, 1, true},
		"another name below":    {"/c1/meta/locks", false, 1, true},
		"elsewhere":             {"/locks", false, 0, false},
		"elsewhere, told":       {"/locks", true, 1, true},
		"nowhere, told a place": {"", true, 0, false},
	} {
		t.Run(where, func(t *testing.T) {
			conn, own := oneServer(t)
			tree := Tree{Client: own.Client, Path: own.Path + "/c1"}
			zktest.Plant(t, conn, own.Path, zktest.Znode{Path: "/c1"}, zktest.Znode{Path: "/c1/apps", Data: []byte("unlock")})
			at := ""
			for _, part := range append(strings.Split(strings.TrimPrefix(c.lockRoot, "/"), "/"), layout.LockName) {
				if at += "/" + part; c.lockRoot != "" && at != "/c1" {
					zktest.Plant(t, conn, own.Path, zktest.Znode{Path: at})
				}
			}
			if c.lockRoot != "" {
				zktest.Plant(t, conn, own.Path, zktest.Znode{Path: at + name, Data: []byte("h1:34601"), Ephemeral: true})
			}
			var o CheckOptions
			if c.told {
				o.LockRoot = own.Path + c.lockRoot + strings.Repeat("/none", 1-min(1, len(c.lockRoot)))
			}
			var found []Finding
			o.OnFinding = func(f Finding) { found = append(found, f) }
			result, err := Check(zktest.Context(t), tree, o)
			if err != nil {
				t.Fatal(err)
			}
			if len(result.Locks) != c.locks || (result.LockPath != "") != c.path || len(found) > 0 || result.Unknown != 0 {
				t.Errorf("%+v, findings %v", result, found)
			}
		})
	}
}

func TestCheckTakesLockNodesElsewhereForNobodys(t *testing.T) {
	conn, own := oneServer(t)
	plantWhole(t, conn, own.Path)
	zktest.Plant(t, conn, own.Path, zktest.Znode{Path: "/" + layout.LockName + "/LOCKNODE0000000001", Data: []byte("h1:1")})
	var severities []Severity
	result, err := Check(zktest.Context(t), own, CheckOptions{LockRoot: own.Path + "/lock", OnFinding: func(f Finding) { severities = append(severities, f.Severity) }})
	if err != nil || result.LockPath != "" || len(result.Locks) > 0 || !cmp.Equal(severities, []Severity{Unknown, Unknown, Unknown}) {
		t.Errorf("%+v, %v, %v", result, severities, err)
	}
}

func TestALockNodeThatASessionHoldsIsNeverStale(t *testing.T) {
	for _, owner := range []int64{0x77, -0x00fffffffffffff0, -1 << 63} { // the second begins with 0xff
		c := checker{root: "/c1", strangers: map[string]bool{}}
		n := &tree.Node{Path: "/c1/" + layout.LockName + "/LOCKNODE0000000001", Data: []byte("h1:34601"), Stat: tree.Stat{EphemeralOwner: owner}}
		if err := c.visit(n); err != nil || c.result.Faults > 0 || len(c.result.Locks) != 1 {
			t.Errorf("owner %#x: %+v, %v", owner, c.result, err)
		}
		f := newFinder()
		f.visit(n)
		if locks := f.clusters()[0].Locks; locks[0].Session != owner {
			t.Errorf("owner %#x: found as %+v", owner, locks)
		}
	}
}
