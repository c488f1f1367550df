package zkcopy

import (
	"cmp"
	"context"
	"errors"
	"net"
	"path"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// visitLocks reads lock nodes that lie outside the tree. There may be nothing at their path.
func (c *checker) visitLocks(ctx context.Context, at Tree, limits tree.Limits) error {
	err := tree.Walk(ctx, at, tree.WalkOptions{Limits: limits}, func(n *tree.Node) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch {
		case n.Path == at.Path:
			c.result.LockPath = n.Path
		case layout.IsLockNode(n.Path):
			c.lock(n)
		}
		return nil
	})
	var missing *tree.NotFoundError
	if errors.As(err, &missing) {
		return nil
	}
	return err
}

// usesLocks reports whether meta servers make their lock nodes below a znode, as far as is known.
func (c *checker) usesLocks(at string) bool {
	return c.lockRoot == "" || at == layout.LockPath(c.lockRoot)
}

// lockParent notes the parent of lock nodes, and the znodes on the way to it.
func (c *checker) lockParent(at, below string) {
	if top, _, _ := strings.Cut(below, "/"); c.strangers[top] {
		delete(c.strangers, top)
		c.result.Unknown -= int64(strings.Count(below, "/"))
	}
	if c.usesLocks(at) && c.result.LockPath == "" {
		c.result.LockPath = at
	}
}

func (c *checker) lock(n *tree.Node) {
	value, parent := string(n.Data), tree.ParentPath(n.Path)
	switch {
	case !c.usesLocks(parent):
		c.find(Unknown, n.Path, message.New("leave it unless you know which program it belongs to"), "is a lock node (%q), but the lock root is %s", value, c.lockRoot)
		return
	case n.Stat.EphemeralOwner == 0:
		c.find(Fault, n.Path, message.New("remove it with zk_rmr: it was copied as a persistent znode"),
			"is a lock node (%q) that no session holds: a meta server aborts if it is its own, and waits forever for the lock if it is another's", value)
		return
	}
	c.result.LockPath = parent
	c.result.Locks = append(c.result.Locks, EphemeralNode{Path: n.Path, Value: value, Session: n.Stat.EphemeralOwner, Lock: true})
	if _, _, err := net.SplitHostPort(value); err != nil {
		c.find(Warning, n.Path, message.New("find out which program holds it"), "is a lock node whose value %.40q is not HOST:PORT", value)
	}
}

// finishLocks puts the leader first.
func (c *checker) finishLocks() {
	slices.SortFunc(c.result.Locks, func(a, b EphemeralNode) int { return cmp.Compare(path.Base(a.Path), path.Base(b.Path)) })
}
