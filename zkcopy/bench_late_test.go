package zkcopy

import (
	"context"
	"net"
	"time"

	"pegashell/zkcopy/session"
)

// dialLate adds to each round trip: what a server sends arrives so much later.
func dialLate(by time.Duration) session.Dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		late := &lateConn{Conn: conn, by: by, pieces: make(chan piece, 4096)}
		go late.receive()
		return late, nil
	}
}

type piece struct {
	data []byte
	due  time.Time
	err  error
}

type lateConn struct {
	net.Conn
	by     time.Duration
	pieces chan piece
	rest   []byte
}

// receive ends when the connection is closed.
func (c *lateConn) receive() {
	defer close(c.pieces)
	for {
		buf := make([]byte, 32<<10)
		n, err := c.Conn.Read(buf)
		c.pieces <- piece{buf[:n], time.Now().Add(c.by), err}
		if err != nil {
			return
		}
	}
}

// SetReadDeadline would meet the receiver, not the reader.
func (c *lateConn) SetReadDeadline(time.Time) error { return nil }

func (c *lateConn) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		next, ok := <-c.pieces
		if !ok {
			return 0, net.ErrClosed
		}
		time.Sleep(time.Until(next.due))
		if c.rest = next.data; next.err != nil {
			return 0, next.err
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}
