// Package metaserver simulates a Pegasus meta server of 2.5.0 or of the main branch: it elects a
// leader through ZooKeeper, keeps the cluster's metadata there in Pegasus's layout, speaks
// Pegasus's protocol, and answers, refuses and aborts where the real server does.
package metaserver

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"sync/atomic"
	"time"

	"pegashell/onebox/rpc"
)

// Run runs a meta server until ctx ends, and then releases its lock at once. It returns an error
// where a Pegasus meta server would abort or exit: on a bad configuration, a tree that it must not
// change, or a lost session.
func Run(ctx context.Context, configFile string, logger *log.Logger) error {
	cfg, err := readConfig(configFile)
	if err != nil {
		return err
	}
	return run(ctx, &cfg, logger)
}

// server is a meta server, follower or leader.
type server struct {
	cfg            *config
	log            *log.Logger
	started        time.Time
	abort          context.CancelCauseFunc // ends this server as an abort does
	election       *election
	commands       *rpc.Commands
	livePercentage atomic.Int64
	leader         atomic.Pointer[leader] // nil while this server does not lead
}

func run(parent context.Context, cfg *config, logger *log.Logger) error {
	ln, err := net.Listen("tcp4", cfg.Self.String())
	if err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.Self, err)
	}
	ctx, abort := context.WithCancelCause(parent)
	defer abort(nil)
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	sess, err := openSession(ctx, cfg.zk, cfg.sessionTimeout, logger)
	if err != nil {
		ln.Close()
		return err
	}
	started := time.Now()
	s := &server{cfg: cfg, log: logger, started: started, commands: rpc.NewCommands(started, cfg.Release, cfg.Dump), abort: abort}
	s.livePercentage.Store(int64(cfg.livePercentage))
	s.addCommands()
	s.commands.Add(s.figures().Commands()...)
	s.election = newElection(sess, cfg.lockRoot, cfg.Self, logger)
	g := &group{ctx: ctx, abort: abort}
	client := rpc.NewClient()
	g.run(func(ctx context.Context) error { return s.rule(ctx, g, sess, client, ln) })
	g.run(func(ctx context.Context) error {
		select {
		case <-sess.expired:
			return errSessionExpired
		case <-ctx.Done():
			return nil
		}
	})
	<-ctx.Done()
	ln.Close()
	client.Close()
	if parent.Err() != nil {
		sess.close()
		g.wg.Wait()
		logger.Printf("stopped")
		return nil
	}
	sess.abandon()
	g.wg.Wait()
	return context.Cause(ctx)
}

// rule runs a meta server: it prepares the tree's roots, answers as a follower, waits for the lock
// and leads.
func (s *server) rule(ctx context.Context, g *group, sess *session, client *rpc.Client, ln net.Listener) error {
	st := &store{session: sess, root: s.cfg.clusterRoot, release: s.cfg.Release}
	for _, root := range []string{s.cfg.clusterRoot, s.cfg.lockRoot} {
		if err := st.ensurePath(ctx, root); err != nil {
			return err
		}
	}
	answering := &rpc.Server{Handlers: s.handlers(), HTTP: s.page, Log: s.log}
	g.run(func(ctx context.Context) error { return answering.Serve(ctx, ln) })
	s.log.Printf("meta server %s: answering, ZooKeeper root %s, lock root %s", s.cfg.Self, s.cfg.clusterRoot, s.cfg.lockRoot)

	own, err := s.election.acquire(ctx)
	if err != nil {
		return err
	}
	g.run(func(ctx context.Context) error { return s.election.keep(ctx, own) })
	l := newLeader(s.cfg, s.log, st, client, g)
	l.percentage = int(s.livePercentage.Load())
	l.addCommands(s.commands)
	s.leader.Store(l)
	g.run(l.watchBeacons)
	if err := l.takeOver(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("take over %s: %w", s.cfg.clusterRoot, err)
	}
	return nil
}
