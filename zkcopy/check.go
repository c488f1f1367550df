package zkcopy

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"path"
	"slices"
	"strings"
	"sync"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// Severity tells how bad a finding is.
type Severity int

// Severities.
const (
	// Warning: sound, but worth knowing before a migration.
	Warning Severity = iota
	// Fault: meta servers abort on it, or lose what it concerns.
	Fault
)

func (s Severity) String() string {
	if s == Fault {
		return "FAULT"
	}
	return "warning"
}

// Finding is something in a Pegasus metadata tree that is not as it should be.
type Finding struct {
	Severity Severity
	Path     string
	Problem  string
	// Advice says what to do.
	Advice string
}

// CheckOptions say how a tree is checked. The zero value is usable.
type CheckOptions struct {
	tree.Limits
	Progress Progress
	// OnFinding hears of every finding, one at a time.
	OnFinding func(Finding)
}

// CheckResult counts what a Pegasus metadata tree consists of, in znodes where
// nothing else is said.
type CheckResult struct {
	Znodes, Bytes int64
	// Available, Dropped and Other are tables by their state.
	Available, Dropped, Other int
	// Partitions of tables in any state.
	Partitions int64
	// Unknown znodes are neither tables nor partitions nor lock nodes: those of
	// features such as backup, which nothing is assumed about.
	Unknown int64
	// Locks are the lock nodes of living meta servers, the leader's first.
	Locks            []EphemeralNode
	Faults, Warnings int64
}

// Check looks whether the tree is a whole and consistent metadata tree of one
// Pegasus cluster; its path is the cluster's root. Memory grows with the number
// of tables and by a bit for each partition. A tree that does not exist is a
// *NotFoundError.
func Check(ctx context.Context, tr Tree, o CheckOptions) (*CheckResult, error) {
	if err := tr.Client.Sync(ctx, tr.Path); err != nil {
		return nil, err
	}
	progress := progressOr(o.Progress)
	progress.Start(PhaseCount)
	defer progress.Done()
	c := &checker{root: tr.Path, report: o.OnFinding, tables: map[int32]*checkedTable{}}
	if err := tree.Walk(ctx, tr, tree.WalkOptions{Limits: o.Limits, Progress: progress}, c.visit); err != nil {
		return nil, err
	}
	c.finish()
	return &c.result, nil
}

// checkedTable is what is known of a table while its partitions are read.
type checkedTable struct {
	app  layout.App
	path string
	// seen has a bit for each partition that is there; nil for a table whose
	// data cannot be read.
	seen []uint64
}

type checker struct {
	root   string
	report func(Finding)

	mu      sync.Mutex
	result  CheckResult
	hasApps bool
	tables  map[int32]*checkedTable
}

func (c *checker) find(severity Severity, path, advice, format string, args ...any) {
	if severity == Fault {
		c.result.Faults++
	} else {
		c.result.Warnings++
	}
	if c.report != nil {
		c.report(Finding{severity, path, fmt.Sprintf(format, args...), advice})
	}
}

// visit files a znode by its place below the root. Walk calls it for a parent
// before its children.
func (c *checker) visit(n *tree.Node) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.result.Znodes++
	c.result.Bytes += int64(len(n.Data))
	if layout.IsLockNode(n.Path) {
		c.lock(n)
		return nil
	}
	if n.Kind() == tree.Ephemeral {
		c.find(Warning, n.Path, "find out which program holds it; copies leave it out", "is ephemeral and no lock node")
	}
	below := strings.TrimPrefix(tree.RelativePath(c.root, n.Path), "/")
	parts := strings.Split(below, "/")
	switch {
	case below == "" || below == layout.BackupName || below == layout.BulkLoadName || path.Base(n.Path) == layout.LockName:
	case parts[0] != layout.AppsName:
		c.result.Unknown++
	case len(parts) == 1:
		c.apps(n)
	case len(parts) == 2:
		c.table(n, parts[1])
	case len(parts) == 3:
		c.partition(n, parts[1], parts[2])
	default:
		c.result.Unknown++
	}
	return nil
}

func (c *checker) apps(n *tree.Node) {
	c.hasApps = true
	switch state := string(n.Data); state {
	case layout.Unlocked, "":
	case layout.Locked:
		c.find(Fault, n.Path, "let the meta server finish; if none lives, the tree is not complete: remove it and start over",
			"says %q: a meta server is creating the tree, or died while it did, and every one that starts aborts", state)
	default:
		c.find(Fault, n.Path, fmt.Sprintf("it should be %q", layout.Unlocked), "has the value %.40q", state)
	}
}

