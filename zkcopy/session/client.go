package session

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pegashell/internal/message"
)

// Defaults of Options.
const (
	// DefaultConnections is the number of sessions: one alone is several times
	// slower than a few, and more than a few gain nothing.
	DefaultConnections    = 4
	DefaultSessionTimeout = 10 * time.Second
	DefaultConnectTimeout = 10 * time.Second
)

// mostReaders keep any server busy, and servers accept only a number of connections come from one
// address (maxClientCnxns, 60 by default).
const mostReaders = 8

// Logger receives what happens to connections, a line each: reconnections, and nothing about the
// work itself.
type Logger interface {
	Printf(format string, arguments ...any)
}

// Options say how a client connects. The zero value is usable.
type Options struct {
	// Connections is the most sessions that share the writing, and the most that
	// share the reading, of these at most 8. They are opened when they are needed.
	Connections int
	// SessionTimeout is requested from the servers, which may grant another. It is also how long a
	// request is repeated over lost connections.
	SessionTimeout time.Duration
	// ConnectTimeout bounds Open.
	ConnectTimeout time.Duration
	Auth           []Auth
	// Dialer opens network connections; nil means plain TCP.
	Dialer Dialer
	// Logger hears of reconnections; nil means nobody.
	Logger Logger
	// Notice receives a sentence that a user must see, each at most once: that servers refuse
	// sessions. Nil means nobody. It may be called by any goroutine.
	Notice func(text string)
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
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return o
}

// MostSessions is how many sessions a client with these options opens at most: those that write and
// those that read.
func MostSessions(o Options) int {
	o = o.withDefaults()
	return o.Connections + min(o.Connections, mostReaders)
}

type silence struct{}

func (silence) Printf(string, ...any) {}

// Client is a few sessions with one ensemble. Its methods, and the calls that receive it in a Tree,
// may be used by several goroutines at once.
type Client struct {
	endpoint Endpoint
	options  Options
	first    int // index of the server that the first session begins with
	readers  []*reader
	servers  abilities
	heard    atomic.Int64 // the highest transaction id of the readers' answers
	losses   losses
	lanes    lanes
	noticed  sync.Once // that sessions that read are refused
}

// Open connects to an ensemble, with one session that reads; others are opened
// when they are needed. It fails with an *UnreachableError as soon as every
// server refused several times, and at the latest after ConnectTimeout, and
// with an *AuthError when the credentials are refused.
func Open(ctx context.Context, endpoint Endpoint, options Options) (*Client, error) {
	if len(endpoint.Servers) == 0 {
		return nil, message.Errorf("no ZooKeeper server is named")
	}
	c := &Client{endpoint: endpoint, options: options.withDefaults()}
	// Each session begins with another server, so that the work is spread.
	c.first = rand.IntN(len(endpoint.Servers))
	for i := range min(c.options.Connections, mostReaders) {
		c.readers = append(c.readers, c.newReader((c.first+i)%len(endpoint.Servers)))
	}
	if err := c.connect(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Client) newReader(first int) *reader { return newReader(c.newReaderOptions(first)) }

func (c *Client) newReaderOptions(first int) readerOptions {
	return readerOptions{
		Servers: c.endpoint.Servers, First: first, Dial: c.options.Dialer, Timeout: c.options.SessionTimeout, Auth: c.options.Auth,
		Seen: c.Zxid, Heard: c.hear, Lost: func() { c.losses.connections.Add(1) }, Abilities: &c.servers, Others: c.reads,
	}
}

// connect opens the first session.
func (c *Client) connect(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, c.options.ConnectTimeout)
	defer cancel()
	first := c.readers[0]
	for attempt := 1; ; attempt++ {
		err := first.Connect(limited)
		if err == nil {
			return nil
		}
		var refused *AuthError
		if errors.As(err, &refused) {
			return refused
		}
		if attempt == refusalsUntilHopeless && limited.Err() == nil {
			return &UnreachableError{c.endpoint.Servers, first.causes.of(c.endpoint.Servers)}
		}
		if sleep(limited, longPause) == nil {
			continue
		}
		if ctx.Err() != nil {
			return message.Errorf("connect to ZooKeeper %s: %w", c.endpoint.Hosts(), ctx.Err())
		}
		return &UnreachableError{
			c.endpoint.Servers, message.Errorf("timed out after %v: %w", c.options.ConnectTimeout, first.causes.of(c.endpoint.Servers)),
		}
	}
}

