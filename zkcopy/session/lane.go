package session

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/message"
)

// Lane is one session of a client, which writes. Requests on one lane are
// carried out in the order in which they were sent; between lanes there is no
// order.
type Lane struct {
	client  *Client
	conn    *zk.Conn
	events  <-chan zk.Event
	link    *link
	waiting atomic.Int64 // requests without an answer
	state                // connected or not
	// opened is closed when there was a session for the first time.
	opened   chan struct{}
	patience time.Duration // a request is repeated for so long over lost connections
	// ready is closed when the credentials were presented, or the lane is abandoned because of
	// failure.
	ready   chan struct{}
	failure error
	ctx     context.Context
	cancel  context.CancelFunc
	owner   sync.WaitGroup

	mu     sync.Mutex // guards closed, and calls against being added to after it
	closed bool
	calls  sync.WaitGroup
}

// losses counts what happened to a client's sessions since it was opened.
type losses struct{ connections, sessions atomic.Int64 }

// newLane begins to open a session.
func newLane(c *Client, first int) *Lane {
	l := &Lane{
		client: c, link: newLink(c, first), patience: c.options.SessionTimeout,
		opened: make(chan struct{}), ready: make(chan struct{}),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	conn, events, err := zk.Connect(c.endpoint.Servers, c.options.SessionTimeout,
		zk.WithDialer(l.link.dialZK), zk.WithHostProvider(l.link), zk.WithEventCallback(l.event),
		zk.WithLogger(c.options.Logger), zk.WithLogInfo(false))
	if err != nil {
		l.fail(message.Errorf("connect to ZooKeeper: %w", err))
		return l
	}
	l.conn, l.events = conn, events
	l.owner.Go(func() { l.fail(l.login()) })
	return l
}

// closedLane is what a client has after its end.
func closedLane(c *Client) *Lane {
	l := &Lane{client: c, link: newLink(c, 0), ready: make(chan struct{})}
	l.fail(ErrClosed)
	return l
}

// fail ends the login, without an error when it succeeded.
func (l *Lane) fail(err error) {
	l.failure = err
	close(l.ready)
}

// login waits for the session and presents the credentials.
func (l *Lane) login() error {
	limited, cancel := context.WithTimeout(l.ctx, l.client.options.ConnectTimeout)
	defer cancel()
	err := l.wait(limited)
	if err == nil {
		err = l.authenticate(limited)
	}
	if err == nil {
		return nil
	}
	gaveUp := limited.Err() != nil
	l.link.shut()
	var refused *AuthError
	switch {
	case errors.As(err, &refused):
		return refused
	case l.ctx.Err() != nil:
		return ErrClosed
	case gaveUp:
		err = message.Errorf("timed out after %v: %w", l.client.options.ConnectTimeout, l.link.cause())
	}
	l.client.makeNoRoom()
	return &UnreachableError{l.link.servers, err}
}

// event is called by the library's goroutine.
func (l *Lane) event(e zk.Event) {
	switch e.State {
	case zk.StateHasSession:
		first := !l.had.Load()
		if l.found(); first {
			close(l.opened)
		}
	case zk.StateDisconnected:
		if l.lost() {
			l.client.losses.connections.Add(1)
		}
	case zk.StateExpired:
		l.client.losses.sessions.Add(1)
	}
}

// wait returns once there is a session, or an error when there is no longer a chance of one or ctx
// ends.
func (l *Lane) wait(ctx context.Context) error {
	hopeless := l.link.hopeless
	for {
		select {
		case <-l.opened:
			return nil
		case <-hopeless:
			if l.client.reads() {
				return l.link.cause()
			}
			hopeless = nil // it is an outage, which is waited out
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// usable waits for the login. Without a failure the lane may be used.
func (l *Lane) usable(ctx context.Context) error {
	select {
	case <-l.ready:
		return l.failure
	case <-ctx.Done():
		return ctx.Err()
	}
}

// up reports whether the login is over, and how.
func (l *Lane) up() (up, failed bool) {
	select {
	case <-l.ready:
		return l.failure == nil, l.failure != nil
	default:
		return false, false
	}
}

// close ends the session and waits for its goroutines and requests. A server
// that does not answer holds it up for about a second.
func (l *Lane) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	if l.conn == nil {
		return
	}
	if l.conn.State() == zk.StateHasSession {
		// A server that stops reading must not delay it for longer.
		timer := time.AfterFunc(farewell, l.link.shut)
		defer timer.Stop()
		l.conn.Close()
		l.link.shut()
	} else {
		l.link.shut()
		l.conn.Close()
	}
	for range l.events {
	}
	l.calls.Wait()
	l.owner.Wait()
}

// begin counts a request in, unless the lane is closed.
func (l *Lane) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.calls.Add(1)
	return true
}

// ask waits until the session is open, sends one request and waits for its
// answer.
func ask[T any](ctx context.Context, l *Lane, grace time.Duration, request func(*zk.Conn) (T, error)) (T, error) {
	var none T
	if err := waitForRate(ctx, 1); err != nil {
		return none, err
	}
	l.waiting.Add(1)
	defer l.waiting.Add(-1)
	if err := l.usable(ctx); err != nil {
		return none, err
	}
	return send(ctx, l, grace, request)
}

// send sends one request and waits for its answer, which go-zookeeper/zk cannot be told to stop.
// When ctx ends the answer is waited for no longer than grace; the goroutine that goes on waiting
// ends with the answer, the connection or the client.
func send[T any](ctx context.Context, l *Lane, grace time.Duration, request func(*zk.Conn) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if !l.begin() {
		return none, ErrClosed
	}
	answers := make(chan answer, 1)
	go func() {
		defer l.calls.Done()
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
			return none, lateAnswer{ctx.Err()}
		}
	}
	return none, ctx.Err()
}
