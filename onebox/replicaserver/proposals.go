package replicaserver

import (
	"context"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// RPCs between replica servers. Pegasus has requests of its own for them and copies data in many
// steps; here both carry a configuration_update_request, and learning ends at once.
const (
	rpcAddLearner = "RPC_LEARN_ADD_LEARNER"
	rpcGroupCheck = "RPC_GROUP_CHECK"
)

// updatePause is how long a primary waits before it asks the leader again.
const updatePause = time.Second

// onProposal executes what the leader proposes. There is no answer: the result is an update of the
// partition's configuration, which this server asks the leader for.
func (s *server) onProposal(ctx context.Context, q *wire.ConfigUpdateRequest) (wire.Message, error) {
	if !s.connected() {
		return nil, rpc.ErrNoAnswer
	}
	r := s.open(q)
	if r == nil {
		if q.Type == wire.ConfigUpgradeToPrimary {
			s.removeOnLeader(q.Info, q.Config)
		}
		return nil, rpc.ErrNoAnswer
	}
	select {
	case r.op <- struct{}{}:
	case <-ctx.Done(): // another change is running and does not end; the leader proposes again
		return nil, rpc.ErrNoAnswer
	}
	s.run(func(ctx context.Context) error {
		defer func() { <-r.op }()
		s.carryOut(ctx, r, *q)
		return nil
	})
	return nil, rpc.ErrNoAnswer
}

// open returns the replica that a proposal is about. Only the proposal to become primary makes a
// new one, or opens one that was closed.
func (s *server) open(q *wire.ConfigUpdateRequest) *replica {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.replicas[q.Config.PID]
	if r != nil && !r.closed {
		return r
	}
	if q.Type != wire.ConfigAssignPrimary {
		return nil
	}
	return s.reopen(q.Config.PID, q.Info)
}

// reopen opens a closed replica, or makes a new one. The lock is held.
func (s *server) reopen(pid wire.GPID, info wire.AppInfo) *replica {
	r := s.replicas[pid]
	if r == nil {
		r = newReplica(pid, s.emptiestDisk(pid.AppID), info)
		s.replicas[pid] = r
		return r
	}
	r.closed, r.status, r.transient, r.opened = false, wire.ReplicaInactive, false, time.Now()
	return r
}

// carryOut executes a proposal, if it still makes sense (Pegasus: replica::on_config_proposal).
func (s *server) carryOut(ctx context.Context, r *replica, q wire.ConfigUpdateRequest) {
	self := s.cfg.Self
	s.mu.Lock()
	if q.Config.Ballot < r.ballot {
		s.mu.Unlock()
		return
	}
	if q.Config.Ballot > r.ballot {
		r.apply(q.Config, self)
	}
	status, ballot := r.status, r.ballot
	s.mu.Unlock()
	c := q.Config
	c.Secondaries = slices.Clone(c.Secondaries)
	leads := status == wire.ReplicaPrimary && c.Ballot == ballot
	switch q.Type {
	case wire.ConfigAssignPrimary, wire.ConfigUpgradeToPrimary:
		if q.Node != self || status == wire.ReplicaPrimary || q.Type == wire.ConfigUpgradeToPrimary && status != wire.ReplicaSecondary {
			return
		}
		c.Primary = self
		c.Secondaries = without(c.Secondaries, self)
	case wire.ConfigAddSecondary, wire.ConfigAddSecondaryForLB:
		if !leads || roleOf(c, q.Node) != wire.ReplicaInactive || !s.teach(ctx, r, q) {
			return
		}
		c.Secondaries = append(c.Secondaries, q.Node)
		q.Type = wire.ConfigUpgradeToSecondary
	case wire.ConfigDowngradeToSecondary:
		if !leads || q.Node != self {
			return
		}
		c.Primary = 0
		c.Secondaries = append(c.Secondaries, self)
	case wire.ConfigDowngradeToInactive, wire.ConfigRemove:
		if !leads || roleOf(c, q.Node) == wire.ReplicaInactive {
			return
		}
		if q.Node == self {
			c.Primary = 0
		}
		c.Secondaries = without(c.Secondaries, q.Node)
	default:
		s.log.Printf("replica %s: proposal of type %d ignored", r.pid, q.Type)
		return
	}
	s.updateOnLeader(ctx, r, q.Type, q.Node, c)
}

func without(list []wire.Address, a wire.Address) []wire.Address {
	return slices.DeleteFunc(list, func(x wire.Address) bool { return x == a })
}

// teach makes another server a learner of this primary's partition and reports whether it
// succeeded.
func (s *server) teach(ctx context.Context, r *replica, q wire.ConfigUpdateRequest) bool {
	s.mu.Lock()
	request := &wire.ConfigUpdateRequest{Info: r.info, Config: q.Config, Type: q.Type, Node: q.Node}
	request.Config.LastCommittedDecree = r.committed
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var answer wire.ErrorResponse
	err := s.client.Call(ctx, q.Node, rpcAddLearner, request, &answer)
	if err != nil || answer.Err != wire.OK {
		s.log.Printf("replica %s: %s does not learn: %s %v", r.pid, q.Node, answer.Err, err)
		return false
	}
	return true
}

// updateOnLeader asks the leader to put a new configuration in force, repeatedly until it has a
// final answer, and adopts the configuration that is then in force.
func (s *server) updateOnLeader(ctx context.Context, r *replica, kind wire.ConfigType, node wire.Address, c wire.PartitionConfig) {
	s.mu.Lock()
	if r.status == wire.ReplicaInactive {
		r.transient = true // the leader's answer may make it the primary
	}
	c.Ballot++
	c.LastCommittedDecree = r.committed
	request := &wire.ConfigUpdateRequest{Info: r.info, Config: c, Type: kind, Node: node}
	s.mu.Unlock()
	for s.connected() {
		var answer wire.ConfigUpdateResponse
		err := s.callLeader(ctx, wire.RPCUpdateConfig, request, &answer)
		if err == nil && (answer.Err == wire.OK || answer.Err == wire.ErrInvalidVersion) {
			s.takeOver(r, kind, node, answer)
			return
		}
		if pause(ctx, updatePause) != nil {
			return
		}
	}
}

// takeOver adopts the leader's answer to an update, and sends it to the other members of the
// partition.
func (s *server) takeOver(r *replica, kind wire.ConfigType, node wire.Address, answer wire.ConfigUpdateResponse) {
	s.mu.Lock()
	if answer.Err == wire.OK && kind == wire.ConfigPrimaryForceUpdateBallot {
		r.initializing = false
	}
	changed := r.apply(answer.Config, s.cfg.Self)
	others := slices.Clone(answer.Config.Secondaries)
	s.mu.Unlock()
	if changed {
		s.log.Printf("replica %s: ballot %d, %s", r.pid, answer.Config.Ballot, statusNames[roleOf(answer.Config, s.cfg.Self)])
		s.save(r)
	}
	if answer.Err == wire.OK && kind == wire.ConfigRemove {
		others = append(others, node)
	}
	s.tell(r, answer.Config, others)
}

// tell sends the partition's configuration to its other servers; one that misses it learns it from
// the leader.
func (s *server) tell(r *replica, c wire.PartitionConfig, others []wire.Address) {
	s.mu.Lock()
	request := &wire.ConfigUpdateRequest{Info: r.info, Config: c}
	request.Config.LastCommittedDecree = r.committed
	s.mu.Unlock()
	for _, a := range others {
		if a == s.cfg.Self {
			continue
		}
		s.run(func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, callTimeout)
			defer cancel()
			if err := s.client.Send(ctx, a, rpcGroupCheck, request); err != nil && s.ctx.Err() == nil {
				s.log.Printf("replica %s: %v", r.pid, err)
			}
			return nil
		})
	}
}

// removeOnLeader asks the leader once to take this server out of a partition that it has no replica
// of.
func (s *server) removeOnLeader(info wire.AppInfo, c wire.PartitionConfig) {
	if roleOf(c, s.cfg.Self) == wire.ReplicaInactive {
		return
	}
	c.Ballot++
	if c.Primary == s.cfg.Self {
		c.Primary = 0
	}
	c.Secondaries = without(slices.Clone(c.Secondaries), s.cfg.Self)
	request := &wire.ConfigUpdateRequest{Info: info, Config: c, Type: wire.ConfigDowngradeToInactive, Node: s.cfg.Self}
	s.run(func(ctx context.Context) error {
		if err := s.callLeader(ctx, wire.RPCUpdateConfig, request, new(wire.ConfigUpdateResponse)); err != nil {
			s.log.Printf("partition %s: ask the leader to remove this server: %v", c.PID, err)
		}
		return nil
	})
}