// Connections is the most sessions that share the writing.
func (c *Client) Connections() int { return c.options.Connections }

// Log writes a line to the client's log.
func (c *Client) Log(format string, arguments ...any) { c.options.Logger.Printf(format, arguments...) }

// Endpoint is what the client was opened with.
func (c *Client) Endpoint() Endpoint { return c.endpoint }

// Losses reports how often a session lost its server since Open, and how many sessions the servers
// let expire. Calls continue after both where they can.
func (c *Client) Losses() (connections, sessions int64) {
	return c.losses.connections.Load(), c.losses.sessions.Load()
}

// Close ends the sessions and returns when their goroutines are gone; calls
// that still wait for an answer fail with ErrClosed.
func (c *Client) Close() {
	var wg sync.WaitGroup
	for _, l := range c.lanes.end() {
		wg.Go(l.close)
	}
	for _, r := range c.readers {
		wg.Go(r.Close)
	}
	wg.Wait()
}

// reader chooses the reading session with the fewest requests under way, of
// those that the servers do not refuse.
func (c *Client) reader() *reader {
	var best *reader
	var bestLoad int64
	for _, r := range c.readers {
		load := r.Waiting()
		switch {
		case r.refused.Load():
			load += 2 << 32
		case r.refusals.Load() > 0:
			load += 1 << 32
		}
		if best == nil || load < bestLoad {
			best, bestLoad = r, load
		}
	}
	return best
}

// reads reports whether a session that reads is connected.
func (c *Client) reads() bool {
	return slices.ContainsFunc(c.readers, func(r *reader) bool { return r.connected.Load() })
}

// Sessions is how many sessions that read are connected.
func (c *Client) Sessions() (n int) {
	for _, r := range c.readers {
		if r.connected.Load() {
			n++
		}
	}
	return n
}

// Refused is how many sessions were needed, and how many of them the servers do not let in; the
// work is done by the others.
func (c *Client) Refused() (refused, wanted int) {
	refused, wanted = c.lanes.refusals()
	for _, r := range c.readers {
		if wanted++; r.refused.Load() {
			refused++
		}
	}
	return refused, wanted
}

// noticeReaders says that sessions that read are refused.
func (c *Client) noticeReaders() {
	refused := 0
	for _, r := range c.readers {
		if r.refused.Load() {
			refused++
		}
	}
	c.notice(&c.noticed, refused, len(c.readers), "reading")
}

// notice says that sessions are refused.
func (c *Client) notice(once *sync.Once, refused, wanted int, purpose string) {
	if refused == 0 {
		return
	}
	once.Do(func() {
		c.options.Notice(fmt.Sprintf("ZooKeeper %s: %d of %d sessions for %s were refused (maxClientCnxns?): continuing with %d",
			c.endpoint.Hosts(), refused, wanted, purpose, wanted-refused))
	})
}

// hear notes the transaction id of an answer.
func (c *Client) hear(zxid int64) {
	for {
		highest := c.heard.Load()
		if zxid <= highest || c.heard.CompareAndSwap(highest, zxid) {
			return
		}
	}
}

// Zxid is the highest transaction id that any of the sessions has heard of.
func (c *Client) Zxid() int64 { return max(c.heard.Load(), c.lanes.zxid.Load()) }

// Outage returns how long no session has had a server, 0 while one has, and for how long a request
// is repeated before its call fails.
func (c *Client) Outage() (lasts, patience time.Duration) {
	patience = c.options.SessionTimeout
	states := c.lanes.states()
	for _, r := range c.readers {
		states = append(states, &r.state)
	}
	var last int64
	for _, s := range states {
		if s.connected.Load() {
			return 0, patience
		}
		last = max(last, s.lostAt.Load())
	}
	if last == 0 {
		return 0, patience
	}
	return time.Since(time.Unix(0, last)), patience
}
