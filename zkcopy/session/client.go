package session

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Defaults of Options.
const (
	// DefaultConnections is the number of sessions: one alone is several times
	// slower than a few, and more than a few gain nothing.
	DefaultConnections    = 4
	DefaultSessionTimeout = 10 * time.Second
	DefaultConnectTimeout = 10 * time.Second
)

// mostReaders keep any server busy, and servers let only so many connections
// come from one address (maxClientCnxns, 60 by default).
const mostReaders = 8

// Logger takes what happens to connections, a line each: reconnections, and
// nothing about the work itself.
type Logger interface {
	Printf(format string, arguments ...any)
}

// Options say how a client connects. The zero value is usable.
type Options struct {
	// Connections is the number of sessions that share the writing, and that of
	// those that share the reading, at most 8; these are opened when
	// they are needed.
	Connections int
	// SessionTimeout is asked of the servers, which may grant another. It is
	// also how long a request is repeated over lost connections.
	SessionTimeout time.Duration
	// ConnectTimeout bounds Open.
	ConnectTimeout time.Duration
	Auth           []Auth
	// Dialer opens network connections; nil means plain TCP.
	Dialer Dialer
	// Logger hears of reconnections; nil means nobody.
	Logger Logger
}

func (o Options) withDefaults() Options {
	if o.Connections <= 0 {
		o.Connections = DefaultConnections
	}
	if o.SessionTimeout <= 0 {
		o.SessionTimeout = DefaultSessionTimeout
	}
	if o.ConnectTimeout <= 0 {
		o.ConnectTimeout = DefaultConnectTimeout
	}
	if o.Dialer == nil {
		o.Dialer = (&net.Dialer{}).DialContext
	}
	if o.Logger == nil {
		o.Logger = silence{}
	}
	return o
}

type silence struct{}

func (silence) Printf(string, ...any) {}

// Client is a few sessions with one ensemble. Its methods, and the calls that
// take it in a Tree, may be used by several goroutines at once.
type Client struct {
	endpoint Endpoint
	options  Options
	lanes    []*Lane
	readers  []*reader
	servers  abilities
	heard    atomic.Int64 // the highest transaction id of the readers' answers
	losses   losses
}

// Open opens the sessions. It fails with an *UnreachableError as soon as every
// server refused several times, and at the latest after ConnectTimeout, and
// with an *AuthError when the credentials are refused.
func Open(ctx context.Context, endpoint Endpoint, options Options) (*Client, error) {
	if len(endpoint.Servers) == 0 {
		return nil, errors.New("no ZooKeeper server is named")
	}
	c := &Client{endpoint: endpoint, options: options.withDefaults()}
	// Each session begins with another server, so that the work is spread.
	first := rand.IntN(len(endpoint.Servers))
	for i := range c.options.Connections {
		l, err := newLane(endpoint.Servers, (first+i)%len(endpoint.Servers), c.options, &c.losses)
		if err != nil {
			c.Close()
			return nil, err
		}
		c.lanes = append(c.lanes, l)
	}
	if err := c.waitForSessions(ctx); err != nil {
		c.Close()
		return nil, err
	}
	for i := range min(c.options.Connections, mostReaders) {
		c.readers = append(c.readers, c.newReader((first+i)%len(endpoint.Servers)))
	}
	return c, nil
}

func (c *Client) newReader(first int) *reader {
	return newReader(readerOptions{
		Servers: c.endpoint.Servers, First: first, Dial: c.options.Dialer, Timeout: c.options.SessionTimeout, Auth: c.options.Auth,
		Seen: c.Zxid, Heard: c.hear, Lost: func() { c.losses.connections.Add(1) }, Abilities: &c.servers,
	})
}

func (c *Client) waitForSessions(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, c.options.ConnectTimeout)
	defer cancel()
	for _, l := range c.lanes {
		err := l.wait(limited)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return fmt.Errorf("connect to ZooKeeper %s: %w", c.endpoint.Hosts(), ctx.Err())
		case limited.Err() != nil:
			return &UnreachableError{c.endpoint.Servers, fmt.Errorf("gave up after %v: %w", c.options.ConnectTimeout, l.link.cause())}
		default:
			return &UnreachableError{c.endpoint.Servers, err}
		}
	}
	return c.authenticate(ctx, limited)
}

// Connections is the number of sessions that share the writing.
func (c *Client) Connections() int { return len(c.lanes) }

// Log writes a line to the client's log.
func (c *Client) Log(format string, arguments ...any) { c.options.Logger.Printf(format, arguments...) }

// Endpoint is what the client was opened with.
func (c *Client) Endpoint() Endpoint { return c.endpoint }

// Losses tells how often a session lost its server since Open, and how many
// sessions the servers let expire. Calls carry on over both where they can.
func (c *Client) Losses() (connections, sessions int64) {
	return c.losses.connections.Load(), c.losses.sessions.Load()
}

// Close ends the sessions and returns when their goroutines are gone; calls
// that still wait for an answer fail with ErrClosed.
func (c *Client) Close() {
	var wg sync.WaitGroup
	for _, l := range c.lanes {
		wg.Go(l.close)
	}
	for _, r := range c.readers {
		wg.Go(r.Close)
	}
	wg.Wait()
}

// reader chooses the reading session with the fewest requests under way.
func (c *Client) reader() *reader {
	best := c.readers[0]
	for _, r := range c.readers[1:] {
		if r.Waiting() < best.Waiting() {
			best = r
		}
	}
	return best
}

// hear takes the transaction id of an answer.
func (c *Client) hear(zxid int64) {
	for {
		highest := c.heard.Load()
		if zxid <= highest || c.heard.CompareAndSwap(highest, zxid) {
			return
		}
	}
}

// Lane chooses the session with the fewest requests under way, of those that
// are connected if any is.
func (c *Client) Lane() *Lane {
	var best *Lane
	var bestLoad int64
	for _, l := range c.lanes {
		load := l.waiting.Load()
		if !l.connected.Load() {
			load += 1 << 32
		}
		if best == nil || load < bestLoad {
			best, bestLoad = l, load
		}
	}
	return best
}

// Zxid is the highest transaction id that any of the sessions has heard of.
func (c *Client) Zxid() int64 {
	highest := c.heard.Load()
	for _, l := range c.lanes {
		highest = max(highest, l.link.zxid.Load())
	}
	return highest
}