func (c *checker) table(n *tree.Node, name string) {
	id, ok := layout.ParseAppName(name)
	if !ok {
		c.find(Fault, n.Path, "remove it if it is not yours", "is not named as a table, by a number")
		return
	}
	t := &checkedTable{path: n.Path}
	c.tables[id] = t
	app, err := layout.DecodeApp(n.Data)
	if err != nil {
		c.find(Fault, n.Path, "restore it from a backup or another copy of the tree", "is no table's description: %v", err)
		return
	}
	t.app = app
	switch app.Status {
	case layout.AppAvailable:
		c.result.Available++
	case layout.AppDropped:
		c.result.Dropped++
	default:
		c.result.Other++
		c.find(Warning, n.Path, "wait until it is done, with the meta level at steady, before the tree is moved",
			"table %s is %s: a change of it is not finished", app.Name, app.Status)
	}
	if app.ID != id {
		c.find(Fault, n.Path, "restore it from a backup or another copy of the tree", "describes the table with id %d", app.ID)
	}
	if app.PartitionCount < 1 || app.PartitionCount > maxPartitions {
		c.find(Fault, n.Path, "restore it from a backup or another copy of the tree", "says that the table has %d partitions", app.PartitionCount)
		return
	}
	t.seen = make([]uint64, (app.PartitionCount+63)/64)
}

// maxPartitions bounds what a table's description is believed.
const maxPartitions = 1 << 20

func (c *checker) partition(n *tree.Node, tableName, name string) {
	id, ok := layout.ParseAppName(tableName)
	index, ok2 := layout.ParsePartitionName(name)
	if !ok || !ok2 {
		c.find(Fault, n.Path, "remove it if it is not yours", "is not named as a partition, by a number below a table's")
		return
	}
	c.result.Partitions++
	t := c.tables[id]
	if t == nil || t.seen == nil {
		return // the table's own fault is told
	}
	if index >= t.app.PartitionCount {
		c.find(Warning, n.Path, "it is left from a split that was cancelled, or belongs to another tree", "table %s has %d partitions, this is number %d", t.app.Name, t.app.PartitionCount, index)
		return
	}
	t.seen[index/64] |= 1 << (index % 64)
	p, err := layout.DecodePartition(n.Data)
	if err != nil {
		c.find(Fault, n.Path, "restore it from a backup or another copy of the tree", "is no partition's configuration: %v", err)
		return
	}
	if p.ID.AppID != id || p.ID.Index != index {
		c.find(Fault, n.Path, "restore it from a backup or another copy of the tree", "describes partition %s", p.ID)
	}
	if t.app.Status == layout.AppAvailable && p.Primary == layout.InvalidAddress && (p.HPPrimary == nil || *p.HPPrimary == layout.InvalidHostPort) {
		c.find(Warning, n.Path, "look at it with app and ddd_diagnose before the tree is moved", "partition %s of table %s has no primary", p.ID, t.app.Name)
	}
}

func (c *checker) lock(n *tree.Node) {
	value := string(n.Data)
	if n.Kind() != tree.Ephemeral {
		c.find(Fault, n.Path, "remove it with zk_rmr: it was copied as a plain znode",
			"is a lock node (%q) that no session holds: meta servers abort on their own, and wait for ever behind another's", value)
		return
	}
	c.result.Locks = append(c.result.Locks, EphemeralNode{Path: n.Path, Value: value, Session: n.Stat.EphemeralOwner, Lock: true})
	if _, _, err := net.SplitHostPort(value); err != nil {
		c.find(Warning, n.Path, "find out which program holds it", "is a lock node whose value %.40q is not HOST:PORT", value)
	}
}

// finish looks at what only the whole tree tells.
func (c *checker) finish() {
	slices.SortFunc(c.result.Locks, func(a, b EphemeralNode) int { return cmp.Compare(path.Base(a.Path), path.Base(b.Path)) })
	if !c.hasApps {
		c.find(Fault, c.root, "name the cluster's root: cluster_info tells it as zookeeper_root", "has no child %s: it is no Pegasus cluster's root", layout.AppsName)
	}
	names := map[string]int32{}
	ids := make([]int32, 0, len(c.tables))
	for id := range c.tables {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		t := c.tables[id]
		c.missingPartitions(t)
		if t.seen == nil || t.app.Status != layout.AppAvailable {
			continue
		}
		if other, ok := names[t.app.Name]; ok {
			c.find(Fault, t.path, "rename one of them", "table %d has the name %s of table %d", id, t.app.Name, other)
		}
		names[t.app.Name] = id
	}
}

// missingPartitions tells of a table's partitions that are not there, the first
// few by number.
func (c *checker) missingPartitions(t *checkedTable) {
	var missing []string
	total := 0
	if t.seen == nil {
		return
	}
	for i := range t.app.PartitionCount {
		if t.seen[i/64]&(1<<(i%64)) == 0 {
			total++
			if len(missing) < 5 {
				missing = append(missing, fmt.Sprint(i))
			}
		}
	}
	if total == 0 {
		return
	}
	list := strings.Join(missing, ", ")
	if total > len(missing) {
		list += ", ..."
	}
	c.find(Fault, t.path, "the tree is not whole: copy it again, or restore it from a backup", "table %s lacks %d of %d partitions: %s", t.app.Name, total, t.app.PartitionCount, list)
}
