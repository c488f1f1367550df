package zkcopy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// plantWhole writes the tree of a sound cluster: table 1 with two partitions, a dropped table 2, a
// living meta server.
func plantWhole(t *testing.T, conn *zk.Conn, root string) {
	t.Helper()
	put := func(path string, flags int32, data []byte) {
		if _, err := conn.Create(path, data, flags, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatalf("create %s: %v", path, err)
		}
	}
	put(layout.AppsPath(root), 0, []byte(layout.Unlocked))
	for id, status := range map[int32]layout.AppStatus{1: layout.AppAvailable, 2: layout.AppDropped} {
		put(layout.AppPath(root, id), 0, checkedApp(id, status).Encode())
		for i := range int32(2) {
			gpid := layout.GPID{AppID: id, Index: i}
			put(layout.PartitionPath(root, gpid), 0, checkedPartition(gpid).Encode())
		}
	}
	put(root+"/backup", 0, nil)
	put(root+"/bulk_load", 0, nil)
	put(layout.LockPath(root), 0, nil)
	put(layout.LockPath(root)+"/LOCKNODE0000000004", zk.FlagEphemeral, []byte("127.0.0.1:34602"))
	put(layout.LockPath(root)+"/LOCKNODE0000000003", zk.FlagEphemeral, []byte("127.0.0.1:34601"))
}

func checkedApp(id int32, status layout.AppStatus) layout.App {
	return layout.App{Status: status, Type: "pegasus", Name: fmt.Sprintf("t%d", id), ID: id, PartitionCount: 2, Stateful: true, MaxReplicaCount: 3}
}

func checkedPartition(gpid layout.GPID) layout.Partition {
	return layout.Partition{ID: gpid, Ballot: 3, MaxReplicaCount: 3, Primary: "127.0.0.1:34801"}
}

// checked returns the findings as "SEVERITY path below the root: problem", sorted.
func checked(t *testing.T, tree Tree) (*CheckResult, []string) {
	t.Helper()
	var findings []string
	result, err := Check(zktest.Context(t), tree, CheckOptions{OnFinding: func(f Finding) {
		if f.Advice.IsZero() || strings.Contains(f.Advice.String(), "remove") && f.Severity != Fault {
			t.Errorf("%s: %s: advice %q", f.Path, f.Problem, f.Advice)
		}
		findings = append(findings, fmt.Sprintf("%s %s: %s", f.Severity, strings.TrimPrefix(f.Path, tree.Path), f.Problem))
	}})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(findings)
	return result, findings
}

