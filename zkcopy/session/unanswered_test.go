package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
)

// many are requests for the data of znodes that a script holds.
func many(count int) (znodes map[string]fakezk.Znode, requests []Request) {
	znodes = map[string]fakezk.Znode{}
	for i := range count {
		path := fmt.Sprintf("/%d", i)
		znodes[path] = fakezk.Znode{Data: []byte(path)}
		requests = append(requests, Request{Kind: GetData, Path: path, Room: 100, Likely: 100})
	}
	return znodes, requests
}

func TestServersThatDropReadTransactionsAreAskedOneByOne(t *testing.T) {
	var asked atomic.Int64
	znodes, requests := many(300)
	s := fakezk.Start(t, fakezk.Script{Znodes: znodes, Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		if r.Op == fakezk.OpMultiRead {
			asked.Add(1)
			return fakezk.Answer{Drop: true}
		}
		return s.Usual(r)
	}})
	c := openAddr(t, s.Addr())
	ctx := zktest.Context(t)
	began := time.Now()
	if err := c.Read(ctx, slices.Clone(requests)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > DefaultSessionTimeout {
		t.Errorf("it took %v", took)
	}
	before := asked.Load()
	again := slices.Clone(requests)
	if err := c.Read(ctx, again); err != nil || asked.Load() != before {
		t.Errorf("asked %d times more, %v", asked.Load()-before, err)
	}
	checkData(t, again)
}

// unresponsive answers pings and what opens a session, and none of the requests that drop says.
func unresponsive(t *testing.T, drop func(fakezk.Request) bool) *fakezk.Server {
	t.Helper()
	return fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		a := s.Usual(r)
		a.Drop = drop(r)
		return a
	}})
}

func TestAServerThatAnswersPingsAloneIsLeftAndNamed(t *testing.T) {
	s := unresponsive(t, func(fakezk.Request) bool { return true })
	c := openAddr(t, s.Addr(), func(o *Options) { o.SessionTimeout = 300 * time.Millisecond })
	_, err := c.Stat(zktest.Context(t), "/")
	if !errors.Is(err, ErrConnectionLost) || !errors.Is(err, errUnanswered) || !strings.Contains(err.Error(), s.Addr()) {
		t.Errorf("error is %v", err)
	}
}

func TestAfterAServerThatAnswersPingsAloneComesAnother(t *testing.T) {
	bad, good := unresponsive(t, func(fakezk.Request) bool { return true }), fakezk.Start(t, fakezk.Script{})
	c := openAddr(t, bad.Addr()+","+good.Addr(), func(o *Options) { o.SessionTimeout = 300 * time.Millisecond })
	for range 3 {
		if stat, err := c.Stat(zktest.Context(t), "/"); err != nil || stat == nil {
			t.Errorf("%+v, %v", stat, err)
		}
	}
}

func TestAWriteThatIsNeverAnsweredEnds(t *testing.T) {
	s := unresponsive(t, func(r fakezk.Request) bool { return r.Op == fakezk.OpCreate })
	c := openAddr(t, s.Addr(), func(o *Options) { o.SessionTimeout = 300 * time.Millisecond })
	l := c.Lane()
	if err := l.Create(zktest.Context(t), "/new", nil, zk.WorldACL(zk.PermAll)); !errors.Is(err, ErrConnectionLost) {
		t.Errorf("error is %v", err)
	}
	if err := l.link.cause(); !errors.Is(err, errUnanswered) {
		t.Errorf("cause is %v", err)
	}
}

func TestAWriteWhoseContextEndsBeforeItsAnswerMayBeDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(zktest.Context(t))
	s := unresponsive(t, func(r fakezk.Request) bool {
		if r.Op == fakezk.OpCreate {
			cancel()
		}
		return r.Op == fakezk.OpCreate
	})
	l := openAddr(t, s.Addr()).Lane()
	if err := l.Create(ctx, "/new", nil, zk.WorldACL(zk.PermAll)); !errors.Is(err, context.Canceled) || !MayBeDone(err) {
		t.Errorf("error = %v", err)
	}
	if err := l.Create(ctx, "/new", nil, zk.WorldACL(zk.PermAll)); !errors.Is(err, context.Canceled) || MayBeDone(err) {
		t.Errorf("one that was not sent: error = %v", err)
	}
}

func TestClosingDoesNotWaitForAServerThatTakesNoMore(t *testing.T) {
	s := fakezk.Start(t, fakezk.Script{NoReading: true})
	r, _ := beginReading(t, s.Addr(), func(o *readerOptions) {
		o.Timeout = time.Hour // the deadline that must not be waited for
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if err == nil {
				err = conn.(*net.TCPConn).SetWriteBuffer(4 << 10)
			}
			return conn, err
		}
	})
	const packets, length = 100, 1 << 20 // that no socket's buffers hold
	var requests []Request
	for range packets {
		requests = append(requests, Request{Kind: GetChildren, Path: "/" + strings.Repeat("a", length)})
	}
	ended := make(chan error, 1)
	go func() { ended <- r.Read(zktest.Context(t), requests) }()
	for !r.sentSome() {
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	r.Close()
	if took := time.Since(began); took > 10*farewell {
		t.Errorf("it took %v", took)
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("error is %v", err)
	}
}

// sentSome reports whether requests were given to the connection.
func (s *reader) sentSome() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent) > 0
}

// trickling delivers what follows the opening of a session byte by byte.
type trickling struct {
	net.Conn
	read int
}

func (c *trickling) Read(p []byte) (int, error) {
	const hello = 41
	if c.read >= hello {
		time.Sleep(10 * time.Millisecond) // as a slow network does
	}
	n, err := c.Conn.Read(p[:1])
	c.read += n
	return n, err
}

func TestAnAnswerThatTricklesEnds(t *testing.T) {
	t.Parallel()
	s := fakezk.Start(t, fakezk.Script{Znodes: map[string]fakezk.Znode{"/": {Data: make([]byte, 1000)}}})
	c := openAddr(t, s.Addr(), func(o *Options) {
		o.SessionTimeout = 300 * time.Millisecond
		o.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return &trickling{Conn: conn}, err
		}
	})
	requests := []Request{{Kind: GetData, Path: "/", Room: 1000, Likely: 1000}}
	if err := c.Read(zktest.Context(t), requests); !errors.Is(err, ErrConnectionLost) {
		t.Errorf("error is %v", err)
	}
}

func TestAWatchWhoseServerDoesNotSynchroniseEnds(t *testing.T) {
	t.Parallel()
	const opAddWatch = 106
	s := fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		switch r.Op {
		case opAddWatch:
			return fakezk.Answer{}
		case fakezk.OpSync:
			return fakezk.Answer{Drop: true}
		}
		return s.Usual(r)
	}})
	c := openAddr(t, s.Addr(), func(o *Options) { o.SessionTimeout = 300 * time.Millisecond })
	w, err := c.OpenWatch(zktest.Context(t), "/", 10)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Sync(zktest.Context(t), "/"); err == nil {
		t.Error("it succeeded")
	}
}
