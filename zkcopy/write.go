package zkcopy

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// branch is a znode of the target with children that are still to come. It is
// complete when its own write, if it needs one, and those of everything below
// it are done; only then is an ACL set that would keep the children out.
type branch struct {
	parent *branch
	write  *write // what creates or changes it, nil where nothing does
	// left counts the children that are not complete, plus one until they are
	// all known, plus one until write is done.
	left atomic.Int64
	// closing is set on completion, nil where there is no such ACL.
	closing *write
	// counter of the source's znode, nil where the target's is not lower.
	counter *counter
	// unbroken: before the copy, no child was ever deleted.
	unbroken bool
	// czxid of the znode, where it was read; zero where the copy creates it.
	// The root's is read after its creation, before its children's.
	czxid atomic.Int64
}

// originBelow proves a child of a branch to be the one that the copy made: it
// is the czxid of the nearest znode above that is known by it, and zero if a
// child was ever deleted from any on the way there.
func (br *branch) originBelow() int64 {
	for ; br != nil && br.unbroken; br = br.parent {
		if czxid := br.czxid.Load(); czxid != 0 {
			return czxid
		}
	}
	return 0
}

// action is what a write still has to do to its znode.
type action struct {
	create  bool
	setData bool
	setACL  bool
	// version and aversion are the target's data and ACL versions that were
	// compared, so that a change by others is noticed.
	version, aversion int32
}

func (a action) none() bool { return !a.create && !a.setData && !a.setACL }

// write makes one znode of the target equal to the source's.
type write struct {
	action
	planned action // as it was before anything was done
	kind    tally  // what is counted when it is done
	path    string
	data    []byte
	acl     []tree.ACL // that it is to get now
	source  tree.Stat
	anyACL  bool       // an ACL that is there already may stay: closing follows
	pair    *tree.Pair // released when the write is done
	parent  *branch    // informed when the write is done, unless it has a branch of its own
	branch  *branch
	batch   *batch
	closing bool // it is a branch's closing
	// settled: the target was seen to hold it.
	settled bool
	// content and id are what the verification is to find: path and data, and
	// the znode with its ACL.
	content entry
	id      identity
}

// size is the write's length in a transaction.
func (w *write) size() int { return session.OpSize(w.path, w.data, w.acl) }

// alone reports that the write cannot share a transaction: the library's Multi
// has no ACLs. A root is created before the rest, see identify.
func (w *write) alone() bool { return w.setACL || w.create && w.root() }

// root reports whether it is the root of a tree, which is written before the rest so that the
// others' origin is known.
func (w *write) root() bool { return w.parent == nil && w.branch != nil }

// plan compares the target's znode, nil where there is none, with what it is
// to be.
func (w *write) plan(current *tree.Node) action {
	if w.closing {
		return action{setACL: current == nil || !tree.SameACL(w.acl, current.ACL), aversion: anyVersion}
	}
	if current == nil {
		return action{create: true}
	}
	a := action{version: current.Stat.Version, aversion: current.Stat.Aversion}
	a.setData = !tree.SameData(w.data, current.Data)
	a.setACL = !w.anyACL && !tree.SameACL(w.acl, current.ACL)
	return a
}

// batch is a transaction that others wait for. It does not know its writes: these
// lead to the batches of their parents, and so to all batches before.
type batch struct {
	done chan struct{}
}

// writer carries out the writes of a copy with several transactions under way.
type writer struct {
	client   *session.Client
	batching session.Batching
	inFlight int
	queue    *session.Queue[*write]
	// finished is called for each write that is done.
	finished func(*write)
}

func newWriter(c *session.Client, b session.Batching, finished func(*write)) *writer {
	b = b.WithDefaults(c)
	return &writer{
		client: c, batching: b, inFlight: b.InFlight, finished: finished,
		queue: session.NewQueue(b, (*write).size, (*write).alone),
	}
}

