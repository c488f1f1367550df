package zkcopy

import (
	"context"
	"errors"
	"time"

	"pegashell/zkcopy/session"
)

// Bounds of a follower, and how often it looks.
const (
	// maxPending bounds the changes that are remembered and not yet applied. Where there are more,
	// the whole tree is compared instead.
	maxPending = 100_000
	// followBatch is how many changed znodes are read and written together.
	followBatch = 500
	// followGC is the room for garbage, as a share of what is in use, in percent.
	followGC = 25
	// lastPaths is how many paths are remembered for display.
	lastPaths = 5
	// defaultSweepEvery is how often all of both trees is compared where watches report changes,
	// and sweepAlone where they cannot, at least; sweepShare times its duration passes between two.
	// It comes sweepSooner times as often while transactions are missing (see transactions).
	defaultSweepEvery = time.Minute
	sweepAlone        = time.Second
	sweepShare        = 10
	sweepSooner       = 6
	// defaultPoll is how often it is asked whether the source is frozen.
	defaultPoll = time.Second / 5
	// quietFor is how long nothing must have changed at the source before the last look. What its
	// servers have received by then is applied before that look, however slow they are.
	quietFor = time.Second / 5
	// gatherFor is how long further events are waited for after the first, to be applied together.
	gatherFor = time.Second / 50
	// againAfter is how long it waits after a side did not answer.
	againAfter = time.Second
)

// follower follows one tree.
type follower struct {
	source, target Tree
	o              FollowOptions
	selector       *selector
	writer         *writer
	state          FollowState
	result         FollowResult

	watch, foreign *watcher
	pending        pending
	unsure         ours // what was written when that failed
	needSweep      bool // all of both is to be compared, data too
	needLook       bool // the stats of both are to be looked at
	known          *knownStats
	accounted      [2]*transactions // of the source's ensemble and the target's
	numbered       bool             // the source's events come with their transactions
	synced         int64            // up to which transaction the source's events were heard
	looking        *statSweep       // under way; nil for none
	looked         bool             // once at the stats of both sides
	clean          *statSweep       // the last one that has found nothing
	base           CopyResult       // the last comparison of all
	clusters       bool             // there are Pegasus clusters in the trees
	lastSweep      time.Time        // when the last one ended
	sweepTook      time.Duration
	heardAt        time.Time // when there were events last
	lastChange     time.Time // when the source was last seen to change
	equal          bool      // the last sweep found all equal
	asked          time.Time // when Frozen was asked last
	frozen         bool      // its answer
}

// Follow makes the target equal to the source as Copy does, and then keeps it equal: it hears of
// each change of the source by a watch that is set before the first read, reads the znode again,
// writes it to the target and reads it back. A change is applied as the state that the znode has then:
// states that it had only in between may be skipped. Ephemeral znodes stay out.
//
// There are no watches for changes of ACLs. Sweeps find them, and whatever lost watches may have
// hidden: beside everything else, they read the stats of all znodes of both sides, and what has
// another one than when it was last found or made equal is compared. Where all transactions of both
// ensembles since the last sweep are known to be changes that were applied, or writes of this
// follower, the last look reads no more; otherwise it is a sweep. Servers that do not know such
// watches are compared whole, again and again.
//
// It ends with the context, with the last look (see FollowOptions.Frozen), or with an error: a
// *SecondWriterError, an *ExtraError, or one of Copy. Servers that do not answer do not end it. The
// result is never nil.
func Follow(ctx context.Context, source, target Tree, o FollowOptions) (*FollowResult, error) {
	source.Role, target.Role = "source", "target"
	// What is known of each znode stays for as long as it follows: with less room for garbage beside
	// that, all needs as little memory as a copy.
	defer boundGarbage(followGC)()
	f := newFollower(source, target, o)
	defer f.close()
	err := f.run(ctx)
	f.result.FollowState = f.state
	return &f.result, err
}

func newFollower(source, target Tree, o FollowOptions) *follower {
	if o.SweepEvery <= 0 {
		o.SweepEvery = defaultSweepEvery
	}
	if o.Poll <= 0 {
		o.Poll = defaultPoll
	}
	if o.OnState == nil {
		o.OnState = func(FollowState) {}
	}
	if o.LastLook == nil {
		o.LastLook = o.SweepLook
	}
	f := &follower{source: source, target: target, o: o, pending: newPending(), known: newKnownStats(maxKnown)}
	f.accounted, f.unsure = [2]*transactions{{}, {}}, ours{}
	f.writer = newWriter(target.Client, o.Batching, func(*write) {})
	f.watch, f.foreign = &watcher{tree: source}, &watcher{tree: target}
	return f
}

func (f *follower) close() {
	f.stopLooking()
	f.target.Client.OnWritten(nil)
	f.foreign.close()
	f.watch.close()
}

// begin makes the first copy, between the openings of the watches.
func (f *follower) begin(ctx context.Context) (err error) {
	if f.selector, err = newSelector(f.o.Selection, f.source.Path); err != nil {
		return err
	}
	f.target.Client.OnWritten(func(zxid int64) { f.accounted[1].add(zxid) })
	f.show(FollowCopies)
	if err := f.watch.open(ctx); err != nil {
		return f.source.Wrap(err)
	}
	f.state.Watched = f.watch.known()
	f.result.First, err = f.copy(ctx, f.o.CopyOptions)
	if err != nil {
		return err
	}
	if f.result.First.Extra > 0 && !f.o.Delete {
		return &ExtraError{f.target, f.result.First.Extra}
	}
	f.needLook = f.state.Watched // a session was opened since, and who knows what else
	return f.target.Wrap(f.foreign.open(ctx))
}

