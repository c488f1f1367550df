package session

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// frameConn follows the frames that cross a lane's connection, for what the library does not do: it
// keeps the transaction ids of answers, which the library hides; it refuses frames that make the
// library panic or allocate memory without bound; and it notices a server that answers pings and no
// requests. The first answer is that of the handshake; the others begin with a header. It also
// reads ahead, so that many small answers cost one system call.
type frameConn struct {
	net.Conn
	link     *link
	server   string
	patience time.Duration // for the handshake
	r        *bufio.Reader

	// Owned by the library's one reading goroutine.
	head [helloHead]byte
	got  int // bytes of head that are filled
	skip int // bytes of the frame that follow the head

	mu      sync.Mutex
	session bool
	pending []sentFrame // requests without an answer, the oldest first
	pings   int         // that were sent
	pongs   int         // their answers
	every   time.Duration
}

// sentFrame is a request that was sent.
type sentFrame struct {
	xid   int32
	write bool
	pings int // that were sent before it
	at    time.Time
}

const (
	// frameHead is a frame's length (4), request id (4), transaction id (8) and error (4).
	frameHead = 20
	// helloHead is the handshake's length, protocol, timeout and session id (8).
	helloHead = 20
	// shortestFrame has only a header.
	shortestFrame = 16
	// longestFrame is far more than any answer to a write has: those to the
	// operations of one transaction.
	longestFrame = 16 << 20
	// eventPatience is for how many intervals of pings a server may send events, which were not asked
	// for, instead of an answer.
	eventPatience = 3
)

func (c *frameConn) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if bad := c.follow(p[:n]); bad != nil {
		c.fail(bad)
		return 0, bad
	}
	if err == nil || c.inSession() || errors.Is(err, net.ErrClosed) {
		return n, err
	}
	if hungUp(err) {
		err = errHungUp
	}
	c.fail(err)
	return n, err
}

// fail notes the end of a connection.
func (c *frameConn) fail(err error) {
	if c.inSession() {
		c.link.broke(c.server, err)
		return
	}
	c.link.failed(c.server, err)
}

func (c *frameConn) inSession() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// SetReadDeadline bounds the handshake, for which the library allows several
// times the session's timeout.
func (c *frameConn) SetReadDeadline(t time.Time) error {
	if !c.inSession() {
		if limit := time.Now().Add(c.patience); t.IsZero() || t.After(limit) {
			t = limit
		}
	}
	return c.Conn.SetReadDeadline(t)
}

// Write notes the requests: the library writes each whole.
func (c *frameConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if c.session && len(p) >= 8 {
		switch xid := int32(binary.BigEndian.Uint32(p[4:])); {
		case xid > 0:
			c.pending = append(c.pending, sentFrame{xid, isWrite(p), c.pings, time.Now()})
		case xid == xidPing:
			c.pings++
		}
	}
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// isWrite reports whether a request changes something.
func isWrite(packet []byte) bool {
	if len(packet) < 12 {
		return false
	}
	switch binary.BigEndian.Uint32(packet[8:]) {
	case opCreate, opDelete, opSetData, opSetACL, opMulti:
		return true
	}
	return false
}

// follow looks at what was read, before the library does.
func (c *frameConn) follow(p []byte) error {
	for len(p) > 0 {
		if c.skip > 0 {
			n := min(c.skip, len(p))
			c.skip -= n
			p = p[n:]
			continue
		}
		size := frameHead
		if !c.inSession() {
			size = helloHead
		}
		n := copy(c.head[c.got:size], p)
		c.got += n
		p = p[n:]
		if c.got < 4 {
			return nil
		}
		length := int(int32(binary.BigEndian.Uint32(c.head[:4])))
		if length < shortestFrame || length > longestFrame {
			return fmt.Errorf("%w: a packet of %d bytes", errMalformed, length)
		}
		if c.got < size {
			return nil
		}
		c.got, c.skip = 0, length-(size-4)
		if err := c.take(); err != nil {
			return err
		}
	}
	return nil
}

// take reads a frame's head.
func (c *frameConn) take() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.session {
		timeout := time.Duration(int32(binary.BigEndian.Uint32(c.head[8:]))) * time.Millisecond
		if expired := binary.BigEndian.Uint64(c.head[12:]) == 0; timeout <= 0 && !expired {
			return fmt.Errorf("%w: a session timeout of %v", errMalformed, timeout)
		}
		c.session, c.every = true, timeout/3
		return nil
	}
	zxid, code := int64(binary.BigEndian.Uint64(c.head[8:])), int32(binary.BigEndian.Uint32(c.head[16:]))
	c.link.client.lanes.hear(zxid)
	switch xid := int32(binary.BigEndian.Uint32(c.head[4:])); {
	case xid == xidPing:
		c.pongs++
		if len(c.pending) > 0 && c.pending[0].pings < c.pongs && time.Since(c.pending[0].at) >= c.every {
			return errUnanswered
		}
	case xid > 0:
		return c.answered(xid, zxid, code)
	case len(c.pending) > 0 && time.Since(c.pending[0].at) >= eventPatience*c.every:
		return errUnanswered
	}
	return nil
}

// answered notes the answer to a request. A server keeps their order, and the library waits without
// end for an answer that was passed over.
func (c *frameConn) answered(xid int32, zxid int64, code int32) error {
	at := slices.IndexFunc(c.pending, func(f sentFrame) bool { return f.xid == xid })
	switch {
	case at < 0:
		return fmt.Errorf("%w: to a request %d that was not sent", errMalformed, xid)
	case at > 0:
		return errUnanswered
	}
	if c.pending[0].write && code == codeOK {
		c.link.client.lanes.wrote(zxid)
	}
	c.pending = c.pending[1:]
	return nil
}
