package metaserver

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"
)

// errSessionExpired ends a meta server, leader or follower: its lock node is gone with the session,
// and another server may lead by now.
var errSessionExpired = errors.New("the ZooKeeper session has expired")

// session is one ZooKeeper session and never becomes another: the client library would open a new
// one after an expiry and execute in it what was intended for the old one.
//
// Its paths are below the chroot, which ZooKeeper itself does not know: the client adds it before
// each path.
type session struct {
	chroot  string // "" without one
	conn    *zk.Conn
	events  <-chan zk.Event
	expired chan struct{} // closed when ZooKeeper has reported the end of the session
	once    sync.Once

	mu        sync.Mutex
	socket    net.Conn // the current connection
	abandoned bool
}

// openSession connects and waits for a session, for at most timeout, which is also the session's
// own timeout. States are logged, one line each time the connection comes or goes.
func openSession(ctx context.Context, at zkAddress, timeout time.Duration, logger *log.Logger) (*session, error) {
	s := &session{chroot: at.chroot, expired: make(chan struct{})}
	hosts := at.hosts
	have := make(chan struct{})
	var haveOnce sync.Once
	var up atomic.Bool
	states := func(e zk.Event) {
		if e.Type != zk.EventSession {
			return
		}
		switch e.State {
		case zk.StateHasSession:
			logger.Printf("ZooKeeper %s: connected, session %#x", e.Server, uint64(s.conn.SessionID()))
			up.Store(true)
			haveOnce.Do(func() { close(have) })
		case zk.StateDisconnected:
			if up.Swap(false) { // the library reports it again after each attempt to connect
				logger.Printf("ZooKeeper %s: disconnected", e.Server)
			}
		case zk.StateExpired:
			s.once.Do(func() { close(s.expired) })
		}
	}
	ready := make(chan struct{}) // states must not run before conn is set
	conn, events, err := zk.Connect(hosts, timeout, zk.WithDialer(s.dial), zk.WithLogger(quiet{}), zk.WithLogInfo(false),
		zk.WithEventCallback(func(e zk.Event) { <-ready; states(e) }))
	if err != nil {
		return nil, fmt.Errorf("connect to ZooKeeper %v: %w", hosts, err)
	}
	s.conn, s.events = conn, events
	close(ready)
	wait := time.NewTimer(timeout)
	defer wait.Stop()
	select {
	case <-have:
		return s, nil
	case <-wait.C:
		s.close()
		return nil, fmt.Errorf("connect to ZooKeeper %v: no session after %v", hosts, timeout)
	case <-ctx.Done():
		s.close()
		return nil, ctx.Err()
	}
}

// dial connects, until the session has ended.
func (s *session) dial(network, address string, timeout time.Duration) (net.Conn, error) {
	select {
	case <-s.expired:
		return nil, errSessionExpired
	default:
	}
	c, err := net.DialTimeout(network, address, timeout)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.abandoned {
		c.Close()
		return nil, net.ErrClosed
	}
	s.socket = c
	return c, nil
}

// abandon leaves the session to expire, as a process does that aborts: the lock node stays until
// then.
func (s *session) abandon() {
	s.mu.Lock()
	s.abandoned = true
	if s.socket != nil {
		s.socket.Close()
	}
	s.mu.Unlock()
	s.close()
}

// close ends the session, so that the lock node goes at once, and waits for the library's
// goroutines.
func (s *session) close() {
	s.conn.Close()
	for range s.events { // closed by the last of the library's goroutines
	}
}

// quiet drops the library's own log: states logs what matters in one line.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
