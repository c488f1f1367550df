// Package zkserver runs real Apache ZooKeeper servers from Debian's packages, on the loopback
// address, for tests and for the onebox.
package zkserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"pegashell/internal/freeport"
)

// startAttempts bounds how often other ports are picked when another process took the first ones.
const startAttempts = 5

// Server is one server process, standalone or a member of an ensemble. Its methods may be called
// from several goroutines.
type Server struct {
	config Config

	mu   sync.Mutex // held while the process is started or stopped
	proc *process   // nil before the first start
}

// Start runs a server and returns once it serves clients. ctx bounds the waiting only: the process
// lives until Stop or Kill, or until this program ends. The server's output goes to zookeeper.log
// in its folder, and the error of a failed start ends with the tail of it. A member of an ensemble
// does not serve without a quorum: StartEnsemble starts all of them.
func Start(ctx context.Context, c Config) (*Server, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("start ZooKeeper: %w", err)
	}
	c.Dir = dir
	pick, pickTLS := c.ClientPort == 0, c.TLS != nil && c.TLS.Port == 0
	for attempt := 1; ; attempt++ {
		if pick || pickTLS {
			ports, err := freeport.Pick(2)
			if err != nil {
				return nil, fmt.Errorf("start ZooKeeper in %s: %w", c.Dir, err)
			}
			if pick {
				c.ClientPort = ports[0]
			}
			if pickTLS {
				c = c.withTLSPort(ports[1])
			}
		}
		s := &Server{config: c}
		err := s.Restart(ctx)
		if err == nil {
			return s, nil
		}
		if !(pick || pickTLS) || attempt == startAttempts || ctx.Err() != nil || !portTaken(c) {
			return nil, err
		}
	}
}

// Restart starts the server again with the same data and the same ports; one that still runs is
// stopped before. When it fails, the server is stopped.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc != nil {
		s.proc.stop(ctx)
	}
	if err := s.launch(); err != nil {
		return fmt.Errorf("start ZooKeeper on %s: %w", s.Addr(), err)
	}
	if err := s.proc.waitServing(ctx, s.config); err != nil {
		s.proc.kill()
		return fmt.Errorf("start ZooKeeper on %s in %s: %w", s.Addr(), s.Dir(), err)
	}
	return nil
}

// launch starts the process without waiting until it serves. The log starts empty, so that an old
// failure in it is not mistaken for a new one.
func (s *Server) launch() error {
	cmd, err := Command(s.config)
	if err != nil {
		return err
	}
	log, err := os.Create(s.config.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	proc, err := launch(cmd)
	if err != nil {
		return err
	}
	s.proc = proc
	return nil
}

// Addr returns the address for clients, 127.0.0.1:PORT. It stays the same after restarts.
func (s *Server) Addr() string { return s.config.Addr() }

// TLSAddr returns the address for clients that speak TLS, localhost:PORT for their sake who compare
// it with a certificate; empty for a server without TLS.
func (s *Server) TLSAddr() string {
	if s.config.TLS == nil {
		return ""
	}
	return fmt.Sprintf("localhost:%d", s.config.TLS.Port)
}

// Dir returns the server's folder.
func (s *Server) Dir() string { return s.config.Dir }

// Pid returns the process id of the last start.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil {
		return 0
	}
	return s.proc.pid
}

// Running reports whether the process exists.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running()
}

func (s *Server) running() bool {
	if s.proc == nil {
		return false
	}
	select {
	case <-s.proc.done:
		return false
	default:
		return true
	}
}

// Stop ends the process with SIGTERM, or with SIGKILL when ctx ends before it has gone, and returns
// when it is gone. It does nothing if the server does not run.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil {
		return nil
	}
	s.proc.stop(ctx)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stop ZooKeeper on %s: killed it: %w", s.Addr(), err)
	}
	return nil
}

// Kill ends the process with SIGKILL, as a crash would, and returns when it is gone.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc != nil {
		s.proc.kill()
	}
}

// Ensemble is several servers that keep the same tree.
type Ensemble struct {
	Servers []*Server
}

// StartEnsemble runs n servers as one ensemble, each in a folder of its number below c.Dir, and
// returns once all of them serve. The ports and the ID in c are not used.
func StartEnsemble(ctx context.Context, c Config, n int) (*Ensemble, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("start an ensemble: %w", err)
	}
	c.Dir = dir
	for attempt := 1; ; attempt++ {
		e, err := newEnsemble(c, n)
		if err != nil {
			return nil, fmt.Errorf("start an ensemble of %d in %s: %w", n, c.Dir, err)
		}
		if err = e.Restart(ctx); err == nil {
			return e, nil
		}
		taken := false
		for _, s := range e.Servers {
			taken = taken || portTaken(s.config)
		}
		if !taken || attempt == startAttempts || ctx.Err() != nil {
			return nil, err
		}
	}
}

func newEnsemble(c Config, n int) (*Ensemble, error) {
	const each = 4
	ports, err := freeport.Pick(each * n)
	if err != nil {
		return nil, err
	}
	c.Peers = nil
	for i := range n {
		c.Peers = append(c.Peers, Peer{ID: i + 1, QuorumPort: ports[each*i+1], ElectionPort: ports[each*i+2]})
	}
	e := &Ensemble{}
	for i := range n {
		member := c.withTLSPort(ports[each*i+3])
		member.ID = i + 1
		member.ClientPort = ports[each*i]
		member.Dir = filepath.Join(c.Dir, fmt.Sprint(i+1))
		e.Servers = append(e.Servers, &Server{config: member})
	}
	return e, nil
}

// Restart starts every member that does not run and returns once all of them serve. When it fails,
// all are killed.
func (e *Ensemble) Restart(ctx context.Context) error {
	err := e.restart(ctx)
	if err != nil {
		for _, s := range e.Servers {
			s.Kill()
		}
	}
	return err
}

func (e *Ensemble) restart(ctx context.Context) error {
	for _, s := range e.Servers {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.running() {
			continue
		}
		if err := s.launch(); err != nil {
			return fmt.Errorf("start ZooKeeper on %s: %w", s.Addr(), err)
		}
	}
	for _, s := range e.Servers {
		if err := s.proc.waitServing(ctx, s.config); err != nil {
			return fmt.Errorf("start ZooKeeper on %s in %s: %w", s.Addr(), s.Dir(), err)
		}
	}
	return nil
}

// Addrs returns the addresses of all members for clients.
func (e *Ensemble) Addrs() []string {
	var addrs []string
	for _, s := range e.Servers {
		addrs = append(addrs, s.Addr())
	}
	return addrs
}

// Stop stops every member as Server.Stop does.
func (e *Ensemble) Stop(ctx context.Context) error {
	var errs []error
	for _, s := range e.Servers {
		errs = append(errs, s.Stop(ctx))
	}
	return errors.Join(errs...)
}
