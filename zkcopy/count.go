package zkcopy

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// EphemeralNode is an ephemeral znode and who holds it.
type EphemeralNode struct {
	Path    string
	Value   string // its data; a Pegasus meta server writes its HOST:PORT
	Session int64
	// Lock: it is the lock node of a meta server, by its place and name.
	Lock bool
}

// Count is what a tree amounts to.
type Count struct {
	Znodes int64
	Bytes  int64 // of data
	// Ephemerals is the number of ephemeral znodes, EphemeralNodes are the
	// first of them by path, at most CountOptions.MaxEphemerals.
	Ephemerals     int64
	EphemeralNodes []EphemeralNode
	// PersistentLocks are lock nodes that no session holds: left by a copy that created them as
	// plain znodes, and they stop every meta server that starts.
	PersistentLocks []string
}

// CountOptions say how a tree is counted. The zero value is usable.
type CountOptions struct {
	tree.Limits
	Progress Progress
	// MaxEphemerals bounds the ephemeral znodes, and the persistent lock
	// nodes, that are listed; zero means 100.
	MaxEphemerals int
	// Synced: the tree's sessions were synchronised just now.
	Synced bool
	// Skip, if there is one, reports which paths below the root (they begin with a slash) nothing
	// is read, nor of what lies below them.
	Skip func(rel string) bool
	// Visited, if there is one, sees every znode that Inspect counts, with its data where that was
	// read. It is called by several goroutines at once.
	Visited func(*tree.Node)
}

const defaultMaxEphemerals = 100

// sync makes what the ensemble has agreed on visible, unless that was done.
func (o CountOptions) sync(ctx context.Context, tr Tree) error {
	if o.Synced {
		return nil
	}
	return tr.Sync(ctx)
}

// CountTree walks a tree and counts it. One that does not exist is a
// *NotFoundError.
func CountTree(ctx context.Context, tr Tree, o CountOptions) (*Count, error) {
	if err := o.sync(ctx, tr); err != nil {
		return nil, err
	}
	progress := progressOr(o.Progress)
	progress.Start(PhaseCount)
	defer progress.Done()
	c := newCounting(tr, o)
	err := tree.Walk(ctx, tr, tree.WalkOptions{Limits: o.Limits, StatOnly: true, Progress: progress}, func(n *tree.Node) error { return c.add(ctx, n) })
	if err != nil {
		return nil, err
	}
	return c.result(), nil
}

// counting is a count under way.
type counting struct {
	tr    Tree
	most  int
	mu    sync.Mutex
	count Count
}

func newCounting(tr Tree, o CountOptions) *counting {
	return &counting{tr: tr, most: cmp.Or(max(0, o.MaxEphemerals), defaultMaxEphemerals)}
}

// add counts a znode. It can be called by several goroutines at once.
func (c *counting) add(ctx context.Context, n *tree.Node) error {
	e, err := ephemeralOf(ctx, c.tr, n)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.add(n, e, c.most)
	return nil
}

func (c *counting) result() *Count {
	slices.SortFunc(c.count.EphemeralNodes, func(a, b EphemeralNode) int { return cmp.Compare(a.Path, b.Path) })
	slices.Sort(c.count.PersistentLocks)
	return &c.count
}

// ephemeralOf reads the value of an ephemeral znode, nil for any other.
func ephemeralOf(ctx context.Context, tr Tree, n *tree.Node) (*EphemeralNode, error) {
	if n.Kind() != tree.Ephemeral {
		return nil, nil
	}
	d, err := tr.Client.Data(ctx, n.Path)
	if err != nil {
		return nil, tr.Wrap(err)
	}
	return &EphemeralNode{
		Path: n.Path, Value: string(d.Data), Session: n.Stat.EphemeralOwner, Lock: layout.IsLockNode(n.Path),
	}, nil
}

func (c *Count) add(n *tree.Node, e *EphemeralNode, most int) {
	c.Znodes++
	c.Bytes += int64(n.Stat.DataLength)
	if n.Kind() == tree.Ephemeral {
		c.Ephemerals++
		if len(c.EphemeralNodes) < most {
			c.EphemeralNodes = append(c.EphemeralNodes, *e)
		}
		return
	}
	if layout.IsLockNode(n.Path) && len(c.PersistentLocks) < most {
		c.PersistentLocks = append(c.PersistentLocks, n.Path)
	}
}
