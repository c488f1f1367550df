package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pegashell/internal/message"
)

// EventType says what happened to a znode (ZooKeeper: Watcher.Event.EventType).
type EventType int32

// The types that a recursive watch hears of. A change of an ACL is none of them.
const (
	EventCreated EventType = 1
	EventDeleted EventType = 2
	EventDataSet EventType = 3
)

// Event is a change of a znode at or below the path of a Watch.
type Event struct {
	Path string
	Type EventType
	// Zxid is its transaction; 0 where the server does not report it, as those before 3.9.
	Zxid int64
}

// ErrEventsLost: a Watch has heard more events than it may keep for its reader.
var ErrEventsLost = message.Errorf("more changes than can be remembered")

// watchMode is the mode of a persistent watch for a whole tree (ZooKeeper: AddWatchMode).
const watchMode = 1

// Watch hears of every change in a tree from the moment when it was opened, by one session and one
// connection of its own. It does not outlive them: after its end nobody knows what changed, and
// another Watch must be opened before the tree is read again. Its methods may be used by several
// goroutines.
type Watch struct {
	conn   *connection
	most   int
	ended  chan struct{}
	ready  chan struct{} // has room for one: there is something to take
	owner  sync.WaitGroup
	cancel context.CancelFunc

	writing sync.Mutex // one packet at a time
	xid     int32

	mu     sync.Mutex
	events []Event
	lost   error // why events were lost, nil where none was since the last Take
	err    error // the end
	syncs  map[int32]chan int64
}

// OpenWatch opens a watch of everything at and below a path, on the first of the client's servers
// that lets it. It keeps at most so many events that nobody took. The error of servers that do not
// know such watches, those before 3.6, is ErrUnimplemented. The watch ends at the latest with ctx.
// The caller closes it.
func (c *Client) OpenWatch(ctx context.Context, path string, most int) (*Watch, error) {
	o := c.newReaderOptions(0)
	retry := c.Retry()
	for {
		var last error
		for _, at := range c.servers.order(o.Servers, c.first) {
			conn, err := openConnection(ctx, o.Servers[at], dialPatience, &o)
			if err == nil {
				var w *Watch
				if w, err = newWatch(ctx, conn, path, most); err == nil {
					return w, nil
				}
			}
			var refused *AuthError
			if errors.As(err, &refused) || errors.Is(err, ErrUnimplemented) || ctx.Err() != nil {
				return nil, WrapPath("watch", path, err)
			}
			last = reason{o.Servers[at], err}
		}
		if !retry.Failed() {
			return nil, WrapPath("watch", path, message.Errorf("%w: %w", ErrConnectionLost, last))
		}
		if err := retry.Wait(ctx); err != nil {
			return nil, err
		}
	}
}

