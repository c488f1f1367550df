package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// state is whether a session has a server.
type state struct {
	connected atomic.Bool
	had       atomic.Bool  // it was connected once
	lostAt    atomic.Int64 // when it lost its last server, in nanoseconds since 1970
}

func (s *state) found() {
	s.connected.Store(true)
	s.had.Store(true)
}

// lost reports whether there was a server to lose.
func (s *state) lost() bool {
	if !s.connected.Load() {
		return false
	}
	s.lostAt.Store(time.Now().UnixNano())
	s.connected.Store(false)
	return true
}

// Connect opens the connection if there is none.
func (s *reader) Connect(ctx context.Context) error { return s.carryOut(ctx, nil) }

// run connects whenever there is something to send.
func (s *reader) run() {
	for s.wanted() {
		conn, err := s.connect()
		if err == nil {
			err = s.use(conn)
		}
		s.failAll(err)
	}
	s.failAll(ErrClosed)
}

// wanted waits for calls; it returns false when the session was closed.
func (s *reader) wanted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.calls) == 0 && !s.closed {
		s.wake.Wait()
	}
	return !s.closed
}

// connect opens a connection and a session, on the first server that lets it.
// Where there are several, those that are slow to answer are tried once more.
func (s *reader) connect() (*connection, error) {
	s.mu.Lock()
	servers := s.o.Abilities.order(s.o.Servers, s.server)
	s.mu.Unlock()
	patience := []time.Duration{firstTry, dialPatience}
	if len(servers) == 1 {
		patience = patience[1:]
	}
	denied := false
	for _, each := range patience {
		var slow []int
		for _, at := range servers {
			conn, err := s.try(at, each)
			var final *AuthError
			switch {
			case err == nil:
				s.refusals.Store(0)
				return conn, nil
			case errors.As(err, &final):
				return nil, err
			case s.ctx.Err() != nil:
				return nil, ErrClosed
			case isTimeout(err):
				slow = append(slow, at)
			case hungUp(err):
				denied = true
			}
		}
		servers = slow
	}
	if denied {
		s.noteRefusal()
	}
	return nil, fmt.Errorf("%w: %w", ErrConnectionLost, s.causes.of(s.o.Servers))
}

// try opens a session on one server.
func (s *reader) try(at int, patience time.Duration) (*connection, error) {
	server := s.o.Servers[at]
	conn, err := openConnection(s.ctx, server, patience, &s.o)
	if err == nil {
		s.o.Abilities.noteAnswer(server)
		s.mu.Lock()
		s.server = at
		s.mu.Unlock()
		return conn, nil
	}
	if s.ctx.Err() == nil {
		s.causes.note(server, err)
		if isTimeout(err) {
			s.o.Abilities.noteSilent(server)
		}
	}
	return nil, err
}

// noteRefusal counts that the servers close the connections of this session alone.
func (s *reader) noteRefusal() {
	if s.o.Others == nil || !s.o.Others() {
		s.refusals.Store(0)
		return
	}
	if s.refusals.Add(1) >= refusalsUntilHopeless {
		s.refused.Store(true)
	}
}

// retire closes the connection; the session is done without from now on.
func (s *reader) retire() {
	s.refused.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
	}
}

// use sends and receives until the connection breaks or the session is closed.
func (s *reader) use(conn *connection) error {
	s.mu.Lock()
	s.ended, s.probed, s.pings, s.conn = false, false, 0, conn
	s.mu.Unlock()
	s.found()
	// A server that stops reading must not delay the end of the session.
	stop := context.AfterFunc(s.ctx, func() { conn.SetWriteDeadline(time.Now().Add(farewell)) })
	defer stop()
	var sending sync.WaitGroup
	sending.Go(func() { s.send(conn) })
	err := s.receive(conn)
	s.mu.Lock()
	s.ended, s.conn = true, nil
	s.server++ // another server may be better
	if s.multiReads == 0 && !s.closed {
		s.suspectMultiRead()
	}
	closed := s.closed
	s.wake.Broadcast()
	s.mu.Unlock()
	conn.Close()
	sending.Wait()
	if s.lost(); !closed && !s.refused.Load() {
		s.o.Lost()
	}
	s.causes.note(conn.server, err)
	var final *AuthRequiredError
	if errors.As(err, &final) {
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrConnectionLost, conn.server, err)
}
