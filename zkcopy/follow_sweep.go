package zkcopy

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// copy is the first copy or a sweep that compares all data. That the source changed meanwhile is no
// failure: what the copy lists of it is in line to be compared again.
func (f *follower) copy(ctx context.Context, o CopyOptions) (*CopyResult, error) {
	f.stopLooking()
	o.DryRun, o.SkipVerify = false, false
	if f.state.Watched {
		f.known.reset()
		f.accounted[0].forget()
		o.known = f.known
	}
	most := o.MaxDifferences
	o.MaxDifferences = maxPending
	if before := o.Before; before != nil {
		o.Before = func(seen *Seen) error {
			f.clusters = len(seen.Source)+len(seen.Target.Clusters) > 0
			return before(seen)
		}
	}
	began := time.Now()
	r, err := Copy(ctx, f.source, f.target, o)
	f.lastSweep, f.sweepTook = time.Now(), time.Since(began)
	f.equal, f.base, f.clean = r.Verified, *r, nil
	if r.Verified {
		f.state.Swept, f.state.SweptZxid = time.Now(), r.SourceZxid
		f.state.Applied = max(f.state.Applied, r.SourceZxid)
	}
	if f.needLook = !f.equal; f.equal && f.knows() {
		for side, zxid := range f.known.seen {
			f.accounted[side].from(zxid)
		}
	}
	var differs *VerifyError
	if errors.As(err, &differs) { // as many as an error lists
		differs.Differences = differs.Differences[:min(len(differs.Differences), cmp.Or(max(0, most), DefaultMaxDifferences))]
	}
	var changed *SourceChangedError
	if !errors.As(err, &changed) {
		return r, err
	}
	for _, path := range changed.Paths {
		if rel, below := relativeTo(f.source.Path, path); below {
			f.note(rel)
			f.changed(rel)
		}
	}
	if changed.Total > int64(len(changed.Paths)) || len(changed.Paths) == 0 {
		f.changed("")
	}
	return r, nil
}

// sweepDue reports whether all is to be compared again: where watches report changes, once in a
// while for the ACLs, and soon after the source has become quiet if the last sweep was not verified.
func (f *follower) sweepDue() bool {
	since := time.Since(f.lastSweep)
	switch {
	case !f.state.Watched:
		return since >= max(sweepAlone, f.sweepTook)
	case f.knows() && !(f.accounted[0].upTo(f.synced) && f.accounted[1].upTo(f.target.Client.Zxid())):
		return since >= max(f.o.SweepEvery/sweepSooner, sweepShare*f.sweepTook)
	case !f.equal && f.quiet() && f.state.FrozenSince.IsZero():
		return since >= sweepShare*f.sweepTook
	}
	return since >= max(f.o.SweepEvery, sweepShare*f.sweepTook)
}

// mayLook reports whether a sweep of stats is to begin.
func (f *follower) mayLook() bool {
	return f.knows() && f.looking == nil && !f.needSweep && f.state.InUse == "" && (f.needLook || f.sweepDue())
}

// sweep compares all of both trees, data too, and writes what differs.
func (f *follower) sweep(ctx context.Context) error {
	f.show(FollowSweeps)
	if _, err := f.compareAll(ctx, f.o.SweepLook); err != nil {
		return err
	}
	f.show(FollowFollows)
	return nil
}

// compareAll is the sweep itself.
func (f *follower) compareAll(ctx context.Context, look func(*Seen) error) (*CopyResult, error) {
	if err := f.checkForeign(ctx, nil); err != nil {
		return nil, f.mayGoOn(err)
	}
	f.needSweep = false
	f.pending = newPending() // all of it is compared
	mine := ours{}
	o := f.o.CopyOptions
	o.Delete, o.Progress = true, nil
	o.OnAction = func(a Action) {
		written := a.Kind != ActionLeaveOut // what is left out is no difference of the two sides
		if rel, below := relativeTo(f.target.Path, a.Path); written && below && len(mine) < maxPending {
			mine[rel] = true
		}
		if f.o.OnAction != nil {
			f.o.OnAction(a)
		}
	}
	if o.Before = nil; look != nil {
		o.Before = func(seen *Seen) error {
			seen.Changed = nil // the follower itself has written them
			return look(seen)
		}
	}
	r, err := f.copy(ctx, o)
	for rel := range mine {
		f.changed(rel)
	}
	f.state.Sweeps++
	f.state.Written += r.Created + r.Changed
	f.state.Removed += r.Removed
	if err != nil {
		f.needSweep = true
		return r, err
	}
	defer clear(f.unsure)
	if len(mine) >= maxPending {
		f.foreign.close() // whose events they are is not known
		return r, f.foreign.open(ctx)
	}
	return r, f.mayGoOn(f.checkForeign(ctx, mine))
}

// mayGoOn passes errors on. After the last look another writer is whom it was made for, and only the
// source is watched from then on.
func (f *follower) mayGoOn(err error) error {
	var second *SecondWriterError
	if errors.As(err, &second) && f.result.LastLook != nil && f.o.GoOn {
		f.state.InUse = second.Path
		f.pending = newPending()
		return nil
	}
	return err
}

// compareLast compares all data once more, after which nothing may have changed.
func (f *follower) compareLast(ctx context.Context) (done bool, err error) {
	f.show(FollowLastLook)
	r, err := f.compareAll(ctx, f.o.LastLook)
	if err != nil {
		return false, err
	}
	if err := f.hear(ctx); err != nil {
		return false, err
	}
	if !r.Verified || f.needSweep || f.state.InUse != "" || f.moved(ctx) || !f.askFrozen(ctx) {
		f.show(FollowFollows)
		return false, nil
	}
	f.result.LastLook = r
	f.state.Verified, f.state.ChangedAfter = r.SourceZxid, ""
	f.show(FollowVerified)
	return true, nil
}

// moved reports whether something in line is more than an ephemeral znode that came or went.
func (f *follower) moved(ctx context.Context) bool {
	return slices.ContainsFunc(f.pending.paths, func(rel string) bool { return f.isChange(ctx, rel) })
}

// isChange reports whether an event at a path may be of a znode that is copied.
func (f *follower) isChange(ctx context.Context, rel string) bool {
	path := tree.JoinPath(f.source.Path, rel)
	if layout.IsLockNode(path) {
		return false
	}
	stat, err := f.source.Stat(ctx, path)
	return err != nil || stat == nil || tree.KindOf(*stat) != tree.Ephemeral
}

// isNew reports whether the znode at a path of the source may be another than the one that was copied.
func (f *follower) isNew(ctx context.Context, rel string) bool {
	if !f.knows() {
		return f.isChange(ctx, rel)
	}
	stat, err := f.source.Stat(ctx, tree.JoinPath(f.source.Path, rel))
	switch {
	case err != nil:
		return true
	case stat == nil:
		return f.known.has(0, rel)
	}
	return tree.KindOf(*stat) != tree.Ephemeral && !f.known.meet(0, rel, stat)
}
