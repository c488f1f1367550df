// Package rpc is the protocol of the simulated Pegasus servers: a server that passes each request
// frame to the handler of its RPC, a client for the calls from server to server, and the remote
// commands that every Pegasus server answers.
package rpc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
)

// Handler executes one request. It returns the answer, ErrNoAnswer for an RPC that goes unanswered,
// or any other error when the argument could not be read: then the connection is closed, as rDSN
// does.
//
// The context ends when the server stops, and when the client's own timeout has passed: a client
// that has stopped waiting must not hold resources.
type Handler func(ctx context.Context, q *wire.Request) (wire.Message, error)

// ErrNoAnswer makes the server send nothing back.
var ErrNoAnswer = errors.New("no answer is sent")

// Bounds of what a client may request.
const (
	maxRequest     = 16 << 20         // bytes; the largest honest request is a config sync of 100,000 replicas
	maxInFlight    = 256              // requests of one connection that are being executed
	maxHandlerTime = 10 * time.Minute // when the client states no timeout
	writeTimeout   = 30 * time.Second
)

// Handle returns a Handler that calls a function with the decoded argument.
func Handle[Q any, P interface {
	*Q
	wire.Message
}](serve func(ctx context.Context, arg P) (wire.Message, error)) Handler {
	return func(ctx context.Context, q *wire.Request) (wire.Message, error) {
		arg := P(new(Q))
		if err := q.Decode(arg); err != nil {
			return nil, err
		}
		return serve(ctx, arg)
	}
}

// Server answers requests on a listener. Handlers maps an RPC's name to its handler; an RPC that is
// not in it is answered with the frame error ERR_HANDLER_NOT_FOUND.
type Server struct {
	Handlers map[string]Handler
	// HTTP answers HTTP requests, which come to the same port: the first bytes of a connection
	// distinguish them. Without it such a connection is closed.
	HTTP HTTPHandler
	Log  *log.Logger

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	wg    sync.WaitGroup
}

// Serve answers until ctx ends, then closes listener and connections and waits for the running
// handlers.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	s.conns = make(map[net.Conn]struct{})
	stop := context.AfterFunc(ctx, func() {
		ln.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for c := range s.conns {
			c.Close()
		}
	})
	defer stop()
	defer s.wg.Wait()
	for {
		c, err := ln.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("serve %s: %w", ln.Addr(), err)
		case err != nil: // out of file descriptors, or a client that has disconnected again: neither lasts
			s.Log.Printf("accept on %s: %v", ln.Addr(), err)
			if !sleep(ctx, 100*time.Millisecond) {
				return nil
			}
			continue
		}
		s.mu.Lock()
		s.conns[c] = struct{}{}
		s.mu.Unlock()
		if ctx.Err() != nil {
			c.Close() // the stop above may have missed this connection
		}
		s.wg.Go(func() {
			s.converse(ctx, c)
			s.mu.Lock()
			delete(s.conns, c)
			s.mu.Unlock()
			c.Close()
		})
	}
}

// converse reads a connection's requests and executes each in its own goroutine, so that a slow one
// delays no other. It returns when the connection ends; handlers may then still be running.
func (s *Server) converse(ctx context.Context, c net.Conn) {
	in := bufio.NewReader(c)
	if s.HTTP != nil && speaksHTTP(in) {
		s.browse(ctx, c, in)
		return
	}
	var writing sync.Mutex
	slots := make(chan struct{}, maxInFlight)
	for {
		q, err := wire.ReadRequest(in, maxRequest)
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && ctx.Err() == nil {
				s.Log.Printf("connection from %s closed: %v", c.RemoteAddr(), err)
			}
			return
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		s.wg.Go(func() {
			defer func() { <-slots }()
			frame, err := s.answer(ctx, q)
			if err != nil {
				s.Log.Printf("connection from %s closed: %v", c.RemoteAddr(), err)
				c.Close()
				return
			}
			if frame == nil {
				return
			}
			writing.Lock()
			defer writing.Unlock()
			c.SetWriteDeadline(time.Now().Add(writeTimeout))
			if _, err := c.Write(frame); err != nil {
				c.Close() // the reader reports it
			}
		})
	}
}

func (s *Server) answer(ctx context.Context, q *wire.Request) ([]byte, error) {
	handler, known := s.Handlers[q.RPC]
	if !known {
		return wire.EncodeResponse(wire.ErrHandlerNotFound, q.RPC, q.SeqID, nil)
	}
	limit := maxHandlerTime
	if q.TimeoutMS > 0 {
		limit = min(limit, time.Duration(q.TimeoutMS)*time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	result, err := handler(ctx, q)
	switch {
	case errors.Is(err, ErrNoAnswer):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return wire.EncodeResponse(wire.OK, q.RPC, q.SeqID, result)
}

// sleep waits and reports whether the time passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
