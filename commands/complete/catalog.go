// Package complete holds what completion needs besides the commands: answers from the network that are remembered
// and never waited for long, and ZooKeeper sessions that end by themselves.
package complete

import (
	"context"
	"math"
	"sync"
	"time"
)

// Times of a catalog.
const (
	// freshFor is how long an answer holds.
	freshFor = 5 * time.Second
	// keptFor is how long an answer that no longer holds stands in for the next one, which is being asked for.
	keptFor = time.Minute
	// failedFor is how long a place that could not be asked is left alone.
	failedFor = 10 * time.Second
	// slowFor is how long a place that made somebody wait in vain is waited for by nobody who has no more patience.
	slowFor = time.Minute
	// askFor bounds each question.
	askFor = 3 * time.Second
)

// Key names what is asked for: an item of a place. What goes wrong with one item goes for the whole place.
type Key struct {
	Place string // a cluster or an ensemble
	Item  string
}

// Catalog asks for what completion offers, in the background, and remembers the answers. A question is under
// way once at a time, and what makes people wait they are made to wait for once only: after that they are told when
// the answer has come. Somebody with much more patience, such as who presses Tab where others only type, waits for
// what the others did not get. It is safe for concurrent use.
type Catalog struct {
	// OnChange is called, if it is set, when an answer has come that somebody had given up waiting for. It is
	// set before the first question.
	OnChange func()

	now    func() time.Time
	ctx    context.Context // of all questions
	cancel context.CancelFunc
	asking sync.WaitGroup

	mu      sync.Mutex
	entries map[Key]*entry
	places  map[string]*place
	flights map[string]*flight // by name
}

type entry struct {
	value   any
	known   bool
	at      time.Time     // when the value was learnt
	pending chan struct{} // closed when the answer is there; nil while nobody asks
	missed  bool          // somebody went on without the answer
	waited  time.Duration // how long somebody has waited for the answer in vain, at most
	cancel  context.CancelFunc
}

type place struct {
	failedUntil, slowUntil time.Time
	waited                 time.Duration // while it is slow: how long somebody has waited in vain, at most
	questions              int           // under way
}

// NewCatalog gives an empty catalog. now is the clock by which answers grow old.
func NewCatalog(now func() time.Time) *Catalog {
	c := &Catalog{now: now, entries: map[Key]*entry{}, places: map[string]*place{}, flights: map[string]*flight{}}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// Close ends the questions under way and returns when they have ended.
func (c *Catalog) Close() {
	c.mu.Lock()
	c.cancel()
	c.mu.Unlock()
	c.asking.Wait()
}

// Ask gives the answer to a question, waiting for it until patience ends; false if it is not known. Where an
// older answer is known it stands in. A patience without a deadline is greater than all others. An error of ask
// means that the place cannot be asked; an item that is not there is an answer.
func Ask[T any](patience context.Context, c *Catalog, key Key, ask func(context.Context) (T, error)) (T, bool) {
	value, ok := c.ask(patience, key, func(ctx context.Context) (any, error) { return ask(ctx) })
	answer, _ := value.(T)
	return answer, ok
}

func (c *Catalog) ask(patience context.Context, key Key, ask func(context.Context) (any, error)) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.forgetOld(now)
	e, p := c.entries[key], c.places[key.Place]
	if p == nil {
		p = &place{}
		c.places[key.Place] = p
	}
	if e == nil {
		e = &entry{}
		c.entries[key] = e
	}
	if e.known && now.Before(e.at.Add(freshFor)) {
		return e.value, true
	}
	if e.pending == nil {
		if now.Before(p.failedUntil) || c.ctx.Err() != nil {
			return e.value, e.known
		}
		e.missed, e.waited = false, 0
		if now.Before(p.slowUntil) {
			e.waited = p.waited
		}
		e.pending = make(chan struct{})
		p.questions++
		var ctx context.Context
		ctx, e.cancel = context.WithTimeout(c.ctx, askFor)
		c.asking.Go(func() { c.answer(ctx, e, p, ask) })
	}
	wait := lengthOf(patience)
	if !worthWaiting(wait, e.waited) {
		e.missed = true
		return e.value, e.known
	}
	pending := e.pending
	c.mu.Unlock()
	select {
	case <-pending:
	case <-patience.Done():
	}
	c.mu.Lock()
	if e.pending == pending {
		e.missed, e.waited = true, max(e.waited, wait)
		p.madeWait(wait, c.now())
	}
	return e.value, e.known
}

// lengthOf is how long a patience lasts.
func lengthOf(patience context.Context) time.Duration {
	deadline, ok := patience.Deadline()
	if !ok {
		return math.MaxInt64
	}
	return time.Until(deadline)
}

// worthWaiting says whether it makes sense to wait where somebody else waited in vain. Much more patience is needed:
// what is left of the same patience differs a little each time.
func worthWaiting(wait, inVain time.Duration) bool { return wait/2 > inVain }

// madeWait notes that somebody waited in vain. The catalog's lock is held.
func (p *place) madeWait(wait time.Duration, now time.Time) {
	if !now.Before(p.slowUntil) {
		p.waited = 0
	}
	p.waited = max(p.waited, wait)
	p.slowUntil = now.Add(slowFor)
}

// answer asks and remembers what came of it.
func (c *Catalog) answer(ctx context.Context, e *entry, p *place, ask func(context.Context) (any, error)) {
	defer e.cancel()
	value, err := ask(ctx)
	c.mu.Lock()
	p.questions--
	now := c.now()
	if err == nil {
		e.value, e.known, e.at = value, true, now
		p.failedUntil = time.Time{}
		if !e.missed {
			p.slowUntil = time.Time{}
		}
	} else {
		p.failedUntil = now.Add(failedFor)
		p.madeWait(math.MaxInt64, p.failedUntil) // nobody waits for it when it is asked again
	}
	changed := e.missed && err == nil && c.ctx.Err() == nil
	close(e.pending)
	e.pending = nil
	c.mu.Unlock()
	if changed && c.OnChange != nil {
		c.OnChange()
	}
}

// Forget drops all that is known of a place, and ends the questions to it.
func (c *Catalog) Forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.places, name)
	for key, e := range c.entries {
		if key.Place == name {
			if e.pending != nil {
				e.cancel()
			}
			delete(c.entries, key)
		}
	}
}

// forgetOld drops what is of no use any more. The lock is held.
func (c *Catalog) forgetOld(now time.Time) {
	for key, e := range c.entries {
		if e.pending == nil && now.After(e.at.Add(freshFor+keptFor)) {
			delete(c.entries, key)
		}
	}
	for name, p := range c.places {
		if p.questions == 0 && now.After(p.failedUntil) && now.After(p.slowUntil) {
			delete(c.places, name)
		}
	}
}
