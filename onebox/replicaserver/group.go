package replicaserver

import (
	"context"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// onAddLearner makes this server a learner of a partition; the copy of the data is simulated by
// adopting the primary's decree.
func (s *server) onAddLearner(_ context.Context, q *wire.ConfigUpdateRequest) (wire.Message, error) {
	s.mu.Lock()
	if !s.master.connected {
		s.mu.Unlock()
		return &wire.ErrorResponse{Err: wire.ErrInactiveState}, nil
	}
	r := s.replicas[q.Config.PID]
	if r == nil || r.closed {
		r = s.reopen(q.Config.PID, q.Info)
	}
	if q.Config.Ballot < r.ballot || r.status == wire.ReplicaPrimary {
		s.mu.Unlock()
		return &wire.ErrorResponse{Err: wire.ErrInvalidState}, nil
	}
	r.status, r.transient, r.initializing = wire.ReplicaPotentialSecondary, false, false
	r.ballot = q.Config.Ballot
	r.committed, r.prepared = q.Config.LastCommittedDecree, q.Config.LastCommittedDecree
	s.mu.Unlock()
	s.save(r)
	return &wire.ErrorResponse{Err: wire.OK}, nil
}

// onGroupCheck adopts the partition's configuration from the primary.
func (s *server) onGroupCheck(_ context.Context, q *wire.ConfigUpdateRequest) (wire.Message, error) {
	s.mu.Lock()
	r := s.replicas[q.Config.PID]
	if r == nil || r.closed || !s.master.connected || q.Config.Ballot < r.ballot {
		s.mu.Unlock()
		return nil, rpc.ErrNoAnswer
	}
	before := r.report()
	r.apply(q.Config, s.cfg.Self)
	if r.status == wire.ReplicaSecondary {
		r.catchUp(q.Config.LastCommittedDecree)
	}
	after := r.report()
	s.mu.Unlock()
	before.ManualCompactStatus = after.ManualCompactStatus
	if before != after {
		s.save(r)
	}
	return nil, rpc.ErrNoAnswer
}

// checkGroups makes each primary that is new, or has new members, write an empty mutation and
// inform its secondaries, once per interval.
func (s *server) checkGroups(ctx context.Context) error {
	for pause(ctx, s.cfg.groupCheck) == nil {
		var fresh []*replica
		s.mu.Lock()
		for _, r := range s.replicas {
			if r.status == wire.ReplicaPrimary && r.fresh {
				r.fresh = false
				r.prepared++
				r.committed = r.prepared
				fresh = append(fresh, r)
			}
		}
		s.mu.Unlock()
		for _, r := range fresh {
			s.save(r)
			s.mu.Lock()
			members := r.members
			s.mu.Unlock()
			s.tell(r, members, members.Secondaries)
		}
	}
	return nil
}
