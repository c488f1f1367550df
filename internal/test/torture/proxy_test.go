package torture

import (
	"net"
	"sync"
	"testing"
	"time"
)

// proxy passes the connections of clients on to one server, and disturbs them.
type proxy struct {
	server   string
	listener net.Listener
	// passed hears how many bytes went through, either way.
	passed func(n int)
	ended  sync.WaitGroup

	mu    sync.Mutex
	conns map[*passage]struct{}
	held  chan struct{} // closed when what is held goes on; nil while nothing is
	delay time.Duration // of every chunk
	torn  bool          // the next chunk is cut in its middle, and its connection with it
}

// passage is one connection: near is the client's end.
type passage struct{ near, far *net.TCPConn }

func newProxy(t *testing.T, server string, passed func(n int)) *proxy {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{server: server, listener: l, passed: passed, conns: map[*passage]struct{}{}}
	p.ended.Go(p.serve)
	t.Cleanup(func() {
		l.Close()
		p.heal()
		p.end(false)
		p.ended.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

func (p *proxy) serve() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp4", p.server)
		if err != nil {
			near.Close()
			continue
		}
		c := &passage{near.(*net.TCPConn), far.(*net.TCPConn)}
		p.mu.Lock()
		p.conns[c] = struct{}{}
		p.mu.Unlock()
		p.ended.Go(func() { p.pump(c, c.far, c.near) })
		p.ended.Go(func() { p.pump(c, c.near, c.far) })
	}
}

// pump passes one direction on, until either end closes.
func (p *proxy) pump(c *passage, to, from *net.TCPConn) {
	defer func() {
		c.near.Close()
		c.far.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, c)
	}()
	chunk := make([]byte, 16<<10)
	for {
		n, err := from.Read(chunk)
		if n > 0 {
			p.passed(n)
			if n = p.disturb(n); n < 0 {
				to.Write(chunk[:-n])
				return
			}
			if _, err := to.Write(chunk[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// disturb waits as long as a chunk of n bytes has to. It returns n, or minus how much of it is still
// to be passed on.
func (p *proxy) disturb(n int) int {
	p.mu.Lock()
	held, delay, torn := p.held, p.delay, p.torn
	if torn && n > 1 {
		p.torn, n = false, -n/2
	}
	p.mu.Unlock()
	if held != nil {
		<-held
	}
	if delay > 0 {
		<-time.After(delay)
	}
	return n
}

// end closes all connections; with a reset where abruptly is set.
func (p *proxy) end(abruptly bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if abruptly {
			c.near.SetLinger(0)
			c.far.SetLinger(0)
		}
		c.near.Close()
		c.far.Close()
	}
}

// hold lets nothing through, without that either end notices.
func (p *proxy) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = make(chan struct{})
	}
}

func (p *proxy) slow(delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = delay
}

func (p *proxy) tear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.torn = true
}

// heal ends all that was disturbed.
func (p *proxy) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil {
		close(p.held)
		p.held = nil
	}
	p.delay, p.torn = 0, false
}
