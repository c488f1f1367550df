package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"pegashell/internal/test/zktest"
)

// listener accepts connections and closes them at once, or when the test ends.
func listener(t *testing.T, hangUp bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var held []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			if hangUp {
				conn.Close()
			} else {
				held = append(held, conn)
			}
		}
		for _, conn := range held {
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().String()
}

// refusing is an address on which nobody listens.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestOpenFailsInTimeAndNamesTheCause(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until connections are given up")
	}
	silent, hangingUp := listener(t, false), listener(t, true)
	refused, also := refusing(t), refusing(t)
	for name, test := range map[string]struct {
		servers string
		want    string
		is      error
	}{
		"refused":      {refused + "," + also, "refused", syscall.ECONNREFUSED},
		"unknown name": {"no-such-host.invalid", "no-such-host.invalid", nil},
		"silent":       {silent, "timeout", nil},
		"not serving":  {hangingUp, "not serving", nil},
		"each its own": {hangingUp + "," + refused, refused + ": connection refused", syscall.ECONNREFUSED},
		"all the same": {refused + "," + also, refused + "," + also + ": connection refused", syscall.ECONNREFUSED},
		"one alone":    {refused, refused + ": connection refused", syscall.ECONNREFUSED},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint, err := ParseEndpoint(test.servers)
			if err != nil {
				t.Fatal(err)
			}
			// Nothing but its own limit ends it.
			c, err := Open(context.Background(), endpoint, Options{ConnectTimeout: 5 * time.Second})
			if err == nil {
				c.Close()
				t.Fatal("a session was opened")
			}
			var unreachable *UnreachableError
			if !errors.As(err, &unreachable) {
				t.Errorf("error is %T", err)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
			for _, part := range append(strings.Split(test.servers, ","), test.want) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not name %q", err, part)
				}
			}
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dialed := make(chan struct{}, 100)
	options := Options{Dialer: func(ctx context.Context, _, _ string) (net.Conn, error) {
		dialed <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	go func() {
		<-dialed
		cancel()
	}()
	if c, err := Open(ctx, Endpoint{Servers: []string{"h:1"}}, options); !errors.Is(err, context.Canceled) {
		t.Errorf("client %v, error %v", c, err)
	}
}

func TestAnEnsembleWithoutAMajorityIsUnreachable(t *testing.T) {
	ensemble := zktest.Ensemble(t, 3)
	c, err := Open(zktest.Context(t), Endpoint{Servers: ensemble.Addrs()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	ensemble.Servers[0].Kill()
	ensemble.Servers[1].Kill()
	c, err = Open(context.Background(), Endpoint{Servers: ensemble.Addrs()}, Options{})
	if err == nil {
		c.Close()
	}
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) {
		t.Fatalf("error is %v", err)
	}
	for _, server := range ensemble.Addrs() {
		if !strings.Contains(unreachable.Err.Error(), server) {
			t.Errorf("%q does not tell of %s", unreachable.Err, server)
		}
	}
}

func TestOneDeadServerOfSeveralIsPassedOver(t *testing.T) {
	c := openAddr(t, refusing(t)+","+zktest.Shared(t).Addr())
	if _, err := c.Stat(zktest.Context(t), "/"); err != nil {
		t.Error(err)
	}
}

func TestRefusedCredentialsAreNamedWithoutTheSecret(t *testing.T) {
	endpoint, err := ParseEndpoint(zktest.Shared(t).Addr())
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(zktest.Context(t), endpoint, Options{Auth: []Auth{{Scheme: "nosuchscheme", Data: []byte("u:secret")}}})
	if err == nil {
		c.Close()
		t.Fatal("the credentials were accepted")
	}
	var refused *AuthError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "nosuchscheme") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error is %v", err)
	}
}

func TestARequestSurvivesARestartOfItsServer(t *testing.T) {
	server := zktest.Start(t)
	c := openServer(t, server)
	ctx := zktest.Context(t)
	server.Kill()
	restarted := make(chan error, 1)
	go func() { restarted <- server.Restart(ctx) }()
	var err error
	for range 5 { // a request is repeated for no longer than a session lives; a busy machine restarts slowly
		if _, err = c.Stat(ctx, "/"); !errors.Is(err, ErrConnectionLost) {
			break
		}
	}
	if err != nil {
		t.Error(err)
	}
	if err := <-restarted; err != nil {
		t.Fatal(err)
	}
	if connections, _ := c.Losses(); connections == 0 {
		t.Error("no loss was counted")
	}
}

func TestARequestEndsWithItsContextWhileTheServerHangs(t *testing.T) {
	server := zktest.Start(t)
	c := openServer(t, server, func(o *Options) { o.SessionTimeout = time.Minute })
	if err := syscall.Kill(server.Pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(server.Pid(), syscall.SIGCONT) })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Stat(ctx, "/"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
	// Without the context's end it would have waited for the loss of the session.
	if connections, _ := c.Losses(); connections != 0 {
		t.Errorf("%d connections were lost before", connections)
	}
}

// shortConn ends after so many bytes.
type shortConn struct {
	net.Conn
	left int
}

func (c *shortConn) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func TestAReadGoesOnForAsLongAsItGetsAnswers(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	const count, length = 100, 4 << 10
	zktest.PlantMany(t, conn, root, "%d", count, make([]byte, length))
	// The pauses of so many attempts, were they to grow, would outlast a session.
	c := openServer(t, server, func(o *Options) {
		o.SessionTimeout = time.Second
		o.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return &shortConn{conn, 5 * length}, err
		}
	})
	var requests []Request
	for i := range count {
		requests = append(requests, Request{Kind: GetData, Path: fmt.Sprintf("%s/%d", root, i), Room: length, Likely: length})
	}
	if err := c.Read(zktest.Context(t), requests); err != nil {
		t.Fatal(err)
	}
	for _, r := range requests {
		if !r.Answered || len(r.Data) != length {
			t.Fatalf("%s: %d bytes, %d", r.Path, len(r.Data), r.Code)
		}
	}
}
