package session

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// readerOptions say how a reader connects. All but Auth are needed.
type readerOptions struct {
	// Servers are tried in turn, each HOST:PORT, the one at index First first.
	Servers []string
	First   int
	Dial    Dialer
	// Timeout of the session is requested from the servers, which may grant another.
	Timeout time.Duration
	Auth    []Auth
	// Seen returns the highest transaction id that the answers must not be older than, Heard
	// receives that of each answer.
	Seen  func() int64
	Heard func(zxid int64)
	// Lost is called for each connection that a session was opened on and that
	// broke.
	Lost      func()
	Abilities *abilities
	// Others reports whether another session that reads is connected; nil for no.
	Others func() bool
}

// reader reads over one connection, which is opened when something is to be read and opened again,
// as another session, when it broke: nothing of a read is lost with its session. Answers are never
// older than those before, over connections and servers. Its methods may be used by several
// goroutines.
type reader struct {
	o       readerOptions
	ctx     context.Context
	cancel  context.CancelFunc
	owner   sync.WaitGroup
	waiting atomic.Int64 // requests without an answer
	causes  causes
	state   // connected or not
	// refusals counts how often the servers let no session in while another was
	// connected; refused is set when that is final.
	refusals atomic.Int32
	refused  atomic.Bool
	zxid     atomic.Int64 // of the last answer

	mu     sync.Mutex
	wake   *sync.Cond  // there are calls to send, or ended or closed was set
	calls  []*call     // not sent yet
	sent   []packet    // and not answered, the oldest first
	conn   *connection // the one in use
	ended  bool        // it is not to be used any more
	closed bool
	server int // index of the one in use, or to be tried next
	// pings were sent on the connection, and whether one after a read transaction.
	pings  int
	probed bool
	// multiReads counts the read transactions that were answered, and denials
	// the connections that broke before the first was.
	multiReads, denials int
}

// call is a caller's requests.
type call struct {
	requests []Request
	next     int // the first that was not sent
	packets  int // without an answer
	err      error
	done     chan struct{}
	gone     atomic.Bool // nobody waits any more
}

// packet is a part of a call's requests, as it was sent.
type packet struct {
	call     *call
	from, to int
	xid      int32
	multi    bool
	pings    int       // that were sent before it
	at       time.Time // when it was sent
	need     int64     // what its answer, and those after it, must not be older than
}

// newReader makes a session that connects when a request comes. The caller closes it.
func newReader(o readerOptions) *reader {
	ctx, cancel := context.WithCancel(context.Background())
	s := &reader{o: o, ctx: ctx, cancel: cancel, server: o.First}
	s.wake = sync.NewCond(&s.mu)
	s.owner.Go(s.run)
	return s
}

// Waiting is how many requests have no answer yet.
func (s *reader) Waiting() int64 { return s.waiting.Load() }

// Read sends the requests and waits until all are answered. It fails with
// ErrConnectionLost, with ErrClosed or with the end of ctx; after that end the requests
// must not be used any more, since answers may still come.
func (s *reader) Read(ctx context.Context, requests []Request) error {
	if len(requests) == 0 {
		return ctx.Err()
	}
	return s.carryOut(ctx, requests)
}

// carryOut does so; without requests it opens the connection.
func (s *reader) carryOut(ctx context.Context, requests []Request) error {
	c := &call{requests: requests, done: make(chan struct{})}
	s.waiting.Add(int64(len(requests)))
	defer s.waiting.Add(-int64(len(requests)))
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	s.calls = append(s.calls, c)
	s.wake.Broadcast()
	s.mu.Unlock()
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		c.gone.Store(true)
		return ctx.Err()
	}
}

// Close ends the session and returns when its goroutines are gone. Calls that
// wait fail with ErrClosed.
func (s *reader) Close() {
	s.mu.Lock()
	s.closed = true
	s.wake.Broadcast()
	s.mu.Unlock()
	s.cancel()
	s.owner.Wait()
}