// newWatch sets the watch on a connection, which it closes if that fails.
func newWatch(ctx context.Context, conn *connection, path string, most int) (*Watch, error) {
	w := &Watch{conn: conn, most: most, ended: make(chan struct{}), ready: make(chan struct{}, 1), syncs: map[int32]chan int64{}}
	w.xid = 1
	packet := appendFrame(nil, func(b []byte) []byte {
		return appendInt(appendText(appendHead(b, w.xid, opAddWatch), path), watchMode)
	})
	conn.SetDeadline(time.Now().Add(conn.timeout * 2 / 3))
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	// The answer to the ping shows that a server has dropped what it does not know.
	_, err := conn.Write(appendPing(packet))
	if err == nil {
		err = w.expectSet()
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	conn.SetDeadline(time.Time{})
	live, cancel := context.WithCancel(ctx)
	w.cancel = cancel
	w.owner.Go(w.receive)
	w.owner.Go(func() { w.keepAlive(live) })
	return w, nil
}

// expectSet reads until the watch is set.
func (w *Watch) expectSet() error {
	for {
		d := &w.conn.decoder
		d.begin()
		xid, zxid, code := d.int(), d.long(), d.int()
		if xid == xidEvent && d.err == nil { // of a change right after the watch was set
			w.hear(zxid)
			continue
		}
		d.end()
		switch {
		case hungUp(d.err):
			return errHungUp
		case d.err != nil:
			return d.err
		case xid == xidPing, code == codeUnimplemented:
			return ErrUnimplemented
		case code == codeAuthRequired:
			return &AuthRequiredError{[]string{w.conn.server}}
		case code != codeOK:
			return errors.New(codeText(code))
		}
		return nil
	}
}

// receive reads events until the connection ends.
func (w *Watch) receive() {
	defer close(w.ended)
	conn := w.conn
	conn.renew = func() { conn.SetReadDeadline(time.Now().Add(conn.timeout * 2 / 3)) }
	for {
		if err := w.one(); err != nil {
			w.end(err)
			return
		}
	}
}

// one reads one packet.
func (w *Watch) one() error {
	d := &w.conn.decoder
	d.begin()
	xid, zxid, code := d.int(), d.long(), d.int()
	switch {
	case d.err != nil:
		return d.err
	case xid == xidEvent:
		w.hear(zxid)
		return d.err
	case xid > 0 && code != codeOK:
		return errors.New(codeText(code))
	case xid > 0:
		w.mu.Lock()
		if done := w.syncs[xid]; done != nil {
			delete(w.syncs, xid)
			done <- zxid // it has room
		}
		w.mu.Unlock()
	}
	d.end()
	return d.err
}

// hear takes an event.
func (w *Watch) hear(zxid int64) {
	d := &w.conn.decoder
	kind := EventType(d.int())
	d.int() // the session's state
	n := d.length(1)
	e := Event{Path: string(d.bytes(max(0, n))), Type: kind, Zxid: max(0, zxid)}
	d.end()
	if d.err != nil || kind < EventCreated || kind > EventDataSet {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.events) >= w.most {
		w.events, w.lost = nil, ErrEventsLost
	} else if w.lost == nil {
		w.events = append(w.events, e)
	}
	w.signal()
}

func (w *Watch) signal() {
	select {
	case w.ready <- struct{}{}:
	default:
	}
}

// end notes the end of the connection.
func (w *Watch) end(err error) {
	if hungUp(err) {
		err = errHungUp
	}
	w.conn.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = fmt.Errorf("%w: %s: %w", ErrConnectionLost, w.conn.server, err)
	for _, done := range w.syncs {
		close(done)
	}
	w.syncs = nil
	w.signal()
}

// keepAlive sends pings until the watch is closed or its context ends, and then ends the session.
func (w *Watch) keepAlive(ctx context.Context) {
	ticker := time.NewTicker(w.conn.pingEvery)
	defer ticker.Stop()
	for {
		var err error
		select {
		case <-w.ended:
			return
		case <-ctx.Done():
			w.writing.Lock()
			w.xid++
			w.conn.SetWriteDeadline(time.Now().Add(farewell))
			w.conn.Write(appendClose(nil, w.xid))
			w.writing.Unlock()
			w.conn.Close()
			return
		case <-ticker.C:
			err = w.write(appendPing(nil))
		}
		if err != nil {
			w.conn.Close() // receive notices
		}
	}
}

func (w *Watch) write(packet []byte) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.conn.SetWriteDeadline(time.Now().Add(w.conn.timeout * 2 / 3))
	_, err := w.conn.Write(packet)
	return err
}

// Ready receives a value when there may be something to Take.
func (w *Watch) Ready() <-chan struct{} { return w.ready }

// Take returns the events that were heard since it was called last, in their order. Its error says
// that others were lost since: ErrEventsLost where there were too many, after which events continue;
// every other error is the end of the watch.
func (w *Watch) Take() ([]Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	events, lost := w.events, w.lost
	w.events, w.lost = nil, nil
	if w.err != nil {
		lost = w.err
	}
	return events, lost
}

// Waiting is how many events there are to Take.
func (w *Watch) Waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.events)
}

// Sync waits until every event is there to be taken that belongs to a transaction which the
// ensemble had carried out before, and returns the server's transaction id then. It ends the watch
// when the server does not answer within the session's timeout.
func (w *Watch) Sync(ctx context.Context, path string) (zxid int64, err error) {
	done := make(chan int64, 1)
	w.mu.Lock()
	if w.err != nil {
		defer w.mu.Unlock()
		return 0, w.err
	}
	w.writing.Lock()
	w.xid++
	xid := w.xid
	w.syncs[xid] = done
	w.mu.Unlock()
	w.conn.SetWriteDeadline(time.Now().Add(w.conn.timeout * 2 / 3))
	_, err = w.conn.Write(appendOne(nil, xid, &Request{Kind: Sync, Path: path}))
	w.writing.Unlock()
	if err != nil {
		w.conn.Close()
	}
	unanswered := time.AfterFunc(w.conn.timeout, func() { w.conn.Close() }) // receive notices
	defer unanswered.Stop()
	select {
	case zxid, ok := <-done:
		if !ok {
			w.mu.Lock()
			defer w.mu.Unlock()
			return 0, w.err
		}
		return zxid, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Server is the HOST:PORT that reports the events.
func (w *Watch) Server() string { return w.conn.server }

// Close ends the session, and returns when its goroutines are gone.
func (w *Watch) Close() {
	w.cancel()
	w.owner.Wait()
}
