package zkcopy

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
)

// wire makes the connections of a client, and disturbs them when it is asked to.
type wire struct {
	listener net.Listener
	pumps    sync.WaitGroup

	mu    sync.Mutex
	held  chan struct{} // closed when what was sent goes on; nil while nothing is held
	conns map[*wired]struct{}
}

// wired is one connection, and the session that it is used for; zero while that is not known.
type wired struct {
	server    string
	near, far net.Conn
	session   int64
	password  []byte
}

func newWire(t testing.TB) *wire {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: l, conns: map[*wired]struct{}{}}
	t.Cleanup(func() {
		w.release()
		w.cut()
		l.Close()
		w.pumps.Wait()
	})
	return w
}

// dial is a session.Dialer.
func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	far, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	client, err := net.Dial("tcp4", w.listener.Addr().String())
	if err != nil {
		far.Close()
		return nil, err
	}
	near, err := w.listener.Accept()
	if err != nil {
		far.Close()
		client.Close()
		return nil, err
	}
	c := &wired{server: address, near: near, far: far}
	w.conns[c] = struct{}{}
	w.pumps.Go(func() { w.pump(far, near) })
	w.pumps.Go(func() {
		w.greet(c)
		w.pump(near, far)
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.conns, c)
	})
	return client, nil
}

// greet passes the server's first answer on, which names the session (ZooKeeper: ConnectResponse).
func (w *wire) greet(c *wired) {
	frame := make([]byte, 4)
	if _, err := io.ReadFull(c.far, frame); err != nil {
		return
	}
	n := binary.BigEndian.Uint32(frame)
	if n > 1<<10 {
		return
	}
	frame = append(frame, make([]byte, n)...)
	if _, err := io.ReadFull(c.far, frame[4:]); err != nil {
		return
	}
	if n >= 36 {
		w.mu.Lock()
		c.session, c.password = int64(binary.BigEndian.Uint64(frame[12:])), frame[24:40]
		w.mu.Unlock()
	}
	w.pass()
	c.near.Write(frame)
}

// pump copies what is sent, and the end.
func (w *wire) pump(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		w.pass()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				from.Close()
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass waits while connections are held.
func (w *wire) pass() {
	w.mu.Lock()
	held := w.held
	w.mu.Unlock()
	if held != nil {
		<-held
	}
}

// hold lets nothing through until release, without that either end notices.
func (w *wire) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == nil {
		w.held = make(chan struct{})
	}
}

func (w *wire) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held != nil {
		close(w.held)
		w.held = nil
	}
}

// cut ends all connections.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		c.near.Close()
		c.far.Close()
	}
}

// sessions are those that have a connection.
func (w *wire) sessions() (all []wired) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		if c.session != 0 {
			all = append(all, wired{server: c.server, session: c.session, password: c.password})
		}
	}
	return all
}

// expire ends a session as its timeout would: it is opened a second time, and closed.
func (c wired) expire(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", c.server)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	b := binary.BigEndian.AppendUint32(nil, 44)
	b = binary.BigEndian.AppendUint32(b, 0)    // the protocol's version
	b = binary.BigEndian.AppendUint64(b, 0)    // no transaction was seen
	b = binary.BigEndian.AppendUint32(b, 1000) // the timeout
	b = binary.BigEndian.AppendUint64(b, uint64(c.session))
	b = binary.BigEndian.AppendUint32(b, uint32(len(c.password)))
	b = append(b, c.password...)
	b = binary.BigEndian.AppendUint32(b, 8) // close it
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, 0xfffffff5) // -11
	if _, err := conn.Write(b); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, conn)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return err
	}
	return nil
}

// Schedules would show little if sessions outlived this.
func TestAWireExpiresSessions(t *testing.T) {
	wire := newWire(t)
	client := openServer(t, zktest.Shared(t), func(o *session.Options) { o.Dialer = wire.dial })
	ctx := zktest.Context(t)
	watch, err := client.OpenWatch(ctx, "/", 10)
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	if all := wire.sessions(); len(all) != 2 { // one that reads, and the watch's
		t.Fatalf("%d sessions", len(all))
	}
	for _, s := range wire.sessions() {
		if err := s.expire(ctx); err != nil {
			t.Fatal(err)
		}
	}
	<-watch.Ready()
	if _, err := watch.Take(); !errors.Is(err, session.ErrConnectionLost) {
		t.Errorf("the watch's error is %v", err)
	}
}
