package rpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"pegashell/metaadmin/wire"
)

// ErrUnreachable is returned for a call whose server could not be connected to, or that closed the
// connection.
var ErrUnreachable = errors.New("server is unreachable")

// maxResponse bounds an answer from another server, in bytes.
const maxResponse = 64 << 20

// Client calls other servers, over one connection for each that carries any number of calls at a
// time. A connection that broke is made again by the next call.
type Client struct {
	mu     sync.Mutex
	links  map[wire.Address]*link
	closed bool
	wg     sync.WaitGroup
	seq    atomic.Int32
}

// NewClient returns a client without connections.
func NewClient() *Client { return &Client{links: make(map[wire.Address]*link)} }

// link is a connection to one server. Everything but dialled and conn is guarded by mu.
type link struct {
	dialled chan struct{} // closed when conn and dialErr are set
	conn    net.Conn
	dialErr error

	mu      sync.Mutex
	err     error // why the connection ended; nil while it lives
	waiting map[int32]chan<- *wire.Response
	writing sync.Mutex
}

// Call sends arg to the server at to and reads its answer into result. It stops waiting when ctx
// ends. A frame error other than ERR_OK is returned as FrameError.
func (c *Client) Call(ctx context.Context, to wire.Address, rpc string, arg, result wire.Message) error {
	l, err := c.link(ctx, to)
	if err != nil {
		return fmt.Errorf("call %s of %s: %w", rpc, to, err)
	}
	seq := c.seq.Add(1)
	answered := make(chan *wire.Response, 1)
	if err := l.expect(seq, answered); err != nil {
		return fmt.Errorf("call %s of %s: %w", rpc, to, err)
	}
	defer l.forget(seq)
	if err := c.send(ctx, l, to, rpc, seq, arg); err != nil {
		return err
	}
	select {
	case a, ok := <-answered:
		if !ok {
			return fmt.Errorf("call %s of %s: %w: %v", rpc, to, ErrUnreachable, l.cause())
		}
		if a.Err != wire.OK {
			return fmt.Errorf("call %s of %s: %w", rpc, to, FrameError{a.Err})
		}
		return a.Decode(result)
	case <-ctx.Done():
		return fmt.Errorf("call %s of %s: %w", rpc, to, ctx.Err())
	}
}

// Send sends arg to the server at to and does not wait for an answer.
func (c *Client) Send(ctx context.Context, to wire.Address, rpc string, arg wire.Message) error {
	l, err := c.link(ctx, to)
	if err != nil {
		return fmt.Errorf("send %s to %s: %w", rpc, to, err)
	}
	return c.send(ctx, l, to, rpc, c.seq.Add(1), arg)
}

// FrameError is the reason why a server did not execute a request.
type FrameError struct{ Code wire.ErrorCode }

func (e FrameError) Error() string { return string(e.Code) }

func (c *Client) send(ctx context.Context, l *link, to wire.Address, rpc string, seq int32, arg wire.Message) error {
	var head wire.RequestHeader
	if deadline, ok := ctx.Deadline(); ok {
		head.TimeoutMS = int32(max(1, time.Until(deadline).Milliseconds()))
	}
	frame, err := wire.EncodeRequest(head, rpc, seq, arg)
	if err != nil {
		return err
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	deadline, _ := ctx.Deadline()
	l.conn.SetWriteDeadline(deadline)
	if _, err := l.conn.Write(frame); err != nil {
		l.conn.Close() // half a frame may have been sent: nothing can follow it
		return fmt.Errorf("send %s to %s: %w: %v", rpc, to, ErrUnreachable, err)
	}
	return nil
}

// link returns the connection to a server and opens one if there is none.
func (c *Client) link(ctx context.Context, to wire.Address) (*link, error) {
	if !to.Valid() {
		return nil, fmt.Errorf("%w: %s", ErrUnreachable, to)
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, fmt.Errorf("%w: client is closed", ErrUnreachable)
	}
	l := c.links[to]
	if l == nil {
		l = &link{dialled: make(chan struct{}), waiting: make(map[int32]chan<- *wire.Response)}
		c.links[to] = l
		c.wg.Go(func() { c.run(l, to) })
	}
	c.mu.Unlock()
	select {
	case <-l.dialled:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if l.dialErr != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnreachable, l.dialErr)
	}
	return l, nil
}

// run owns a connection: it dials, delivers answers, and forgets the connection when it breaks.
func (c *Client) run(l *link, to wire.Address) {
	defer func() {
		c.mu.Lock()
		if c.links[to] == l {
			delete(c.links, to)
		}
		c.mu.Unlock()
	}()
	conn, err := net.DialTimeout("tcp4", to.String(), time.Second)
	c.mu.Lock()
	if err == nil && c.closed {
		conn.Close()
		err = net.ErrClosed
	}
	l.conn, l.dialErr = conn, err
	close(l.dialled)
	c.mu.Unlock()
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		a, err := wire.ReadResponse(conn, maxResponse)
		if err != nil {
			l.fail(err)
			return
		}
		l.deliver(a)
	}
}

// Close closes the connections; running calls fail.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	for _, l := range c.links {
		select {
		case <-l.dialled:
			if l.conn != nil {
				l.conn.Close()
			}
		default: // run sees that the client is closed
		}
	}
	c.mu.Unlock()
	c.wg.Wait()
}

func (l *link) expect(seq int32, answered chan<- *wire.Response) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return fmt.Errorf("%w: %v", ErrUnreachable, l.err)
	}
	l.waiting[seq] = answered
	return nil
}

func (l *link) forget(seq int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, seq)
}

func (l *link) deliver(a *wire.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if answered, ok := l.waiting[a.SeqID]; ok {
		delete(l.waiting, a.SeqID)
		answered <- a
	}
}

func (l *link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	for seq, answered := range l.waiting {
		delete(l.waiting, seq)
		close(answered)
	}
}

func (l *link) cause() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
