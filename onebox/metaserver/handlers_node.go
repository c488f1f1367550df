package metaserver

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// onBeacon answers a replica server's sign of life; a follower names the leader that it knows.
func (s *server) onBeacon(_ context.Context, b *wire.BeaconRequest) (wire.Message, error) {
	if !b.From.Valid() {
		return nil, rpc.ErrNoAnswer
	}
	answer := &wire.BeaconResponse{Time: b.Time, This: b.To, Allowed: true}
	l := s.leader.Load()
	if l == nil {
		answer.Primary = s.election.leader()
		return answer, nil
	}
	if !l.beacon(b, time.Now()) {
		return nil, rpc.ErrNoAnswer
	}
	answer.Primary, answer.IsMaster = b.To, true
	return answer, nil
}

// configSync tells a replica server what it serves, and records what it stores. A partition that
// the leader does not know ends the leader: its metadata cannot be right.
func (l *leader) configSync(_ context.Context, q *wire.ConfigSyncRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.nodes[q.Node]
	answer := &wire.ConfigSyncResponse{Err: wire.OK}
	if n == nil {
		answer.Err = wire.ErrObjectNotFound
	} else {
		for _, pid := range sortedPIDs(n.partitions.set) {
			t, p := l.partition(pid)
			if p.update != nil && (p.update.node == q.Node || p.update.kind == wire.ConfigInvalid) {
				return &wire.ConfigSyncResponse{Err: "ERR_BUSY"}, nil // what it asks about is changing
			}
			answer.Partitions = append(answer.Partitions, wire.ConfigUpdateRequest{
				Info: t.info, Config: p.config, HostNode: q.Node,
			})
		}
	}
	if q.Stored == nil {
		return answer, nil
	}
	if n != nil {
		n.collected = true
	}
	for _, r := range q.Stored {
		useless, err := l.report(q.Node, r)
		if err != nil {
			l.group.abort(err)
			return nil, rpc.ErrNoAnswer
		}
		if useless && l.effectiveLevel() > wire.LevelSteady {
			l.log.Printf("replica server %s: may remove its replica of %s", q.Node, r.PID)
			answer.GC = append(answer.GC, r)
		}
	}
	return answer, nil
}

// report records one stored replica and returns whether it is not needed. The lock is held.
func (l *leader) report(a wire.Address, r wire.ReplicaInfo) (useless bool, err error) {
	t, p := l.partition(r.PID)
	if t == nil {
		return false, fmt.Errorf("abort: gpid(%s) on node(%s) is not exist on meta server, "+
			"administrator should check consistency of meta data", r.PID, a)
	}
	switch t.info.Status {
	case wire.AppDropped:
		return t.info.ExpireSecond != 0 && t.info.ExpireSecond <= time.Now().Unix(), nil
	case wire.AppAvailable:
		return !l.collect(p, a, r), nil
	}
	return false, nil
}

// updateConfig applies a primary's change of its partition. A change that came after a newer one is
// answered with the current configuration; while another change is being written there is no
// answer, and the primary asks again.
func (l *leader) updateConfig(ctx context.Context, q *wire.ConfigUpdateRequest) (wire.Message, error) {
	l.mu.Lock()
	t, p := l.partition(q.Config.PID)
	var answer *wire.ConfigUpdateResponse
	switch {
	case t == nil:
		answer = &wire.ConfigUpdateResponse{Err: wire.ErrObjectNotFound}
	case l.effectiveLevel() <= wire.LevelFreezed:
		answer = &wire.ConfigUpdateResponse{Err: wire.ErrStateFreezed, Config: p.config}
	case sameMembership(p.config, q.Config):
		answer = &wire.ConfigUpdateResponse{Err: wire.OK, Config: p.config}
	case p.config.Ballot+1 != q.Config.Ballot:
		answer = &wire.ConfigUpdateResponse{Err: wire.ErrInvalidVersion, Config: p.config}
	case p.update != nil || t.staging() || !l.acceptable(p, q):
		l.mu.Unlock()
		return nil, rpc.ErrNoAnswer
	}
	if answer != nil {
		l.mu.Unlock()
		return answer, nil
	}
	u := &update{kind: q.Type, node: q.Node, config: q.Config, answer: make(chan wire.PartitionConfig, 1)}
	u.config.LastDrops = maintainDrops(p.config.LastDrops, q.Node, q.Type)
	l.begin(t, p, u)
	l.mu.Unlock()
	select {
	case c, ok := <-u.answer:
		if !ok {
			return nil, rpc.ErrNoAnswer
		}
		return &wire.ConfigUpdateResponse{Err: wire.OK, Config: c}, nil
	case <-ctx.Done():
		return nil, rpc.ErrNoAnswer
	}
}

// acceptable reports whether a change matches its type. Pegasus trusts its replica servers here; a
// simulated leader should not end up with a partition that has two primaries.
func (l *leader) acceptable(p *partition, q *wire.ConfigUpdateRequest) bool {
	old, c := p.config, q.Config
	if l.nodes[q.Node] == nil || c.PartitionFlags != old.PartitionFlags || c.MaxReplicaCount != old.MaxReplicaCount ||
		len(c.Secondaries) > int(l.cfg.maxReplicas)+1 || c.LastCommittedDecree < 0 {
		return false
	}
	for i, a := range c.Secondaries {
		if !a.Valid() || a == c.Primary || slices.Contains(c.Secondaries[:i], a) {
			return false
		}
	}
	switch q.Type {
	case wire.ConfigAssignPrimary, wire.ConfigUpgradeToPrimary:
		return !old.Primary.Valid() && c.Primary == q.Node
	case wire.ConfigUpgradeToSecondary:
		return old.Primary == c.Primary && !isMember(old, q.Node) && isMember(c, q.Node)
	case wire.ConfigDowngradeToSecondary:
		return old.Primary == q.Node && !c.Primary.Valid() && isMember(c, q.Node)
	case wire.ConfigDowngradeToInactive, wire.ConfigRemove:
		return isMember(old, q.Node) && !isMember(c, q.Node)
	case wire.ConfigPrimaryForceUpdateBallot:
		return old.Primary == q.Node && c.Primary == q.Node
	}
	return false
}
