// Package replicaserver simulates a Pegasus replica server of 2.5.0 or of the main branch: it sends
// beacons to the meta servers, serves the partitions that the leader assigns to it, records them on
// disk, so that metadata can be rebuilt from it, and turns inactive without a leader. It stores no
// data of users.
package replicaserver

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// Run runs a replica server until ctx ends. It returns an error for a bad configuration and for
// data folders that cannot be read.
func Run(ctx context.Context, configFile string, logger *log.Logger) error {
	cfg, err := readConfig(configFile)
	if err != nil {
		return err
	}
	return run(ctx, &cfg, logger)
}

// server is a replica server.
type server struct {
	cfg      *config
	log      *log.Logger
	client   *rpc.Client
	started  time.Time
	wakeSync chan struct{}

	ctx   context.Context // ends with the server
	abort context.CancelCauseFunc
	wg    sync.WaitGroup

	mu       sync.Mutex // guards all that follows, and the replicas
	replicas map[wire.GPID]*replica
	// detections are the detections of hotkeys that run.
	detections map[detection]bool
	master     master
	synced     bool // a config sync was answered since the leader was found
}

func run(parent context.Context, cfg *config, logger *log.Logger) error {
	s := &server{
		cfg: cfg, log: logger, client: rpc.NewClient(), started: time.Now(),
		wakeSync: make(chan struct{}, 1),
		replicas: make(map[wire.GPID]*replica), detections: make(map[detection]bool),
	}
	for _, d := range cfg.disks {
		list, err := load(d)
		if err != nil {
			return err
		}
		for _, r := range list {
			if other := s.replicas[r.pid]; other != nil {
				return fmt.Errorf("replica %s lies in %s and in %s", r.pid, other.disk.dir, d.dir)
			}
			s.replicas[r.pid] = r
		}
	}
	ln, err := net.Listen("tcp4", cfg.Self.String())
	if err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.Self, err)
	}
	ctx, abort := context.WithCancelCause(parent)
	defer abort(nil)
	s.ctx, s.abort = ctx, abort
	s.master.server = cfg.Metas[rand.IntN(len(cfg.Metas))]
	logger.Printf("replica server %s: answering, %d replicas on disk", cfg.Self, len(s.replicas))

	answering := &rpc.Server{Handlers: s.handlers(), HTTP: s.page, Log: logger}
	s.run(func(ctx context.Context) error { return answering.Serve(ctx, ln) })
	s.run(s.sendBeacons)
	s.run(s.watchLease)
	s.run(s.syncPeriodically)
	s.run(s.checkGroups)
	<-ctx.Done()
	s.client.Close()
	s.wg.Wait()
	if parent.Err() != nil {
		logger.Printf("stopped")
		return nil
	}
	return context.Cause(ctx)
}

// run starts a goroutine that ends with the server; an error of it ends the server.
func (s *server) run(f func(ctx context.Context) error) {
	s.wg.Go(func() {
		if err := f(s.ctx); err != nil && s.ctx.Err() == nil {
			s.abort(err)
		}
	})
}
