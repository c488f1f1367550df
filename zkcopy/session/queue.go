package session

import (
	"context"
	"sync"
	"time"
)

// An item waits for others to make a batch with: for linger while nothing else
// is under way, and longer while something is.
const (
	linger     = 2 * time.Millisecond
	longLinger = 10 * linger
)

// Queue gathers items into batches, in the order in which they come. Batches
// are taken in that order too, but may be worked on at the same time.
type Queue[T any] struct {
	bounds Batching
	// size is an item's length in a transaction, in bytes; alone reports whether an item cannot
	// share one.
	size  func(T) int
	alone func(T) bool

	mu     sync.Mutex
	some   *sync.Cond // a batch may be ready
	room   *sync.Cond // there may be room for another item
	items  []T
	bytes  int
	since  time.Time // when the oldest item came, or the last batch was taken
	timer  *time.Timer
	busy   int // batches that are being worked on
	closed bool
}

func NewQueue[T any](bounds Batching, size func(T) int, alone func(T) bool) *Queue[T] {
	q := &Queue[T]{bounds: bounds, size: size, alone: alone}
	q.some, q.room = sync.NewCond(&q.mu), sync.NewCond(&q.mu)
	return q
}

// Put adds an item and, if wait is set, waits while a whole batch is there already.
func (q *Queue[T]) Put(ctx context.Context, item T, wait bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for wait && q.full() && ctx.Err() == nil {
		q.room.Wait()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(q.items) == 0 {
		q.since = time.Now()
	}
	q.items = append(q.items, item)
	q.bytes += q.size(item)
	if q.full() || q.timer == nil {
		q.some.Signal()
	}
	return nil
}

func (q *Queue[T]) full() bool {
	return len(q.items) >= q.bounds.BatchOps || q.bytes >= q.bounds.BatchBytes
}

// Take waits for the next batch; false when the queue was closed and is empty, or ctx ended.
// assign, if not nil, is called with the batch before a later one can be taken. Each batch must be
// followed by done.
func (q *Queue[T]) Take(ctx context.Context, assign func([]T)) ([]T, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case ctx.Err() != nil, q.closed && len(q.items) == 0:
			return nil, false
		case len(q.items) > 0 && (q.closed || q.full() || q.left() <= 0):
			batch := q.cut()
			q.busy++
			if assign != nil {
				assign(batch)
			}
			return batch, true
		case len(q.items) > 0 && q.timer == nil:
			q.timer = time.AfterFunc(q.left(), q.ring)
		}
		q.some.Wait()
	}
}

// left is how long the oldest item may still wait.
func (q *Queue[T]) left() time.Duration {
	if q.busy > 0 {
		return longLinger - time.Since(q.since)
	}
	return linger - time.Since(q.since)
}

// Done ends a batch that was taken.
func (q *Queue[T]) Done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy--; q.busy == 0 && q.timer != nil && q.timer.Stop() {
		q.timer = nil
		q.some.Signal()
	}
}

// ring wakes one taker when the oldest item has waited long enough.
func (q *Queue[T]) ring() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.timer = nil
	q.some.Signal()
}

// cut removes a batch from the front.
func (q *Queue[T]) cut() []T {
	n, bytes := cutWrites(q.items, q.bounds, q.size, q.alone)
	batch := append([]T(nil), q.items[:n]...)
	rest := copy(q.items, q.items[n:])
	clear(q.items[rest:])
	q.items = q.items[:rest]
	q.bytes -= bytes
	q.since = time.Now()
	q.room.Broadcast()
	if rest > 0 || q.closed {
		q.some.Signal()
	}
	return batch
}

// Close lets those who take batches finish what is left and end.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
}

// WakeAll makes everyone who waits look at their context.
func (q *Queue[T]) WakeAll() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.some.Broadcast()
	q.room.Broadcast()
}
