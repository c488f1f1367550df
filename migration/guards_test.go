package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// leader is a meta server that leads on a ZooKeeper.
func leader(server, hosts string) metaadmin.Leader {
	return metaadmin.Leader{Server: server, Info: metaadmin.ClusterInfo{
		{Key: "primary_meta_server", Value: server}, {Key: "zookeeper_hosts", Value: hosts}, {Key: "zookeeper_root", Value: "/c1"},
	}}
}

// recoveringLeader is a meta server that leads in recovery mode.
func recoveringLeader(server, address string) metaadmin.Leader {
	return metaadmin.Leader{Server: server, Recovering: true, Address: address}
}

// clusterAt is the metadata of a cluster with these tables.
func clusterAt(root string, tables ...int32) zkcopy.Cluster {
	c := zkcopy.Cluster{Root: root, HasApps: true, AppsState: "unlock"}
	for _, id := range tables {
		c.Tables = append(c.Tables, zkcopy.Table{ID: id, Name: fmt.Sprintf("t%d", id), CreateSecond: 10})
	}
	return c
}

// lockedBy is a cluster with lock nodes that these sessions hold, 0 for none.
func lockedBy(c zkcopy.Cluster, sessions ...int64) zkcopy.Cluster {
	for i, session := range sessions {
		c.Locks = append(c.Locks, zkcopy.EphemeralNode{
			Path: fmt.Sprintf("%s/dsn.meta.server.leader/LOCKNODE%010d", c.Root, i), Value: fmt.Sprintf("m%d:1", i+1), Session: session, Lock: true,
		})
	}
	return c
}

func tree(path string, clusters ...zkcopy.Cluster) Tree {
	return Tree{Name: "zk:1" + path, Path: path, Exists: true, Clusters: clusters}
}

func holding(t Tree, ephemerals int) Tree {
	t.Ephemerals = int64(ephemerals)
	for i := range ephemerals {
		t.EphemeralNodes = append(t.EphemeralNodes, zkcopy.EphemeralNode{Path: fmt.Sprintf("%s/e%d", t.Path, i), Value: "m1:1", Session: 0x77})
	}
	return t
}

func led(c zkcopy.Cluster, times int32) zkcopy.Cluster {
	c.LockPath, c.LockChanges = c.Root+"/dsn.meta.server.leader", times
	return c
}

// lockAt is a lock below a root, with lock nodes that these sessions hold, made or removed last by
// a transaction.
func lockAt(root string, zxid int64, sessions ...int64) zkcopy.Cluster {
	c := lockedBy(zkcopy.Cluster{Root: root}, sessions...)
	c.LockPath, c.LockChanges, c.LockZxid = root+"/dsn.meta.server.leader", int32(len(sessions)), zxid
	return c
}

// withLock is a tree whose lock lies elsewhere.
func withLock(t Tree, locks ...zkcopy.Cluster) Tree {
	t.Outside = locks
	return t
}

// madeAt is a cluster whose apps node was created by a transaction.
func madeAt(c zkcopy.Cluster, zxid int64) zkcopy.Cluster {
	c.AppsZxid = zxid
	return c
}

func changed(t Tree, paths ...string) Tree {
	t.Changed = paths
	return t
}

// unlocated is a tree with a cluster of whose lock nothing is known.
func unlocated(t Tree, root string) Tree {
	t.Unlocated = []string{root}
	return unfound(t, root)
}

// unfound is a tree with a cluster whose lock was not found where a meta server has reported it.
func unfound(t Tree, root string) Tree {
	t.Unfound = []string{root}
	return t
}

func equalTo(t Tree) Tree {
	t.Equal = true
	return t
}

var twoThatLead = []metaadmin.Leader{leader("m1:1", "a:1"), leader("m2:1", "b:1")}

