package replicaserver

import (
	"context"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
)

// master is what this server knows of its leader (Pegasus:
// slave_failure_detector_with_multimaster). The server's lock guards it.
type master struct {
	server    wire.Address // where beacons go: the leader, or a server that may know it
	acked     time.Time    // when the last beacon was sent that the leader answered
	connected bool         // the lease is valid
}

// namedPause limits how often two followers that name each other are asked.
const namedPause = 20 * time.Millisecond

// sendBeacons sends a beacon once per interval: to the leader once it is found, and until then to
// one meta server after the other.
func (s *server) sendBeacons(ctx context.Context) error {
	for {
		started := time.Now()
		wait := s.cfg.BeaconInterval
		if s.sendBeacon(ctx) {
			wait = namedPause // another server was named: it is asked at once
		}
		if pause(ctx, wait-time.Since(started)) != nil {
			return nil
		}
	}
}

// sendBeacon reports whether the next beacon must follow at once.
func (s *server) sendBeacon(ctx context.Context) (again bool) {
	s.mu.Lock()
	to := s.master.server
	s.mu.Unlock()
	sent := time.Now()
	start := s.started.UnixMilli()
	var answer wire.BeaconResponse
	// The timeout is shorter than the interval, so that another meta server is asked in time.
	limited, cancel := context.WithTimeout(ctx, s.cfg.BeaconInterval*2/3)
	defer cancel()
	err := s.client.Call(limited, to, wire.RPCBeacon,
		&wire.BeaconRequest{Time: sent.UnixMilli(), From: s.cfg.Self, To: to, StartTime: &start}, &answer)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case ctx.Err() != nil:
	case err != nil, !answer.IsMaster && !answer.Primary.Valid():
		s.master.server = s.nextMeta(to)
	case !answer.IsMaster:
		s.master.server = answer.Primary
		return answer.Primary != to
	case answer.Allowed:
		s.master.acked = sent
		if !s.master.connected {
			s.master.connected = true
			s.log.Printf("meta server %s leads: connected", to)
			s.syncSoon()
		}
	}
	return false
}

// nextMeta returns the meta server after a in the list.
func (s *server) nextMeta(a wire.Address) wire.Address {
	return s.cfg.Metas[(slices.Index(s.cfg.Metas, a)+1)%len(s.cfg.Metas)]
}

// watchLease gives up all replicas when no beacon was answered for the lease period.
func (s *server) watchLease(ctx context.Context) error {
	for pause(ctx, s.cfg.CheckInterval) == nil {
		s.mu.Lock()
		// The next check may come too late, so the lease ends before it.
		if s.master.connected && time.Since(s.master.acked)+s.cfg.CheckInterval > s.cfg.Lease {
			s.master.connected, s.synced = false, false
			for _, r := range s.replicas {
				r.deactivate()
			}
			s.log.Printf("no leader for %v: INACTIVE, %d replicas given up", time.Since(s.master.acked).Round(time.Millisecond), len(s.replicas))
		}
		s.mu.Unlock()
	}
	return nil
}

// pause waits, not at all for a negative time, and returns the context's error if it ends before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(max(0, d))
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
