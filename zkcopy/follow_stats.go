package zkcopy

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// statSweep reads the stat of every znode of one side or both, beside everything else that a
// follower does, and compares it with the one that the znode had when both sides were last found or
// made equal. It reads no data and no ACLs: what is to be compared is left to the follower.
type statSweep struct {
	sides [2]bool
	began time.Time
	// from is a transaction of each side that every answer has seen.
	from   [2]int64
	cancel context.CancelFunc
	done   chan struct{}
	err    error
	// stale: changes were lost while it was under way.
	stale bool

	// sums are those of a proof for the next copy, over what has not changed; nil for none.
	sums              *sums
	leftOut, excluded atomic.Int64 // of the source
	clusters          atomic.Bool

	mu        sync.Mutex
	different []string // paths below the root
	overflow  bool     // there are more
}

// ended is closed when it has ended; nil where there is none.
func (s *statSweep) ended() <-chan struct{} {
	if s == nil {
		return nil
	}
	return s.done
}

// differs notes a path that is to be compared.
func (s *statSweep) differs(rel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.different) >= maxPending {
		s.overflow = true
		return
	}
	s.different = append(s.different, rel)
}

// meet compares the stat of a znode with the one that is known.
func (s *statSweep) meet(k *knownStats, side int, rel string, stat *tree.Stat) {
	switch {
	case !k.meet(side, rel, stat):
		s.differs(rel)
	case s.sums != nil && side == 0:
		s.sums.add(&s.sums.source, rel, stat)
	case s.sums != nil:
		s.sums.add(&s.sums.target, rel, stat)
	}
}

// trees are both sides by their numbers.
func (f *follower) trees() [2]Tree { return [2]Tree{f.source, f.target} }

// knows reports whether stats show what has changed.
func (f *follower) knows() bool { return f.state.Watched && f.known.usable() }

// startLook begins to read the stats of some sides.
func (f *follower) startLook(ctx context.Context, sides [2]bool) error {
	f.stopLooking()
	if f.needLook {
		sides = [2]bool{true, true}
	}
	s := &statSweep{sides: sides, began: time.Now(), done: make(chan struct{})}
	if sides == [2]bool{true, true} && f.o.Proofs != "" {
		s.sums = newSums(nil)
	}
	for side, tr := range f.trees() {
		if !sides[side] {
			continue
		}
		if err := tr.Sync(ctx); err != nil {
			return err
		}
		s.from[side] = tr.Client.Zxid()
		if err := tr.Sync(ctx); err != nil { // every session has seen that one then
			return err
		}
		f.known.begin(side)
	}
	f.needLook = false
	ctx, s.cancel = context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	if sides[0] {
		group.Go(func() error { return f.lookAtSource(ctx, s) })
	}
	if sides[1] {
		group.Go(func() error { return f.lookAtTarget(ctx, s) })
	}
	f.looking = s
	go func() {
		defer close(s.done)
		s.err = group.Wait()
	}()
	return nil
}

// stopLooking ends what startLook began.
func (f *follower) stopLooking() {
	if f.looking == nil {
		return
	}
	f.looking.cancel()
	<-f.looking.done
	f.looking = nil
}

func (f *follower) lookAtSource(ctx context.Context, s *statSweep) error {
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: f.source, Want: tree.WantStat}}, Limits: f.o.Limits,
		Skip: func(rel string, _ tree.SideSet) bool {
			excluded := f.selector.excludes(rel)
			if excluded {
				s.excluded.Add(1)
			}
			return excluded
		},
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			n := p.Nodes[0]
			if n == nil && p.Rel == "" {
				return nil, false, &tree.NotFoundError{Tree: f.source.Endpoint()}
			}
			if n == nil {
				return nil, false, nil // it was there when its parent was listed: an event follows
			}
			if tells(n.Path) {
				s.clusters.Store(true)
			}
			if f.selector.absent(n) {
				s.leftOut.Add(1)
				return nil, false, nil
			}
			s.meet(f.known, 0, p.Rel, &n.Stat)
			return nil, true, nil
		},
	}
	return f.source.Wrap(w.Run(ctx))
}

