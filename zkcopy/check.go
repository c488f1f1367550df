package zkcopy

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"pegashell/internal/message"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// Severity says how bad a finding is.
type Severity int

// Severities.
const (
	// Unknown: what this program does not know, such as what a newer release keeps in the tree.
	// Nothing is assumed about it.
	Unknown Severity = iota
	// Warning: valid, but important before a migration.
	Warning
	// Fault: meta servers abort on it, or lose what it concerns.
	Fault
)

func (s Severity) String() string {
	switch s {
	case Fault:
		return "FAULT"
	case Warning:
		return "warning"
	}
	return "unknown"
}

// Finding is something in a Pegasus metadata tree that is not as it should be, or that is not
// known.
type Finding struct {
	Severity Severity
	Path     string
	Problem  message.Text
	// Advice says what to do.
	Advice message.Text
}

// CheckOptions say how a tree is checked. The zero value is usable.
type CheckOptions struct {
	tree.Limits
	Progress Progress
	// LockRoot is the znode below which meta servers make their lock nodes, their
	// distributed_lock_service_parameters, as a path on the tree's servers. It may lie outside the
	// tree. Empty means anywhere in the tree, such as at its root or at ROOT/lock.
	LockRoot string
	// OnFinding hears of every finding, one at a time.
	OnFinding func(Finding)
}

// CheckResult counts what a Pegasus metadata tree consists of, in znodes unless a field says
// otherwise.
type CheckResult struct {
	Znodes, Bytes int64
	// Available, Dropped and Other are tables by their state.
	Available, Dropped, Other int
	// Splitting are tables with partitions that have no znode yet, for their split is under way.
	Splitting int
	// Partitions of tables in any state.
	Partitions int64
	// Duplications to other clusters, of all tables; BulkLoads of tables; Policies by which backups
	// are made.
	Duplications, BulkLoads, Policies int
	// Unknown znodes are of no feature that this program knows.
	Unknown int64
	// LockPath is the znode where meta servers make their lock nodes. It is empty where none was
	// found: then nothing is known of living meta servers, and Locks is empty too.
	LockPath string
	// Locks are the lock nodes of living meta servers, the leader's first.
	Locks            []EphemeralNode
	Faults, Warnings int64
}

// Check looks whether the tree is a whole and consistent metadata tree of one
// Pegasus cluster; its path is the cluster's root. Memory grows with the number
// of tables and by a bit for each partition. A tree that does not exist is a
// *NotFoundError.
func Check(ctx context.Context, tr Tree, o CheckOptions) (*CheckResult, error) {
	if err := tr.Sync(ctx); err != nil {
		return nil, err
	}
	progress := progressOr(o.Progress)
	progress.Start(PhaseCount)
	defer progress.Done()
	c := &checker{root: tr.Path, lockRoot: o.LockRoot, report: o.OnFinding, tables: map[int32]*checkedTable{}, strangers: map[string]bool{}}
	if err := tree.Walk(ctx, tr, tree.WalkOptions{Limits: o.Limits, NoACL: true, Progress: progress}, c.visit); err != nil {
		return nil, err
	}
	if o.LockRoot != "" && !tree.Contains(tr.Path, layout.LockPath(o.LockRoot)) {
		if err := c.visitLocks(ctx, Tree{Client: tr.Client, Path: layout.LockPath(o.LockRoot)}, o.Limits); err != nil {
			return nil, err
		}
	}
	c.finish()
	return &c.result, nil
}

type checker struct {
	root, lockRoot string
	report         func(Finding)

	mu      sync.Mutex
	result  CheckResult
	hasApps bool
	// inner is the root of the first cluster, by its path, that lies below the root.
	inner  string
	tables map[int32]*checkedTable
	// strangers are children of the root that are not known: one can turn out to be the way to the
	// lock nodes.
	strangers map[string]bool
}

func (c *checker) find(severity Severity, path string, advice message.Text, format string, args ...any) {
	switch severity {
	case Fault:
		c.result.Faults++
	case Warning:
		c.result.Warnings++
	}
	if c.report != nil {
		c.report(Finding{severity, path, message.New(format, args...), advice})
	}
}

