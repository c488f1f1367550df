package zkcopy

import (
	"cmp"
	"context"
	"path"
	"slices"
	"sync"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// Findings are what makes a tree dangerous to write into or to remove.
type Findings struct {
	// Exists is false where there is no such tree, and all other fields are empty then.
	Exists bool
	Count  Count
	// Clusters are the Pegasus clusters whose metadata lies in the tree, by
	// root.
	Clusters []Cluster

	// Rewritten are the znodes of tables and partitions that were set after they
	// had been created, those that were set last.
	Rewritten []Rewrite
}

// Cluster is the metadata of one Pegasus cluster, found by its apps node or
// its lock node.
type Cluster struct {
	// Root is the path above the apps node or the lock node. Where these do
	// not lie below one znode, the two are found as two clusters.
	Root string
	// HasApps: there is an apps node. AppsState is its data, layout.Locked, layout.Unlocked or
	// empty in a valid tree.
	HasApps   bool
	AppsState string
	// AppsZxid is the transaction that created the apps node.
	AppsZxid int64
	Tables   []Table // by id
	// Locks are the lock nodes, the leader's first. Session is zero where no
	// session holds one.
	Locks []EphemeralNode
	// LockPath is the znode that lock nodes are made below, empty where there
	// is none, and LockChanges how often one was made or removed there (its
	// cversion): above zero meta servers have led here, for a copy leaves lock
	// nodes out.
	LockPath    string
	LockChanges int32
	// LockZxid is the transaction that last made or removed one.
	LockZxid int64
}

// TablesByID are the cluster's tables by their ids.
func (c Cluster) TablesByID() map[int32]Table {
	byID := make(map[int32]Table, len(c.Tables))
	for _, t := range c.Tables {
		byID[t.ID] = t
	}
	return byID
}

// Table is a table of a Pegasus cluster as its znode describes it.
type Table struct {
	Path         string
	ID           int32
	Name         string
	Status       layout.AppStatus
	CreateSecond int64 // since 1970
	// PartitionCount is above the number of partition znodes while the table is split.
	PartitionCount int32
	// Unreadable says why the znode's data is not a table's; all but path and id is empty then.
	Unreadable error
}

// same reports whether two tables of one id are one table: a renamed one keeps the second of its
// creation, and another cluster's of the same name has another.
func (t Table) same(other Table) bool {
	switch {
	case t.ID != other.ID:
		return false
	case t.Unreadable != nil || other.Unreadable != nil:
		return true
	case t.CreateSecond != 0 && other.CreateSecond != 0:
		return t.CreateSecond == other.CreateSecond
	}
	return t.Name == other.Name
}

// Inspect counts a tree and looks for Pegasus clusters in it, in one walk over
// the whole tree. The data of tables and lock nodes is read, of other znodes
// only the stat. A tree that does not exist has findings too.
func Inspect(ctx context.Context, tr Tree, o CountOptions) (*Findings, error) {
	if err := o.sync(ctx, tr); err != nil {
		return nil, err
	}
	progress := progressOr(o.Progress)
	progress.Start(PhaseCount)
	defer progress.Done()
	c := newCounting(tr, o)
	f := newFinder()
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: tr, Want: tree.WantData}}, Limits: o.Limits, Progress: progress,
		Narrow: func(rel string) bool { return tells(tree.JoinPath(tr.Path, rel)) },
		Skip:   func(rel string, _ tree.SideSet) bool { return o.Skip != nil && o.Skip(rel) },
		Visit: func(ctx context.Context, p *tree.Pair) (any, bool, error) {
			defer p.Release()
			n := p.Nodes[0]
			if n == nil {
				return nil, false, nil
			}
			f.visit(n)
			if o.Visited != nil {
				o.Visited(n)
			}
			progress.Add(1, int64(n.Stat.DataLength))
			return nil, true, c.add(ctx, n)
		},
	}
	if err := w.Run(ctx); err != nil {
		return nil, err
	}
	count := c.result()
	if count.Znodes == 0 {
		return &Findings{}, nil
	}
	return &Findings{Exists: true, Count: *count, Clusters: f.clusters(), Rewritten: f.rewritten.newest()}, nil
}

// finder collects clusters by their roots.
type finder struct {
	mu        sync.Mutex
	by        map[string]*Cluster
	rewritten rewrites
}

func newFinder() *finder { return &finder{by: map[string]*Cluster{}} }

