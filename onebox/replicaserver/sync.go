package replicaserver

import (
	"context"
	"errors"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
)

const (
	callTimeout = 5 * time.Second
	// syncPause is how long a sync waits if the leader was busy.
	syncPause = 500 * time.Millisecond
	busy      = wire.ErrorCode("ERR_BUSY")
)

var errDisconnected = errors.New("there is no leader")

// syncSoon requests a config sync without waiting for the interval.
func (s *server) syncSoon() {
	select {
	case s.wakeSync <- struct{}{}:
	default: // it is requested already
	}
}

// syncPeriodically reports to the leader what this server stores, and learns from it what it
// serves.
func (s *server) syncPeriodically(ctx context.Context) error {
	ticker := time.NewTicker(s.cfg.ConfigSyncInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-s.wakeSync:
		}
		for s.connected() && !s.syncOnce(ctx) {
			if pause(ctx, syncPause) != nil {
				return nil
			}
		}
	}
}

// syncOnce returns false if it must be repeated soon.
func (s *server) syncOnce(ctx context.Context) bool {
	request := &wire.ConfigSyncRequest{Node: s.cfg.Self, Stored: s.reports()}
	var answer wire.ConfigSyncResponse
	if err := s.callLeader(ctx, wire.RPCConfigSync, request, &answer); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.synced // the first sync after a leader was found is repeated, a later one comes again anyway
	}
	if answer.Err == busy {
		return false
	}
	s.mu.Lock()
	s.synced = true
	s.mu.Unlock()
	if answer.Err != wire.OK {
		if answer.Err != wire.ErrObjectNotFound {
			s.log.Printf("config sync: the leader answers %s", answer.Err)
		}
		return true
	}
	served := make(map[wire.GPID]bool)
	for _, p := range answer.Partitions {
		served[p.Config.PID] = true
		s.syncPartition(p)
	}
	s.closeUnwanted(served, request.Stored)
	for _, garbage := range answer.GC {
		s.mu.Lock()
		r := s.replicas[garbage.PID]
		removable := r != nil && r.closed
		s.mu.Unlock()
		if removable {
			s.log.Printf("replica %s: removed, the leader needs it no more", garbage.PID)
			s.discard(r)
		}
	}
	return true
}

// reports are all stored replicas, closed ones too, in order.
func (s *server) reports() []wire.ReplicaInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]wire.ReplicaInfo, 0, len(s.replicas))
	for _, r := range s.replicas {
		list = append(list, r.report())
	}
	slices.SortFunc(list, func(a, b wire.ReplicaInfo) int { return comparePIDs(a.PID, b.PID) })
	return list
}

func comparePIDs(a, b wire.GPID) int {
	if a.AppID != b.AppID {
		return int(a.AppID) - int(b.AppID)
	}
	return int(a.Index) - int(b.Index)
}

// syncPartition gives a replica the role that the leader reports (Pegasus:
// replica::on_config_sync). A primary knows its role better. One that was the primary when the
// server stopped raises the ballot first.
func (s *server) syncPartition(p wire.ConfigUpdateRequest) {
	s.mu.Lock()
	r := s.replicas[p.Config.PID]
	if r == nil || r.closed {
		s.mu.Unlock()
		s.log.Printf("partition %s: the leader counts on this server, but there is no replica", p.Config.PID)
		s.removeOnLeader(p.Info, p.Config)
		return
	}
	if p.Config.Ballot < r.ballot {
		s.mu.Unlock()
		return
	}
	changed := r.info.Name != p.Info.Name || r.info.MaxReplicaCount != p.Info.MaxReplicaCount
	r.info.Name, r.info.MaxReplicaCount = p.Info.Name, p.Info.MaxReplicaCount
	if r.status == wire.ReplicaPrimary {
		s.mu.Unlock()
		if changed {
			s.save(r)
		}
		return
	}
	if r.initializing && p.Config.Primary == s.cfg.Self && r.status == wire.ReplicaInactive && r.transient {
		s.mu.Unlock()
		s.raiseBallot(r, p.Config)
		return
	}
	r.initializing = false
	changed = r.apply(p.Config, s.cfg.Self) || changed
	useless := r.status == wire.ReplicaInactive && !r.transient // it cannot change its role by itself
	s.mu.Unlock()
	if changed {
		s.save(r)
	}
	if useless {
		s.removeOnLeader(p.Info, p.Config)
	}
}

// raiseBallot makes the primary from before the server's start return with a new ballot, so that
// messages from its earlier run are not mistaken for new ones.
func (s *server) raiseBallot(r *replica, c wire.PartitionConfig) {
	s.run(func(ctx context.Context) error {
		select {
		case r.op <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		defer func() { <-r.op }()
		s.mu.Lock()
		wanted := r.initializing && r.status == wire.ReplicaInactive && !r.closed
		s.mu.Unlock()
		if wanted {
			s.updateOnLeader(ctx, r, wire.ConfigPrimaryForceUpdateBallot, s.cfg.Self, c)
		}
		return nil
	})
}

// closeUnwanted closes the replicas that the leader does not name, inactive ones only after a
// while: they may be needed again. Their files stay. A replica that has changed since it was
// reported is not closed: the answer may be older than the change.
func (s *server) closeUnwanted(served map[wire.GPID]bool, reported []wire.ReplicaInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, was := range reported {
		pid := was.PID
		r := s.replicas[pid]
		if r == nil || r.closed || served[pid] || r.ballot != was.Ballot || r.status != was.Status {
			continue
		}
		if r.status == wire.ReplicaPotentialSecondary || len(r.op) > 0 {
			continue // about to be named
		}
		if r.status == wire.ReplicaInactive && time.Since(r.opened) < s.cfg.closeAfter {
			continue
		}
		s.log.Printf("replica %s: closed, it is not on the leader", pid)
		r.status, r.closed = wire.ReplicaError, true
	}
}

// callLeader calls the meta server that leads.
func (s *server) callLeader(ctx context.Context, rpc string, arg, result wire.Message) error {
	s.mu.Lock()
	to, connected := s.master.server, s.master.connected
	s.mu.Unlock()
	if !connected {
		return errDisconnected
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return s.client.Call(ctx, to, rpc, arg, result)
}

func (s *server) connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.master.connected
}
