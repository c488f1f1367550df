// Package figures makes what the simulated servers report about themselves: perf counters and their
// summary over remote commands, as servers up to 2.5 do, and metrics over HTTP, as those of the
// main branch do. A simulated server has no clients and stores no data of users, so what counts
// requests and data is zero; replicas, memory and disks are those that it has.
package figures

import (
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
)

// Server makes the figures of one simulated server.
type Server struct {
	Release release.Release
	Cluster string
	Port    uint16
	Started time.Time
	// Leads reports whether a meta server leads; nil for a replica server.
	Leads func() bool
	// Holdings returns what a replica server has; nil for a meta server.
	Holdings func() Holdings
}

// Holdings are what a replica server has at one moment.
type Holdings struct {
	Replicas []Replica
	Disks    []Disk
}

// Replica is a replica that is open.
type Replica struct {
	PID       wire.GPID
	Table     string
	Status    wire.PartitionStatus
	Committed int64 // decree
}

// Disk is one of the data folders.
type Disk struct {
	Tag, Dir string
}

// Memory of a replica's memtable in bytes, as Pegasus 2.5.0 was recorded to have it in a table that
// was never written to, and after its first write.
const (
	emptyMemTable   = 2048
	writtenMemTable = 6719488
)

func (r *Replica) memTable() float64 {
	if r.Committed == 0 {
		return emptyMemTable
	}
	return writtenMemTable
}

// keys is RocksDB's estimate, which counts each of a primary's empty writes: they change the decree
// only.
func (r *Replica) keys() float64 { return float64(r.Committed) }

// count returns how many of the replicas have a status.
func (h *Holdings) count(status wire.PartitionStatus) float64 {
	n := 0
	for i := range h.Replicas {
		if h.Replicas[i].Status == status {
			n++
		}
	}
	return float64(n)
}

// isMeta reports whether the server is a meta server.
func (s *Server) isMeta() bool { return s.Holdings == nil }

// holdings are none for a meta server.
func (s *Server) holdings() Holdings {
	if s.isMeta() {
		return Holdings{}
	}
	return s.Holdings()
}
