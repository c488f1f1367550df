package replicaserver

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pegashell/internal/atomicfile"
	"pegashell/metaadmin/wire"
)

// record is the file of one replica, DATA_DIR/APP_ID.INDEX.json: from these the metadata can be
// rebuilt. The table's description is as it was when the replica was created, except its name and
// replica count.
type record struct {
	AppInfo   wire.AppInfo `json:"app_info"`
	PID       wire.GPID    `json:"gpid"`
	Ballot    int64        `json:"ballot"`
	Committed int64        `json:"committed_decree"`
	Prepared  int64        `json:"prepared_decree"`
	Status    string       `json:"status"` // when it was written, for information: a server starts with all replicas inactive
}

var statusNames = map[wire.PartitionStatus]string{
	wire.ReplicaInactive: "inactive", wire.ReplicaError: "error", wire.ReplicaPrimary: "primary",
	wire.ReplicaSecondary: "secondary", wire.ReplicaPotentialSecondary: "potential secondary",
}

func (r *replica) file() string { return filepath.Join(r.disk.dir, r.pid.String()+".json") }

// save writes a replica's file.
func (s *server) save(r *replica) {
	r.saving.Lock()
	defer r.saving.Unlock()
	s.mu.Lock()
	rec := record{
		AppInfo: r.info, PID: r.pid, Ballot: r.ballot, Committed: r.committed, Prepared: r.prepared, Status: statusNames[r.status],
	}
	gone := s.replicas[r.pid] != r
	s.mu.Unlock()
	if gone {
		return
	}
	data, err := json.Marshal(rec)
	if err == nil {
		err = atomicfile.WriteBytes(r.file(), 0o644, append(data, '\n'))
	}
	if err != nil {
		s.log.Printf("replica %s: %v", r.pid, err)
	}
}

// load reads all replicas of a disk.
func load(d disk) ([]*replica, error) {
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	var list []*replica
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".json") {
			continue // an incomplete file of a killed server, or a file that is not ours
		}
		r, err := loadReplica(d, name)
		if err != nil {
			return nil, fmt.Errorf("load replica %s: %w", filepath.Join(d.dir, name), err)
		}
		list = append(list, r)
	}
	return list, nil
}

func loadReplica(d disk, name string) (*replica, error) {
	data, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		return nil, err
	}
	var rec record
	if err := json.Unmarshal(data, &rec); err != nil {
		return nil, err
	}
	if name != rec.PID.String()+".json" || rec.AppInfo.ID != rec.PID.AppID {
		return nil, fmt.Errorf("holds partition %s of table %d", rec.PID, rec.AppInfo.ID)
	}
	r := newReplica(rec.PID, d, rec.AppInfo)
	r.ballot, r.committed, r.prepared = rec.Ballot, rec.Committed, rec.Prepared
	r.transient, r.initializing = true, true
	return r, nil
}

// discard forgets a replica and renames its file, as Pegasus does with garbage.
func (s *server) discard(r *replica) {
	r.saving.Lock()
	defer r.saving.Unlock()
	s.mu.Lock()
	delete(s.replicas, r.pid)
	s.mu.Unlock()
	if err := os.Rename(r.file(), r.file()+".gar"); err != nil {
		s.log.Printf("replica %s: set its file aside: %v", r.pid, err)
	}
}

// emptiestDisk returns the disk for a new replica: the one with the fewest of the table, then of
// all. The lock is held.
func (s *server) emptiestDisk(appID int32) disk {
	type load struct{ table, all int }
	loads := make(map[string]*load)
	for _, d := range s.cfg.disks {
		loads[d.tag] = &load{}
	}
	for pid, r := range s.replicas {
		loads[r.disk.tag].all++
		if pid.AppID == appID {
			loads[r.disk.tag].table++
		}
	}
	best := s.cfg.disks[0]
	for _, d := range s.cfg.disks[1:] {
		a, b := loads[d.tag], loads[best.tag]
		if a.table < b.table || a.table == b.table && a.all < b.all {
			best = d
		}
	}
	return best
}
