// Package roundtrips counts what connections to ZooKeepers cost: requests by their server, and
// round trips in a row.
package roundtrips

import (
	"context"
	"encoding/binary"
	"net"
	"slices"
	"sync"
	"time"
)

// idle is how long nothing must happen before answers that are held back are let through together.
// A machine that is busier than that makes the count higher, never lower.
const idle = 100 * time.Millisecond

// Requests of ZooKeeper's protocol (source: org.apache.zookeeper.ZooDefs.OpCode).
const (
	opPing  = 11
	opMulti = 14
)

// writes are the requests that change something, besides transactions that do.
var writes = []uint32{1, 2, 5, 7, opMulti, 15, 19, 21}

// Counter makes connections and counts what goes over them. Answers of all connections are let
// through together, when everybody waits for one: so what is asked at the same time is one round
// trip, however fast each answer is.
type Counter struct {
	mu       sync.Mutex
	requests map[string]int // by the server's address
	trips    int
	whole    bool // trips are counted to the end, not only until something is to be changed
	written  bool // something was to be changed
	before   int  // trips until then
	asked    bool // something was sent since answers were let through
	held     []chan struct{}
	last     time.Time
	ended    chan struct{}
	releases sync.WaitGroup
}

// New returns a counter that lets everything through once something is to be changed; the caller calls
// Close.
func New() *Counter { return start(false) }

// NewWhole returns a counter of all round trips, to the end of the last connection. The caller calls
// Close.
func NewWhole() *Counter { return start(true) }

func start(whole bool) *Counter {
	c := &Counter{requests: map[string]int{}, whole: whole, ended: make(chan struct{}), last: time.Now()}
	c.releases.Go(c.release)
	return c
}

// Close lets everything through from now on.
func (c *Counter) Close() {
	close(c.ended)
	c.releases.Wait()
}

// Dial makes a connection that is counted.
func (c *Counter) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &counted{Conn: conn, counter: c, server: address}, nil
}

// Requests are how many were sent to a server, pings left out.
func (c *Counter) Requests(server string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests[server]
}

// BeforeWrite is how many round trips in a row there were before the first request that changes
// something.
func (c *Counter) BeforeWrite() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.written {
		return c.trips
	}
	return c.before
}

// All is how many round trips in a row there were; each connection that was opened while nothing else
// went on adds one that is not among them.
func (c *Counter) All() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trips
}

// release lets answers through when nothing has happened for a while.
func (c *Counter) release() {
	look := time.NewTicker(idle / 10)
	defer look.Stop()
	for {
		over := false
		select {
		case <-c.ended:
			over = true
		case <-look.C:
		}
		c.mu.Lock()
		counts := c.whole || !c.written
		if len(c.held) > 0 && (over || !counts || time.Since(c.last) > idle) {
			if counts && c.asked { // otherwise it is the rest of a long answer
				c.trips++
			}
			c.asked = false
			for _, each := range c.held {
				close(each)
			}
			c.held, c.last = nil, time.Now()
		}
		c.mu.Unlock()
		if over {
			return
		}
	}
}

// hold waits until an answer may be seen.
func (c *Counter) hold() {
	select {
	case <-c.ended:
		return
	default:
	}
	through := make(chan struct{})
	c.mu.Lock()
	c.held, c.last = append(c.held, through), time.Now()
	c.mu.Unlock()
	select {
	case <-through:
	case <-c.ended:
	}
}

// sent counts a frame.
func (c *Counter) sent(server string, handshake bool, op uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.asked = time.Now(), true
	if handshake {
		return
	}
	if op != opPing {
		c.requests[server]++
	}
	if !c.written && slices.Contains(writes, op) {
		c.written, c.before = true, c.trips
	}
}

// counted is a connection to a ZooKeeper server.
type counted struct {
	net.Conn
	counter *Counter
	server  string

	mu      sync.Mutex
	pending []byte // the beginning of a frame
	skip    int    // bytes of a frame that are yet to come
	greeted bool
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.counter.hold()
	}
	return n, err
}

// head is the length of a frame, its number and its request.
const head = 12

func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	for rest := p; len(rest) > 0; {
		if c.skip > 0 {
			n := min(c.skip, len(rest))
			c.skip, rest = c.skip-n, rest[n:]
			continue
		}
		n := min(head-len(c.pending), len(rest))
		c.pending, rest = append(c.pending, rest[:n]...), rest[n:]
		if len(c.pending) == head {
			c.skip = max(0, int(binary.BigEndian.Uint32(c.pending))-(head-4))
			c.counter.sent(c.server, !c.greeted, binary.BigEndian.Uint32(c.pending[8:]))
			c.pending, c.greeted = nil, true
		}
	}
	c.mu.Unlock()
	return c.Conn.Write(p)
}
