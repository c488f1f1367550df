package session

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
)

// beginReading makes a session with a server; change may change how.
func beginReading(t *testing.T, addr string, change func(*readerOptions)) (*reader, *atomic.Int64) {
	t.Helper()
	lost := new(atomic.Int64)
	o := readerOptions{
		Servers: []string{addr}, Dial: (&net.Dialer{}).DialContext, Timeout: 10 * time.Second,
		Seen: func() int64 { return 0 }, Heard: func(int64) {}, Lost: func() { lost.Add(1) }, Abilities: &abilities{},
	}
	if change != nil {
		change(&o)
	}
	s := newReader(o)
	t.Cleanup(s.Close)
	return s, lost
}

func TestAnswersAreThoseOfTheServer(t *testing.T) {
	addr := zktest.Shared(t).Addr()
	conn := zktest.Connect(t, addr)
	root := zktest.OwnPath(t, conn)
	closed := zk.DigestACL(zk.PermAll, "somebody", "else")
	for path, data := range map[string][]byte{"/none": nil, "/empty": {}, "/short": []byte("data"), "/long": make([]byte, 200<<10)} {
		if _, err := conn.Create(root+path, data, 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Create(root+"/closed", []byte("secret"), 0, closed); err != nil {
		t.Fatal(err)
	}
	s, _ := beginReading(t, addr, nil)
	const codeNoNode, codeNoAuth = -101, -102
	requests := []Request{
		{Kind: Sync, Path: root},
		{Kind: GetData, Path: root + "/none", Room: 100},
		{Kind: GetData, Path: root + "/missing", Room: 100},
		{Kind: GetData, Path: root + "/empty", Room: 100},
		{Kind: GetData, Path: root + "/closed", Room: 100},
		{Kind: GetData, Path: root + "/long", Room: 100},
		{Kind: GetData, Path: root + "/short", Room: 4},
		{Kind: GetData, Path: root + "/short", Room: 3},
		{Kind: GetACL, Path: root + "/closed"},
		{Kind: GetACL, Path: root + "/short"},
		{Kind: GetACL, Path: root},
		{Kind: Exists, Path: root + "/long"},
		{Kind: Exists, Path: root + "/missing"},
		{Kind: GetChildren, Path: root},
		{Kind: GetChildren, Path: root + "/short"},
		{Kind: GetData, Path: root + "/long", Room: 200 << 10, Likely: 200 << 10},
	}
	for range 2 { // the second time what was learned the first time is used
		asked := slices.Clone(requests)
		if err := s.Read(zktest.Context(t), asked); err != nil {
			t.Fatal(err)
		}
		for _, r := range asked {
			want := Request{Kind: r.Kind, Path: r.Path, Room: r.Room, Likely: r.Likely, Answered: true}
			found, stat, err := conn.Exists(r.Path)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case !found:
				want.Code = codeNoNode
			case r.Kind == GetData && r.Path == root+"/closed", r.Kind == GetACL && r.Path == root+"/closed":
				want.Code = codeNoAuth
			case r.Kind == GetData:
				want.Stat = *stat
				if data, _, err := conn.Get(r.Path); err != nil {
					t.Fatal(err)
				} else if len(data) <= r.Room {
					want.Data = data
				}
			case r.Kind == GetACL:
				want.Stat = *stat
				want.ACL = zk.WorldACL(zk.PermAll)
			case r.Kind == Exists:
				want.Stat = *stat
			case r.Kind == GetChildren:
				want.Names, _, err = conn.Children(r.Path)
				if err != nil {
					t.Fatal(err)
				}
			}
			slices.Sort(r.Names)
			slices.Sort(want.Names)
			if len(want.Names) == 0 {
				want.Names = nil
			}
			if diff := cmp.Diff(want, r); diff != "" {
				t.Errorf("%s:\n%s", r.Path, diff)
			}
			if tooLong := r.Kind == GetData && found && r.Code == 0 && int(stat.DataLength) > r.Room; r.TooLong() != tooLong {
				t.Errorf("%s with room %d: too long is %v", r.Path, r.Room, r.TooLong())
			}
		}
	}
}

// plantMany makes children and gives requests for their data.
func plantMany(t *testing.T, conn *zk.Conn, root string, count int) (requests []Request) {
	t.Helper()
	var ops []any
	for i := range count {
		path := fmt.Sprintf("%s/%d", root, i)
		ops = append(ops, &zk.CreateRequest{Path: path, Data: []byte(path), Acl: zk.WorldACL(zk.PermAll)})
		requests = append(requests, Request{Kind: GetData, Path: path, Room: 1000, Likely: 1000})
	}
	if _, err := conn.Multi(ops...); err != nil {
		t.Fatal(err)
	}
	return requests
}

func checkData(t *testing.T, requests []Request) {
	t.Helper()
	for _, r := range requests {
		if !r.Answered || r.Code != 0 || string(r.Data) != r.Path {
			t.Fatalf("answer %+v", r)
		}
	}
}

// oldServer makes of a server's connections those of one that does not know
// read transactions: it refuses the first and hangs up.
type oldServer struct {
	silent bool // it hangs up without an answer
	asked  atomic.Int64
}

func (o *oldServer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	return &oldConn{Conn: conn, server: o}, err
}

type oldConn struct {
	net.Conn
	server  *oldServer
	greeted bool
	answer  atomic.Pointer[[]byte]
}

func (c *oldConn) Write(p []byte) (int, error) {
	for rest := p; len(rest) >= 4; {
		length := 4 + binary.BigEndian.Uint32(rest)
		if c.greeted && binary.BigEndian.Uint32(rest[8:]) == opMultiRead {
			c.server.asked.Add(1)
			answer := make([]byte, 20)
			binary.BigEndian.PutUint32(answer, 16)
			copy(answer[4:8], rest[4:8])
			code := int32(codeUnimplemented)
			binary.BigEndian.PutUint32(answer[16:], uint32(code))
			if c.server.silent {
				answer = nil
			}
			c.answer.Store(&answer)
			c.SetReadDeadline(time.Unix(1, 0))
			return len(p), nil
		}
		c.greeted, rest = true, rest[length:]
	}
	return c.Conn.Write(p)
}

func (c *oldConn) SetReadDeadline(t time.Time) error {
	if c.answer.Load() != nil {
		t = time.Unix(1, 0)
	}
	return c.Conn.SetReadDeadline(t)
}

func (c *oldConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if answer := c.answer.Load(); answer != nil && err != nil {
		n = copy(p, *answer)
		if *answer = (*answer)[n:]; n == 0 {
			return 0, io.EOF
		}
		return n, nil
	}
	return n, err
}

func TestServersWithoutReadTransactionsAreAskedOneByOne(t *testing.T) {
	addr := zktest.Shared(t).Addr()
	conn := zktest.Connect(t, addr)
	requests := plantMany(t, conn, zktest.OwnPath(t, conn), 300)
	for _, silent := range []bool{false, true} {
		t.Run(fmt.Sprintf("silent %v", silent), func(t *testing.T) {
			old := &oldServer{silent: silent}
			abilities := &abilities{}
			s, _ := beginReading(t, addr, func(o *readerOptions) { o.Dial, o.Abilities = old.dial, abilities })
			attempts := 1
			asked := slices.Clone(requests)
			for err := s.Read(zktest.Context(t), asked); err != nil; err = s.Read(zktest.Context(t), asked) {
				if attempts++; !errors.Is(err, ErrConnectionLost) || attempts > 5 {
					t.Fatalf("attempt %d: %v", attempts, err)
				}
			}
			checkData(t, asked)
			if abilities.MultiRead() {
				t.Error("read transactions are still used")
			}
			before := old.asked.Load()
			if err := s.Read(zktest.Context(t), asked); err != nil || old.asked.Load() != before {
				t.Errorf("asked %d times more, %v", old.asked.Load()-before, err)
			}
		})
	}
}

func TestReadingGoesOnAfterALostConnection(t *testing.T) {
	server := zktest.Start(t)
	conn := zktest.Connect(t, server.Addr())
	requests := plantMany(t, conn, zktest.OwnPath(t, conn), 10)
	var last atomic.Pointer[net.Conn]
	s, lost := beginReading(t, server.Addr(), func(o *readerOptions) {
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, address)
			last.Store(&c)
			return c, err
		}
	})
	for range 3 {
		asked := slices.Clone(requests)
		err := s.Read(zktest.Context(t), asked)
		if errors.Is(err, ErrConnectionLost) { // the loss was found out by this
			err = s.Read(zktest.Context(t), asked)
		}
		if err != nil {
			t.Fatal(err)
		}
		checkData(t, asked)
		(*last.Load()).Close()
	}
	if lost.Load() < 2 {
		t.Errorf("%d losses were told", lost.Load())
	}
}

func TestAServerThatLagsBehindIsNotUsed(t *testing.T) {
	addr := zktest.Shared(t).Addr()
	s, _ := beginReading(t, addr, func(o *readerOptions) {
		o.Seen = func() int64 { return 1 << 60 }
	})
	if err := s.Read(zktest.Context(t), []Request{{Kind: Exists, Path: "/"}}); !errors.Is(err, ErrConnectionLost) {
		t.Errorf("error is %v", err)
	}
}

func TestTransactionIDsAreHeard(t *testing.T) {
	addr := zktest.Shared(t).Addr()
	conn := zktest.Connect(t, addr)
	path := zktest.OwnPath(t, conn)
	_, stat, err := conn.Exists(path)
	if err != nil {
		t.Fatal(err)
	}
	var heard atomic.Int64
	s, _ := beginReading(t, addr, func(o *readerOptions) { o.Heard = heard.Store })
	if err := s.Read(zktest.Context(t), []Request{{Kind: Sync, Path: path}}); err != nil || heard.Load() < stat.Czxid {
		t.Errorf("%#x was heard after %#x, %v", heard.Load(), stat.Czxid, err)
	}
}

func TestCredentialsArePresented(t *testing.T) {
	addr := zktest.Shared(t).Addr()
	conn := zktest.Connect(t, addr)
	path := zktest.OwnPath(t, conn)
	if _, err := conn.SetACL(path, zk.DigestACL(zk.PermAll, "user", "secret"), -1); err != nil {
		t.Fatal(err)
	}
	s, _ := beginReading(t, addr, func(o *readerOptions) { o.Auth = []Auth{{"digest", []byte("user:secret")}} })
	requests := []Request{{Kind: GetData, Path: path, Room: 10}}
	if err := s.Read(zktest.Context(t), requests); err != nil || requests[0].Code != 0 {
		t.Errorf("%+v, %v", requests[0], err)
	}
	refused, _ := beginReading(t, addr, func(o *readerOptions) { o.Auth = []Auth{{"nosuchscheme", []byte("user:secret")}} })
	err := refused.Read(zktest.Context(t), requests)
	var named *AuthError
	if !errors.As(err, &named) || strings.Contains(err.Error(), "secret") {
		t.Errorf("error is %v", err)
	}
}

