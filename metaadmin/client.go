// Package metaadmin is the client of a Pegasus cluster's meta servers: it finds the leader among
// them, sends the administrative RPCs over the THFT protocol and returns typed results and typed
// errors.
package metaadmin

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin/wire"
)

// DefaultTimeout bounds a call when its context does not, as in the original shell.
const DefaultTimeout = 10 * time.Second

// Options change how a Client reaches servers. The zero value serves.
type Options struct {
	// Dial opens connections; nil is a plain TCP dialer. Tests lead captured addresses to free
	// ports with it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Resolver returns the addresses of servers named by their host; nil is the system's.
	Resolver Resolver
	// Timeout bounds each call in all whose context has no deadline; 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxFrame bounds an answer, in bytes; 0 is wire.DefaultMaxFrame.
	MaxFrame int
}

// Client talks to one cluster. It is safe for concurrent use; calls share one connection to each
// server.
type Client struct {
	metas   []string
	options Options

	mu     sync.Mutex
	conns  map[string]*slot
	leader string // who last answered as the leader, or ""
	level  Known  // the meta level that was seen last

	closed context.Context // ended by close
	close  context.CancelFunc
}

// slot holds the connection to one server. Its token, which whoever holds it put there, keeps
// concurrent callers from dialing twice.
type slot struct {
	token chan struct{}
	conn  *conn
}

// New returns a client for the meta servers, HOST:PORT each. It does not connect yet.
func New(metas []string, options Options) (*Client, error) {
	if len(metas) == 0 {
		return nil, message.Errorf("the list of meta servers is empty: name them as HOST:PORT,HOST:PORT")
	}
	seen := map[string]bool{}
	for _, m := range metas {
		if err := CheckServer(m); err != nil {
			return nil, message.Errorf("meta server %w", err)
		}
		if seen[m] {
			return nil, message.Errorf("meta server %s is listed twice", m)
		}
		seen[m] = true
	}
	if options.Dial == nil {
		options.Dial = (&net.Dialer{}).DialContext
	}
	if options.Resolver == nil {
		options.Resolver = net.DefaultResolver
	}
	if options.Timeout == 0 {
		options.Timeout = DefaultTimeout
	}
	if options.MaxFrame == 0 {
		options.MaxFrame = wire.DefaultMaxFrame
	}
	c := &Client{metas: append([]string(nil), metas...), options: options, conns: map[string]*slot{}}
	c.closed, c.close = context.WithCancel(context.Background())
	return c, nil
}

// Leader is the server that last answered as the leader, "" before the first answer.
func (c *Client) Leader() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leader
}

func (c *Client) setLeader(server string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leader = server
}

// Close ends the connections; calls under way fail.
func (c *Client) Close() error {
	c.close() // ends dials, and keeps later calls from making new connections
	c.mu.Lock()
	slots := c.conns
	c.conns = map[string]*slot{}
	c.mu.Unlock()
	for _, s := range slots {
		s.token <- struct{}{}
		if s.conn != nil {
			s.conn.close()
		}
		<-s.token
	}
	return nil
}

// connect returns the open connection to a server, dialing if there is none; fresh reports whether
// it did.
func (c *Client) connect(ctx context.Context, server string) (cn *conn, fresh bool, err error) {
	c.mu.Lock()
	s := c.conns[server]
	if s == nil {
		s = &slot{token: make(chan struct{}, 1)}
		c.conns[server] = s
	}
	c.mu.Unlock()
	select {
	case s.token <- struct{}{}:
		defer func() { <-s.token }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	if s.conn != nil && s.conn.ended() == nil {
		return s.conn, false, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.closed, cancel)()
	nc, err := c.dial(ctx, server)
	if err != nil {
		return nil, false, err
	}
	if c.closed.Err() != nil {
		nc.Close()
		return nil, false, net.ErrClosed
	}
	s.conn = newConn(server, nc, c.options.MaxFrame)
	return s.conn, true, nil
}

// share limits one of several attempts to its part of the time left.
func share(ctx context.Context, left int) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || left <= 1 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
}

// callOne calls one server, of left that are still to be tried. code is the frame's or the answer's
// own error. A connection that turns out to be lost is opened again once, where that sends nothing
// twice.
func (c *Client) callOne(ctx context.Context, k kind, left int, server, rpc string, arg wire.Message, result wire.Message) (code wire.ErrorCode, sent bool, err error) {
	for {
		cn, fresh, err := c.reach(ctx, left, server)
		if err != nil {
			return "", false, err
		}
		answer, sent, err := cn.call(ctx, wire.RequestHeader{TimeoutMS: remainingMS(ctx)}, rpc, arg)
		switch {
		case err != nil && !fresh && errors.Is(err, errConnLost) && ctx.Err() == nil && (k == read || !sent):
			continue
		case err != nil:
			return "", sent, err
		case answer.Err != wire.OK:
			return answer.Err, true, nil
		}
		if err := answer.Decode(result); err != nil {
			return "", true, err
		}
		if r, ok := result.(wire.Result); ok {
			return r.Code(), true, nil
		}
		return wire.OK, true, nil
	}
}

// reach connects within the server's share of the time, however long the call may take afterwards:
// nothing is sent while dialing, so the next server can still be tried.
func (c *Client) reach(ctx context.Context, left int, server string) (cn *conn, fresh bool, err error) {
	ctx, cancel := share(ctx, left)
	defer cancel()
	return c.connect(ctx, server)
}

// remainingMS is the time left for the call, for the header; at least 1 since 0 would mean no
// limit.
func remainingMS(ctx context.Context) int32 {
	deadline, ok := ctx.Deadline()
	if !ok {
		return int32(DefaultTimeout / time.Millisecond)
	}
	return int32(max(time.Until(deadline).Milliseconds(), 1))
}

func failureCode(err error) wire.ErrorCode {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return wire.ErrTimeout
	}
	return wire.ErrNetworkFailure
}

// plain removes what repeats the server's name, which is printed before the error.
func plain(err error) error {
	if errors.Is(err, context.Canceled) {
		return message.Errorf("no answer yet")
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		var sys *os.SyscallError
		if errors.As(op.Err, &sys) {
			return sys.Err
		}
		return op.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return message.Errorf("no answer in time")
	}
	return err
}

// hint returns the server's text for people from an answer that has one.
func hint(result wire.Result) string {
	switch r := result.(type) {
	case *wire.HintResponse:
		return r.Hint
	case *wire.ReplicaCountResponse:
		return r.Hint
	case *wire.ListAppsResponse:
		return orEmpty(r.Hint)
	case *wire.AddDuplicationResponse:
		return orEmpty(r.Hint)
	case *wire.ControlBulkLoadResponse:
		return orEmpty(r.Hint)
	case *wire.QueryBulkLoadResponse:
		return orEmpty(r.Hint)
	case *wire.DetectHotkeyResponse:
		return orEmpty(r.Hint)
	}
	return ""
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