// visit files a znode by its place below the root. Walk calls it for a parent
// before its children.
func (c *checker) visit(n *tree.Node) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.result.Znodes++
	c.result.Bytes += int64(len(n.Data))
	below := strings.TrimPrefix(tree.RelativePath(c.root, n.Path), "/")
	switch {
	case layout.IsLockNode(n.Path):
		c.lock(n)
		return nil
	case path.Base(n.Path) == layout.LockName:
		c.lockParent(n.Path, below)
		return nil
	case n.Stat.EphemeralOwner != 0:
		c.find(Warning, n.Path, message.New("find out which program holds it; copies leave it out"), "is ephemeral, but not a lock node")
	}
	c.visitPlace(n, below)
	return nil
}

func (c *checker) visitPlace(n *tree.Node, below string) {
	switch layout.PlaceOf(below) {
	case layout.AppsPlace:
		c.apps(n)
	case layout.NoTablePlace:
		c.find(Fault, n.Path, message.New("find out which program created it; save the tree with zk_backup before you change anything"),
			"does not have a number as its name, as tables have: meta servers read every child of %s as a table", layout.AppsName)
	case layout.TablePlace:
		c.table(n)
	case layout.PartitionPlace:
		c.partition(n)
	case layout.DuplicationPlace:
		c.result.Duplications++
	case layout.BulkLoadPlace:
		c.result.BulkLoads++
	case layout.PolicyPlace:
		c.result.Policies++
	case layout.UnknownPlace:
		c.innerCluster(n)
		c.stranger(n.Path, below)
	}
}

// innerCluster notes the root of another cluster, by its child apps.
func (c *checker) innerCluster(n *tree.Node) {
	if state := string(n.Data); path.Base(n.Path) != layout.AppsName || state != layout.Locked && state != layout.Unlocked {
		return
	}
	if root := tree.ParentPath(n.Path); root != c.root && (c.inner == "" || root < c.inner) {
		c.inner = root
	}
}

// stranger notes a znode that is not known, and reports it unless it lies below another one.
func (c *checker) stranger(at, below string) {
	c.result.Unknown++
	top, _, deeper := strings.Cut(below, "/")
	if !deeper {
		c.strangers[top] = true
		return
	}
	switch layout.PlaceOf(path.Dir(below)) {
	case layout.UnknownPlace, layout.NoTablePlace:
	default:
		c.reportStranger(at)
	}
}

func (c *checker) reportStranger(at string) {
	c.find(Unknown, at, message.New("leave it: copies and backups include it unchanged"), "does not belong to any feature of Pegasus that is known here")
}

func (c *checker) apps(n *tree.Node) {
	c.hasApps = true
	switch state := string(n.Data); state {
	case layout.Unlocked, "":
	case layout.Locked:
		c.find(Fault, n.Path, message.New("let the meta server finish; if none is running, the tree is incomplete: remove it and start again"),
			"has the value %q: a meta server is creating the tree, or died while creating it; every meta server that starts on it aborts", state)
	default:
		c.find(Fault, n.Path, message.New("it should be %q", layout.Unlocked), "has the value %.40q", state)
	}
}

// finish looks at what only the whole tree shows.
func (c *checker) finish() {
	c.finishLocks()
	for _, top := range slices.Sorted(maps.Keys(c.strangers)) {
		c.reportStranger(tree.JoinPath(c.root, "/"+top))
	}
	switch {
	case c.hasApps:
	case c.inner != "":
		c.find(Fault, c.root, message.New("check the tree of a cluster: zk_check %s", c.inner),
			"has no child %s: it is not the root of a Pegasus cluster, but clusters lie below it, such as %s", layout.AppsName, c.inner)
	case len(c.result.Locks) > 0:
		c.find(Warning, c.root, message.New("in recovery it waits for the command recover; do not copy a tree without tables"),
			"has no child %s yet, but meta servers are running: the leader has just started, or is in recovery", layout.AppsName)
	default:
		c.find(Fault, c.root, message.New("use the cluster's root: cluster_info shows it as zookeeper_root"), "has no child %s: it is not the root of a Pegasus cluster", layout.AppsName)
	}
	c.finishTables()
}