// pings counts what is sent besides.
type pings struct{ count atomic.Int64 }

func (p *pings) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	return &pingConn{conn, p}, err
}

type pingConn struct {
	net.Conn
	pings *pings
}

func (c *pingConn) Write(p []byte) (int, error) {
	if len(p) == 12 && binary.BigEndian.Uint32(p[8:]) == opPing {
		c.pings.count.Add(1)
	}
	return c.Conn.Write(p)
}

func TestAnIdleSessionLives(t *testing.T) {
	server := zktest.Start(t, zktest.WithTickTime(250*time.Millisecond))
	var sent pings
	s, lost := beginReading(t, server.Addr(), func(o *readerOptions) { o.Dial, o.Timeout = sent.dial, 4*time.Second })
	read := func() {
		t.Helper()
		if err := s.Read(zktest.Context(t), []Request{{Kind: Exists, Path: "/"}}); err != nil {
			t.Fatal(err)
		}
	}
	read()
	const enough = 4 // are sent in more time than a session lives without them
	for deadline := time.Now().Add(time.Minute); sent.count.Load() < enough; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d pings were sent", sent.count.Load())
		}
	}
	read()
	if lost.Load() != 0 {
		t.Errorf("%d connections were lost", lost.Load())
	}
}

func TestAServerThatHangsUpIsNamedWithItsReasons(t *testing.T) {
	server := zktest.Start(t, zktest.WithProperty("maxClientCnxns", "1"))
	zktest.Connect(t, server.Addr())
	s, _ := beginReading(t, server.Addr(), nil)
	if err := s.Read(zktest.Context(t), []Request{{Kind: Exists, Path: "/"}}); !errors.Is(err, errHungUp) {
		t.Errorf("error is %v", err)
	}
}

// slowConn returns what it reads in small pieces, with a pause before each.
type slowConn struct {
	net.Conn
	piece int
	pause time.Duration
}

func (c *slowConn) Read(p []byte) (int, error) {
	if len(p) > c.piece {
		p = p[:c.piece]
	}
	time.Sleep(c.pause)
	return c.Conn.Read(p)
}

func TestAnAnswerMayTakeLongerThanSilenceMayLast(t *testing.T) {
	server := zktest.Start(t, zktest.WithTickTime(250*time.Millisecond))
	conn := zktest.Connect(t, server.Addr())
	data := bytes.Repeat([]byte("0123456789abcdef"), 50<<10)
	if _, err := conn.Create("/large", data, 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	const timeout = 3 * time.Second
	const pieces = 100 // that take longer than a session lives
	s, lost := beginReading(t, server.Addr(), func(o *readerOptions) {
		o.Timeout = timeout
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return &slowConn{Conn: c, piece: len(data) / pieces, pause: timeout / (pieces - 1)}, err
		}
	})
	requests := []Request{{Kind: GetData, Path: "/large", Room: len(data), Likely: len(data)}}
	if err := s.Read(zktest.Context(t), requests); err != nil || !bytes.Equal(requests[0].Data, data) || lost.Load() != 0 {
		t.Errorf("%d of %d bytes, %d connections were lost, %v", len(requests[0].Data), len(data), lost.Load(), err)
	}
}

func TestACallEndsWithItsContextOrItsSession(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s, _ := beginReading(t, silent.Addr().String(), nil)
	ctx, cancel := context.WithTimeout(zktest.Context(t), 20*time.Millisecond)
	defer cancel()
	if err := s.Read(ctx, []Request{{Kind: Exists, Path: "/"}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Read(zktest.Context(t), []Request{{Kind: Exists, Path: "/"}}) }()
	for s.Waiting() == 0 {
		time.Sleep(time.Millisecond)
	}
	s.Close()
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("error is %v", err)
	}
	if err := s.Read(zktest.Context(t), []Request{{Kind: Exists, Path: "/"}}); !errors.Is(err, ErrClosed) {
		t.Errorf("error after it was closed is %v", err)
	}
}
