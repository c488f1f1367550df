package zkcopy

import (
	"context"
	"errors"

	"pegashell/zkcopy/tree"
)

// mayDiffer reports whether a path is compared whole. All others were compared already.
func (r *repeat) mayDiffer(rel string) bool {
	h := r.c.sums.path(rel)
	return r.different.has(h) || r.suspects.has(h)
}

// skip passes over what was compared, but not over what lies above that which may differ.
func (r *repeat) skip(rel string, _ tree.SideSet) bool {
	h := r.c.sums.path(rel)
	return !r.inner.has(h) && !r.different.has(h) && !r.suspects.has(h) || r.c.selector.excludes(rel)
}

// mayLeaveOut reports whether an ephemeral znode of the source has not been counted yet.
func (r *repeat) mayLeaveOut(rel string) bool { return r.different.has(r.c.sums.path(rel)) }

// passBy deals with a znode of the source that was compared and has others below it.
func (r *repeat) passBy(ctx context.Context, p *tree.Pair, parent *branch) (any, bool, error) {
	defer p.Release()
	c, from, to := r.c, p.Nodes[0], p.Nodes[1]
	if to == nil { // it was there when it was compared
		return nil, false, &VerifyError{[]Difference{{tree.JoinPath(c.target.Path, p.Rel), Missing}}, 1}
	}
	if from.Stat.NumChildren == 0 {
		return nil, true, c.writer.step(ctx, parent, -1)
	}
	br := &branch{parent: parent}
	br.left.Store(1)
	return br, true, nil
}

// enter notes a znode that is compared whole.
func (r *repeat) enter(w *write, rel string, from, to *tree.Node) {
	h := r.c.sums.path(rel)
	if !r.different.has(h) {
		r.c.outcome[equal].Add(-1) // it is counted again
	}
	if from.Stat.NumChildren > 0 {
		r.inner.add(h)
	}
	if w.none() && (w.branch == nil || w.branch.closing == nil) {
		return
	}
	r.written.add(h)
	if to != nil {
		r.c.sums.remove(&r.c.sums.target, rel, &to.Stat) // what it is then is added when it is read back
	}
}

// leave notes a znode of the target that will be removed.
func (r *repeat) leave(rel string, to *tree.Node) {
	if r.c.o.Delete && to.Kind() != tree.Ephemeral {
		r.c.sums.remove(&r.c.sums.target, rel, &to.Stat)
	}
}

// verify reads back what was written and compares it with the source, which after that must still
// be what it was when it was compared. All else of the target was found equal, and was not written.
func (r *repeat) verify(ctx context.Context) error {
	c := r.c
	if err := c.target.Sync(ctx); err != nil {
		return err
	}
	c.progress.Start(PhaseVerify)
	defer c.progress.Done()
	err := r.readBack(ctx)
	var differs *VerifyError
	var changed *SourceChangedError
	if err != nil && !errors.As(err, &differs) && !errors.As(err, &changed) {
		return err
	}
	if err := r.lookAgain(ctx); err != nil {
		return err
	}
	if err == nil && r.changed.none() {
		c.keepProof(ctx)
		return nil
	}
	v := r.newVerifier()
	return v.run(ctx)
}

// newVerifier makes the verifier of what was written, and of what may have changed at the source.
func (r *repeat) newVerifier() *verifier {
	path := r.c.sums.path
	return &verifier{
		c: r.c, skip: r.c.skipQuietly,
		suspect:  func(rel string) bool { h := path(rel); return r.written.has(h) || r.changed.has(h) },
		restless: func(rel string) bool { return r.changed.has(path(rel)) },
	}
}

// readBack compares what was written. Whether the source or the target is to blame for a difference
// is not known then.
func (r *repeat) readBack(ctx context.Context) error {
	c := r.c
	v := r.newVerifier()
	v.skip = func(rel string, in tree.SideSet) bool {
		h := c.sums.path(rel)
		return !r.inner.has(h) && !r.written.has(h) || c.skipQuietly(rel, in)
	}
	v.equal = func(rel string, to *tree.Node) {
		c.sums.add(&c.sums.target, rel, &to.Stat)
		c.progress.Add(1, int64(len(to.Data)))
	}
	return v.run(ctx)
}

// sourceMoves are znodes of the source that may have been changed since a copy began.
type sourceMoves struct {
	// data: it was set. others: the znode came or went, its ACL was set, or it is none of these but
	// shares buckets with some.
	data   pathSet
	others suspects
}

func (s *sourceMoves) none() bool { return s.data.empty() && s.others.empty() }

func (s *sourceMoves) has(h pathHash) bool { return s.data.has(h) || s.others.has(h) }

// lookAgain notes the source's last transaction, and if its servers wrote anything since the copy
// began, what may have changed of the source. The stats that were read before are those of the sums.
func (r *repeat) lookAgain(ctx context.Context) error {
	c := r.c
	moved, err := c.hasMoved(ctx)
	if err != nil || !moved {
		return err
	}
	now := newSums(c.sums.key)
	err = c.sweep(ctx, func(rel string, stat *tree.Stat) {
		now.add(&now.source, rel, stat)
		if stat.Mzxid > c.sourceStart {
			r.changed.data.add(now.path(rel))
		}
	})
	if err != nil {
		return err
	}
	r.changed.others, _ = suspectsOf(folded(sketchWidth, &now.source), folded(sketchWidth, &c.sums.source))
	return nil
}
