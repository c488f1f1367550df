package zkcopy

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// RemoveOptions say how a tree is removed. The zero value is usable.
type RemoveOptions struct {
	tree.Limits
	session.Batching
	// Ephemeral lets ephemeral znodes be removed too, from under the sessions
	// that hold them. Without it the first one ends the removal with an
	// *EphemeralError; nothing above it was removed then, but other branches
	// may have been: count first.
	Ephemeral bool
	Progress  Progress
}

// RemoveResult counts what was removed, in znodes.
type RemoveResult struct {
	Removed  int64
	Duration time.Duration
}

// Remove removes a tree with its root, children before their parents. Znodes that vanish meanwhile
// are passed over, and ones that appear are removed too. A tree that does not exist is a
// *NotFoundError; / and /zookeeper and what lies below it are refused with a *ReservedPathError.
// The result is never nil: after a failure it counts what was removed before.
func Remove(ctx context.Context, tr Tree, o RemoveOptions) (*RemoveResult, error) {
	began := time.Now()
	var removed atomic.Int64
	err := remove(ctx, tr, o, &removed)
	return &RemoveResult{Removed: removed.Load(), Duration: time.Since(began)}, err
}

func remove(ctx context.Context, tr Tree, o RemoveOptions, removed *atomic.Int64) error {
	if tr.Path == "/" {
		return &tree.ReservedPathError{Path: tr.Path}
	}
	if err := tr.Prepare(ctx); err != nil {
		return err
	}
	progress := progressOr(o.Progress)
	progress.Start(PhaseRemove)
	defer progress.Done()
	r := newRemover(tr, o)
	r.removed = func(string) { removed.Add(1) }
	return r.run(ctx)
}

// twig is a znode that is to be removed once everything below it is gone.
type twig struct {
	path   string
	parent *twig
	// left counts the children that are still there, plus one until they are
	// all known.
	left atomic.Int64
	// kept: something below it stays, so it stays too.
	kept atomic.Bool
	// spared: it was in line for removal, but has to stay as it is now.
	spared bool
	// gone: it was removed.
	gone bool
}

func (t *twig) size() int { return session.OpSize(t.path, nil, nil) }

// remover removes znodes of a tree, children before their parents.
type remover struct {
	tree Tree
	o    RemoveOptions
	// source, if there is one, keeps what it contains itself from being removed.
	source *Tree
	absent func(from *tree.Node) bool // of the source's znodes
	// keep, if there is one, reports by its path whether a znode stays.
	keep func(path string) bool
	// seeds are the paths below the tree's root to remove instead of it.
	seeds         []string
	keepEphemeral bool
	removed       func(path string)

	progress Progress
	inFlight int
	queue    *session.Queue[*twig]
	// top is the parent of all that is removed; it is done when they are.
	top *twig
}

// removeOps is how many znodes one transaction removes by default. Deletes are short, and the fixed
// cost of a transaction on the servers is large compared with them.
const removeOps = 2500

func newRemover(tr Tree, o RemoveOptions) *remover {
	if o.BatchOps <= 0 {
		o.BatchOps = removeOps
	}
	return &remover{
		tree: tr, o: o, progress: progressOr(o.Progress),
		inFlight: o.Batching.WithDefaults(tr.Client).InFlight,
	}
}

func (r *remover) run(ctx context.Context) error {
	r.queue = session.NewQueue(r.o.Batching.WithDefaults(r.tree.Client), (*twig).size, func(*twig) bool { return false })
	r.top = &twig{}
	r.top.left.Store(1)
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: r.tree, Want: tree.WantStat}}, Seeds: r.seeds, Limits: r.o.Limits, Progress: r.progress,
		Visit: r.visit,
		Listed: func(ctx context.Context, state any, children int) error {
			t, _ := state.(*twig)
			return r.step(ctx, t, int64(children)-1, true)
		},
	}
	if r.source != nil {
		w.Sides = []tree.Wanted{{Tree: *r.source, Want: tree.WantStat}, {Tree: r.tree, Want: tree.WantStat}}
	}
	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, r.queue.WakeAll)()
	group.Go(func() error {
		if err := w.Run(ctx); err != nil {
			return err
		}
		return r.step(ctx, r.top, -1, true)
	})
	for range r.inFlight {
		group.Go(func() error { return r.work(ctx) })
	}
	return blame(r.tree, group.Wait())
}

