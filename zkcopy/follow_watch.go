package zkcopy

import (
	"context"
	"errors"
	"strings"
	"time"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// watcher watches a tree, over the ends of connections. The zero watch reports nothing.
type watcher struct {
	tree    Tree
	watch   *session.Watch // nil where there is none
	unknown bool           // the servers do not know such watches
}

// open sets the watch, unless the servers do not know it.
func (w *watcher) open(ctx context.Context) error {
	if w.unknown {
		return nil
	}
	watch, err := w.tree.Client.OpenWatch(ctx, w.tree.Path, maxPending)
	if errors.Is(err, session.ErrUnimplemented) {
		w.unknown = true
		return nil
	}
	w.watch = watch
	return err
}

// known reports whether changes are reported.
func (w *watcher) known() bool { return !w.unknown }

func (w *watcher) close() {
	if w.watch != nil {
		w.watch.Close()
		w.watch = nil
	}
}

// ready receives a value when there may be something to take.
func (w *watcher) ready() <-chan struct{} {
	if w.watch == nil {
		return nil
	}
	return w.watch.Ready()
}

// isEmpty reports whether there is no event to take.
func (w *watcher) isEmpty() bool { return w.watch == nil || w.watch.Waiting() == 0 }

// take returns the events of every transaction that the servers had carried out when it was called,
// and the last such transaction. lost: others may have been lost, and what is changed from now on
// is heard again.
func (w *watcher) take(ctx context.Context) (zxid int64, events []session.Event, lost bool, err error) {
	if w.unknown {
		return 0, nil, false, nil
	}
	if w.watch != nil {
		zxid, err = w.watch.Sync(ctx, w.tree.Path)
		if ctx.Err() != nil {
			return 0, nil, false, ctx.Err()
		}
		var gone error
		events, gone = w.watch.Take()
		if err == nil && (gone == nil || errors.Is(gone, session.ErrEventsLost)) {
			return zxid, events, gone != nil, nil
		}
		w.close()
	}
	return 0, nil, true, w.open(ctx)
}

// pending are paths below the source's root that may have changed, in the order in which they were
// first heard of.
type pending struct {
	paths []string
	known map[string]bool
	since time.Time // when the first was heard of
}

func newPending() pending { return pending{known: map[string]bool{}} }

// add is false where there are too many.
func (p *pending) add(rel string) bool {
	if p.known[rel] {
		return true
	}
	if len(p.paths) >= maxPending {
		return false
	}
	if len(p.paths) == 0 {
		p.since = time.Now()
	}
	p.paths = append(p.paths, rel)
	p.known[rel] = true
	return true
}

// take removes the first few.
func (p *pending) take(most int) []string {
	n := min(most, len(p.paths))
	taken := p.paths[:n:n]
	p.paths = p.paths[n:]
	for _, rel := range taken {
		delete(p.known, rel)
	}
	if len(p.paths) == 0 {
		*p = newPending()
	}
	return taken
}

// relativeTo returns the part of a path below a root; false for a path elsewhere.
func relativeTo(root, path string) (rel string, ok bool) {
	if path == root {
		return "", true
	}
	if root == "/" {
		return path, true
	}
	return strings.TrimPrefix(path, root), strings.HasPrefix(path, root+"/")
}

// ours are paths of the target that the follower has written.
type ours map[string]bool

// checkForeign fails with a *SecondWriterError if the target's watch has heard of a change by
// somebody else. Where its events were lost, sweeps find what was changed.
func (f *follower) checkForeign(ctx context.Context, mine ours) error {
	if f.foreign.unknown {
		return nil
	}
	_, events, lost, err := f.foreign.take(ctx)
	switch {
	case err != nil:
		return f.target.Wrap(err)
	case lost:
		f.lookAgain()
		return nil
	}
	for _, e := range events {
		rel, below := relativeTo(f.target.Path, e.Path)
		if mine[rel] || f.unsure[rel] || !below || f.selector.excludes(rel) || tree.IsReserved(e.Path) {
			continue
		}
		return &SecondWriterError{f.target, e.Path}
	}
	return nil
}
