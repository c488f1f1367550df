package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"pegashell/internal/message"
)

const (
	// farewell is how long a server may take to close a session.
	farewell = time.Second
	// readAhead is what is read from the network at once.
	readAhead = 64 << 10
	// slowest is how many bytes of a packet must arrive per second.
	slowest = 4 << 10
)

// connection is one on which a session was opened.
type connection struct {
	net.Conn
	server    string
	decoder   decoder
	timeout   time.Duration // that the server granted
	pingEvery time.Duration
	window    int // packets that may be under way
	// renew, if there is one, sets a deadline before each read from the network.
	renew func()

	// Owned by who receives.
	due        time.Time // when the packet that is being read must be there
	pongs      int       // answers to pings
	highest    int64     // transaction id of the answers
	floor      int64     // what they must not be older than
	staleSince time.Time // since when they are
}

// Read is where the decoder's bytes come from.
func (c *connection) Read(p []byte) (int, error) {
	if c.renew != nil {
		c.renew()
	}
	return c.Conn.Read(p)
}

// A server stops listening to all its clients beyond 1,000 requests under way
// (globalOutstandingLimit), and serves no faster for more than a few. The
// further away it is, the more of them are on the wire.
const (
	smallestWindow  = 128
	largestWindow   = 512
	windowPerSecond = 25_000
)

func windowFor(roundTrip time.Duration) int {
	return min(max(smallestWindow, int(roundTrip.Seconds()*windowPerSecond)), largestWindow)
}

// openConnection connects, opens a session and presents the credentials.
func openConnection(ctx context.Context, server string, patience time.Duration, o *readerOptions) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := dial(ctx, o.Dial, server)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	c := &connection{Conn: conn, server: server}
	c.decoder.r = bufio.NewReaderSize(c, readAhead)
	if err := c.greet(o); err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

// dial opens the network connection to a server. One that is closed at once is
// errHungUp, unless the dialer has words of its own for it, as TLS has.
func dial(ctx context.Context, with Dialer, server string) (net.Conn, error) {
	conn, err := with(ctx, "tcp", server)
	if plain, _ := err.(*net.OpError); plain != nil && hungUp(plain) {
		err = errHungUp
	}
	return conn, err
}

