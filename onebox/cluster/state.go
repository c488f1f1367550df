package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"pegashell/internal/atomicfile"
)

// Files in the cluster's folder, beside the folders of the instances.
const (
	stateFile = "onebox.json"
	lockFile  = "onebox.lock"
)

// stateVersion is the version of the state file's format.
const stateVersion = 1

// lockPoll is how often a lock that another call holds is tried again.
const lockPoll = 50 * time.Millisecond

// ErrNoCluster means that the folder contains no onebox.
var ErrNoCluster = errors.New("no onebox")

// state is the content of the state file.
type state struct {
	Version   int         `json:"version"`
	Config    Config      `json:"config"`
	Instances []*instance `json:"instances"`
	// ChrootCreated is set once the chroot was created: an operator does that before the first
	// start only.
	ChrootCreated bool `json:"chroot_created,omitempty"`
}

// of returns the instances of a kind, by number.
func (s *state) of(kind Kind) []*instance {
	var some []*instance
	for _, i := range s.Instances {
		if i.Kind == kind {
			some = append(some, i)
		}
	}
	return some
}

// ports returns the ports of all instances.
func (s *state) ports() []int {
	var ports []int
	for _, i := range s.Instances {
		ports = append(ports, i.Port)
		if i.inEnsemble() {
			ports = append(ports, i.QuorumPort, i.ElectionPort)
		}
	}
	return ports
}

func (s *state) ensemble() []*instance {
	var members []*instance
	for _, i := range s.of(ZooKeeper) {
		if i.inEnsemble() {
			members = append(members, i)
		}
	}
	return members
}

// metaList returns the addresses of the meta servers.
func (s *state) metaList() []string { return addrs(s.of(Meta)) }

// zooKeepers returns the connect string of each ZooKeeper: that of the ensemble, if there is one,
// names all its members and comes first.
func (s *state) zooKeepers() []string {
	var all []string
	if members := s.ensemble(); len(members) > 0 {
		all = append(all, strings.Join(addrs(members), ","))
	}
	for _, i := range s.of(ZooKeeper) {
		if !i.inEnsemble() {
			all = append(all, i.addr())
		}
	}
	return all
}

func addrs(instances []*instance) []string {
	var all []string
	for _, i := range instances {
		all = append(all, i.addr())
	}
	return all
}

// readState reads the state of the cluster in dir; ErrNoCluster if there is none.
func readState(dir string) (*state, error) {
	data, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, fmt.Errorf("%w in %s", ErrNoCluster, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read the onebox in %s: %w", dir, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	s := &state{}
	if err := decoder.Decode(s); err != nil {
		return nil, fmt.Errorf("read the onebox in %s: %s: %w", dir, stateFile, err)
	}
	if s.Version != stateVersion {
		return nil, fmt.Errorf("read the onebox in %s: %s has version %d, not %d", dir, stateFile, s.Version, stateVersion)
	}
	return s, nil
}

func (s *state) write(dir string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write the state of the onebox: %w", err)
	}
	return atomicfile.WriteBytes(filepath.Join(dir, stateFile), 0o644, append(data, '\n'))
}

// lock takes the lock of the folder, which must exist. It waits for another call that holds it
// until ctx ends.
func lock(ctx context.Context, dir string) (*os.File, error) {
	path := filepath.Join(dir, lockFile)
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for {
		f, err := tryLock(path)
		if f != nil || err != nil {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w in %s: %w", ErrBusy, dir, ctx.Err())
		case <-tick.C:
		}
	}
}

// tryLock returns nil if another call holds the lock.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the onebox: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, nil
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the onebox: %s: %w", path, err)
	}
	// The call that held the lock before may have removed the file: then this lock excludes no
	// other call.
	locked, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the onebox: %w", err)
	}
	if current, err := os.Stat(path); err != nil || !os.SameFile(locked, current) {
		f.Close()
		return nil, nil
	}
	return f, nil
}

// locked reports whether another call holds the lock of the folder.
func locked(dir string) bool {
	f, err := os.Open(filepath.Join(dir, lockFile))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
