package zkcopy

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/tree"
)

// verify reads the target back and compares it with what was read from the
// source, by digests; the source is looked at again only if its servers wrote
// anything since the copy began. Where digests differ, both trees are read
// anew to name the paths: what differs because the source was changed after
// the copy began is told apart from what ought to be equal, a
// *SourceChangedError or a *VerifyError.
func (c *copier) verify(ctx context.Context) error {
	if err := c.source.Client.Sync(ctx, c.source.Path); err != nil {
		return err
	}
	if err := c.target.Client.Sync(ctx, c.target.Path); err != nil {
		return err
	}
	c.progress.Start(PhaseVerify)
	defer c.progress.Done()
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.readBack(gctx) })
	if c.source.Client.Zxid() != c.sourceStart {
		group.Go(func() error { return c.lookAgain(gctx) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if c.ledger.suspects.empty() {
		c.keepProof(ctx)
		return nil
	}
	v := &verifier{c: c}
	return v.run(ctx)
}

// readBack digests the target.
func (c *copier) readBack(ctx context.Context) error {
	l := c.ledger
	var found digest
	if c.sums != nil {
		c.sums.target = sum{}
	}
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: c.target, Want: tree.WantData}}, Limits: c.limits, Progress: c.progress,
		Skip: c.skipQuietly, NoACL: c.o.NoACL,
		NeedsACL: func(p *tree.Pair) bool {
			n := p.Nodes[0]
			_, shared := l.originOf(p, &n.Stat)
			return n.Kind() != tree.Ephemeral && l.needsACL(identityOf(&n.Stat), shared)
		},
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			defer p.Release()
			n := p.Nodes[0]
			if n == nil {
				return nil, false, nil // what is missing makes the digests differ
			}
			c.progress.Add(1, int64(len(n.Data)))
			if n.Kind() == tree.Ephemeral {
				l.suspects[l.bucket(p.Rel)].Store(true)
				return nil, true, nil
			}
			if c.sums != nil {
				c.sums.add(&c.sums.target, p.Rel, &n.Stat)
			}
			own, shared := l.originOf(p, &n.Stat)
			found.add(l.entry(l.content(p.Rel, n.Data), identityOf(&n.Stat), shared, n.ACL))
			return place{n.Stat, own}, true, nil
		},
	}
	if err := w.Run(ctx); err != nil {
		return err
	}
	l.suspects.addDifferences(&l.target, &found)
	return nil
}

// lookAgain digests the stats of the source's znodes as they are now.
func (c *copier) lookAgain(ctx context.Context) error {
	l := c.ledger
	var found digest
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: c.source, Want: tree.WantStat}}, Limits: c.limits, Skip: c.skipQuietly,
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			n := p.Nodes[0]
			if c.selector.absent(n) {
				return nil, false, nil
			}
			found.add(l.stat(p.Rel, &n.Stat))
			return nil, true, nil
		},
	}
	if err := w.Run(ctx); err != nil {
		return err
	}
	l.suspects.addDifferences(&l.source, &found)
	return nil
}

// skipQuietly passes over what is excluded, which the copy itself counted.
func (c *copier) skipQuietly(rel string, _ tree.SideSet) bool { return c.selector.excludes(rel) }

// verifier reads the suspects of source and target anew, side by side, and
// collects what differs.
type verifier struct {
	c *copier

	mu          sync.Mutex
	differences []Difference
	different   int64
	changes     []string
	changed     int64
}

// below is what a verified znode's children are given as their parent.
type below struct {
	// changed: children of the source's znode came or went during the copy.
	changed bool
}

func (v *verifier) run(ctx context.Context) error {
	c := v.c
	w := tree.Walker{
		Sides:  []tree.Wanted{{Tree: c.source, Want: tree.WantAll}, {Tree: c.target, Want: tree.WantAll}},
		Limits: c.limits, Visit: v.visit, Narrow: v.suspect, Skip: c.skipQuietly, NoACL: c.o.NoACL,
	}
	if err := w.Run(ctx); err != nil {
		return err
	}
	switch {
	case v.different > 0:
		return &VerifyError{v.differences, v.different}
	case v.changed > 0:
		return &SourceChangedError{v.changes, v.changed}
	}
	return nil
}

func (v *verifier) suspect(rel string) bool {
	l := v.c.ledger
	return l.suspects[l.bucket(rel)].Load()
}

func (v *verifier) visit(_ context.Context, p *tree.Pair) (any, bool, error) {
	defer p.Release()
	from, to := p.Nodes[0], p.Nodes[1]
	parent, _ := p.Parent.(below)
	switch {
	case v.c.selector.absent(from):
		if to != nil && to.Stat.Czxid > v.c.targetStart {
			// It came during the copy, and the source does not have it (any more).
			v.note(p, Unexpected, parent.changed || p.Rel == "")
		}
		return parent, true, nil
	case p.Rel != "" && v.c.selector.tooOld(from, to):
	case to == nil:
		v.note(p, Missing, from.Stat.Czxid > v.c.sourceStart)
		return nil, false, nil
	case from.Stat.DataLength != to.Stat.DataLength:
		v.note(p, OtherData, from.Stat.Mzxid > v.c.sourceStart)
	case !v.suspect(p.Rel):
	case !tree.SameData(from.Data, to.Data):
		v.note(p, OtherData, from.Stat.Mzxid > v.c.sourceStart)
	case !v.c.o.NoACL && !tree.SameACL(from.ACL, to.ACL):
		// No transaction id is kept for the last change of an ACL.
		v.note(p, OtherACL, v.c.source.Client.Zxid() > v.c.sourceStart)
	}
	return below{changed: from.Stat.Pzxid > v.c.sourceStart}, true, nil
}

// note keeps a difference, by the source's path where that has changed.
func (v *verifier) note(p *tree.Pair, kind DifferenceKind, sourceChanged bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if sourceChanged {
		v.changed++
		if len(v.changes) < v.c.o.MaxDifferences {
			v.changes = append(v.changes, tree.JoinPath(v.c.source.Path, p.Rel))
		}
		return
	}
	v.different++
	if len(v.differences) < v.c.o.MaxDifferences {
		v.differences = append(v.differences, Difference{tree.JoinPath(v.c.target.Path, p.Rel), kind})
	}
}
