package zkcopy

import (
	"context"
	"time"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// WatchOptions say how a tree is watched.
type WatchOptions struct {
	// Every is how often a tree is looked through whose servers do not report changes, those before 3.6.
	Every time.Duration
	// Begun is called once changes are heard of; reported says that the servers report them.
	Begun func(reported bool)
	// Heard takes each change. What was removed while nothing was reported is heard of as ChildRemoved.
	// Its error ends the watch.
	Heard func(Change) error
	// Gap is called when the servers have reported nothing for a while, because a connection was lost or
	// there were more changes than can be remembered. What is found by looking through the tree
	// follows.
	Gap func()
}

// WatchTree reports the changes of a tree from now on until ctx ends, whose error it returns. A change of an
// ACL is not reported: ZooKeeper tells nobody. A tree that does not exist is a *NotFoundError.
func WatchTree(ctx context.Context, tr Tree, o WatchOptions) error {
	if err := tr.Sync(ctx); err != nil {
		return err
	}
	if _, err := tr.StatRoot(ctx); err != nil {
		return err
	}
	w := watcher{tree: tr}
	defer w.close()
	if err := w.open(ctx); err != nil {
		return err
	}
	zxid := tr.Client.Zxid()
	o.Begun(w.known())
	ticker := time.NewTicker(o.Every)
	defer ticker.Stop()
	for {
		var tick <-chan time.Time
		if !w.known() { // from the beginning, or since another server was connected to
			tick = ticker.C
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.ready():
		case <-tick:
		}
		until, events, lost, err := w.take(ctx)
		if err != nil {
			return err
		}
		if lost {
			o.Gap()
		}
		if lost || !w.known() {
			until, err = o.sweep(ctx, tr, zxid)
		} else {
			err = o.pass(events, zxid)
		}
		if err != nil {
			return err
		}
		zxid = max(zxid, until)
	}
}

// reportedKinds are the kinds of changes by the types of events.
var reportedKinds = map[session.EventType]ChangeKind{session.EventCreated: Created, session.EventDeleted: Removed, session.EventDataSet: DataSet}

// pass passes on what was reported after a transaction.
func (o *WatchOptions) pass(events []session.Event, after int64) error {
	for _, e := range events {
		if e.Zxid > 0 && e.Zxid <= after {
			continue // it was found by looking through the tree
		}
		if err := o.Heard(Change{Path: e.Path, Kind: reportedKinds[e.Type], Zxid: e.Zxid}); err != nil {
			return err
		}
	}
	return nil
}

// sweep looks through the tree for what was changed after a transaction, and returns the one up to which it
// looked.
func (o *WatchOptions) sweep(ctx context.Context, tr Tree, after int64) (until int64, err error) {
	var refused error
	changes, err := changesAfter(ctx, tr, after, tree.Limits{}, func(change Change) {
		if refused == nil {
			refused = o.Heard(change)
		}
	})
	if err != nil {
		return after, err
	}
	return changes.Zxid, refused
}
