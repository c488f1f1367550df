package complete_test

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/commands/complete"
	"pegashell/internal/test/silent"
	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
)

func TestMain(m *testing.M) { os.Exit(zktest.Main(m)) }

// counted counts connections.
type counted struct{ made, open atomic.Int32 }

func (c *counted) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.made.Add(1)
	c.open.Add(1)
	return &countedConn{Conn: conn, counted: c}, nil
}

type countedConn struct {
	net.Conn
	counted *counted
	closed  atomic.Bool
}

func (c *countedConn) Close() error {
	if !c.closed.Swap(true) {
		c.counted.open.Add(-1)
	}
	return c.Conn.Close()
}

// until waits for a condition, but not for ever.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// startTree makes a znode of this test alone, with two children.
func startTree(t *testing.T) session.Endpoint {
	t.Helper()
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root, err := conn.Create("/sessions-", nil, zk.FlagSequence, zk.WorldACL(zk.PermAll))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/b", "/a", "/a/1"} {
		if _, err := conn.Create(root+path, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	return session.Endpoint{Servers: []string{server.Addr()}, Path: root}
}

func TestSessionIsUsedAgain(t *testing.T) {
	at := startTree(t)
	var conns counted
	sessions := complete.NewSessions(time.Minute)
	options := session.Options{Connections: 1, Dialer: conns.dial}
	if _, err := sessions.Children(patient(t), "z", at, options); err != nil {
		t.Fatal(err)
	}
	made := conns.made.Load()
	for range 2 {
		got, err := sessions.Children(patient(t), "z", at, options)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]complete.Znode{{Name: "a", Children: 1}, {Name: "b"}}, got); diff != "" {
			t.Errorf("children (-want +got):\n%s", diff)
		}
	}
	at.Path += "/missing"
	if got, err := sessions.Children(patient(t), "z", at, options); err != nil || len(got) > 0 {
		t.Errorf("children of a znode that is not there: %v, %v", got, err)
	}
	if n := conns.made.Load(); n != made {
		t.Errorf("%d connections were made, the first question needed %d", n, made)
	}
	sessions.Close()
	if n := conns.open.Load(); n != 0 {
		t.Errorf("%d connections are open after Close", n)
	}
	if _, err := sessions.Children(context.Background(), "z", at, options); err == nil {
		t.Error("closed sessions answer")
	}
}

func TestSessionThatNobodyUsesEnds(t *testing.T) {
	at := startTree(t)
	var conns counted
	sessions := complete.NewSessions(10 * time.Millisecond)
	defer sessions.Close()
	options := session.Options{Connections: 1, Dialer: conns.dial}
	for range 2 {
		if _, err := sessions.Children(patient(t), "z", at, options); err != nil {
			t.Fatal(err)
		}
		if conns.made.Load() == 0 {
			t.Fatal("the question made no connection")
		}
		until(t, "the session has ended", func() bool { return conns.open.Load() == 0 })
		conns.made.Store(0)
	}
}

func TestDroppedSessionEnds(t *testing.T) {
	at := startTree(t)
	var conns counted
	sessions := complete.NewSessions(time.Minute)
	defer sessions.Close()
	if _, err := sessions.Children(patient(t), "z", at, session.Options{Connections: 1, Dialer: conns.dial}); err != nil {
		t.Fatal(err)
	}
	sessions.Drop("z")
	until(t, "the session has ended", func() bool { return conns.open.Load() == 0 })
}

func TestQuestionToAnEnsembleThatDoesNotAnswerCanBeEnded(t *testing.T) {
	address, accepted := silent.Start(t)
	sessions := complete.NewSessions(time.Minute)
	at := session.Endpoint{Servers: []string{address}, Path: "/"}
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error)
	go func() {
		_, err := sessions.Children(ctx, "z", at, session.Options{Connections: 1})
		failed <- err
	}()
	<-accepted
	cancel()
	if err := <-failed; err == nil {
		t.Error("a black hole has children")
	}
	go func() {
		_, err := sessions.Children(context.Background(), "z", at, session.Options{Connections: 1})
		failed <- err
	}()
	<-accepted
	sessions.Close()
	if err := <-failed; err == nil {
		t.Error("a black hole has children")
	}
}