// visit puts a znode in line for removal; one with children waits for them.
func (r *remover) visit(ctx context.Context, p *tree.Pair) (any, bool, error) {
	node := p.Nodes[0]
	parent, _ := p.Parent.(*twig)
	if r.keep != nil && r.keep(tree.JoinPath(r.tree.Path, p.Rel)) {
		cmp.Or(parent, r.top).kept.Store(true)
		return nil, false, r.step(ctx, parent, -1, true)
	}
	if r.source != nil {
		if !r.absent(p.Nodes[0]) {
			cmp.Or(parent, r.top).kept.Store(true)
			return nil, true, r.step(ctx, parent, -1, true)
		}
		node = p.Nodes[1]
	}
	if parent == nil {
		parent = r.top
		r.top.left.Add(1)
	}
	if node == nil {
		return nil, false, r.step(ctx, parent, -1, true)
	}
	if node.Kind() == tree.Ephemeral && !r.o.Ephemeral {
		if !r.keepEphemeral {
			return nil, false, &EphemeralError{"remove", node.Path, node.Stat.EphemeralOwner}
		}
		parent.kept.Store(true)
		return nil, false, r.step(ctx, parent, -1, true)
	}
	t := &twig{path: node.Path, parent: parent}
	t.left.Store(1)
	return t, true, nil
}

// step changes how much of a twig is left. When that is nothing, it is put in line for removal, or
// if it has to stay, its parent is informed. The workers that empty the line must not wait for room
// in it.
func (r *remover) step(ctx context.Context, t *twig, by int64, wait bool) error {
	for t != nil && t.left.Add(by) == 0 {
		switch {
		case t == r.top:
			r.queue.Close()
			return nil
		case !t.kept.Load():
			return r.queue.Put(ctx, t, wait)
		}
		t.parent.kept.Store(true)
		t, by = t.parent, -1
	}
	return nil
}

// work removes batches until everything is gone.
func (r *remover) work(ctx context.Context) error {
	for {
		twigs, ok := r.queue.Take(ctx, nil)
		if !ok {
			return ctx.Err()
		}
		err := r.carryOut(ctx, twigs)
		r.queue.Done()
		if err != nil {
			return err
		}
	}
}

// carryOut removes a batch and informs the parents.
func (r *remover) carryOut(ctx context.Context, twigs []*twig) error {
	err := r.settle(ctx, twigs)
	// What is gone is counted before anything can fail.
	for _, t := range twigs {
		switch {
		case t.spared:
			t.parent.kept.Store(true)
		case t.gone:
			r.removed(t.path)
			r.progress.Add(1, 0)
		}
	}
	for _, t := range twigs {
		if err != nil {
			return err
		}
		err = r.step(ctx, t.parent, -1, false)
	}
	return err
}

