// Package metaadmin is the client of a Pegasus cluster's meta servers: it finds the leader among them, sends
// the administrative RPCs over the THFT protocol and returns typed results and typed errors.
package metaadmin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
)

// DefaultTimeout bounds a call when its context does not, as in the original shell.
const DefaultTimeout = 10 * time.Second

// electionPause is how long to wait before asking again when every server that answers is a follower: a
// new leader is being elected.
const electionPause = 200 * time.Millisecond

// Options change how a Client reaches servers. The zero value serves.
type Options struct {
	// Dial opens connections; nil is a plain TCP dialer. Tests lead captured addresses to free ports with it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Resolver gives the addresses of servers named by their host; nil is the system's.
	Resolver Resolver
	// Timeout bounds each call in all whose context has no deadline; 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxFrame bounds an answer, in bytes; 0 is wire.DefaultMaxFrame.
	MaxFrame int
}

// Client talks to one cluster. It is safe for concurrent use; calls share one connection to each server.
type Client struct {
	metas   []string
	options Options

	mu     sync.Mutex
	conns  map[string]*slot
	leader string // who last answered as the leader, or ""

	closed context.Context // ended by close
	close  context.CancelFunc
}

// slot holds the connection to one server. Its token, which whoever holds it put there, keeps concurrent
// callers from dialing twice.
type slot struct {
	token chan struct{}
	conn  *conn
}

