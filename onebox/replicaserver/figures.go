package replicaserver

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"pegashell/onebox/figures"
	"pegashell/onebox/rpc"
)

// figures returns what this server has.
func (s *server) figures() *figures.Server {
	return &figures.Server{
		Release: s.cfg.Release, Cluster: s.cfg.Cluster, Port: s.cfg.Self.AddrPort().Port(), Started: s.started,
		Holdings: s.holdings,
	}
}

// holdings are the disks and the replicas that are open, in the order of their partitions.
func (s *server) holdings() figures.Holdings {
	var have figures.Holdings
	for _, d := range s.cfg.disks {
		have.Disks = append(have.Disks, figures.Disk{Tag: d.tag, Dir: d.dir})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, pid := range slices.SortedFunc(maps.Keys(s.replicas), comparePIDs) {
		if r := s.replicas[pid]; !r.closed {
			have.Replicas = append(have.Replicas, figures.Replica{
				PID: pid, Table: r.info.Name, Status: r.status, Committed: r.committed,
			})
		}
	}
	return have
}

func (s *server) page(_ context.Context, q *http.Request) (rpc.Page, error) {
	return s.figures().Page(q), nil
}
