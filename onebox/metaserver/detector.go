package metaserver

import (
	"context"
	"maps"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
)

// detector is the leader's failure detector: who sends beacons, and who has stopped. The leader's
// lock guards it.
type detector struct {
	workers map[wire.Address]*worker
	// alive and dead are the servers that list_nodes shows: those of beacons, and those that
	// partitions name.
	alive, dead map[wire.Address]struct{}
	restarts    map[wire.Address]*restartRecord
	percentage  int // meta.live_percentage
}

// worker is a server from which beacons are expected.
type worker struct {
	alive bool
	last  time.Time // of the last beacon
}

// restartRecord counts restarts that followed each other too soon.
type restartRecord struct {
	startTime int64 // ms since 1970
	unstable  int
}

func newDetector() detector {
	return detector{
		workers:  make(map[wire.Address]*worker),
		alive:    make(map[wire.Address]struct{}),
		dead:     make(map[wire.Address]struct{}),
		restarts: make(map[wire.Address]*restartRecord),
	}
}

// tooFewLive reports whether so few servers live that nothing may be changed (Pegasus:
// check_freeze).
func (d *detector) tooFewLive(minimum int) bool {
	if len(d.alive) < minimum {
		return true
	}
	return len(d.alive)*100 < d.percentage*(len(d.alive)+len(d.dead))
}

// mark moves a server to the living or to the dead ones.
func (d *detector) mark(a wire.Address, alive bool) {
	if alive {
		d.alive[a] = struct{}{}
		delete(d.dead, a)
		return
	}
	delete(d.alive, a)
	d.dead[a] = struct{}{}
}

// beacon records a server's sign of life. It returns false for a server that restarts too often:
// that one gets no answer.
func (l *leader) beacon(b *wire.BeaconRequest, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.StartTime != nil && !l.stable(b.From, *b.StartTime, now) {
		l.log.Printf("replica server %s: restarts too often, its beacon is not answered", b.From)
		return false
	}
	w := l.workers[b.From]
	if w == nil {
		w = &worker{}
		l.workers[b.From] = w
	}
	w.last = now
	if w.alive {
		return true
	}
	w.alive = true
	l.log.Printf("replica server %s: ALIVE", b.From)
	l.mark(b.From, true)
	if l.serving {
		l.node(b.From).alive = true
	}
	return true
}

// stable keeps count of a server's restarts (Pegasus: update_stability_stat).
func (l *leader) stable(a wire.Address, startTime int64, now time.Time) bool {
	r := l.restarts[a]
	if r == nil {
		l.restarts[a] = &restartRecord{startTime: startTime}
		return true
	}
	stableAfter := l.cfg.stableAfter.Milliseconds()
	switch {
	case startTime == r.startTime:
		if now.UnixMilli()-r.startTime >= stableAfter {
			r.unstable = 0
		}
	case startTime > r.startTime:
		if startTime-r.startTime < stableAfter {
			r.unstable++
		} else {
			r.unstable = 0
		}
		r.startTime = startTime
	}
	return r.unstable < l.cfg.maxRestarts
}

// watchNodes begins to wait for the beacons of the servers that partitions name. The lock is held.
func (l *leader) watchNodes(now time.Time) {
	for a := range l.nodes {
		if _, dead := l.dead[a]; !dead {
			l.mark(a, true)
		}
	}
	for a := range l.alive {
		l.workers[a] = &worker{alive: true, last: now}
		l.node(a).alive = true
	}
}

// watchBeacons declares servers dead when their beacons stop.
func (l *leader) watchBeacons(ctx context.Context) error {
	for pause(ctx, l.cfg.CheckInterval) == nil {
		l.mu.Lock()
		l.expire(time.Now())
		l.mu.Unlock()
	}
	return nil
}

func (l *leader) expire(now time.Time) {
	for _, a := range slices.Sorted(maps.Keys(l.workers)) {
		w := l.workers[a]
		if !w.alive || now.Sub(w.last) <= l.cfg.Grace {
			continue
		}
		w.alive = false
		l.log.Printf("replica server %s: UNALIVE, no beacon for %v", a, now.Sub(w.last).Round(time.Millisecond))
		l.mark(a, false)
		if l.serving {
			l.nodeDied(a)
		}
	}
}
