// Package complete holds what completion needs besides the commands: answers from the network that
// are remembered and never waited for long, and ZooKeeper sessions that end by themselves.
package complete

import (
	"context"
	"math"
	"sync"
	"time"
)

// Times of a catalog.
const (
	// freshFor is how long an answer is valid.
	freshFor = 5 * time.Second
	// keptFor is how long an outdated answer is used while the next one is pending.
	keptFor = time.Minute
	// failedFor is how long a place that could not be asked is not asked again.
	failedFor = 10 * time.Second
	// slowFor is how long a place counts as slow after a caller waited for it without an answer.
	// Meanwhile only callers with more patience wait for it.
	slowFor = time.Minute
	// askFor is the timeout of each question.
	askFor = 3 * time.Second
)

// Key names what is asked for: an item of a place. A failure with one item counts for the whole
// place.
type Key struct {
	Place string // a cluster or an ensemble
	Item  string
}

// Catalog asks for what completion offers, in the background, and remembers the answers. A question
// is pending only once at a time. An answer that is late makes the user wait only once: after that
// OnChange is called when it has arrived. A caller with much more patience, such as for the Tab key
// and not for a drawing, waits again. It is safe for concurrent use.
type Catalog struct {
	// OnChange is called, if it is set, when an answer has arrived for which a caller had stopped
	// waiting. It is set before the first question.
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
	pending chan struct{} // closed when the answer is there; nil while no question is pending
	missed  bool          // a caller continued without the answer
	waited  time.Duration // the longest time that a caller waited without getting the answer
	cancel  context.CancelFunc
}

type place struct {
	failedUntil, slowUntil time.Time
	waited                 time.Duration // while it is slow: the longest time that a caller waited without an answer
	questions              int           // under way
}

// NewCatalog returns an empty catalog. now is the clock for the age of answers.
func NewCatalog(now func() time.Time) *Catalog {
	c := &Catalog{now: now, entries: map[Key]*entry{}, places: map[string]*place{}, flights: map[string]*flight{}}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// Close ends the pending questions and returns when they have ended.
func (c *Catalog) Close() {
	c.mu.Lock()
	c.cancel()
	c.mu.Unlock()
	c.asking.Wait()
}

// Ask returns the answer to a question, waiting for it until patience ends; false if it is not
// known. If an older answer is known, that is returned. A patience without a deadline is longer
// than all others. An error of ask means that the place cannot be asked; an item that is not there
// is an answer.
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

// Failed reports whether a place could not be asked: an answer from it is not merely late.
func (c *Catalog) Failed(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.places[name]
	return p != nil && c.now().Before(p.failedUntil)
}

// lengthOf is how long a patience lasts.
func lengthOf(patience context.Context) time.Duration {
	deadline, ok := patience.Deadline()
	if !ok {
		return math.MaxInt64
	}
	return time.Until(deadline)
}

// worthWaiting reports whether it makes sense to wait where another caller got no answer. Much more
// patience is needed: what is left of the same patience differs a little each time.
func worthWaiting(wait, inVain time.Duration) bool { return wait/2 > inVain }

// madeWait notes that a caller waited without getting an answer. The catalog's lock is held.
func (p *place) madeWait(wait time.Duration, now time.Time) {
	if !now.Before(p.slowUntil) {
		p.waited = 0
	}
	p.waited = max(p.waited, wait)
	p.slowUntil = now.Add(slowFor)
}

// answer asks and remembers the result.
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
		p.madeWait(math.MaxInt64, p.failedUntil) // no caller waits for it when it is asked again
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
