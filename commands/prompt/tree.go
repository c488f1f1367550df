package prompt

import (
	"context"
	"errors"
	"sync"
	"time"

	"pegashell/commands/command"
	"pegashell/zkcopy"
	"pegashell/zkcopy/tree"
)

// Times of a treeWatch.
const (
	// treePause is how long after a pass over a tree the next one may begin, at least.
	treePause = time.Minute
	// treeShare is how many times longer than a pass the pause after it is, at least.
	treeShare = 20
	// treePatience bounds a look at a tree, passPatience a pass over all of it.
	treePatience = 10 * time.Second
	passPatience = 10 * time.Minute
)

// treeWatch looks whether a tree that was copied was written again. It keeps one session open: to
// open one is a transaction, so that a look would see itself. A look asks for the transaction id of
// the tree's servers; only if that has moved, the stats of the tree are read.
type treeWatch struct {
	o      Options
	notice func(copied *command.Copied, changes *zkcopy.Changes)

	ctx  context.Context
	done sync.WaitGroup
	wake chan struct{}

	mu     sync.Mutex
	copied *command.Copied // nil for nothing to look at
	paused bool

	// The following is used by run alone.
	of       *command.Copied // what the following is about
	tree     zkcopy.Tree     // Client is nil while no session is open
	seen     int64           // the transaction up to which the tree was seen
	nextPass time.Time
	told     bool
}

// newTreeWatch waits for a copy to look after. notice is called in another goroutine, once a copy.
// It ends with the context; the caller calls close.
func newTreeWatch(ctx context.Context, o Options, notice func(*command.Copied, *zkcopy.Changes)) *treeWatch {
	w := &treeWatch{o: o, notice: notice, ctx: ctx, wake: make(chan struct{}, 1)}
	w.done.Go(w.run)
	return w
}

// close waits for the end of the watch.
func (w *treeWatch) close() { w.done.Wait() }

// ask starts looking: at once, or a little later after a copy that has just been verified.
func (w *treeWatch) ask(copied *command.Copied) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.copied, w.paused = copied, false
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *treeWatch) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.paused = true
}

func (w *treeWatch) run() {
	defer w.leave()
	timer := time.NewTimer(0)
	timer.Stop()
	defer timer.Stop()
	pause := w.o.Soon
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.wake:
			pause = w.o.Soon
		case <-timer.C:
			pause = min(2*pause, statusLate)
		}
		w.mu.Lock()
		copied, paused := w.copied, w.paused
		w.mu.Unlock()
		switch {
		case paused:
		case copied != w.of:
			w.leave()
			w.of, w.seen, w.nextPass, w.told = copied, 0, time.Time{}, false
			timer.Reset(pause) // a copy was verified a moment ago
		case copied != nil && !w.told:
			wait := w.look()
			timer.Reset(max(pause, wait))
		}
	}
}

// leave closes the session.
func (w *treeWatch) leave() {
	if w.tree.Client != nil {
		w.tree.Client.Close()
		w.tree.Client = nil
	}
}

// look looks once, and returns how long a pass that is needed has to wait.
func (w *treeWatch) look() (wait time.Duration) {
	moved, err := w.hasMoved()
	if err != nil {
		w.leave() // so that a ZooKeeper that was stopped is not called all the time
		return 0
	}
	if !moved {
		return 0
	}
	began := time.Now()
	if began.Before(w.nextPass) {
		return w.nextPass.Sub(began)
	}
	ctx, cancel := context.WithTimeout(w.ctx, passPatience)
	defer cancel()
	changes, err := zkcopy.ChangesSince(ctx, w.tree, w.of.Zxid, tree.Limits{})
	ended := time.Now()
	w.nextPass = ended.Add(max(w.o.TreePause, treeShare*ended.Sub(began)))
	var missing *tree.NotFoundError
	switch {
	case w.ctx.Err() != nil:
		return 0
	case errors.As(err, &missing):
		w.tell(nil)
	case err != nil:
		w.leave()
	case changes.Total > 0:
		w.tell(changes)
	default:
		w.seen = changes.Zxid
	}
	return 0
}

// tell says once what has become of the tree.
func (w *treeWatch) tell(changes *zkcopy.Changes) {
	w.told = true
	w.leave()
	w.notice(w.of, changes)
}

// hasMoved reports whether the tree's servers have carried anything out since the tree was seen.
func (w *treeWatch) hasMoved() (bool, error) {
	ctx, cancel := context.WithTimeout(w.ctx, treePatience)
	defer cancel()
	if w.tree.Client == nil {
		opened, err := w.of.Open(ctx)
		if err != nil {
			return false, err
		}
		w.tree = opened
	}
	if err := w.tree.Sync(ctx); err != nil {
		return false, err
	}
	return w.tree.Client.Zxid() != w.seen, nil
}