// Each guard both ways: what it finds, and what it has nothing against.
func TestGuardsFindWhatSpeaksAgainstAChange(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		seen    Survey
		want    []string // "GUARD: " and a part of each problem, in order
	}{
		"one leader":              {"set_meta_level", Survey{Leaders: []metaadmin.Leader{leader("m1:1", "a:1")}}, nil},
		"one leader, named twice": {"set_meta_level", Survey{Leaders: []metaadmin.Leader{leader("m1:1", "a:1"), leader("m1:1", "a:1")}}, nil},
		"two leaders": {"set_meta_level", Survey{Leaders: []metaadmin.Leader{leader("m1:1", "a:1"), leader("m2:1", "b:1")}},
			[]string{"two_leaders: 2 meta servers lead at the same time: m1:1 on ZooKeeper a:1/c1; m2:1 on ZooKeeper b:1/c1."}},

		"two leaders, one in recovery": {"recover", Survey{Leaders: []metaadmin.Leader{leader("m1:1", "a:1"), recoveringLeader("m2:1", "m2:1")}},
			[]string{"two_leaders: 2 meta servers lead at the same time: m1:1 on ZooKeeper a:1/c1; m2:1 in recovery mode. They use different ZooKeepers. " +
				"Stop the wrong one before you send recover: a leader in recovery mode does not accept replicas"}},
		"two leaders in recovery": {"recover", Survey{Leaders: []metaadmin.Leader{recoveringLeader("m1:1", "m1:1"), recoveringLeader("m2:1", "m2:1")}},
			[]string{"two_leaders: 2 meta servers lead at the same time: m1:1 in recovery mode; m2:1 in recovery mode. They use different ZooKeepers. Stop the wrong one before you send recover (migrate status shows which one)."}},
		"one leader in recovery, named twice": {"recover", Survey{Leaders: []metaadmin.Leader{recoveringLeader("m1:1", "10.0.0.1:1"), recoveringLeader("10.0.0.1:1", "10.0.0.1:1")}}, nil},

		"two leaders of a copied tree":  {"zk_copy", Survey{Leaders: twoThatLead, Source: tree("/c1"), Target: tree("/c1")}, []string{"two_leaders: "}},
		"two leaders and a removal":     {"zk_rmr", Survey{Leaders: twoThatLead, Target: tree("/c1")}, []string{"two_leaders: "}},
		"two leaders and a restoration": {"zk_restore", Survey{Leaders: twoThatLead, Source: tree("/c1"), Target: tree("/c1")}, []string{"two_leaders: "}},

		"a drop at level blind":        {"drop", Survey{Level: Level{Value: metaadmin.LevelBlind}}, []string{"blind_level: stays in the state DROPPING"}},
		"a recall at level blind":      {"recall", Survey{Level: Level{Value: metaadmin.LevelBlind}}, []string{"blind_level: would be missing from a copy"}},
		"a recall at level steady":     {"recall", Survey{Level: Level{Value: 400}}, nil},
		"a recall at no one's level":   {"recall", Survey{Level: Level{Doubt: errors.New("gone")}}, nil},
		"a creation at level blind":    {"create", Survey{Level: Level{Value: metaadmin.LevelBlind}}, nil},
		"another level, level blind":   {"set_meta_level", Survey{Level: Level{Value: metaadmin.LevelBlind}}, nil},
		"two leaders, and level blind": {"rename", Survey{Leaders: twoThatLead, Level: Level{Value: metaadmin.LevelBlind}}, []string{"two_leaders: ", "blind_level: "}},

		"a copy to a new place": {"zk_copy", Survey{Source: tree("/c1", clusterAt("/c1", 1)), Target: Tree{Path: "/c1"}}, nil},
		"stale locks": {"zk_copy", Survey{Source: tree("/c1", lockedBy(clusterAt("/c1"), 0)), Target: tree("/c1")},
			[]string{`stale_locks: no session holds`}},
		"a living lock": {"zk_copy", Survey{Source: tree("/c1", lockedBy(clusterAt("/c1"), 0x77)), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}}, nil},
		"followers": {"zk_copy", Survey{Source: tree("/c1", lockedBy(clusterAt("/c1"), 0x77, 0x78, 0x79)), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}},
			[]string{": 3 meta servers hold lock nodes at zk:1/c1: m1:1 is the leader; m2:1 and m3:1 are followers waiting for the lock."}},
		"followers that were just killed": {"zk_copy", Survey{Source: tree("/c1", lockedBy(clusterAt("/c1"), 0x77, 0x78)), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}},
			[]string{": when the leader restarts. A meta server that was just killed keeps its lock node until its session expires"}},
		"the root of all":             {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/")}, []string{"root_target: is the root of all znodes. Leave its path out to write to /c1"}},
		"the root of all from itself": {"zk_copy", Survey{Source: tree("/"), Target: tree("/")}, nil},
		"another path": {"zk_copy", Survey{Source: tree("/c1", clusterAt("/c1")), Target: tree("/c2")},
			[]string{": the tree will lie at /c2, not at /c1"}},
		"another path, no cluster": {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c2")}, nil},
		"a living target": {"zk_copy", Survey{Source: tree("/c1"), Target: holding(tree("/c1"), 4)},
			[]string{`live_target: holds 4 ephemeral znodes, so living servers use it: /c1/e0 ("m1:1", session 0x77), /c1/e1 ("m1:1", session 0x77), /c1/e2 ("m1:1", session 0x77), ...`}},
		"another cluster's tables": {"zk_copy", Survey{Source: tree("/c1", clusterAt("/c1", 1)), Target: tree("/c1", clusterAt("/c1", 1, 2, 3, 4, 5, 6, 7))},
			[]string{"other_tables: t2 (id 2), t3 (id 3), t4 (id 4), t5 (id 5), t6 (id 6) and 1 more"}},
		"the same tables at another path": {"zk_copy", Survey{Source: tree("/a", clusterAt("/a/x", 1)), Target: tree("/b", clusterAt("/b/x", 1))}, nil},
		"a target that was led in": {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1", led(clusterAt("/c1"), 2))},
			[]string{"used_target: meta servers have used the target zk:1/c1 since it was created (/c1/dsn.meta.server.leader had children)"}},
		"a target that was only copied to": {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1", led(clusterAt("/c1"), 0))}, nil},
		"a target that was led in with a lock below it": {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1", clusterAt("/c1"), led(zkcopy.Cluster{Root: "/c1/lock"}, 1))},
			[]string{"used_target: (/c1/lock/dsn.meta.server.leader had children)"}},
		"a target that was led in with a lock elsewhere": {"zk_copy", Survey{Source: tree("/c1"), Target: withLock(tree("/c1", madeAt(clusterAt("/c1"), 5)), lockAt("/locks/c1", 6, 0))}, []string{"stale_locks: the lock of the target zk:1/c1", "used_target: (/locks/c1/dsn.meta.server.leader had children since)"}},
		"a lock elsewhere that is older than the target": {"zk_copy", Survey{Source: tree("/c1"), Target: withLock(tree("/c1", madeAt(clusterAt("/c1"), 5)),
			zkcopy.Cluster{Root: "/locks/c1", LockPath: "/locks/c1/dsn.meta.server.leader", LockChanges: 2, LockZxid: 4})}, nil},
		"a target that something has changed": {"zk_copy", Survey{Source: tree("/c1"), Target: changed(unlocated(tree("/c1", clusterAt("/c1")), "/c1"), "/c1/apps/1", "/c1/apps/2")},
			[]string{"used_target: (/c1/apps/1 differs from the source and was changed later)", "unknown_liveness: "}},
		"a target that a copy has left behind a changing source": {"zk_copy", Survey{Source: tree("/c1"), Target: changed(tree("/c1", led(clusterAt("/c1"), 0)), "/c1/apps/1")}, nil},
		"a living target with a lock elsewhere": {"zk_copy", Survey{Source: tree("/c1"), Target: withLock(tree("/c1", madeAt(clusterAt("/c1"), 5)), lockAt("/locks/c1", 4, 0x77))},
			[]string{`live_target: is used by living servers, which hold 1 lock nodes outside of it: /locks/c1/dsn.meta.server.leader/LOCKNODE0000000000 ("m1:1", session 0x77).`}},
		"a living target with a lock below": {"zk_copy", Survey{Source: tree("/c1"), Target: holding(tree("/c1", lockedBy(clusterAt("/c1/lock"), 0x77)), 1)}, []string{"live_target: "}},
		"a source nobody knows the lock of": {"zk_copy", Survey{Source: unlocated(tree("/c1", clusterAt("/c1")), "/c1"), Target: tree("/c1")},
			[]string{": cannot determine whether meta servers use the source zk:1/c1"}},
		"followers with a lock elsewhere": {"zk_copy", Survey{Source: withLock(tree("/c1", clusterAt("/c1")), lockAt("/locks/c1", 4, 0x77, 0x78)), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}},
			[]string{": 2 meta servers hold lock nodes"}},
		"followers with a lock below": {"zk_copy", Survey{Source: tree("/c1", clusterAt("/c1"), lockedBy(zkcopy.Cluster{Root: "/c1/lock"}, 0x77, 0x78)), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}},
			[]string{": 2 meta servers hold lock nodes"}},
		"stale locks below": {"zk_copy", Survey{Source: tree("/c1", clusterAt("/c1"), lockedBy(zkcopy.Cluster{Root: "/c1/lock"}, 0)), Target: tree("/c1")},
			[]string{"stale_locks: "}},
		"a target nobody knows the lock of": {"zk_copy", Survey{Source: tree("/c1"), Target: unlocated(tree("/c1", clusterAt("/c1")), "/c1")},
			[]string{"unknown_liveness: cannot determine whether living servers use zk:1/c1: the cluster /c1 has its metadata there,"}},
		"an equal target nobody knows the lock of":    {"zk_copy", Survey{Source: tree("/c1"), Target: equalTo(unlocated(tree("/c1", clusterAt("/c1")), "/c1"))}, nil},
		"an interrupted copy of a tree with its lock": {"zk_copy", Survey{Source: tree("/c1", led(clusterAt("/c1"), 1)), Target: unlocated(tree("/c1", clusterAt("/c1")), "/c1")}, nil},
		"a restoration nobody knows the lock of":      {"zk_restore", Survey{Source: tree("/c1"), Target: unlocated(tree("/c1", clusterAt("/c1")), "/c1")}, []string{"unknown_liveness: "}},
		"a restoration to a tree that is led in":      {"zk_restore", Survey{Source: tree("/c1"), Target: withLock(tree("/c1", clusterAt("/c1")), lockAt("/locks/c1", 4, 0x77))}, []string{"live_target: "}},
		"a restoration to a lock with stale nodes":    {"zk_restore", Survey{Source: tree("/c1"), Target: withLock(tree("/c1", clusterAt("/c1")), lockAt("/locks/c1", 4, 0))}, []string{"stale_locks: "}},
		"a tree that is being made": {"zk_copy", Survey{Source: tree("/c1", zkcopy.Cluster{Root: "/c1", HasApps: true, AppsState: "lock"}), Target: tree("/c1")},
			[]string{`: /c1/apps says "lock"`}},
		"not blind": {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}, Level: Level{Value: 400}},
			[]string{": the meta level is steady"}},
		"blind":                            {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}, Level: Level{Value: 200}}, nil},
		"another's level":                  {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1"), Level: Level{Value: 400}}, nil},
		"an unknown level":                 {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1"), Own: Own{Relation: zkcopy.Same}, Level: Level{Doubt: errors.New("gone")}}, []string{": cannot determine the meta level of the cluster, which should be blind while its tree is copied: gone"}},
		"a silent cluster":                 {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1"), Own: Own{Unasked: errors.New("gone")}}, []string{": cannot determine the meta level of the cluster, which should be blind while its tree is copied: gone"}},
		"a silent cluster that is stopped": {"zk_copy", Survey{Source: tree("/c1", led(clusterAt("/c1"), 4)), Target: tree("/c1"), Own: Own{Unasked: errors.New("gone")}}, nil},
		"a silent cluster with a lock elsewhere": {"zk_copy", Survey{Source: unlocated(tree("/c1", clusterAt("/c1")), "/c1"), Target: tree("/c1"), Own: Own{Unasked: errors.New("gone")}},
			[]string{": cannot determine whether meta servers use the source", ": cannot determine the meta level"}},
		"a silent cluster that leads": {"zk_copy", Survey{Source: tree("/c1", lockedBy(led(clusterAt("/c1"), 4), 0x77)), Target: tree("/c1"), Own: Own{Unasked: errors.New("gone")}},
			[]string{": cannot determine the meta level"}},
		"another cluster that leads": {"zk_copy", Survey{Source: tree("/c1", lockedBy(led(clusterAt("/c1"), 4), 0x77)), Target: tree("/c1")},
			[]string{": the meta server m1:1 uses the source zk:1/c1, which is not the connected cluster's tree"}},
		"another cluster that leads with a lock elsewhere": {"zk_copy", Survey{Source: withLock(tree("/c1", clusterAt("/c1")), lockAt("/locks/c1", 4, 0x77)), Target: tree("/c1")},
			[]string{": the meta server m1:1 uses the source"}},
		"an unreachable tree": {"zk_copy", Survey{Source: tree("/c1"), Target: tree("/c1"), Own: Own{Unreached: errors.New("gone")}}, []string{": cannot determine whether this is the connected cluster's tree: gone"}},
		"all of a restoration": {"zk_restore", Survey{Source: tree("/c1", lockedBy(clusterAt("/c1"), 0)), Target: holding(tree("/c2", led(clusterAt("/c2", 9), 3)), 1)},
			[]string{"stale_locks: ", ": the tree will lie at /c2", "live_target: ", "other_tables: "}},

		"a dead tree":   {"zk_rmr", Survey{Target: tree("/c1")}, nil},
		"a living tree": {"zk_rmr", Survey{Target: holding(tree("/c1"), 1)}, []string{"live_tree: zk:1/c1 holds 1 ephemeral znodes"}},
		"the cluster's tree": {"zk_rmr", Survey{Target: tree("/c1/apps"), Own: Own{Relation: zkcopy.Inside, Name: "zk:1/c1"}},
			[]string{"connected_tree: zk:1/c1/apps lies inside the tree of the connected cluster (zk:1/c1)"}},
		"the cluster's lock": {"zk_rmr", Survey{Target: tree("/locks"), Own: Own{Relation: zkcopy.Around, Name: "zk:1/locks/c1/dsn.meta.server.leader", Lock: true}},
			[]string{"connected_tree: zk:1/locks contains the lock of the connected cluster (zk:1/locks/c1/dsn.meta.server.leader)"}},
		"a living tree with a lock elsewhere": {"zk_rmr", Survey{Target: withLock(tree("/c1/apps", clusterAt("/c1")), lockAt("/c1", 4, 0x77))},
			[]string{"live_tree: zk:1/c1/apps is used by living servers, which hold 1 lock nodes outside of it"}},
		"a dead tree with a lock elsewhere":              {"zk_rmr", Survey{Target: withLock(tree("/c1", clusterAt("/c1")), lockAt("/locks/c1", 4, 0))}, nil},
		"a tree nobody knows the lock of":                {"zk_rmr", Survey{Target: unlocated(tree("/c1", clusterAt("/c1")), "/c1")}, []string{"unknown_liveness: "}},
		"a tree whose lock is not where it was reported": {"zk_rmr", Survey{Target: unfound(tree("/c1", clusterAt("/c1")), "/c1")}, []string{"unknown_liveness: "}},
		"a znode of such a tree":                         {"zk_set", Survey{Target: unfound(tree("/c1/apps/1", clusterAt("/c1")), "/c1")}, []string{"unknown_liveness: "}},
		"a copy whose lock was reported":                 {"zk_copy", Survey{Source: tree("/c1"), Target: changed(unfound(tree("/c1", clusterAt("/c1")), "/c1"), "/c1/apps/1")}, nil},
		"nobody says whose it is": {"zk_rmr", Survey{Target: tree("/c1"), Own: Own{Unasked: errors.New("no answer")}},
			[]string{"unknown_cluster: cannot determine whether zk:1/c1 is the tree of the connected cluster: no answer"}},
		"a backup over a file": {"zk_rmr", Survey{Target: tree("/c1"), ExistingFile: "f"}, []string{"overwrite: the file f exists"}},
		"a file":               {"zk_backup", Survey{ExistingFile: "f"}, []string{"overwrite: the file f exists"}},
		"no file":              {"zk_backup", Survey{}, nil},
	} {
		found := Find(c.command, &c.seen)
		for i, f := range found {
			guard, part := "", ""
			if i < len(c.want) {
				guard, part, _ = strings.Cut(c.want[i], ": ")
			}
			if f.Guard != guard || !strings.Contains(f.Problem.String(), part) || i >= len(c.want) {
				t.Errorf("%s: found %q: %q", name, f.Guard, f.Problem)
			}
		}
		if len(found) < len(c.want) {
			t.Errorf("%s: found %d of %d", name, len(found), len(c.want))
		}
	}
}

func TestAChangeIsRefusedWarnedOfOrForced(t *testing.T) {
	live := Survey{Target: holding(tree("/c1"), 1)}
	for name, c := range map[string]struct {
		change  Change
		refused string // "" where the change is carried out
		warned  string
	}{
		"refused": {Change{}, "--force live_tree overrides this", ""},
		"forced":  {Change{Overridden: []string{GuardLiveTree}}, "", " (overridden)"},
		"another": {Change{Overridden: []string{GuardOverwrite}}, "--force live_tree overrides this", ""},
		"planned": {Change{Planned: true}, "", " (guard live_tree)"},
	} {
		var warnings []string
		c.change.Command, c.change.Flag = "zk_rmr", "--force"
		c.change.Warn = func(text message.Text) { warnings = append(warnings, text.String()) }
		done := false
		err := Execute(t.Context(), c.change, func(_ context.Context, pass Pass) error {
			for range 2 { // as behind a question
				if err := pass(&live); err != nil {
					return err
				}
			}
			done = true
			return nil
		})
		var refusal *Refusal
		if done != (c.refused == "") || errors.As(err, &refusal) == done || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s: carried out: %v, error %v", name, done, err)
		}
		if want := min(len(c.warned), 1); len(warnings) != want || want > 0 && !strings.HasSuffix(warnings[0], c.warned) {
			t.Errorf("%s: warned %q", name, warnings)
		}
	}
}

func TestAChangeThatPassedNoGuardIsAFault(t *testing.T) {
	err := Execute(t.Context(), Change{Command: "zk_rmr"}, func(context.Context, Pass) error { return nil })
	if !errors.Is(err, errUnguarded) {
		t.Errorf("error %v", err)
	}
}

func TestEveryGuardThatCanBeOverriddenIsNamedByHelp(t *testing.T) {
	for command, guards := range guardsOf {
		var want, got []string
		for _, g := range guards {
			if g.Name != "" && g.Overridden != "" {
				want = append(want, g.Name)
			}
		}
		for _, g := range Overridable(command) {
			got = append(got, g.Name)
		}
		if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", command, diff)
		}
	}
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }
