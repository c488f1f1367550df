package metaadmin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin/wire"
)

// errConnLost wraps why a connection ended while calls waited on it.
var errConnLost = message.Errorf("connection lost")

// conn is one connection to one server. Many calls may be under way at once; answers may come in
// any order and are matched by sequence id.
type conn struct {
	server string
	nc     net.Conn

	writing  chan struct{} // holds a token while a frame is written: one at a time
	received atomic.Int64  // frames that came in

	mu      sync.Mutex
	seq     int32
	waiting map[int32]chan *wire.Response
	err     error // why the connection ended; nil while it lives

	done chan struct{} // closed when the reading goroutine has ended
}

func newConn(server string, nc net.Conn, maxFrame int) *conn {
	c := &conn{server: server, nc: nc, writing: make(chan struct{}, 1), waiting: map[int32]chan *wire.Response{}, done: make(chan struct{})}
	go c.read(maxFrame)
	return c
}

func (c *conn) read(maxFrame int) {
	defer close(c.done)
	for {
		answer, err := wire.ReadResponse(c.nc, maxFrame)
		if err != nil {
			c.fail(fmt.Errorf("%w: %w", errConnLost, err))
			return
		}
		c.received.Add(1)
		c.mu.Lock()
		waiter, ok := c.waiting[answer.SeqID]
		delete(c.waiting, answer.SeqID)
		c.mu.Unlock()
		if ok { // otherwise the caller has stopped waiting
			waiter <- answer
		}
	}
}

// fail ends the connection; every waiting call learns of it.
func (c *conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
	for id, waiter := range c.waiting {
		close(waiter)
		delete(c.waiting, id)
	}
	c.nc.Close()
}

func (c *conn) ended() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *conn) close() {
	c.fail(net.ErrClosed)
	<-c.done
}

// call sends one request and waits for its answer. sent reports whether any byte may have reached
// the server: only when it is false is it certain that the server did not carry the request out.
func (c *conn) call(ctx context.Context, header wire.RequestHeader, rpc string, arg wire.Message) (answer *wire.Response, sent bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	waiter := make(chan *wire.Response, 1)
	c.mu.Lock()
	if c.err != nil {
		err := c.err
		c.mu.Unlock()
		return nil, false, err
	}
	c.seq++
	seq := c.seq
	c.waiting[seq] = waiter
	c.mu.Unlock()
	forget := func() {
		c.mu.Lock()
		delete(c.waiting, seq)
		c.mu.Unlock()
	}

	frame, err := wire.EncodeRequest(header, rpc, seq, arg)
	if err != nil {
		forget()
		return nil, false, err
	}
	heard := c.received.Load()
	if n, err := c.write(ctx, frame); err != nil {
		forget()
		return nil, n > 0, err
	}
	select {
	case answer, ok := <-waiter:
		if !ok {
			return nil, true, c.ended()
		}
		if answer.RPC != rpc+"_ACK" {
			err := fmt.Errorf("%w: answer %s to request %s", wire.ErrMalformed, answer.RPC, rpc)
			c.fail(err)
			return nil, true, err
		}
		return answer, true, nil
	case <-ctx.Done():
		forget()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) && c.received.Load() == heard {
			c.fail(errSilent) // the path may be dead without notice: the next call dials again
		}
		return nil, true, ctx.Err()
	}
}

// errSilent ends a connection on which nothing came while an answer was due.
var errSilent = message.Errorf("%w: the server was silent", errConnLost)

// write sends one frame, at most until the context ends. A frame cut short makes the connection
// useless for others, so it is ended then.
func (c *conn) write(ctx context.Context, frame []byte) (int, error) {
	select {
	case c.writing <- struct{}{}:
		defer func() { <-c.writing }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if err := c.nc.SetWriteDeadline(time.Time{}); err != nil {
		return 0, err
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		c.nc.SetWriteDeadline(time.Unix(1, 0)) // in the past: it ends a write that is blocked
	})
	n, err := c.nc.Write(frame)
	if !stop() {
		<-interrupted
	}
	if err != nil {
		c.fail(fmt.Errorf("%w: %w", errConnLost, err))
		if ctx.Err() != nil {
			err = ctx.Err()
		}
	}
	return n, err
}
