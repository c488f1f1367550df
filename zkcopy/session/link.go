package session

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Dialer opens the network connection to one server, HOST:PORT. A tls.Dialer's
// DialContext is one, for servers that want TLS.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// frameBuffer is what is read from the network at once.
const frameBuffer = 64 << 10

// link is the network side of one lane. go-zookeeper/zk dials for ever and
// keeps the reasons of its failures to itself, so the dialer and host provider
// that it is given keep count here.
type link struct {
	dial    Dialer
	servers []string
	first   int // index of the server that is tried first
	ctx     context.Context
	cancel  context.CancelFunc
	// zxid is the highest transaction id seen in an answer.
	zxid atomic.Int64
	// hopeless is closed when every server refused refusalsUntilHopeless times before
	// there was a session.
	hopeless chan struct{}

	mu       sync.Mutex
	current  net.Conn
	attempts int // since the last session
	failures map[string]int
	reasons  map[string]error // the last one of each server, since Open
	gaveUp   bool
}

func newLink(servers []string, first int, dial Dialer) *link {
	ctx, cancel := context.WithCancel(context.Background())
	return &link{
		dial: dial, servers: servers, first: first, ctx: ctx, cancel: cancel,
		hopeless: make(chan struct{}), failures: map[string]int{}, reasons: map[string]error{},
	}
}

// Init is part of zk.HostProvider; the servers are known already, and names
// are resolved at each dial.
func (l *link) Init([]string) error { return nil }

// Len is part of zk.HostProvider.
func (l *link) Len() int { return len(l.servers) }

// Next is part of zk.HostProvider. It asks for a pause, and for the failure of
// all requests that wait, whenever every server was tried in vain.
func (l *link) Next() (server string, pause bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.servers)
	server = l.servers[(l.first+l.attempts)%n]
	pause = l.attempts > 0 && l.attempts%n == 0
	l.attempts++
	return server, pause || l.ctx.Err() != nil
}

// Connected is part of zk.HostProvider: a session was opened or found again.
func (l *link) Connected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.first = (l.first + l.attempts - 1 + len(l.servers)) % len(l.servers)
	l.attempts = 0
	clear(l.failures)
}

// dialZK is the zk.Dialer of the lane; the timeout that the library gives is
// a fixed second.
func (l *link) dialZK(network, address string, _ time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(l.ctx, dialPatience)
	defer cancel()
	conn, err := l.dial(ctx, network, address)
	if err != nil {
		l.failed(address, err)
		return nil, err
	}
	fc := &frameConn{Conn: conn, link: l, server: address, r: bufio.NewReaderSize(conn, frameBuffer)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		conn.Close()
		return nil, ErrClosed
	}
	l.current = fc
	return fc, nil
}

func (l *link) failed(server string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return
	}
	l.failures[server]++
	l.reasons[server] = err
	if l.gaveUp {
		return
	}
	for _, s := range l.servers {
		if l.failures[s] < refusalsUntilHopeless {
			return
		}
	}
	l.gaveUp = true
	close(l.hopeless)
}

// cause is why the last attempts failed, by server.
func (l *link) cause() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all reasons
	for _, server := range l.servers {
		if err := l.reasons[server]; err != nil {
			all = append(all, reason{server, err})
		}
	}
	switch {
	case len(all) == 0:
		return errors.New("no answer")
	case len(l.servers) == len(all) && all.same():
		return all[0] // the servers are named by the caller
	}
	return all
}

// shut ends a dial and the connection there is, and lets no other begin.
func (l *link) shut() {
	l.cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != nil {
		l.current.Close()
	}
}

// frameConn follows the frames that a server sends: the first answers the
// handshake; the others begin with a header that holds the server's last
// transaction id, which the library does not hand on. It also reads ahead, so
// that many small answers cost one system call.
type frameConn struct {
	net.Conn
	link   *link
	server string
	r      *bufio.Reader

	// Owned by the library's one reading goroutine.
	head    [frameHead]byte
	got     int // bytes of head that are filled
	skip    int // bytes of the frame that follow the head
	session bool
}

// frameHead is the frame's length (4), request id (4) and transaction id (8).
const frameHead = 16

func (c *frameConn) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.follow(p[:n])
	if err != nil && !c.session {
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
			err = errHungUp
		case errors.Is(err, net.ErrClosed):
			return n, err
		}
		c.link.failed(c.server, err)
	}
	return n, err
}

// SetReadDeadline bounds the handshake, for which the library allows several
// times the session's timeout.
func (c *frameConn) SetReadDeadline(t time.Time) error {
	if !c.session {
		if limit := time.Now().Add(dialPatience); t.IsZero() || t.After(limit) {
			t = limit
		}
	}
	return c.Conn.SetReadDeadline(t)
}

func (c *frameConn) follow(p []byte) {
	for len(p) > 0 {
		if c.skip > 0 {
			n := min(c.skip, len(p))
			c.skip -= n
			p = p[n:]
			continue
		}
		n := copy(c.head[c.got:], p)
		c.got += n
		p = p[n:]
		if c.got < frameHead {
			return
		}
		c.got = 0
		c.skip = int(binary.BigEndian.Uint32(c.head[:4])) - (frameHead - 4)
		if !c.session {
			c.session = true
			continue
		}
		if zxid := int64(binary.BigEndian.Uint64(c.head[8:])); zxid > c.link.zxid.Load() {
			c.link.zxid.Store(zxid)
		}
	}
}
