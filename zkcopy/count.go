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
	Znodes     int64
	Bytes      int64 // of data
	Containers int64
	TTLs       int64
	// Ephemerals is the number of ephemeral znodes, EphemeralNodes are the
	// first of them by path, at most CountOptions.MaxEphemerals.
	Ephemerals     int64
	EphemeralNodes []EphemeralNode
	// PersistentLocks are lock nodes that no session holds: left by a copy
	// that took them for plain znodes, and in the way of every meta server.
	PersistentLocks []string
}

// CountOptions say how a tree is counted. The zero value is usable.
type CountOptions struct {
	tree.Limits
	Progress Progress
	// MaxEphemerals bounds the ephemeral znodes, and the persistent lock
	// nodes, that are listed; zero means 100.
	MaxEphemerals int
}

const defaultMaxEphemerals = 100

// CountTree walks a tree and counts it. One that does not exist is a
// *NotFoundError.
func CountTree(ctx context.Context, tr Tree, o CountOptions) (*Count, error) {
	if o.MaxEphemerals <= 0 {
		o.MaxEphemerals = defaultMaxEphemerals
	}
	if err := tr.Client.Sync(ctx, tr.Path); err != nil {
		return nil, err
	}
	progress := progressOr(o.Progress)
	progress.Start(PhaseCount)
	defer progress.Done()
	var mu sync.Mutex
	var count Count
	err := tree.Walk(ctx, tr, tree.WalkOptions{Limits: o.Limits, StatOnly: true, Progress: progress}, func(n *tree.Node) error {
		e, err := ephemeralOf(ctx, tr, n)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		count.add(n, e, o.MaxEphemerals)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(count.EphemeralNodes, func(a, b EphemeralNode) int { return cmp.Compare(a.Path, b.Path) })
	slices.Sort(count.PersistentLocks)
	return &count, nil
}

// ephemeralOf reads the value of an ephemeral znode, nil for any other.
func ephemeralOf(ctx context.Context, tr Tree, n *tree.Node) (*EphemeralNode, error) {
	if n.Kind() != tree.Ephemeral {
		return nil, nil
	}
	d, err := tr.Client.Data(ctx, n.Path)
	if err != nil {
		return nil, err
	}
	return &EphemeralNode{
		Path: n.Path, Value: string(d.Data), Session: n.Stat.EphemeralOwner, Lock: layout.IsLockNode(n.Path),
	}, nil
}

func (c *Count) add(n *tree.Node, e *EphemeralNode, most int) {
	c.Znodes++
	c.Bytes += int64(n.Stat.DataLength)
	switch n.Kind() {
	case tree.Container:
		c.Containers++
	case tree.TTL:
		c.TTLs++
	case tree.Ephemeral:
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
