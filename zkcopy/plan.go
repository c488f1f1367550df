package zkcopy

import (
	"context"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// visit plans what is to be done for one path.
func (c *copier) visit(ctx context.Context, p *tree.Pair) (any, bool, error) {
	parent, _ := p.Parent.(*branch)
	from, to := p.Nodes[0], p.Nodes[1]
	path := tree.JoinPath(c.target.Path, p.Rel)
	if c.selector.absent(from) {
		p.Release()
		return extra{}, true, c.visitWithout(ctx, p, path, parent)
	}
	if c.repeat != nil && !c.repeat.mayDiffer(p.Rel) {
		return c.repeat.passBy(ctx, p, parent)
	}
	if tree.IsReserved(path) {
		p.Release()
		return nil, false, &tree.ReservedPathError{Path: path}
	}
	if to != nil && to.Kind() == tree.Ephemeral {
		p.Release()
		return nil, false, c.target.Blame(&EphemeralError{"write", path, to.Stat.EphemeralOwner})
	}
	if c.o.NoACL {
		from.ACL = tree.OpenACL()
	}
	if p.Rel != "" && c.selector.tooOld(from, to) {
		return c.leaveOld(ctx, p, parent)
	}
	if tree.IsMasked(from.ACL) {
		p.Release()
		return nil, false, c.source.Wrap(&session.PathError{Op: "read the ACL of", Path: from.Path, Err: session.ErrNotAuthorized})
	}
	w := &write{path: path, data: from.Data, acl: from.ACL, source: from.Stat, pair: p, parent: parent, anyACL: c.o.NoACL}
	if to != nil {
		w.id = identityOf(&to.Stat)
	}
	if from.Stat.NumChildren > 0 {
		w.branch = &branch{parent: parent, unbroken: to == nil || unbroken(&to.Stat)}
		c.know(w.branch, to)
		w.branch.left.Store(1)
		w.branch.counter = counterOf(from, to)
	}
	c.plan(w, to)
	c.enter(w, p.Rel, from, to)
	if w.none() {
		c.finished(w)
		p.Release()
		if w.branch == nil {
			return nil, true, c.writer.step(ctx, parent, -1)
		}
		return w.branch, true, nil
	}
	if w.branch != nil {
		w.branch.write = w
		w.branch.left.Add(1)
	}
	if c.o.DryRun {
		return w.branch, true, c.writer.finish(ctx, w)
	}
	return w.branch, true, c.writer.queue.Put(ctx, w, true)
}

// enter counts a path, and notes what was read of it for the verification and for the proof.
func (c *copier) enter(w *write, rel string, from, to *tree.Node) {
	if c.repeat != nil {
		c.repeat.enter(w, rel, from, to)
		return
	}
	c.read.Add(1)
	c.bytes.Add(int64(len(from.Data)))
	if w.parent != nil {
		c.counters.copied(w.parent.counter, rel)
	}
	if c.sums != nil {
		c.sums.add(&c.sums.source, rel, &from.Stat)
		if to != nil {
			c.sums.add(&c.sums.target, rel, &to.Stat)
		}
	}
	if c.ledger != nil {
		c.ledger.read(rel, from)
		w.content = c.ledger.content(rel, from.Data)
	}
}

// leaveOld passes over a znode that is too old, but not over what lies below.
func (c *copier) leaveOld(ctx context.Context, p *tree.Pair, parent *branch) (any, bool, error) {
	defer p.Release()
	from, to := p.Nodes[0], p.Nodes[1]
	c.older.Add(1)
	c.progress.Add(1, 0)
	if c.ledger != nil {
		c.ledger.read(p.Rel, from)
	}
	if from.Stat.NumChildren == 0 {
		return nil, true, c.writer.step(ctx, parent, -1)
	}
	br := &branch{parent: parent, unbroken: unbroken(&to.Stat)}
	c.know(br, to)
	br.left.Store(1)
	return br, true, nil
}

// know notes which znode of the target a branch is, if that was there before
// the copy or is the root.
func (c *copier) know(br *branch, to *tree.Node) {
	if to != nil && (br.parent == nil || to.Stat.Czxid <= c.targetStart) {
		br.czxid.Store(to.Stat.Czxid)
	}
}

// plan decides what a write has to do, and whether the ACL must wait until the
// children are there.
func (c *copier) plan(w *write, to *tree.Node) {
	final := w.acl
	deferred := w.branch != nil && !tree.LetsAnyoneFill(final) && (to == nil || !tree.SameACL(final, to.ACL))
	if deferred {
		w.acl, w.anyACL = tree.OpenACL(), true
	}
	w.action = w.plan(to)
	if to != nil && to.Stat.DataLength != int32(len(w.data)) {
		w.setData = true // the walk did not read data of another length
	}
	w.planned = w.action
	w.planned.setACL = w.setACL || deferred && to != nil
	switch {
	case w.create:
		w.kind = created
	case !w.none():
		w.kind = changed
	case !deferred:
		w.kind = equal
	case c.o.DryRun:
		w.kind = changed
	default:
		w.kind = uncounted
	}
	if !deferred || c.o.DryRun {
		return
	}
	closing := &write{path: w.path, acl: final, source: w.source, closing: true, kind: uncounted, content: w.content, parent: w.parent}
	closing.action = action{setACL: true, aversion: anyVersion}
	if w.kind == uncounted {
		closing.kind, closing.planned = changed, w.planned
	}
	w.branch.closing = closing
}

// anyVersion makes the server set an ACL whatever its version is.
const anyVersion = -1

// extra is what the children of an extra znode get as their parent.
type extra struct{}

// visitWithout deals with a path that the source does not have, or has as an
// ephemeral znode.
func (c *copier) visitWithout(ctx context.Context, p *tree.Pair, path string, parent *branch) error {
	if p.Rel == "" { // it was there a moment ago
		return &SourceChangedError{Paths: []string{c.source.Path}, Total: 1}
	}
	if p.Nodes[0] != nil && (c.repeat == nil || c.repeat.mayLeaveOut(p.Rel)) {
		c.leftOut.Add(1)
		c.tell(Action{Kind: ActionLeaveOut, Path: path})
	}
	if to := p.Nodes[1]; to != nil {
		c.extra.Add(1)
		c.noteExtra(p.Rel, to)
		if c.ledger != nil {
			c.ledger.suspects[c.ledger.bucket(p.Rel)].Store(true)
		}
		if _, below := p.Parent.(extra); !below {
			c.remember(p.Rel)
		}
		if c.o.DryRun && c.o.Delete && to.Kind() != tree.Ephemeral {
			c.removed.Add(1)
			c.tell(Action{Kind: ActionRemove, Path: path})
		}
	}
	c.progress.Add(1, 0)
	return c.writer.step(ctx, parent, -1)
}

// noteExtra notes a znode that only the target has for the proof.
func (c *copier) noteExtra(rel string, to *tree.Node) {
	switch {
	case c.repeat != nil:
		c.repeat.leave(rel, to)
	case c.sums != nil && to.Kind() != tree.Ephemeral:
		c.sums.add(&c.sums.target, rel, &to.Stat)
	}
}

// remember keeps the path of a topmost extra znode for its removal.
func (c *copier) remember(rel string) {
	if !c.o.Delete || c.o.DryRun {
		return
	}
	c.extrasLock.Lock()
	defer c.extrasLock.Unlock()
	if len(c.extras) < maxExtras {
		c.extras = append(c.extras, rel)
	} else {
		c.lostExtras = true
	}
}

// finished counts a write that is done, or needs nothing to be done.
func (c *copier) finished(w *write) {
	if !w.closing {
		c.progress.Add(1, int64(w.source.DataLength))
	}
	if c.ledger != nil && (w.branch == nil || w.branch.closing == nil) {
		c.ledger.expect(w) // otherwise closing it does
	}
	if w.kind == uncounted {
		return
	}
	c.outcome[w.kind].Add(1)
	a := Action{Path: w.path, Bytes: int(w.source.DataLength)}
	if w.planned.create {
		a.Kind = ActionCreate
		c.tell(a)
	}
	if w.planned.setData {
		a.Kind = ActionSetData
		c.tell(a)
	}
	if w.planned.setACL {
		a.Kind = ActionSetACL
		c.tell(a)
	}
}

func (c *copier) tell(a Action) {
	if c.o.OnAction == nil {
		return
	}
	c.actions.Lock()
	defer c.actions.Unlock()
	c.o.OnAction(a)
}
