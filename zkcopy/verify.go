package zkcopy

import (
	"context"
	"sync"
)

// verifier reads source and target anew, side by side, and collects what
// differs.
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

// verify compares the target, read back, with the source. What differs because
// the source was changed after the copy began is told apart from what ought to
// be equal: a *SourceChangedError or a *VerifyError.
func (c *copier) verify(ctx context.Context) error {
	if err := c.source.Client.syncAll(ctx, c.source.Path); err != nil {
		return err
	}
	if err := c.target.Client.syncAll(ctx, c.target.Path); err != nil {
		return err
	}
	c.progress.Start(PhaseVerify)
	defer c.progress.Done()
	v := &verifier{c: c}
	w := walker{
		sides:  []side{{c.source, wantAll}, {c.target, wantAll}},
		limits: c.limits, progress: c.progress, visit: v.visit,
	}
	if err := w.run(ctx); err != nil {
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

func (v *verifier) visit(_ context.Context, p *pair) (any, bool, error) {
	defer p.release()
	from, to := p.nodes[0], p.nodes[1]
	var bytes int64
	if from != nil {
		bytes = int64(len(from.Data))
	}
	v.c.progress.Add(1, bytes)
	parent, _ := p.parent.(below)
	switch {
	case from == nil || from.Kind() == Ephemeral:
		if to != nil && to.Stat.Czxid > v.c.targetStart {
			// It came during the copy, and the source does not have it (any more).
			v.note(p, Unexpected, parent.changed || p.rel == "")
		}
		return parent, true, nil
	case to == nil:
		if from.Kind() != TTL { // a TTL znode may have run out meanwhile
			v.note(p, Missing, from.Stat.Czxid > v.c.sourceStart)
		}
		return nil, false, nil
	case from.Stat.DataLength != to.Stat.DataLength || !sameData(from.Data, to.Data):
		v.note(p, OtherData, from.Stat.Mzxid > v.c.sourceStart)
	case !sameACL(from.ACL, to.ACL):
		// No transaction id is kept for the last change of an ACL.
		v.note(p, OtherACL, v.c.source.Client.zxid() > v.c.sourceStart)
	}
	return below{changed: from.Stat.Pzxid > v.c.sourceStart}, true, nil
}

// note keeps a difference, by the source's path where that has changed.
func (v *verifier) note(p *pair, kind DifferenceKind, sourceChanged bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if sourceChanged {
		v.changed++
		if len(v.changes) < v.c.o.MaxDifferences {
			v.changes = append(v.changes, joinPath(v.c.source.Path, p.rel))
		}
		return
	}
	v.different++
	if len(v.differences) < v.c.o.MaxDifferences {
		v.differences = append(v.differences, Difference{joinPath(v.c.target.Path, p.rel), kind})
	}
}
