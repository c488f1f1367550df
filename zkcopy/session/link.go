package session

import (
	"bufio"
	"context"
	"net"
	"slices"
	"sync"
	"time"
)

// Dialer opens the network connection to one server, HOST:PORT. A tls.Dialer's DialContext is one,
// for servers that need TLS.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// frameBuffer is what is read from the network at once.
const frameBuffer = 64 << 10

// link is the network side of one lane. go-zookeeper/zk dials forever and keeps the reasons of its
// failures to itself, so the dialer and host provider that it is given keep count here.
type link struct {
	client  *Client
	dial    Dialer
	servers []string
	ctx     context.Context
	cancel  context.CancelFunc
	causes  causes // since Open
	// hopeless is closed when every server refused refusalsUntilHopeless times before
	// there was a session.
	hopeless chan struct{}

	mu       sync.Mutex
	first    int // index of the server that is tried first
	current  net.Conn
	attempts int // since the last session
	failures map[string]int
	gaveUp   bool
}

func newLink(c *Client, first int) *link {
	ctx, cancel := context.WithCancel(context.Background())
	return &link{
		client: c, dial: c.options.Dialer, servers: c.endpoint.Servers, first: first, ctx: ctx, cancel: cancel,
		hopeless: make(chan struct{}), failures: map[string]int{},
	}
}

// Init is part of zk.HostProvider; the servers are known already, and names
// are resolved at each dial.
func (l *link) Init([]string) error { return nil }

// Len is part of zk.HostProvider.
func (l *link) Len() int { return len(l.servers) }

// Next is part of zk.HostProvider. It requests a pause, and for the failure of all requests that
// wait, whenever every server was tried without success.
func (l *link) Next() (server string, pause bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.servers)
	if l.attempts == 0 && l.client.servers.isSilent(l.servers[l.first]) {
		l.first = l.client.servers.order(l.servers, l.first)[0]
	}
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

// dialZK is the zk.Dialer of the lane; the timeout that the library passes is a fixed second.
func (l *link) dialZK(_, address string, _ time.Duration) (net.Conn, error) {
	patience := l.patience()
	ctx, cancel := context.WithTimeout(l.ctx, patience)
	defer cancel()
	conn, err := dial(ctx, l.dial, address)
	if err != nil {
		l.failed(address, err)
		return nil, err
	}
	fc := &frameConn{Conn: conn, link: l, server: address, patience: patience, r: bufio.NewReaderSize(conn, frameBuffer)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		conn.Close()
		return nil, ErrClosed
	}
	l.current = fc
	return fc, nil
}

// patience bounds an attempt on one server.
func (l *link) patience() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.servers) > 1 && l.attempts <= len(l.servers) {
		return firstTry
	}
	return dialPatience
}

// failed notes that a server opened no session.
func (l *link) failed(server string, err error) {
	if l.ctx.Err() != nil {
		return
	}
	l.causes.note(server, err)
	if isTimeout(err) {
		l.client.servers.noteSilent(server)
	}
	if l.refusals(server) > 0 && hungUp(err) {
		l.client.makeRoom()
	}
}

// refusals counts one more, and returns how often every server has refused.
func (l *link) refusals(server string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures[server]++
	fewest := l.failures[server]
	for _, s := range l.servers {
		fewest = min(fewest, l.failures[s])
	}
	if fewest >= refusalsUntilHopeless && !l.gaveUp {
		l.gaveUp = true
		close(l.hopeless)
	}
	return fewest
}

// broke notes that a server lost a session, which is continued on the next.
func (l *link) broke(server string, err error) {
	l.causes.note(server, err)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.first = (slices.Index(l.servers, server) + 1) % len(l.servers)
}

// cause is why the last attempts failed, by server.
func (l *link) cause() error { return l.causes.of(l.servers) }

// shut ends a dial and the connection there is, and lets no other begin.
func (l *link) shut() {
	l.cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != nil {
		l.current.Close()
	}
}
