package session

import (
	"slices"
	"sync"
	"sync/atomic"
)

// lanes are the sessions of a client that write. None is open before something
// is written, and another only while those that are open are busy.
type lanes struct {
	zxid atomic.Int64 // the highest transaction id of their answers
	// written, if there is one, hears of each transaction of theirs.
	written atomic.Pointer[func(zxid int64)]
	alone   atomic.Bool // no session that reads is let in besides

	mu      sync.Mutex
	all     []*Lane
	dead    []*Lane // which could not be opened
	refused int     // of them while others were open
	closed  bool
	noticed sync.Once
}

// Lane chooses the session with the fewest requests under way, of those that
// are connected if any is, and opens the first, or another when all are busy.
func (c *Client) Lane() *Lane {
	g := &c.lanes
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return closedLane(c)
	}
	c.bury()
	best, load := g.best()
	busy := load > 0 && load < disconnected
	if best != nil && (!busy || g.opening() || g.refused > 0 || len(g.all) == c.options.Connections) {
		return best
	}
	made := newLane(c, (c.first+len(g.all))%len(c.endpoint.Servers))
	g.all = append(g.all, made)
	if best == nil {
		return made
	}
	return best
}

// What is added to the load of a session that has no server now, or had none yet.
const (
	disconnected = 1 << 32
	unopened     = 2 << 32
)

// best is the session with the least load.
func (g *lanes) best() (best *Lane, least int64) {
	for _, l := range g.all {
		load := l.waiting.Load()
		if up, _ := l.up(); !up {
			load += unopened
		} else if !l.connected.Load() {
			load += disconnected
		}
		if best == nil || load < least {
			best, least = l, load
		}
	}
	return best, least
}

// opening reports whether a session is being opened.
func (g *lanes) opening() bool {
	return slices.ContainsFunc(g.all, func(l *Lane) bool {
		up, _ := l.up()
		return !up
	})
}

// bury removes the sessions that could not be opened. Further ones are not tried while one is open.
func (c *Client) bury() {
	g := &c.lanes
	rest := g.all[:0]
	for _, l := range g.all {
		if _, failed := l.up(); failed {
			g.dead = append(g.dead, l)
		} else {
			rest = append(rest, l)
		}
	}
	if lost := len(g.all) - len(rest); lost > 0 && len(rest) > 0 {
		g.refused = c.options.Connections - len(rest)
		c.notice(&g.noticed, g.refused, c.options.Connections, "writing")
	}
	clear(g.all[len(rest):])
	g.all = rest
}

// refusals is how many sessions are missing, and how many are needed.
func (g *lanes) refusals() (refused, wanted int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused, len(g.all) + g.refused
}

// end lets no other session be opened, and hands all over to be closed.
func (g *lanes) end() []*Lane {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return append(g.dead, g.all...)
}

func (g *lanes) states() (states []*state) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range g.all {
		states = append(states, &l.state)
	}
	return states
}

// hear notes the transaction id of an answer.
func (g *lanes) hear(zxid int64) {
	for {
		highest := g.zxid.Load()
		if zxid <= highest || g.zxid.CompareAndSwap(highest, zxid) {
			return
		}
	}
}

// OnWritten has a function called, by several goroutines, with the transaction id of each write of
// this client that a server carries out and answers from now on. It takes the place of the one
// before; nil is none.
func (c *Client) OnWritten(written func(zxid int64)) {
	if written == nil {
		c.lanes.written.Store(nil)
		return
	}
	c.lanes.written.Store(&written)
}

// wrote notes the transaction of a write. (FinalRequestProcessor: the answer to a write has the last
// transaction that was carried out, which is the write's own, for they are carried out one by one.)
func (g *lanes) wrote(zxid int64) {
	if written := g.written.Load(); written != nil {
		(*written)(zxid)
	}
}

// makeRoom closes one of the sessions that read, when the servers let in none
// that writes: they bound the connections from one address. Where they let in one
// alone, it reads what is read from then on.
func (c *Client) makeRoom() {
	if slices.ContainsFunc(c.lanes.states(), func(s *state) bool { return s.connected.Load() }) {
		return // it is another that is not let in
	}
	var open []*reader
	for _, r := range c.readers {
		if !r.refused.Load() && r.connected.Load() {
			open = append(open, r)
		}
	}
	if len(open) == 0 {
		return
	}
	c.lanes.alone.Store(len(open) == 1)
	open[len(open)-1].retire()
}

// makeNoRoom has the first session that reads tried again, when none that writes
// was let in all the same.
func (c *Client) makeNoRoom() {
	if c.lanes.alone.CompareAndSwap(true, false) {
		c.readers[0].refusals.Store(0)
		c.readers[0].refused.Store(false)
	}
}