// FindClusters looks for Pegasus clusters in a tree, and reads their tables
// and lock nodes but not their partitions; of the options it heeds Limits, Skip
// and Synced. A tree that does not exist holds none.
func FindClusters(ctx context.Context, tr Tree, o CountOptions) ([]Cluster, error) {
	if err := o.sync(ctx, tr); err != nil {
		return nil, err
	}
	f := newFinder()
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: tr, Want: tree.WantData}}, Limits: o.Limits,
		Skip:   func(rel string, _ tree.SideSet) bool { return o.Skip != nil && o.Skip(rel) },
		Narrow: func(rel string) bool { return tells(tree.JoinPath(tr.Path, rel)) },
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			defer p.Release()
			return nil, f.visit(p.Nodes[0]), nil
		},
	}
	if err := w.Run(ctx); err != nil {
		return nil, err
	}
	return f.clusters(), nil
}

// clusters are what was found, by root.
func (f *finder) clusters() []Cluster {
	clusters := make([]Cluster, 0, len(f.by))
	for _, c := range f.by {
		slices.SortFunc(c.Tables, func(a, b Table) int { return cmp.Compare(a.ID, b.ID) })
		slices.SortFunc(c.Locks, func(a, b EphemeralNode) int { return cmp.Compare(a.Path, b.Path) })
		clusters = append(clusters, *c)
	}
	slices.SortFunc(clusters, func(a, b Cluster) int { return cmp.Compare(a.Root, b.Root) })
	return clusters
}

// cluster returns what is known of the cluster at root, to be changed.
func (f *finder) cluster(root string, change func(*Cluster)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.by[root]
	if c == nil {
		c = &Cluster{Root: root}
		f.by[root] = c
	}
	change(c)
}

// reports whether the data of the znode at a path describes a cluster.
func tells(of string) bool {
	_, table := tableID(of)
	return table || path.Base(of) == layout.AppsName || layout.IsLockNode(of)
}

// tableID is the id of the table whose znode a path is, by its place and name.
func tableID(of string) (id int32, ok bool) {
	if path.Base(tree.ParentPath(of)) != layout.AppsName {
		return 0, false
	}
	return layout.ParseAppName(path.Base(of))
}

// visit reads a znode, with its data if that describes something, and reports whether znodes below
// it may describe more.
func (f *finder) visit(n *tree.Node) (descend bool) {
	if n == nil {
		return false
	}
	parent := tree.ParentPath(n.Path)
	if id, ok := tableID(n.Path); ok {
		f.cluster(tree.ParentPath(parent), func(c *Cluster) {
			c.Tables = append(c.Tables, tableOf(n, id))
			f.rewritten.add(n)
		})
		return false
	}
	if _, ok := tableID(parent); ok { // a partition
		f.mu.Lock()
		f.rewritten.add(n)
		f.mu.Unlock()
		return true
	}
	if layout.IsLockNode(n.Path) {
		lock := EphemeralNode{Path: n.Path, Value: string(n.Data), Session: n.Stat.EphemeralOwner, Lock: true}
		f.cluster(tree.ParentPath(parent), func(c *Cluster) { c.Locks = append(c.Locks, lock) })
		return false
	}
	if path.Base(n.Path) == layout.LockName {
		f.cluster(parent, func(c *Cluster) { c.LockPath, c.LockChanges, c.LockZxid = n.Path, n.Stat.Cversion, n.Stat.Pzxid })
	}
	if path.Base(n.Path) == layout.AppsName {
		f.cluster(parent, func(c *Cluster) { c.HasApps, c.AppsState, c.AppsZxid = true, string(n.Data), n.Stat.Czxid })
	}
	return true
}

func tableOf(n *tree.Node, id int32) Table {
	table := Table{Path: n.Path, ID: id}
	app, err := layout.DecodeApp(n.Data)
	switch {
	case err != nil:
		table.Unreadable = err
	default:
		table.Name, table.Status, table.CreateSecond, table.PartitionCount = app.Name, app.Status, app.CreateSecond, app.PartitionCount
	}
	return table
}

// TablesOnlyIn lists the tables of the clusters theirs, found below the path
// theirRoot, that ours, found below ourRoot, have not at the same place: a sign
// that the trees are of two clusters.
func TablesOnlyIn(theirs []Cluster, theirRoot string, ours []Cluster, ourRoot string) []Table {
	known := map[string][]Table{}
	for _, c := range ours {
		known[tree.RelativePath(ourRoot, c.Root)] = c.Tables
	}
	var only []Table
	for _, c := range theirs {
		here := known[tree.RelativePath(theirRoot, c.Root)]
		for _, t := range c.Tables {
			if !slices.ContainsFunc(here, t.same) {
				only = append(only, t)
			}
		}
	}
	return only
}
