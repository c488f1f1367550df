package zkcopy

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"pegashell/zkcopy/tree"
)

// repeat is a copy between trees of which an earlier one left a proof. It compares all data, which
// is read in transactions, and the sums over the stats. What the data or the sums show to differ is
// then compared whole, written, and read back; for everything else the proof says that the ACLs are
// equal. So its cost is that of the comparison and of what changed.
type repeat struct {
	c     *copier
	proof *proof
	// different are the paths that were found to differ: their data, or the znode is on one side
	// only. They were not counted.
	different pathSet
	// inner are the paths that have children on either side, and perhaps others.
	inner pathBits
	// suspects have ACLs that the proof says nothing about; they were counted as equal.
	suspects suspects
	// written are the paths to be read back.
	written pathSet
	// changed are znodes of the source that may have changed while the copy was at work.
	changed sourceMoves

	read, bytes, equal, excluded atomic.Int64
	numbered                     counters
	left                         leftOut
	ours, theirs                 *finder
	there                        *counting
}

const (
	// maxDifferent bounds the paths that differ: where there are more, a copy without a proof costs
	// little more.
	maxDifferent = 50_000
	// maxSuspects is which part of all paths may be suspect.
	maxSuspects = 1. / 8
)

// errTooDifferent: so much differs that the proof is not worth its while.
var errTooDifferent = errors.New("the trees differ in too many places")

// compareByProof compares the trees by the proof of the last verified copy. It returns nil, and
// nothing was counted, where there is none or it is of no use.
func (c *copier) compareByProof(ctx context.Context) (*repeat, error) {
	p := c.loadProof()
	if p == nil {
		return nil, nil
	}
	c.sums, c.ledger = newSums(p.Key[:]), nil
	c.sums.remember(c.o.known)
	r := &repeat{c: c, proof: p, ours: newFinder(), theirs: newFinder(), there: newCounting(c.target, CountOptions{})}
	switch useful, err := r.compare(ctx); {
	case err != nil:
		return nil, err
	case useful:
		return r, nil
	}
	c.openBooks()
	return nil, nil
}

// compare is false where the proof is of no use.
func (r *repeat) compare(ctx context.Context) (useful bool, err error) {
	c := r.c
	c.progress.Start(PhaseCopy)
	defer c.progress.Done()
	w := tree.Walker{
		Sides:  []tree.Wanted{{Tree: c.source, Want: tree.WantData}, {Tree: c.target, Want: tree.WantData}},
		Limits: c.limits, Progress: c.progress, Skip: c.skipAndCount(&r.excluded), Visit: r.visit,
	}
	if c.o.Before != nil {
		w.Lone = func(rel string) bool { return tells(tree.JoinPath(c.target.Path, rel)) }
	}
	switch err := w.Run(ctx); {
	case errors.Is(err, errTooDifferent):
		return false, nil
	case err != nil:
		return false, err
	}
	var share float64
	if r.suspects, share = suspectsOf(folded(len(r.proof.Rows[0]), &c.sums.source, &c.sums.target), r.proof.Rows); share > maxSuspects {
		return false, nil
	}
	if r.isEqual() && !c.o.DryRun {
		if err := r.lookAgain(ctx); err != nil || !r.changed.none() {
			return false, err // all of a source that is being changed is compared once more
		}
	}
	if err := r.show(ctx); err != nil {
		return false, &LookError{err}
	}
	r.count()
	return true, nil
}

// isEqual reports whether nothing is to be done.
func (r *repeat) isEqual() bool { return r.different.empty() && r.suspects.empty() }

func (r *repeat) visit(ctx context.Context, p *tree.Pair) (any, bool, error) {
	defer p.Release()
	c, from, to := r.c, p.Nodes[0], p.Nodes[1]
	h := c.sums.path(p.Rel)
	if err := r.look(ctx, from, to); err != nil {
		return nil, false, err
	}
	if from != nil && from.Stat.NumChildren > 0 || to != nil && to.Stat.NumChildren > 0 {
		r.inner.add(h)
	}
	if to != nil && to.Kind() != tree.Ephemeral {
		c.sums.add(&c.sums.target, p.Rel, &to.Stat)
	}
	absent := c.selector.absent(from)
	switch {
	case p.Rel == "" && (absent || to == nil):
		return nil, false, errTooDifferent // a root went
	case absent && from != nil && to == nil && r.left.add(tree.JoinPath(c.target.Path, p.Rel)):
		c.progress.Add(1, 0)
		return nil, false, nil
	case absent && from == nil && to == nil: // both went
		return nil, false, nil
	case absent:
		c.progress.Add(1, 0)
		return nil, true, r.differs(h)
	}
	c.sums.add(&c.sums.source, p.Rel, &from.Stat)
	r.read.Add(1)
	r.bytes.Add(int64(len(from.Data)))
	c.progress.Add(1, int64(len(from.Data)))
	parent, _ := p.Parent.(*counter)
	r.numbered.copied(parent, p.Rel)
	if to == nil || to.Kind() == tree.Ephemeral || from.Stat.DataLength != to.Stat.DataLength || !tree.SameData(from.Data, to.Data) {
		return counterOf(from, to), true, r.differs(h)
	}
	r.equal.Add(1)
	return counterOf(from, to), true, nil
}

// differs notes a path that is different.
func (r *repeat) differs(h pathHash) error {
	if r.different.add(h) > maxDifferent {
		return errTooDifferent
	}
	return nil
}

// look collects what is shown to whoever is to allow the copy.
func (r *repeat) look(ctx context.Context, from, to *tree.Node) error {
	if r.c.o.Before == nil {
		return nil
	}
	r.ours.visit(from)
	r.theirs.visit(to)
	if to == nil {
		return nil
	}
	return r.there.add(ctx, to)
}

// show shows what was seen to whoever is to allow the copy.
func (r *repeat) show(ctx context.Context) error {
	c := r.c
	if c.o.Before == nil {
		return nil
	}
	seen := &Seen{Source: r.ours.clusters(), Target: Findings{Exists: true, Clusters: r.theirs.clusters()}, Equal: r.isEqual()}
	if !seen.Equal {
		seen.Target.Count, seen.Target.Rewritten = *r.there.result(), r.theirs.rewritten.newest()
	}
	return c.show(ctx, seen)
}

// count counts what was compared.
func (r *repeat) count() {
	c := r.c
	c.read.Add(r.read.Load())
	c.bytes.Add(r.bytes.Load())
	c.outcome[equal].Add(r.equal.Load())
	c.excluded.Add(r.excluded.Load())
	c.counters.paths, c.counters.total = r.numbered.found()
	for _, path := range r.left.paths {
		c.leftOut.Add(1)
		c.tell(Action{Kind: ActionLeaveOut, Path: path})
	}
}

// leftOut collects the paths of ephemeral znodes.
type leftOut struct {
	mu    sync.Mutex
	paths []string
}

// maxLeftOut bounds them; the others are looked at again when the rest is copied.
const maxLeftOut = 10_000

// add is false where there are too many to be remembered.
func (l *leftOut) add(path string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.paths) >= maxLeftOut {
		return false
	}
	l.paths = append(l.paths, path)
	return true
}