// settle removes znodes, and marks those that are gone: in one transaction, or in several when
// others remove some of them or create children below them meanwhile. When that continues, fewer
// share a transaction, so that it holds up only those that it is about; and so when answers are
// lost, because the server may accept smaller packets only.
func (r *remover) settle(ctx context.Context, twigs []*twig) error {
	client := r.tree.Client
	l := client.Lane()
	lost, busy := client.Retry(), client.Retry()
	for len(twigs) > 0 {
		if len(twigs) > 1 && (lost.Failures() > session.LossPatience || busy.Failures() > session.ConflictPatience) {
			front, back := session.Halve(twigs)
			if err := r.settle(ctx, front); err != nil {
				return err
			}
			twigs, lost, busy = back, client.Retry(), client.Retry()
		}
		deletes, ops := make([]zk.DeleteRequest, len(twigs)), make([]any, len(twigs))
		for i, t := range twigs {
			deletes[i] = zk.DeleteRequest{Path: t.path, Version: -1}
			ops[i] = &deletes[i]
		}
		failed, err := l.Multi(ctx, ops)
		at := twigs[max(failed, 0)]
		switch {
		case err == nil:
			for _, t := range twigs {
				t.gone = true
			}
			return nil
		case errors.Is(err, session.ErrConnectionLost):
			if !lost.Failed() {
				return &session.PathError{Op: "remove", Path: at.path, Err: err}
			}
			if err := lost.WaitShortly(ctx); err != nil {
				return err
			}
		case errors.Is(err, zk.ErrNoNode), errors.Is(err, zk.ErrNotEmpty):
			again, wait := busy.Failed(), busy.WaitShortly
			if len(twigs) == 1 {
				wait = busy.Wait
				if !again {
					return &session.PathError{Op: "remove", Path: at.path, Err: errors.Join(session.ErrBusy, err)}
				}
			}
			if err := wait(ctx); err != nil {
				return err
			}
		default:
			return session.WrapPath("remove", at.path, forbiddenBy(at.path, "delete", err))
		}
		rest, err := r.remaining(ctx, l, twigs)
		if err != nil {
			return err
		}
		if len(rest) < len(twigs) { // it goes on
			busy.GoesOn()
		}
		twigs = rest
	}
	return nil
}

// remaining finds out which znodes are still there and to be removed, and removes what is below
// them. It reads on the session that tried to remove them and once its server has caught up: its
// answer then shows the result of the session's transactions.
func (r *remover) remaining(ctx context.Context, l *session.Lane, twigs []*twig) ([]*twig, error) {
	if err := l.Sync(ctx, twigs[0].path); err != nil {
		return nil, err
	}
	stats := make([]*tree.Stat, len(twigs))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(resolveWidth)
	for i, t := range twigs {
		group.Go(func() error {
			stat, err := l.Stat(gctx, t.path)
			stats[i] = stat
			return err
		})
	}
	err := group.Wait()
	if err != nil {
		return nil, err
	}
	var rest []*twig
	for i, t := range twigs {
		stat := stats[i]
		switch {
		case stat == nil:
			t.gone = true
			continue
		case tree.KindOf(*stat) != tree.Ephemeral || r.o.Ephemeral:
		case !r.keepEphemeral:
			return nil, &EphemeralError{"remove", t.path, stat.EphemeralOwner}
		default: // it was created again, as another
			t.spared = true
			continue
		}
		if stat.NumChildren > 0 {
			if t.spared, err = r.clear(ctx, t.path); err != nil {
				return nil, err
			}
		}
		if !t.spared {
			rest = append(rest, t)
		}
	}
	return rest, nil
}

// clear removes what appeared below a znode after its children were listed, and reports whether
// some of it stays.
func (r *remover) clear(ctx context.Context, path string) (kept bool, err error) {
	// On one session, so that no server lists what it has not caught up with.
	requests := []session.Request{{Kind: session.Sync, Path: path}, {Kind: session.GetChildren, Path: path}}
	if err := r.tree.Client.ReadTogether(ctx, requests); err != nil {
		return false, session.WrapPath("list", path, err)
	}
	list := &requests[1]
	if err := list.Err(); err != nil && !list.Missing() {
		return false, session.WrapPath("list", path, err)
	}
	if len(list.Names) == 0 {
		return false, nil
	}
	below := newRemover(Tree{Client: r.tree.Client, Path: path, Role: r.tree.Role}, r.o)
	below.removed = r.removed
	below.progress = r.progress
	below.keepEphemeral = r.keepEphemeral
	below.keep = r.keep
	if r.source != nil {
		below.source = &Tree{Client: r.source.Client, Path: tree.JoinPath(r.source.Path, tree.RelativePath(r.tree.Path, path)), Role: r.source.Role}
		below.absent = r.absent
	}
	for _, name := range list.Names {
		below.seeds = append(below.seeds, "/"+name)
	}
	err = below.run(ctx)
	return below.top.kept.Load(), err
}