func (f *follower) lookAtTarget(ctx context.Context, s *statSweep) error {
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: f.target, Want: tree.WantStat}}, Limits: f.o.Limits,
		Skip: func(rel string, _ tree.SideSet) bool { return f.selector.excludes(rel) },
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			n := p.Nodes[0]
			if n == nil || n.Kind() == tree.Ephemeral {
				return nil, false, nil
			}
			s.meet(f.known, 1, p.Rel, &n.Stat)
			return nil, true, nil
		},
	}
	return f.target.Wrap(w.Run(ctx))
}

// endLook takes over what a sweep of stats has found, if it has ended: what differs is compared and
// written, after which both sides are equal in all that no later event reports.
func (f *follower) endLook(ctx context.Context) error {
	s := f.looking
	if s == nil {
		return nil
	}
	select {
	case <-s.done:
	default:
		return nil
	}
	f.looking = nil
	if f.state.InUse != "" {
		return nil
	}
	f.lastSweep, f.sweepTook = time.Now(), time.Since(s.began)
	f.needLook = f.needLook || s.stale || s.err != nil
	if s.err != nil {
		return s.err
	}
	for _, rel := range s.different {
		f.note(rel)
	}
	f.needSweep = f.needSweep || s.overflow
	f.base.Unmatched = f.selector.unmatched()
	if s.sides[0] {
		f.clusters = s.clusters.Load()
		f.base.LeftOut, f.base.Excluded = s.leftOut.Load(), s.excluded.Load()
	}
	if f.state.FrozenSince.IsZero() { // the last look asks by itself
		if err := f.askLook(ctx, f.o.SweepLook); err != nil {
			return err
		}
	}
	if err := f.hear(ctx); err != nil {
		return err
	}
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	f.settle(ctx, s)
	return nil
}

// settle notes what a sweep of stats has proved, once all that it found is applied.
func (f *follower) settle(ctx context.Context, s *statSweep) {
	if f.needSweep || f.needLook || f.state.InUse != "" || len(f.pending.paths) > 0 {
		f.needLook = true
		return
	}
	for side, looked := range s.sides {
		if looked && f.known.missed(side) > 0 {
			f.needSweep = true // a znode is gone and no event has said so
			return
		}
	}
	quiet := !f.lastChange.After(s.began)
	for side, looked := range s.sides {
		if looked {
			f.accounted[side].from(s.from[side])
		}
	}
	if f.clean = nil; quiet && len(s.different) == 0 {
		f.clean = s
	}
	clear(f.unsure)
	if s.sides[0] && s.sides[1] {
		if f.looked {
			f.state.Sweeps++
		}
		f.looked = true
		f.state.Swept, f.state.SweptZxid = time.Now(), s.from[0]
		f.equal = true
	}
	if s.sums != nil {
		c := newCopier(f.source, f.target, f.o.CopyOptions)
		c.sums = s.sums
		c.read.Store(f.known.count(0))
		c.keepProof(ctx)
	}
}

// lost notes that events were lost.
func (f *follower) lost() {
	f.accounted[0].forget()
	if f.looking != nil {
		f.looking.stale = true
	}
	f.lookAgain()
}

// lookAgain has both sides looked at, after something was lost: by their stats, if these say enough.
func (f *follower) lookAgain() {
	if f.needLook = true; !f.knows() {
		f.needSweep = true
	}
}

// account notes the transactions of some znodes of the source, and of the parents of those that are
// gone: servers before 3.9 do not say which ones the events are of.
func (f *follower) account(ctx context.Context, rels []string, found []session.Request) error {
	var parents []string
	for i, rel := range rels {
		if r := &found[i]; r.Found() {
			f.accounted[0].add(r.Stat.Czxid, r.Stat.Mzxid, r.Stat.Pzxid)
		} else if at := strings.LastIndexByte(rel, '/'); at >= 0 {
			parents = append(parents, rel[:at])
		}
	}
	if len(parents) == 0 || f.numbered {
		return nil
	}
	slices.Sort(parents)
	read, err := readAll(ctx, f.source, session.Exists, slices.Compact(parents))
	if err != nil {
		return err
	}
	for i := range read {
		if r := &read[i]; r.Found() {
			f.accounted[0].add(r.Stat.Czxid, r.Stat.Mzxid, r.Stat.Pzxid)
		}
	}
	return nil
}