// New gives a client for the meta servers, HOST:PORT each. It does not connect yet.
func New(metas []string, options Options) (*Client, error) {
	if len(metas) == 0 {
		return nil, errors.New("the list of meta servers is empty: HOST:PORT,HOST:PORT,... is wanted")
	}
	seen := map[string]bool{}
	for _, m := range metas {
		if err := CheckServer(m); err != nil {
			return nil, fmt.Errorf("meta server %w", err)
		}
		if seen[m] {
			return nil, fmt.Errorf("meta server %s is listed twice", m)
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

// Metas are the meta servers as given.
func (c *Client) Metas() []string { return append([]string(nil), c.metas...) }

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

// connect gives the living connection to a server, dialing if there is none; fresh tells that it did.
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

// order gives the servers to try: the last leader first.
func (c *Client) order() []string {
	leader := c.Leader()
	servers := make([]string, 0, len(c.metas)+1)
	if leader != "" {
		servers = append(servers, leader)
	}
	for _, m := range c.metas {
		if m != leader {
			servers = append(servers, m)
		}
	}
	return servers
}

// kind says whether a call may be repeated on another server.
type kind int

const (
	// read changes nothing: it goes on with the next server after any failure.
	read kind = iota
	// change goes on only while it is certain that no server has accepted it.
	change
)

// onLeader carries out one call on the leader, wherever it is. fresh makes an empty answer for each server
// that is asked; the leader's answer is returned, also beside the error when it is a refusal.
func (c *Client) onLeader(ctx context.Context, k kind, rpc string, arg wire.Message, fresh func() wire.Result) (wire.Result, error) {
	ctx, cancel := bound(ctx, c.options.Timeout)
	defer cancel()
	if answeredByFollowers[rpc] {
		if err := c.findLeader(ctx); err != nil {
			return nil, err
		}
	}
	servers := c.order()
	for {
		out := c.round(ctx, servers, k, rpc, arg, fresh)
		if out.final || !out.electing {
			return out.result, out.err
		}
		// Nobody leads, but a server is there that follows: its leader may not be in the list, or an
		// election is under way. Where no server can be reached, waiting would only hide the bad news.
		if leader := c.leaderKnownTo(ctx, out.followers); leader != "" && !slices.Contains(servers, leader) {
			servers = append([]string{leader}, servers...)
			continue
		}
		if !pause(ctx, electionPause) {
			return nil, out.err
		}
		servers = c.order()
	}
}

// answeredByFollowers are the calls that followers of 2.5.0 refuse with an error of their own before they
// look whether they lead: only an answer of the leader means anything, so it has to be found first.
var answeredByFollowers = map[string]bool{wire.RPCRecallApp: true, wire.RPCDiagnose: true, wire.RPCPropose: true}

// findLeader makes sure that the server which is asked first leads. A refusal also tells who leads.
func (c *Client) findLeader(ctx context.Context) error {
	_, err := c.onLeader(ctx, read, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: wire.LevelInvalid},
		func() wire.Result { return new(wire.ControlMetaResponse) })
	var refusal *Error
	if errors.As(err, &refusal) && refusal.Server != "" {
		return nil
	}
	return err
}

// leaderKnownTo asks a follower, if there is one, who leads. Of all answers only that to a partition query
// names the leader, as the primary of the first partition.
func (c *Client) leaderKnownTo(ctx context.Context, followers []string) string {
	if len(followers) == 0 {
		return ""
	}
	var answer wire.QueryCfgResponse
	code, _, err := c.callOne(ctx, read, 1, followers[0], wire.RPCQueryCfg, &wire.QueryCfgRequest{}, &answer)
	if err != nil || code != wire.ErrForwardToOthers || len(answer.Partitions) == 0 {
		return ""
	}
	return answer.Partitions[0].PrimaryServer()
}

// bound gives a context that has a deadline: its own, or the default from now on.
func bound(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout)
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// outcome is what a round over the servers came to. Unless it is final, nobody led and another round may
// do better.
type outcome struct {
	final     bool
	result    wire.Result
	err       error
	followers []string
	// electing: a server is there that will lead, or knows who will.
	electing bool
}

// round tries each server once.
func (c *Client) round(ctx context.Context, servers []string, k kind, rpc string, arg wire.Message, fresh func() wire.Result) outcome {
	var attempts []Attempt
	var out outcome
	for i, server := range servers {
		left := len(servers) - i
		attemptCtx, cancel := share(ctx, left)
		if k == change { // it goes nowhere else once it was sent, so it gets all the time; only dialing does not
			cancel()
			attemptCtx, cancel = context.WithCancel(ctx)
		} else {
			left = 1
		}
		result := fresh()
		code, sent, err := c.callOne(attemptCtx, k, left, server, rpc, arg, result)
		cancel()
		switch {
		case err != nil:
			attempts = append(attempts, Attempt{server, plain(err)})
			if k == change && sent {
				return outcome{final: true, err: &Error{Code: failureCode(err), RPC: rpc, Server: server, Uncertain: true, Attempts: attempts, Cause: err}}
			}
		case code == wire.ErrForwardToOthers:
			attempts = append(attempts, Attempt{Server: server})
			out.followers = append(out.followers, server)
			out.electing = true
		case notAccepted[code] != "":
			attempts = append(attempts, Attempt{server, &Error{Code: code, RPC: rpc, Server: server, Hint: notAccepted[code]}})
			out.electing = out.electing || code == wire.ErrServiceNotActive
		case code != wire.OK:
			c.setLeader(server)
			return outcome{final: true, result: result, err: &Error{Code: code, RPC: rpc, Server: server, Hint: hint(result)}}
		default:
			c.setLeader(server)
			return outcome{final: true, result: result}
		}
		if ctx.Err() != nil {
			break
		}
	}
	failure := &Error{Code: wire.ErrTimeout, RPC: rpc, Attempts: attempts, Cause: ctx.Err()}
	if !out.electing && ctx.Err() == nil {
		failure.Cause = attempts[len(attempts)-1].Err
		failure.Code = failureCode(failure.Cause)
	}
	out.err, out.final = failure, ctx.Err() != nil
	return out
}

// notAccepted are the refusals after which another server may do better, with what they mean. The server
// that gave one has certainly not carried the request out.
var notAccepted = map[wire.ErrorCode]string{
	wire.ErrServiceNotActive: "the leader is still loading the metadata",
	wire.ErrHandlerNotFound:  "the server does not know this call: is it a meta server?",
}

// share gives one of several attempts its part of the time left.
func share(ctx context.Context, left int) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || left <= 1 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
}

// callOne asks one server, of left that there are still to ask. code is the frame's or the answer's own
// error. A connection that turns out to be lost is made anew once, where that sends nothing twice.
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

// reach connects within the server's share of the time, whatever the call may take afterwards: nothing is
// sent while dialing, so the next server can still be asked.
func (c *Client) reach(ctx context.Context, left int, server string) (cn *conn, fresh bool, err error) {
	ctx, cancel := share(ctx, left)
	defer cancel()
	return c.connect(ctx, server)
}

// remainingMS is the time left for the call, for the header; at least 1 since 0 would mean no limit.
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

// plain takes the words off an error that its server's name, printed before it, would repeat.
func plain(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		var sys *os.SyscallError
		if errors.As(op.Err, &sys) {
			return sys.Err
		}
		return op.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in time")
	}
	return err
}

// hint takes the server's text for people out of an answer that has one.
func hint(result wire.Result) string {
	switch r := result.(type) {
	case *wire.HintResponse:
		return r.Hint
	case *wire.ReplicaCountResponse:
		return r.Hint
	case *wire.ListAppsResponse:
		if r.Hint != nil {
			return *r.Hint
		}
	}
	return ""
}