func (f *follower) run(ctx context.Context) error {
	ctx = session.WithRateLimit(ctx, f.o.RateLimit)
	if err := f.begin(ctx); err != nil {
		return err
	}
	f.show(FollowFollows)
	for {
		done, err := f.round(ctx)
		switch {
		case done || ctx.Err() != nil:
			return errors.Join(err, ctx.Err())
		case isOutage(err):
			f.state.Trouble = err
			f.show(FollowUnheard)
			f.needLook = true // what was under way is not known
			if err := wait(ctx, againAfter); err != nil {
				return err
			}
		case err != nil:
			return err
		}
	}
}

// isOutage reports whether an error says that servers do not answer, which does not end a follower.
func isOutage(err error) bool {
	var unreachable *session.UnreachableError
	return errors.Is(err, session.ErrConnectionLost) || errors.As(err, &unreachable)
}

// round does what there is to do once, and waits for more.
func (f *follower) round(ctx context.Context) (done bool, err error) {
	if err := f.hear(ctx); err != nil {
		return false, err
	}
	if f.state.InUse == "" {
		if err := f.catchUp(ctx); err != nil {
			return false, err
		}
	}
	if time.Since(f.asked) >= f.o.Poll {
		f.askFrozen(ctx)
	}
	if err := f.endLook(ctx); err != nil {
		return false, err
	}
	if f.mayLook() {
		if err := f.startLook(ctx, [2]bool{true, true}); err != nil {
			return false, err
		}
	}
	switch {
	case f.state.InUse != "":
		f.watchOnly(ctx)
	case f.needSweep || f.sweepDue() && !f.knows():
		if err := f.sweep(ctx); err != nil {
			return false, err
		}
	case f.frozen && f.state.Verified == 0 && (f.quiet() || f.knows()): // which says itself what it lacks
		if done, err := f.lastLook(ctx); done || err != nil {
			return done && !f.o.GoOn, err
		}
	case f.state.Verified != 0:
		f.show(FollowVerified)
	default:
		f.show(FollowFollows)
	}
	return false, f.waitForMore(ctx)
}

// waitForMore waits until there may be something to do.
func (f *follower) waitForMore(ctx context.Context) error {
	d := f.o.Poll
	if f.frozen && f.state.Verified == 0 && f.looking == nil && f.knows() {
		d = min(d, max(quietFor-time.Since(f.lastChange), time.Millisecond))
	}
	if err := wait(ctx, d, f.watch.ready(), f.foreign.ready(), f.looking.ended()); err != nil || f.watch.isEmpty() {
		return err
	}
	return wait(ctx, gatherFor)
}

// wait waits for one of some signals, for a time, or for the end of ctx.
func wait(ctx context.Context, d time.Duration, signals ...<-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	var s [3]<-chan struct{} // nil is never received
	copy(s[:], signals)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s[0]:
	case <-s[1]:
	case <-s[2]:
	case <-timer.C:
	}
	return nil
}

// hear takes over what the source's watch has heard, and opens another where it has ended.
func (f *follower) hear(ctx context.Context) error {
	zxid, events, lost, err := f.watch.take(ctx)
	if err != nil {
		return f.source.Wrap(err)
	}
	f.state.Trouble = nil
	if lost {
		f.state.Lost++
		f.lost()
		f.heardAt = time.Now()
		f.lastChange = f.heardAt
	}
	if len(events) > 0 {
		f.heardAt = time.Now()
	}
	for _, e := range events {
		f.numbered = e.Zxid != 0
		f.accounted[0].add(e.Zxid)
		rel, below := relativeTo(f.source.Path, e.Path)
		if !below || f.selector.excludes(rel) {
			continue
		}
		f.note(rel)
	}
	f.synced = max(f.synced, zxid)
	f.state.Heard = max(f.state.Heard, zxid, f.source.Client.Zxid())
	if len(f.pending.paths) == 0 && !f.needSweep && !f.needLook && f.state.Watched {
		f.state.Applied = max(f.state.Applied, zxid)
	}
	return nil
}

// note puts a path in line to be compared.
func (f *follower) note(rel string) {
	if !f.pending.add(rel) {
		f.pending = newPending()
		f.needSweep = true
	}
}

// askFrozen asks whether nothing can change the source any more.
func (f *follower) askFrozen(ctx context.Context) bool {
	f.frozen = f.o.Frozen != nil && f.o.Frozen(ctx)
	f.asked = time.Now()
	switch {
	case !f.frozen:
		f.state.FrozenSince = time.Time{}
	case f.state.FrozenSince.IsZero():
		f.state.FrozenSince = f.asked
	}
	return f.frozen
}

// watchOnly reports what changes at the source while the target belongs to others.
func (f *follower) watchOnly(ctx context.Context) {
	f.stopLooking()
	for _, rel := range f.pending.paths {
		if f.isNew(ctx, rel) {
			f.changed(rel)
		}
	}
	f.pending = newPending()
	f.show(FollowTargetUse)
}

func (f *follower) quiet() bool { return time.Since(f.lastChange) >= quietFor }
