package zkcopy

import (
	"context"
	"sync"
	"sync/atomic"

	"pegashell/zkcopy/tree"
)

// verify reads the target back and compares it with what was read from the source, by digests; then
// the source is read again, if its servers wrote anything since the copy began. Where digests
// differ, both trees are read again to name the paths: what differs because the source was changed
// after the copy began is distinguished from what should be equal, a *SourceChangedError or a
// *VerifyError.
func (c *copier) verify(ctx context.Context) error {
	if err := c.target.Sync(ctx); err != nil {
		return err
	}
	c.targetSeen = c.target.Client.Zxid()
	c.progress.Start(PhaseVerify)
	defer c.progress.Done()
	if err := c.readBack(ctx); err != nil {
		return err
	}
	if err := c.lookAgain(ctx); err != nil {
		return err
	}
	if !c.ledger.suspects.empty() {
		if err := c.newVerifier().run(ctx); err != nil {
			return err
		}
	}
	if c.ledger.changed.empty() {
		c.keepProof(ctx)
	}
	return nil
}

// confirm is the verification of a copy that found everything equal: only the
// source may have changed since it was compared.
func (c *copier) confirm(ctx context.Context) (verified bool, err error) {
	if c.ledger == nil {
		moved, err := c.hasMoved(ctx)
		return err == nil && !moved, err
	}
	if err := c.lookAgain(ctx); err != nil {
		return false, err
	}
	if c.ledger.changed.empty() {
		c.keepProof(ctx)
		return true, nil
	}
	c.progress.Start(PhaseVerify)
	defer c.progress.Done()
	err = c.newVerifier().run(ctx)
	return err == nil, err
}

// readBack digests the target.
func (c *copier) readBack(ctx context.Context) error {
	l := c.ledger
	var found digest
	if c.sums != nil {
		c.sums.clearTarget()
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

// skipQuietly passes over what is excluded, which the copy itself counted.
func (c *copier) skipQuietly(rel string, _ tree.SideSet) bool { return c.selector.excludes(rel) }

// verifier reads the suspects of source and target again, side by side, and collects what differs.
type verifier struct {
	c *copier
	// suspect are the paths that are compared, of all others only the stats are read. restless are
	// those of which the source's znode is not as it was when it was copied, or may not be.
	suspect, restless func(rel string) bool
	skip              func(rel string, in tree.SideSet) bool
	// equal, if there is one, hears of the suspects that are equal.
	equal func(rel string, to *tree.Node)

	mu          sync.Mutex
	differences []Difference
	different   int64
	changes     []string
	changed     int64
	progress    progressChanges
}

// below is what a verified znode's children get as their parent.
type below struct {
	// lost: the source does not have the znode, but had it when it was copied.
	lost bool
	// moves reports whether children of the source's znode came or went since the copy began, as
	// far as that was read; nil where the source has no such znode.
	moves *atomic.Int32
}

// What is known of the children of a znode.
const (
	movesUnknown = iota
	noMoves
	someMoves
)

// newVerifier makes the verifier of what the ledger shows to be suspect.
func (c *copier) newVerifier() *verifier {
	l := c.ledger
	return &verifier{
		c: c, skip: c.skipQuietly,
		suspect:  func(rel string) bool { return l.suspects[l.bucket(rel)].Load() },
		restless: func(rel string) bool { return l.changed[l.bucket(rel)].Load() },
	}
}

func (v *verifier) run(ctx context.Context) error {
	c := v.c
	w := tree.Walker{
		Sides:  []tree.Wanted{{Tree: c.source, Want: tree.WantAll}, {Tree: c.target, Want: tree.WantAll}},
		Limits: c.limits, Visit: v.visit, Narrow: v.suspect, Skip: v.skip, NoACL: c.o.NoACL,
	}
	if err := w.Run(ctx); err != nil {
		return err
	}
	switch {
	case v.different > 0:
		return &VerifyError{v.differences, v.different}
	case v.changed > 0:
		return v.progress.complete(&SourceChangedError{Paths: v.changes, Total: v.changed})
	}
	return nil
}

func (v *verifier) visit(ctx context.Context, p *tree.Pair) (any, bool, error) {
	defer p.Release()
	from, to := p.Nodes[0], p.Nodes[1]
	switch {
	case v.c.selector.absent(from):
		return v.visitWithout(ctx, p)
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
		v.note(p, OtherACL, v.mayHaveChanged(p.Rel))
	case v.equal != nil:
		v.equal(p.Rel, to)
	}
	return below{moves: new(atomic.Int32)}, true, nil
}

// mayHaveChanged reports whether the source's znode at a path may have changed in what no
// transaction id is kept for: its ACL, and whether it is there.
func (v *verifier) mayHaveChanged(rel string) bool {
	return v.restless(rel) || v.c.source.Client.Zxid() > v.c.sourceEnd
}

// visitWithout deals with a path that the source does not have, or no more. The
// target is blamed only for what came to it meanwhile and cannot have been
// copied.
func (v *verifier) visitWithout(ctx context.Context, p *tree.Pair) (any, bool, error) {
	to := p.Nodes[1]
	parent, _ := p.Parent.(below)
	came := to != nil && to.Stat.Czxid > v.c.targetStart
	lost := parent.lost || p.Rel == ""
	if to != nil && !lost && parent.moves != nil && (came || v.mayHaveChanged(p.Rel)) {
		var err error
		if lost, err = v.isLost(ctx, p.Rel, parent.moves, came); err != nil {
			return nil, false, err
		}
	}
	if came || lost && (to != nil || p.Rel == "") {
		v.note(p, Unexpected, lost)
	}
	return below{lost: lost}, true, nil
}

// isLost reports whether a znode that is in the target and not in the source, whose parent is
// there, whether the source may have had it when it was copied. Whether anything moved is checked
// again for one that came, since a sibling may have gone before it.
func (v *verifier) isLost(ctx context.Context, rel string, moves *atomic.Int32, came bool) (bool, error) {
	switch moves.Load() {
	case someMoves:
		return true, nil
	case noMoves:
		if !came {
			return false, nil
		}
	}
	moved, err := v.c.childrenMoved(ctx, tree.ParentPath(tree.JoinPath(v.c.source.Path, rel)))
	if moved {
		moves.Store(someMoves)
	} else {
		moves.CompareAndSwap(movesUnknown, noMoves)
	}
	return moved, err
}

// note keeps a difference, by the source's path where that has changed.
func (v *verifier) note(p *tree.Pair, kind DifferenceKind, sourceChanged bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if sourceChanged {
		v.changed++
		v.progress.note(tree.JoinPath(v.c.source.Path, p.Rel))
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
