package session

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"
)

// Lane is one session of a client. Requests on one lane are carried out in
// the order in which they were sent; between lanes there is no order.
type Lane struct {
	conn    *zk.Conn
	events  <-chan zk.Event
	link    *link
	waiting atomic.Int64 // requests without an answer
	// opened is closed when there was a session for the first time.
	opened    chan struct{}
	had       atomic.Bool
	connected atomic.Bool  // there is a session now
	lostAt    atomic.Int64 // when the last one lost its server, in nanoseconds since 1970
	losses    *losses
	patience  time.Duration // a request is repeated for so long over lost connections

	mu     sync.Mutex // guards closed, and calls against being added to after it
	closed bool
	calls  sync.WaitGroup
}

// losses counts what happened to a client's sessions since it was opened.
type losses struct{ connections, sessions atomic.Int64 }

func newLane(servers []string, first int, o Options, lost *losses) (*Lane, error) {
	l := &Lane{link: newLink(servers, first, o.Dialer), opened: make(chan struct{}), losses: lost, patience: o.SessionTimeout}
	conn, events, err := zk.Connect(servers, o.SessionTimeout,
		zk.WithDialer(l.link.dialZK), zk.WithHostProvider(l.link), zk.WithEventCallback(l.event),
		zk.WithLogger(o.Logger), zk.WithLogInfo(false))
	if err != nil {
		return nil, fmt.Errorf("connect to ZooKeeper: %w", err)
	}
	l.conn, l.events = conn, events
	return l, nil
}

// event is called by the library's goroutine.
func (l *Lane) event(e zk.Event) {
	switch e.State {
	case zk.StateHasSession:
		l.connected.Store(true)
		if l.had.CompareAndSwap(false, true) {
			close(l.opened)
		}
	case zk.StateDisconnected:
		if l.connected.Load() {
			l.lostAt.Store(time.Now().UnixNano())
			l.connected.Store(false)
			l.losses.connections.Add(1)
		}
	case zk.StateExpired:
		l.losses.sessions.Add(1)
	}
}

// Outage tells for how long no session has had a server, 0 while one has, and
// for how long a request is repeated before its call fails.
func (c *Client) Outage() (lasts, patience time.Duration) {
	var last int64
	for _, l := range c.lanes {
		if l.connected.Load() {
			return 0, c.options.SessionTimeout
		}
		last = max(last, l.lostAt.Load())
	}
	return time.Since(time.Unix(0, last)), c.options.SessionTimeout
}

// wait returns once there is a session, or an error when there is no hope of
// one or ctx ends.
func (l *Lane) wait(ctx context.Context) error {
	select {
	case <-l.opened:
		return nil
	case <-l.link.hopeless:
		return l.link.cause()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the session and waits for its goroutines and requests. A server
// that does not answer holds it up for about a second.
func (l *Lane) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	if l.conn.State() == zk.StateHasSession {
		l.conn.Close()
		l.link.shut()
	} else {
		l.link.shut()
		l.conn.Close()
	}
	for range l.events {
	}
	l.calls.Wait()
}

// begin counts a request in, unless the lane is closed.
func (l *Lane) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.calls.Add(1)
	l.waiting.Add(1)
	return true
}

func (l *Lane) end() {
	l.waiting.Add(-1)
	l.calls.Done()
}

// ask sends one request and waits for its answer, which go-zookeeper/zk cannot
// be told to give up. When ctx ends the answer is waited for no longer than
// grace; the goroutine that goes on waiting ends with the answer, the
// connection or the client.
func ask[T any](ctx context.Context, l *Lane, grace time.Duration, request func(*zk.Conn) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if err := waitForRate(ctx, 1); err != nil {
		return none, err
	}
	if !l.begin() {
		return none, ErrClosed
	}
	answers := make(chan answer, 1)
	go func() {
		defer l.end()
		value, err := request(l.conn)
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
	}
	if grace > 0 {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case a := <-answers:
			return a.value, a.err
		case <-timer.C:
		}
	}
	return none, ctx.Err()
}
