package zkcopy

import (
	"context"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// hasMoved notes the source's last transaction, and reports whether its servers wrote anything, in
// any tree, since the copy began.
func (c *copier) hasMoved(ctx context.Context) (bool, error) {
	if err := c.source.Sync(ctx); err != nil {
		return false, err
	}
	c.sourceEnd = c.source.Client.Zxid()
	return c.sourceEnd != c.sourceStart, nil
}

// lookAgain digests the stats of the source's znodes as they are now, if any can
// have changed. Those that are as they were when they were read were so at the
// transaction that it notes, which lies between.
func (c *copier) lookAgain(ctx context.Context) error {
	moved, err := c.hasMoved(ctx)
	if err != nil || !moved {
		return err
	}
	l := c.ledger
	var found digest
	err = c.sweep(ctx, func(rel string, stat *tree.Stat) { found.add(l.stat(rel, stat)) })
	if err != nil {
		return err
	}
	l.changed.addDifferences(&l.source, &found)
	l.suspects.addDifferences(&l.source, &found)
	return nil
}

// sweep calls note for the stat of each znode of the source that is copied, from
// several goroutines at once.
func (c *copier) sweep(ctx context.Context, note func(rel string, stat *tree.Stat)) error {
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: c.source, Want: tree.WantStat}}, Limits: c.limits, Skip: c.skipQuietly,
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			n := p.Nodes[0]
			if c.selector.absent(n) {
				return nil, false, nil
			}
			note(p.Rel, &n.Stat)
			return nil, true, nil
		},
	}
	return w.Run(ctx)
}

// childrenMoved reports whether children of a znode of the source came or went since the copy
// began, or the znode itself did. It is called after a child was found missing, on a server that
// has caught up with what was seen then.
func (c *copier) childrenMoved(ctx context.Context, path string) (bool, error) {
	requests := []session.Request{{Kind: session.Sync, Path: path}, {Kind: session.Exists, Path: path}}
	if err := c.source.Client.ReadTogether(ctx, requests); err != nil {
		return false, c.source.Wrap(session.WrapPath("read", path, err))
	}
	r := &requests[1]
	switch {
	case r.Missing():
		return true, nil
	case !r.Found():
		return false, c.source.Wrap(session.WrapPath("read", path, r.Err()))
	}
	return r.Stat.Czxid > c.sourceStart || r.Stat.Pzxid > c.sourceStart, nil
}
