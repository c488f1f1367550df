package zkcopy

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// askLook shows the clusters of both sides, which are equal as far as is known.
func (f *follower) askLook(ctx context.Context, look func(*Seen) error) error {
	if look == nil {
		return nil
	}
	seen := &Seen{Target: Findings{Exists: true}, Equal: true}
	if f.clusters {
		o := CountOptions{Limits: f.o.Limits, Skip: f.selector.excludes, Synced: true}
		group, both := errgroup.WithContext(ctx)
		group.Go(func() (err error) { seen.Source, err = FindClusters(both, f.source, o); return err })
		group.Go(func() (err error) { seen.Target.Clusters, err = FindClusters(both, f.target, o); return err })
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return look(seen)
}

// lastLook verifies that both sides are equal, after which nothing may have changed. What has
// changed since a sweep of stats is known where every transaction since is: of both sides, or of
// those of which that is not so the stats are read once more.
func (f *follower) lastLook(ctx context.Context) (done bool, err error) {
	if !f.knows() {
		return f.compareLast(ctx)
	}
	began := time.Now()
	f.show(FollowLastLook)
	switch doubt, _, err := f.doubt(ctx); {
	case err != nil:
		return false, f.mayGoOn(err)
	case doubt != [2]bool{}:
		return false, f.lookInFreeze(ctx, doubt)
	case f.isBusy(ctx):
		return false, nil
	}
	if err := f.askLook(ctx, f.o.LastLook); err != nil {
		return false, err
	}
	doubt, zxid, err := f.doubt(ctx)
	if err != nil {
		return false, f.mayGoOn(err)
	}
	if doubt != [2]bool{} || f.isBusy(ctx) || !f.askFrozen(ctx) {
		f.show(FollowFollows)
		return false, nil
	}
	f.stopLooking()
	f.state.Swept, f.state.SweptZxid = time.Now(), zxid
	f.result.LastLook = f.lastResult(zxid, began)
	f.state.Verified, f.state.ChangedAfter = zxid, ""
	f.show(FollowVerified)
	return true, nil
}

// isBusy reports whether something is left to be done.
func (f *follower) isBusy(ctx context.Context) bool {
	return f.needSweep || f.needLook || f.state.InUse != "" || !f.quiet() || f.moved(ctx)
}

// lookInFreeze reads the stats of some sides, unless that is under way.
func (f *follower) lookInFreeze(ctx context.Context, sides [2]bool) error {
	s := f.looking
	if s == nil || s.began.Before(f.state.FrozenSince) || sides[0] && !s.sides[0] || sides[1] && !s.sides[1] {
		return f.startLook(ctx, sides)
	}
	return nil
}

// doubt reports of which sides something may have changed that no event reports, and otherwise up to
// which transaction of the source both are equal. Everything that had been reported is applied.
func (f *follower) doubt(ctx context.Context) (sides [2]bool, zxid int64, err error) {
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error { return f.target.Sync(both) })
	err = f.hear(ctx)
	if synced := group.Wait(); err == nil {
		err = synced
	}
	if err != nil {
		return sides, 0, err
	}
	if err := f.catchUp(ctx); err != nil {
		return sides, 0, err
	}
	last := [2]int64{f.synced, f.target.Client.Zxid()}
	if err := f.checkForeign(ctx, nil); err != nil {
		return sides, 0, err
	}
	c := f.clean
	fresh := c != nil && !c.began.Before(f.state.FrozenSince) && !f.lastChange.After(c.began)
	for side := range sides {
		if f.accounted[side].upTo(last[side]) {
			continue
		}
		if sides[side] = !fresh || !c.sides[side]; side == 0 && !sides[0] {
			last[0] = c.from[0] // later changes of ACLs would be unknown
		}
	}
	return sides, last[0], nil
}

// lastResult is what the last look found.
func (f *follower) lastResult(zxid int64, began time.Time) *CopyResult {
	r := f.base
	r.Created, r.Changed, r.Removed, r.Parents, r.Extra = 0, 0, 0, 0, 0
	r.Read, r.Bytes = f.known.count(0), f.known.bytes.Load()
	r.Equal, r.Verified, r.SourceZxid, r.Duration = r.Read, true, zxid, time.Since(began)
	r.ByProof, r.Followed = false, true
	r.ConnectionLosses, r.SessionLosses = 0, 0
	return &r
}