// failAll ends all calls. What of them was answered remains answered.
func (s *reader) failAll(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		cause = ErrClosed
	}
	for _, p := range s.sent {
		s.fail(p.call, cause)
	}
	for _, c := range s.calls {
		s.fail(c, cause)
	}
	s.sent, s.calls = nil, nil
}

func (s *reader) fail(c *call, cause error) {
	if c == nil || c.err != nil {
		return
	}
	c.err = cause
	close(c.done)
}

// suspectMultiRead notes that a connection broke before it answered a read transaction: some
// servers that do not know them close the connection.
func (s *reader) suspectMultiRead() {
	for _, p := range s.sent {
		if !p.multi {
			continue
		}
		if s.denials++; s.denials >= denialsUntilUnknown {
			s.o.Abilities.noMultiRead.Store(true)
		}
		return
	}
}

// send writes what there is to send, all at once, and a ping when there was
// nothing for a while.
func (s *reader) send(conn *connection) {
	// Whoever waits for calls wakes up for pings too.
	last := time.Now()
	ticker := time.AfterFunc(conn.pingEvery, s.wakeUp)
	defer ticker.Stop()
	var buf []byte
	var xid int32
	for {
		s.mu.Lock()
		for !s.maySend(conn) && !s.ended && !s.closed && time.Since(last) < conn.pingEvery {
			s.wake.Wait()
		}
		ended, closed := s.ended, s.closed
		buf, xid = s.encode(buf[:0], xid, conn.window)
		if time.Since(last) >= conn.pingEvery {
			buf = s.ping(buf)
		}
		s.mu.Unlock()
		if ended {
			return
		}
		if closed {
			conn.bid(append(buf, appendClose(nil, xid+1)...))
			return
		}
		if _, err := conn.Write(buf); err != nil {
			conn.Close() // the receiver notices
			return
		}
		last = time.Now()
		ticker.Reset(conn.pingEvery)
		const most = 1 << 20
		if cap(buf) > most {
			buf = nil
		}
	}
}

func (s *reader) wakeUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wake.Broadcast()
}

// maySend reports whether there is something to send and room for it. Half of the window is waited
// for, so that it is not filled packet by packet.
func (s *reader) maySend(conn *connection) bool {
	return len(s.calls) > 0 && len(s.sent) <= conn.window/2
}

// encode appends the calls' requests as far as the window goes, and notes them
// as sent.
func (s *reader) encode(buf []byte, xid int32, window int) ([]byte, int32) {
	for len(s.calls) > 0 && len(s.sent) < window {
		c := s.calls[0]
		if c.gone.Load() {
			c.next = len(c.requests)
		}
		for c.next < len(c.requests) && len(s.sent) < window {
			rest := c.requests[c.next:]
			n := cutReads(rest, s.o.Abilities.MultiRead())
			xid = max(0, xid) + 1
			p := packet{call: c, from: c.next, to: c.next + n, xid: xid, multi: n > 1, pings: s.pings, at: time.Now()}
			if rest[0].Kind == Sync {
				p.need = s.o.Seen()
			}
			s.sent = append(s.sent, p)
			if p.multi {
				buf = s.probe(appendMulti(buf, xid, rest[:n]))
			} else {
				buf = appendOne(buf, xid, &rest[0])
			}
			c.packets++
			c.next = p.to
		}
		if c.next == len(c.requests) {
			s.calls[0] = nil
			s.calls = s.calls[1:]
			if len(c.requests) == 0 { // only the connection was requested
				close(c.done)
			}
		}
	}
	return buf, xid
}

func (s *reader) ping(buf []byte) []byte {
	s.pings++
	return appendPing(buf)
}

// probe sends a ping after the first read transaction: its answer shows at once that a server
// dropped what it does not know, as those up to 3.4.5 do.
func (s *reader) probe(buf []byte) []byte {
	if s.probed || s.multiReads > 0 {
		return buf
	}
	s.probed = true
	return s.ping(buf)
}
