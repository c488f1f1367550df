package metaserver

import (
	"slices"
	"time"

	"pegashell/metaadmin/wire"
)

func (p *partition) droppedIndex(a wire.Address) int {
	return slices.IndexFunc(p.dropped, func(r droppedReplica) bool { return r.node == a })
}

func (p *partition) removeDropped(a wire.Address) (droppedReplica, bool) {
	i := p.droppedIndex(a)
	if i < 0 {
		return droppedReplica{}, false
	}
	r := p.dropped[i]
	p.dropped = slices.Delete(p.dropped, i, i+1)
	p.preferred = len(p.dropped) - 1
	return r, true
}

// trimDropped forgets the oldest drops when a partition has replicas enough (Pegasus: check_size).
func (l *leader) trimDropped(p *partition) {
	for len(p.dropped) > 0 && replicaCount(p.config)+len(p.dropped) > int(p.config.MaxReplicaCount)+l.cfg.reservedDropped {
		p.dropped = slices.Delete(p.dropped, 0, 1)
		p.preferred = len(p.dropped) - 1
	}
}

// recordDrop notes that a server has left a partition now.
func (l *leader) recordDrop(p *partition, a wire.Address) {
	if p.droppedIndex(a) >= 0 {
		return
	}
	p.dropped = append(p.dropped, droppedReplica{
		node: a, time: time.Now().UnixMilli(),
		ballot: unknownBallot, committed: -1, prepared: -1,
	})
	p.preferred = len(p.dropped) - 1
	l.trimDropped(p)
}

// collect records a server's report of one replica. It returns false for a replica that is not
// needed.
func (l *leader) collect(p *partition, a wire.Address, r wire.ReplicaInfo) bool {
	if isMember(p.config, a) {
		p.serving[a] = struct{}{}
		return true
	}
	report := droppedReplica{node: a, ballot: r.Ballot, committed: r.LastCommittedDecree, prepared: r.LastPreparedDecree}
	if known, found := p.removeDropped(a); found {
		report.time = known.time
	}
	at, _ := slices.BinarySearchFunc(p.dropped, report, compareDropped)
	p.dropped = slices.Insert(p.dropped, at, report)
	p.preferred = len(p.dropped) - 1
	l.trimDropped(p)
	return p.droppedIndex(a) >= 0 || r.Status == wire.ReplicaPotentialSecondary
}

// compareDropped orders drops by how suitable they are as the primary: later, larger ballot, larger
// decrees.
func compareDropped(a, b droppedReplica) int {
	for _, gap := range []int64{a.time - b.time, a.ballot - b.ballot, a.committed - b.committed, a.prepared - b.prepared} {
		if gap < 0 {
			return -1
		}
		if gap > 0 {
			return 1
		}
	}
	return 0
}