func TestCheckFindsNothingInASoundTree(t *testing.T) {
	conn, tree := oneServer(t)
	plantWhole(t, conn, tree.Path)
	result, findings := checked(t, tree)
	if len(findings) > 0 {
		t.Errorf("findings: %q", findings)
	}
	want := &CheckResult{Znodes: 13, Available: 1, Dropped: 1, Partitions: 4, LockPath: layout.LockPath(tree.Path), Locks: []EphemeralNode{
		{Path: layout.LockPath(tree.Path) + "/LOCKNODE0000000003", Value: "127.0.0.1:34601", Lock: true},
		{Path: layout.LockPath(tree.Path) + "/LOCKNODE0000000004", Value: "127.0.0.1:34602", Lock: true},
	}}
	if diff := cmp.Diff(want, result, cmpopts.IgnoreFields(CheckResult{}, "Bytes"), cmpopts.IgnoreFields(EphemeralNode{}, "Session")); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func TestCheckNamesEachFault(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(conn *zk.Conn, root string) error
		want  []string
	}{
		"tree being created":        {set("/apps", "lock"), []string{`FAULT /apps: has the value "lock": a meta server is creating the tree, or died while creating it; every meta server that starts on it aborts`}},
		"apps with a strange value": {set("/apps", "open"), []string{`FAULT /apps: has the value "open"`}},
		"table that is no JSON":     {set("/apps/1", "{"), []string{"FAULT /apps/1: is not the description of a table: "}},
		"table of another id":       {set("/apps/1", string(checkedApp(9, layout.AppAvailable).Encode())), []string{"FAULT /apps/1: describes the table with id 9"}},
		"two tables of one name": {set("/apps/2", strings.Replace(string(checkedApp(2, layout.AppAvailable).Encode()), `"t2"`, `"t1"`, 1)),
			[]string{"FAULT /apps/2: table 2 has the name t1 of table 1"}},
		"change not finished":       {set("/apps/1", string(checkedApp(1, layout.AppDropping).Encode())), []string{"warning /apps/1: table t1 is app_status::AS_DROPPING: a change of it is not finished"}},
		"missing partition":         {remove1("/apps/1/1"), []string{"FAULT /apps/1: table t1 lacks 1 of 2 partitions: 1"}},
		"partition of another":      {set("/apps/1/0", string(checkedPartition(layout.GPID{AppID: 1, Index: 1}).Encode())), []string{"FAULT /apps/1/0: describes partition 1.1"}},
		"partition that is no JSON": {set("/apps/1/0", "x"), []string{"FAULT /apps/1/0: is not the configuration of a partition: "}},
		"partition too many":        {create("/apps/1/7", ""), []string{"warning /apps/1/7: table t1 has 2 partitions, this is number 7"}},
		"stranger below apps":       {create("/apps/readme", ""), []string{"FAULT /apps/readme: does not have a number as its name, as tables have"}},
		"stranger below a table":    {create("/apps/1/readme", ""), []string{"unknown /apps/1/readme: does not belong to any feature of Pegasus that is known here"}},
		"lock node copied as a plain one": {create("/"+layout.LockName+"/LOCKNODE0000000001", "127.0.0.1:34601"),
			[]string{`FAULT /dsn.meta.server.leader/LOCKNODE0000000001: is a lock node ("127.0.0.1:34601") that no session holds: a meta server aborts if it is its own, and waits forever for the lock if it is another's`}},
		"partition without a primary": {set("/apps/1/0", strings.Replace(string(checkedPartition(layout.GPID{AppID: 1}).Encode()), "127.0.0.1:34801", layout.InvalidAddress, 1)),
			[]string{"warning /apps/1/0: partition 1.0 of table t1 has no primary"}},
	} {
		t.Run(name, func(t *testing.T) {
			conn, tree := oneServer(t)
			plantWhole(t, conn, tree.Path)
			if err := c.spoil(conn, tree.Path); err != nil {
				t.Fatal(err)
			}
			_, findings := checked(t, tree)
			if len(findings) != len(c.want) {
				t.Fatalf("findings %q, want %q", findings, c.want)
			}
			for i := range findings {
				if !strings.HasPrefix(findings[i], c.want[i]) {
					t.Errorf("finding %q, want %q", findings[i], c.want[i])
				}
			}
		})
	}
}

func set(path, data string) func(*zk.Conn, string) error {
	return func(conn *zk.Conn, root string) error {
		_, err := conn.Set(root+path, []byte(data), -1)
		return err
	}
}

func create(path, data string) func(*zk.Conn, string) error {
	return func(conn *zk.Conn, root string) error {
		_, err := conn.Create(root+path, []byte(data), 0, zk.WorldACL(zk.PermAll))
		return err
	}
}

func remove1(path string) func(*zk.Conn, string) error {
	return func(conn *zk.Conn, root string) error { return conn.Delete(root+path, -1) }
}

func TestCheckOfWhatIsNoCluster(t *testing.T) {
	conn, tr := oneServer(t)
	_, findings := checked(t, tr)
	if len(findings) != 1 || !strings.Contains(findings[0], "has no child apps: it is not the root of a Pegasus cluster") {
		t.Errorf("findings = %q", findings)
	}
	// The parent of clusters is none, whether they live or not.
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/c2"}, zktest.Znode{Path: "/c2/apps", Data: []byte(layout.Unlocked)}, zktest.Znode{Path: "/c1"}, zktest.Znode{Path: "/c1/apps", Data: []byte(layout.Unlocked)},
		zktest.Znode{Path: "/c1/lock"}, zktest.Znode{Path: "/c1/lock/" + layout.LockName},
		zktest.Znode{Path: "/c1/lock/" + layout.LockName + "/LOCKNODE0000000001", Data: []byte("10.0.0.1:34601"), Ephemeral: true})
	_, findings = checked(t, tr)
	if !slices.ContainsFunc(findings, func(f string) bool {
		return strings.Contains(f, "it is not the root of a Pegasus cluster, but clusters lie below it, such as "+tr.Path+"/c1")
	}) {
		t.Errorf("above clusters: findings = %q", findings)
	}
	tr.Path += "/nosuch"
	var missing *tree.NotFoundError
	if _, err := Check(zktest.Context(t), tr, CheckOptions{}); !errors.As(err, &missing) {
		t.Errorf("error = %v, want a NotFoundError", err)
	}
}