// hungUp reports whether the other side closed the connection.
func hungUp(err error) bool {
	return errors.Is(err, errHungUp) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func (c *connection) greet(o *readerOptions) error {
	c.floor = o.Seen() // a server that has seen less closes the connection
	hello := appendConnect(nil, c.floor, int32(o.Timeout.Milliseconds()), false)
	hello = appendCredentials(hello, o.Auth)
	sent := time.Now()
	_, err := c.Write(hello)
	if hungUp(err) {
		return errHungUp
	}
	if err != nil {
		return err
	}
	d := &c.decoder
	d.begin()
	c.window = windowFor(time.Since(sent))
	early, err := d.early(o)
	if err != nil {
		return err
	}
	d.int() // protocol
	c.timeout = time.Duration(d.int()) * time.Millisecond
	d.end()
	if err := d.failure("open a session"); err != nil {
		return err
	}
	if c.timeout <= 0 {
		return message.Errorf("open a session: the server refused it")
	}
	c.pingEvery = c.timeout / 3
	return d.accepted(o, early)
}

// bid sends the last packets, and lets the server end the connection.
func (c *connection) bid(last []byte) {
	c.SetDeadline(time.Now().Add(farewell))
	if _, err := c.Write(last); err != nil {
		c.Close()
	}
}

// receive reads answers until the connection breaks.
func (s *reader) receive(conn *connection) error {
	conn.renew = func() {
		if s.isClosed() {
			return
		}
		// Pings are answered, so that silence means a dead server; one that sends is alive, unless it
		// sends less than slowest.
		deadline := time.Now().Add(conn.timeout * 2 / 3)
		if !conn.due.IsZero() && conn.due.Before(deadline) {
			deadline = conn.due
		}
		conn.SetReadDeadline(deadline)
		if s.isClosed() { // meanwhile: bid has set its deadline, or will
			conn.SetReadDeadline(time.Now().Add(farewell))
		}
	}
	for {
		if err := s.answer(conn); err != nil {
			return err
		}
	}
}

func (s *reader) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// answer reads one packet from the stream.
func (s *reader) answer(conn *connection) error {
	d := &conn.decoder
	d.begin()
	conn.due = time.Now().Add(conn.timeout*2/3 + time.Duration(d.left)*time.Second/slowest)
	defer func() { conn.due = time.Time{} }()
	xid, zxid, code := d.int(), d.long(), d.int()
	if d.err != nil {
		return d.err
	}
	if xid < 0 { // a ping's
		d.end()
		if d.err != nil {
			return d.err
		}
		return s.overtaken(conn)
	}
	p, err := s.expected(xid)
	if err != nil {
		return err
	}
	old, err := conn.stale(&p, zxid, code)
	if err != nil {
		return err
	}
	if zxid > 0 {
		s.zxid.Store(zxid)
		s.o.Heard(zxid)
	}
	requests := p.call.requests[p.from:p.to]
	switch {
	case code == codeAuthRequired:
		return &AuthRequiredError{s.o.Servers}
	case old: // it is as if it had not been answered
	case p.multi && code == codeUnimplemented:
		s.o.Abilities.noMultiRead.Store(true)
		return errNoMulti
	case code != codeOK:
		for i := range requests {
			requests[i].Code, requests[i].Answered = code, true
		}
	case p.multi:
		d.multi(requests)
	default:
		d.one(&requests[0])
		requests[0].Answered = d.err == nil
	}
	d.end()
	if d.err != nil {
		return d.err
	}
	s.answered(p, conn.window)
	return nil
}

// expected is the packet that is to be answered next: a server keeps the order.
func (s *reader) expected(xid int32) (packet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) > 0 && s.sent[0].xid == xid {
		return s.sent[0], nil
	}
	for _, later := range s.sent {
		if later.xid == xid {
			return packet{}, s.dropped()
		}
	}
	return packet{}, fmt.Errorf("%w: to a request %d that was not sent", errMalformed, xid)
}

// overtaken notices, by the answer to a ping, that the server dropped a request
// that was sent before it: a server keeps the order.
func (s *reader) overtaken(conn *connection) error {
	conn.pongs++
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) == 0 || s.sent[0].pings >= conn.pongs {
		return nil
	}
	if p := s.sent[0]; s.dropsMultiRead(p) || time.Since(p.at) >= conn.pingEvery {
		return s.dropped()
	}
	return nil
}

// dropped is what becomes of a connection whose oldest request was dropped.
func (s *reader) dropped() error {
	if s.dropsMultiRead(s.sent[0]) {
		s.o.Abilities.noMultiRead.Store(true)
		return errNoMulti
	}
	return errUnanswered
}

func (s *reader) dropsMultiRead(p packet) bool { return p.multi && s.multiReads == 0 }

// stale reports whether an answer is older than what was known when the session was opened or last
// synchronised. A healthy leader can be out of date for an instant, so such an answer is not used,
// and the request is sent again; this continues for stalePatience. A healthy server does not return
// older answers.
func (c *connection) stale(p *packet, zxid int64, code int32) (bool, error) {
	if zxid <= 0 && code != codeOK {
		return false, nil // what the server refuses without looking at its data
	}
	if zxid < c.highest {
		return true, errStale
	}
	c.highest, c.floor = zxid, max(c.floor, p.need)
	switch {
	case zxid >= c.floor:
		c.staleSince = time.Time{}
		return false, nil
	case c.staleSince.IsZero():
		c.staleSince = time.Now()
	case time.Since(c.staleSince) > stalePatience:
		return true, errStale
	}
	return true, nil
}

// answered removes a packet from the queue.
func (s *reader) answered(p packet, window int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent[0].call = nil
	s.sent = s.sent[1:]
	if p.multi {
		s.multiReads++
	}
	c := p.call
	if c.packets--; c.packets == 0 && c.next == len(c.requests) && c.err == nil {
		close(c.done)
	}
	if len(s.calls) > 0 && len(s.sent) == window/2 {
		s.wake.Broadcast()
	}
}
