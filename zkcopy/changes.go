package zkcopy

import (
	"context"
	"path"
	"sync"
	"time"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// ChangeKind says how a znode was changed.
type ChangeKind string

// The kinds of changes. ZooKeeper keeps no transaction of a change of an ACL, so none is found.
const (
	Created      ChangeKind = "created"
	DataSet      ChangeKind = "data set"
	Removed      ChangeKind = "removed"       // only a watch hears which znode it was
	ChildRemoved ChangeKind = "child removed" // a znode below it
)

// Change is a change of a znode.
type Change struct {
	Path string // on the servers
	Kind ChangeKind
	Zxid int64
	Time time.Time // by the clock of its servers; zero for ChildRemoved, for which they keep none
}

// Changes are those of a tree after a transaction.
type Changes struct {
	Total int64
	// Last is the one with the highest transaction.
	Last Change
	// Zxid is the transaction of the tree's servers up to which at least the tree was seen.
	Zxid int64
}

// ChangesSince looks at the stat of each znode of a tree and finds what was changed after a
// transaction. Ephemeral znodes, locks and the progress of duplications are passed over: they change
// at every meta level, and no copy has to have them. A tree that does not exist is a *NotFoundError.
func ChangesSince(ctx context.Context, tr Tree, zxid int64, limits tree.Limits) (*Changes, error) {
	return changesAfter(ctx, tr, zxid, limits, nil)
}

// changesAfter is ChangesSince; each, if there is one, hears of every change, and nothing is passed over
// then.
func changesAfter(ctx context.Context, tr Tree, zxid int64, limits tree.Limits, each func(Change)) (*Changes, error) {
	if err := tr.Sync(ctx); err != nil {
		return nil, err
	}
	c := changesSince{after: zxid, each: each, parents: map[string]*parentChange{}}
	c.found.Zxid = tr.Client.Zxid()
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: tr, Want: tree.WantStat}}, Limits: limits,
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			defer p.Release()
			n := p.Nodes[0]
			if n == nil {
				if p.Rel == "" {
					return nil, false, &tree.NotFoundError{Tree: tr.Endpoint()}
				}
				return nil, false, nil
			}
			return nil, c.visit(n), nil
		},
	}
	if err := w.Run(ctx); err != nil {
		return nil, err
	}
	c.addParents()
	return &c.found, nil
}

// changesSince collects changes.
type changesSince struct {
	after int64
	each  func(Change)

	mu    sync.Mutex
	found Changes
	// parents are those whose children came or went, by path, with the last transaction that
	// created one of the children that are there.
	parents map[string]*parentChange
}

type parentChange struct{ moved, created int64 }

// visit notes a znode, and reports whether what lies below it is looked at.
func (c *changesSince) visit(n *tree.Node) (descend bool) {
	stat := &n.Stat
	passed := c.each == nil && (n.Kind() == tree.Ephemeral || path.Base(n.Path) == layout.LockName)
	if max(stat.Czxid, stat.Mzxid, stat.Pzxid) <= c.after {
		return !passed
	}
	_, progress := layout.DuplicationOf(n.Path)
	c.mu.Lock()
	defer c.mu.Unlock()
	if stat.Czxid > c.after {
		p := c.parent(tree.ParentPath(n.Path))
		p.created = max(p.created, stat.Czxid)
	}
	switch {
	case passed || progress && c.each == nil:
		return !passed
	case stat.Czxid > c.after:
		c.add(Change{n.Path, Created, stat.Czxid, time.UnixMilli(stat.Ctime)})
	case stat.Mzxid > c.after:
		c.add(Change{n.Path, DataSet, stat.Mzxid, time.UnixMilli(stat.Mtime)})
	}
	if stat.Pzxid > c.after && stat.Czxid <= c.after {
		c.parent(n.Path).moved = stat.Pzxid
	}
	return true
}

func (c *changesSince) parent(at string) *parentChange {
	if c.parents[at] == nil {
		c.parents[at] = &parentChange{}
	}
	return c.parents[at]
}

func (c *changesSince) add(change Change) {
	c.found.Total++
	if c.each != nil {
		c.each(change)
	}
	if change.Zxid > c.found.Last.Zxid {
		c.found.Last = change
	}
}

// addParents adds the znodes below which one was removed: the last transaction that changed their
// children has created none of those that are there.
func (c *changesSince) addParents() {
	for at, p := range c.parents {
		if p.moved > p.created {
			c.add(Change{Path: at, Kind: ChildRemoved, Zxid: p.moved})
		}
	}
}