// run writes until the queue is closed and empty.
func (w *writer) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, w.queue.WakeAll)()
	for range w.inFlight {
		group.Go(func() error {
			for {
				b := &batch{done: make(chan struct{})}
				writes, ok := w.queue.Take(ctx, func(writes []*write) {
					for _, each := range writes {
						each.batch = b
					}
				})
				if !ok {
					return ctx.Err()
				}
				err := w.carryOut(ctx, b, writes)
				w.queue.Done()
				if err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// carryOut waits until the parents are there, writes a batch and completes the
// branches that it finishes.
func (w *writer) carryOut(ctx context.Context, b *batch, writes []*write) error {
	for _, each := range writes {
		if each.parent == nil || each.parent.write == nil {
			continue
		}
		if before := each.parent.write.batch; before != b {
			select {
			case <-before.done:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	err := w.settle(ctx, writes)
	if first := writes[0]; err == nil && first.root() && first.planned.create {
		err = w.identify(ctx, first)
	}
	if err == nil {
		close(b.done)
	}
	// What is done is counted before anything can fail.
	for _, each := range writes {
		if each.settled {
			w.count(each)
		}
	}
	for _, each := range writes {
		if err != nil {
			return err
		}
		err = w.advance(ctx, each)
	}
	return err
}

// identify reads which znode the root is, and that it is as it should be, before anything is
// created below.
func (w *writer) identify(ctx context.Context, root *write) error {
	for range session.ConflictPatience {
		rest, err := w.replan(ctx, w.client.Lane(), []*write{root})
		if err != nil {
			return err
		}
		if len(rest) == 0 {
			root.branch.czxid.Store(root.id.czxid)
			return nil
		}
		if err := w.settle(ctx, rest); err != nil {
			return err
		}
	}
	return &session.PathError{Op: root.op(), Path: root.path, Err: session.ErrBusy}
}

// finish counts a write that is complete, and informs its branch, or its parent's.
func (w *writer) finish(ctx context.Context, each *write) error {
	w.count(each)
	return w.advance(ctx, each)
}

// count counts a write and forgets what it wrote.
func (w *writer) count(each *write) {
	w.finished(each)
	if each.pair != nil {
		each.pair.Release()
	}
	each.pair, each.data, each.acl = nil, nil, nil
}

// advance informs the branch of a write that was counted, or its parent's.
func (w *writer) advance(ctx context.Context, each *write) error {
	if each.closing {
		return nil
	}
	if each.branch != nil {
		return w.step(ctx, each.branch, -1)
	}
	return w.step(ctx, each.parent, -1)
}

// step changes how much of a branch is left, and completes it, and those above
// it, when that is nothing.
func (w *writer) step(ctx context.Context, br *branch, by int64) error {
	for br != nil && br.left.Add(by) == 0 {
		if c := br.closing; c != nil {
			err := w.settle(ctx, []*write{c})
			if c.settled {
				w.count(c)
			}
			if err != nil {
				return err
			}
		}
		br, by = br.parent, -1
	}
	return nil
}

// resolveWidth is how many znodes are read at the same time to find out what
// became of a transaction.
const resolveWidth = 64

// settle carries out writes, one transaction at a time, until the target was seen to hold them all;
// after an error, what it holds is marked. A refused transaction and one whose answer was lost are
// treated alike: the target is read, and what is still to be done is done.
func (w *writer) settle(ctx context.Context, writes []*write) error {
	l := w.client.Lane()
	lost, busy := w.client.Retry(), w.client.Retry()
	for {
		at, err := w.apply(ctx, l, writes)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, session.ErrConnectionLost), errors.Is(err, session.ErrTooLarge):
			if lost.Failed(); lost.Failures() > session.LossPatience || errors.Is(err, session.ErrTooLarge) {
				return w.split(ctx, writes, err)
			}
		case session.IsConflict(err):
			if busy.Failed(); busy.Failures() > session.ConflictPatience {
				return &session.PathError{Op: at.op(), Path: at.path, Err: errors.Join(session.ErrBusy, err)}
			}
		case ctx.Err() != nil:
			return ctx.Err()
		default:
			if at.create {
				err = forbiddenBy(at.path, "create", err)
			}
			return &session.PathError{Op: at.op(), Path: at.path, Err: err}
		}
		if writes, err = w.replan(ctx, l, writes); err != nil {
			return err
		}
		if len(writes) == 0 {
			return nil
		}
	}
}

// suspicious is the size of a write after which a lost connection may be a server's that does not accept it.
const suspicious = 128 << 10

// split tries the halves of writes after which the server closes the connection: it may accept
// smaller packets than the batch is.
func (w *writer) split(ctx context.Context, writes []*write, cause error) error {
	if len(writes) > 1 {
		front, back := session.Halve(writes)
		if err := w.settle(ctx, front); err != nil {
			return err
		}
		return w.settle(ctx, back)
	}
	only := writes[0]
	if only.size() > suspicious && !errors.Is(cause, session.ErrTooLarge) {
		cause = errors.Join(session.ErrTooLarge, cause)
	}
	return &session.PathError{Op: only.op(), Path: only.path, Err: cause}
}

// replan reads what the target holds and keeps the writes that are still to be done. The session's
// own server is read, after it caught up with the others: its answer then shows the result of this
// session's transactions.
func (w *writer) replan(ctx context.Context, l *session.Lane, writes []*write) ([]*write, error) {
	if err := l.Sync(ctx, writes[0].path); err != nil {
		return nil, err
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(resolveWidth)
	var mu sync.Mutex
	undone := map[*write]bool{}
	for _, each := range writes {
		group.Go(func() error {
			current, err := tree.ReadNode(gctx, l, each.path)
			if err != nil {
				return err
			}
			if current != nil && current.Kind() == tree.Ephemeral {
				return &EphemeralError{"write", each.path, current.Stat.EphemeralOwner}
			}
			each.action = each.plan(current)
			each.id = identity{}
			if current != nil {
				each.id = identityOf(&current.Stat)
			}
			if !each.none() {
				mu.Lock()
				defer mu.Unlock()
				undone[each] = true
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	rest := make([]*write, 0, len(undone))
	for _, each := range writes {
		each.settled = !undone[each]
		if undone[each] {
			rest = append(rest, each)
		}
	}
	return rest, nil
}

// op names what a write does, for errors.
func (w *write) op() string {
	switch {
	case w.create:
		return "create"
	case w.setData:
		return "set data of"
	}
	return "set ACL of"
}
