package metaadmin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"pegashell/metaadmin/wire"
)

// errConnLost wraps why a connection ended while calls waited on it.
var errConnLost = errors.New("connection lost")

// conn is one connection to one server. Many calls may be under way at once; answers may come in any order
// and are matched by sequence id.
type conn struct {
	server string
	nc     net.Conn

	writing sync.Mutex // one frame at a time

	mu      sync.Mutex
	seq     int32
	waiting map[int32]chan *wire.Response
	err     error // why the connection ended; nil while it lives

	done chan struct{} // closed when the reading goroutine has ended
}

func newConn(server string, nc net.Conn, maxFrame int) *conn {
	c := &conn{server: server, nc: nc, waiting: map[int32]chan *wire.Response{}, done: make(chan struct{})}
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
		c.mu.Lock()
		waiter, ok := c.waiting[answer.SeqID]
		delete(c.waiting, answer.SeqID)
		c.mu.Unlock()
		if ok { // else the caller has given up meanwhile
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

// call sends one request and waits for its answer. sent reports whether any byte may have reached the
// server: only when it is false is it certain that the server did not carry the request out.
func (c *conn) call(ctx context.Context, header wire.RequestHeader, rpc string, arg wire.Message) (answer *wire.Response, sent bool, err error) {
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
		return nil, true, ctx.Err()
	}
}

// write sends one frame, at most until the context's deadline. A frame cut short makes the connection
// useless for others, so it is ended then.
func (c *conn) write(ctx context.Context, frame []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if deadline, ok := ctx.Deadline(); ok {
		if err := c.nc.SetWriteDeadline(deadline); err != nil {
			return 0, err
		}
	}
	n, err := c.nc.Write(frame)
	if err != nil {
		c.fail(fmt.Errorf("%w: %w", errConnLost, err))
	}
	return n, err
}
