package replicaserver

import (
	"slices"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
)

// replica is one partition's replica on this server. The server's lock guards what follows op and
// saving.
type replica struct {
	pid  wire.GPID
	disk disk
	// op is held while the primary changes the partition's configuration: one change at a time.
	op chan struct{}
	// saving is held while the replica's file is written; it is taken before the server's lock.
	saving sync.Mutex

	info   wire.AppInfo
	ballot int64
	status wire.PartitionStatus
	// committed and prepared are decrees: those of the last writes.
	committed, prepared int64
	// transient means that an INACTIVE replica may return to what it was.
	transient bool
	// initializing is set from the opening of the replica until the leader has reported its status.
	initializing bool
	// closed replicas are on disk and are reported, but not used.
	closed bool
	// members is the partition's configuration, kept by the primary.
	members wire.PartitionConfig
	// fresh is set when the primary has news for its secondaries.
	fresh  bool
	opened time.Time
}

func newReplica(pid wire.GPID, d disk, info wire.AppInfo) *replica {
	return &replica{
		pid: pid, disk: d, info: info,
		op: make(chan struct{}, 1), status: wire.ReplicaInactive, opened: time.Now(),
	}
}

// report is what the server reports about the replica.
func (r *replica) report() wire.ReplicaInfo {
	idle := int32(0) // manual_compaction_status::IDLE
	return wire.ReplicaInfo{
		PID: r.pid, Ballot: r.ballot, Status: r.status,
		LastCommittedDecree: r.committed, LastPreparedDecree: r.prepared, LastDurableDecree: r.committed,
		AppType: r.info.AppType, DiskTag: r.disk.tag, ManualCompactStatus: &idle,
	}
}

// roleOf is the role of a server in a configuration.
func roleOf(c wire.PartitionConfig, self wire.Address) wire.PartitionStatus {
	switch {
	case c.Primary == self:
		return wire.ReplicaPrimary
	case slices.Contains(c.Secondaries, self):
		return wire.ReplicaSecondary
	}
	return wire.ReplicaInactive
}

// apply adopts a configuration and reports whether anything changed (Pegasus:
// replica::update_configuration and update_local_configuration).
func (r *replica) apply(c wire.PartitionConfig, self wire.Address) bool {
	role := roleOf(c, self)
	switch {
	case c.Ballot < r.ballot, r.status == wire.ReplicaError:
		return false
	case c.Ballot == r.ballot && !r.mayBecome(role):
		return false
	case r.status == wire.ReplicaInactive && role != wire.ReplicaInactive && !r.transient:
		return false
	}
	old, oldBallot := r.status, r.ballot
	r.status, r.ballot = role, c.Ballot
	if role == wire.ReplicaPrimary {
		r.members, r.fresh = c, r.fresh || c.Ballot > oldBallot || old != role
	}
	if role != wire.ReplicaInactive {
		r.transient = false
	}
	if old != role && role == wire.ReplicaInactive && c.Ballot > oldBallot {
		r.closed = true
	}
	return old != role || oldBallot != c.Ballot
}

// mayBecome reports whether a replica may change its status while the ballot stays.
func (r *replica) mayBecome(role wire.PartitionStatus) bool {
	switch {
	case r.status == role:
		return true
	case r.status == wire.ReplicaPotentialSecondary:
		return role == wire.ReplicaSecondary
	case r.status == wire.ReplicaInactive && r.transient:
		return role == wire.ReplicaPrimary || role == wire.ReplicaSecondary
	}
	return false
}

// deactivate makes a replica inactive when the server has no leader.
func (r *replica) deactivate() {
	switch r.status {
	case wire.ReplicaPrimary, wire.ReplicaSecondary:
		r.status, r.transient = wire.ReplicaInactive, true
	case wire.ReplicaPotentialSecondary:
		r.status, r.transient = wire.ReplicaInactive, false
	}
}

// catchUp adopts the primary's decrees: a secondary knows the last write, but not that it is
// committed.
func (r *replica) catchUp(committed int64) {
	r.prepared = max(r.prepared, committed)
	r.committed = max(r.committed, committed-1)
}
