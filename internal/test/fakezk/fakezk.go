// Package fakezk gives tests a ZooKeeper server that answers as a test scripts it: with old answers, with none, with
// codes and owners that real servers show rarely.
package fakezk

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Login is what becomes of a connection.
type Login int

// Kinds of logins.
const (
	// Accept opens a session.
	Accept Login = iota
	// HangUp closes the connection once a session was asked for.
	HangUp
	// Ignore answers nothing.
	Ignore
)

// Script says how a server behaves. The zero value is an empty tree on a server that accepts everybody.
type Script struct {
	// Login decides on each connection; open is how many have a session already. Nil accepts all.
	Login func(open int) Login
	// Answer answers each request but pings; nil is Server.Usual.
	Answer func(s *Server, r Request) Answer
	// Timeout is what is granted of the session timeout that a client asks for; nil grants it.
	Timeout func(asked time.Duration) time.Duration
	// Early is how many requests are answered before the opening of the session that they came with.
	Early int
	// NoReading leaves everything that follows the opening of a session on the wire.
	NoReading bool
	// Znodes are the tree, by path.
	Znodes map[string]Znode
}

// Request is what a client sent.
type Request struct {
	Xid, Op int32
	// Path is that of the znode, empty for requests with several.
	Path string
	// Body is what follows the header.
	Body []byte
}

// Answer is what a client gets. The zero value is an answer without a body.
type Answer struct {
	// Zxid is the server's where it is 0.
	Zxid int64
	Code int32
	Body []byte
	// Drop leaves the request without an answer, HangUp closes the connection after the answer, or instead of it
	// when both are set.
	Drop, HangUp bool
	// Raw is sent instead of a packet, if there is any.
	Raw []byte
}

// Server is a running one.
type Server struct {
	script   Script
	listener net.Listener
	zxid     atomic.Int64
	logins   atomic.Int64
	open     atomic.Int64
	closing  chan struct{}
	owner    sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
	tree  map[string]Znode
}

// Start runs a server until the test ends. Its first zxid is 1.
func Start(t testing.TB, script Script) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{script: script, listener: l, closing: make(chan struct{}), conns: map[net.Conn]bool{}, tree: map[string]Znode{"/": {}}}
	for path, znode := range script.Znodes {
		s.tree[path] = znode
	}
	s.zxid.Store(1)
	s.owner.Go(s.accept)
	t.Cleanup(s.stop)
	return s
}

// Addr is HOST:PORT.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Zxid is the server's last transaction.
func (s *Server) Zxid() int64 { return s.zxid.Load() }

// SetZxid sets what later answers have.
func (s *Server) SetZxid(zxid int64) { s.zxid.Store(zxid) }

// Logins is how many connections asked for a session.
func (s *Server) Logins() int { return int(s.logins.Load()) }

// HangUp closes all connections.
func (s *Server) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		conn.Close()
	}
}

func (s *Server) stop() {
	close(s.closing)
	s.listener.Close()
	s.HangUp()
	s.owner.Wait()
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.owner.Go(func() {
			defer func() {
				conn.Close()
				s.mu.Lock()
				delete(s.conns, conn)
				s.mu.Unlock()
			}()
			s.serve(conn)
		})
		select {
		case <-s.closing:
			conn.Close()
		default:
		}
	}
}

// serve carries on one connection.
func (s *Server) serve(conn net.Conn) {
	r := bufio.NewReader(conn)
	hello, err := readFrame(r)
	if err != nil || len(hello) < 16 {
		return
	}
	s.logins.Add(1)
	open := s.open.Add(1)
	closed := sync.OnceFunc(func() { s.open.Add(-1) })
	defer closed()
	login := Accept
	if s.script.Login != nil {
		login = s.script.Login(int(open) - 1)
	}
	switch login {
	case HangUp:
		return
	case Ignore:
		io.Copy(io.Discard, r)
		return
	}
	for range s.script.Early {
		packet, err := readFrame(r)
		if err != nil || len(packet) < 8 || s.answer(conn, packet) != nil {
			return
		}
	}
	timeout := time.Duration(int32(binary.BigEndian.Uint32(hello[12:]))) * time.Millisecond
	if s.script.Timeout != nil {
		timeout = s.script.Timeout(timeout)
	}
	body := appendInt(nil, 0)
	body = appendInt(body, int32(timeout.Milliseconds()))
	body = binary.BigEndian.AppendUint64(body, uint64(0x100+open))
	body = appendBytes(body, make([]byte, 16))
	if _, err := conn.Write(frame(append(body, 0))); err != nil {
		return
	}
	if s.script.NoReading {
		<-s.closing
		return
	}
	for {
		packet, err := readFrame(r)
		if err != nil || len(packet) < 8 {
			return
		}
		if int32(binary.BigEndian.Uint32(packet[4:])) == OpClose {
			closed() // before the answer, as real servers do: the client may count on it
		}
		if err := s.answer(conn, packet); err != nil {
			return
		}
	}
}

// errHungUp ends a connection.
var errHungUp = errors.New("the script hangs up")

func (s *Server) answer(conn net.Conn, packet []byte) error {
	r := Request{Xid: int32(binary.BigEndian.Uint32(packet)), Op: int32(binary.BigEndian.Uint32(packet[4:])), Body: packet[8:]}
	var a Answer
	switch {
	case r.Op == OpPing:
	case r.Op == OpClose:
		a.HangUp = true
	default:
		r.Path = pathOf(r)
		if s.script.Answer != nil {
			a = s.script.Answer(s, r)
		} else {
			a = s.Usual(r)
		}
	}
	if !a.Drop {
		raw := a.Raw
		if raw == nil {
			raw = s.packet(r.Xid, a)
		}
		if _, err := conn.Write(raw); err != nil {
			return err
		}
	}
	if a.HangUp {
		return errHungUp
	}
	return nil
}

// packet is an answer as it crosses the wire.
func (s *Server) packet(xid int32, a Answer) []byte {
	zxid := a.Zxid
	if zxid == 0 {
		zxid = s.Zxid()
	}
	b := binary.BigEndian.AppendUint64(appendInt(nil, xid), uint64(zxid))
	return frame(append(appendInt(b, a.Code), a.Body...))
}

func readFrame(r *bufio.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	const most = 16 << 20
	n := binary.BigEndian.Uint32(head[:])
	if n > most {
		return nil, errors.New("a packet that is too long")
	}
	body := make([]byte, n)
	_, err := io.ReadFull(r, body)
	return body, err
}

func frame(body []byte) []byte { return append(appendInt(nil, int32(len(body))), body...) }

func appendInt(b []byte, v int32) []byte { return binary.BigEndian.AppendUint32(b, uint32(v)) }

func appendBytes(b, data []byte) []byte {
	if data == nil {
		return appendInt(b, -1)
	}
	return append(appendInt(b, int32(len(data))), data...)
}
