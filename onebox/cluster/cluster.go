// Package cluster is a Pegasus cluster on one machine: real ZooKeeper servers, simulated meta and
// replica servers, each a process of its own that outlives the call which started it. All its state
// between two calls is in one folder.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pegashell/internal/freeport"
)

// Errors that a caller may want to distinguish.
var (
	// ErrRunning refuses to start what is running already.
	ErrRunning = errors.New("already running")
	// ErrExists refuses to create a cluster where there is one.
	ErrExists = errors.New("a onebox exists already")
	// ErrBusy is a folder that another call works on.
	ErrBusy = errors.New("another onebox call is running")
)

// Cluster is a onebox that this call works on, alone: it holds the folder's lock until Close.
type Cluster struct {
	dir   string // absolute
	lock  *os.File
	state *state

	// Program is the onebox program, which runs the simulated servers.
	Program string
	// Report is called with each step, as a line without its end. It must be set.
	Report func(line string)
}

// Create creates a new cluster in dir, which must not exist or must be empty, and opens it. Nothing
// is started. It does not wait for another call that works there, but returns ErrBusy: after that
// call there is nothing to create.
func Create(dir string, o Options) (*Cluster, error) {
	dir, err := absolute(dir)
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	instances, err := o.instances()
	if err != nil {
		return nil, fmt.Errorf("create the onebox: %w", err)
	}
	c := &Cluster{dir: dir, state: &state{Version: stateVersion, Config: o.Config, Instances: instances}}
	for _, i := range instances {
		if _, err := c.renderConfig(i); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOptions, err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the onebox: %w", err)
	}
	if err := checkUnused(dir); err != nil { // before a lock file is created in a folder that is not ours
		if locked(dir) {
			return nil, fmt.Errorf("%w in %s", ErrBusy, dir)
		}
		return nil, err
	}
	if c.lock, err = tryLock(filepath.Join(dir, lockFile)); err != nil {
		return nil, err
	}
	if c.lock == nil {
		return nil, fmt.Errorf("%w in %s", ErrBusy, dir)
	}
	err = checkUnused(dir) // again, now that no other call can change it
	if err == nil {
		err = c.state.write(dir)
	}
	if err == nil && o.BasePort == 0 {
		// No other program may take the port of a server that is not running at the moment.
		err = freeport.Keep(filepath.Join(dir, stateFile), c.state.ports())
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// absolute returns the absolute path of a cluster's folder. Pegasus separates data folders with
// commas and their names with colons, so a path with these cannot be configured.
func absolute(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the onebox: %w", err)
	}
	if strings.ContainsAny(path, ",:\n") {
		return "", fmt.Errorf("folder %q: a onebox cannot be in a folder with a comma, a colon or a line break in its path", path)
	}
	return path, nil
}

// checkUnused returns an error unless the folder can become that of a new cluster.
func checkUnused(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("create the onebox: %w", err)
	}
	for _, e := range entries {
		switch e.Name() {
		case lockFile:
		case stateFile:
			return fmt.Errorf("%w in %s", ErrExists, dir)
		default:
			return fmt.Errorf("%s is not empty and not the folder of a onebox", dir)
		}
	}
	return nil
}

// Open opens the cluster in dir for this call alone; while another call works on it, it waits until
// ctx ends. The error wraps ErrNoCluster if there is none.
func Open(ctx context.Context, dir string) (*Cluster, error) {
	dir, err := absolute(dir)
	if err != nil {
		return nil, err
	}
	if _, err := readState(dir); err != nil { // as in Create
		return nil, err
	}
	held, err := lock(ctx, dir)
	if errors.Is(err, os.ErrNotExist) { // removed while this call waited
		return nil, fmt.Errorf("%w in %s", ErrNoCluster, dir)
	}
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, lock: held}
	if c.state, err = readState(dir); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Close lets other calls work on the cluster.
func (c *Cluster) Close() error { return c.lock.Close() }

// choose returns the instances that are named, or all if none are, in the order of starting.
func (c *Cluster) choose(ids []ID) ([]*instance, error) {
	for _, id := range ids {
		known := func(i *instance) bool { return i.id() == id }
		if !slices.ContainsFunc(c.state.Instances, known) {
			return nil, fmt.Errorf("no %s: this onebox has %d", id, len(c.state.of(id.Kind)))
		}
	}
	var chosen []*instance
	for _, kind := range startOrder {
		for _, i := range c.state.of(kind) {
			if len(ids) == 0 || slices.Contains(ids, i.id()) {
				chosen = append(chosen, i)
			}
		}
	}
	return chosen, nil
}

// Clear removes the cluster, which must have been stopped, from the disk. Files in its folder that
// are not its own stay there, and so does the folder; Clear returns them.
func (c *Cluster) Clear() (left []string, err error) {
	for _, i := range c.state.Instances {
		if i.running() {
			return nil, fmt.Errorf("remove the onebox: %s: %w", i.id(), ErrRunning)
		}
	}
	for _, i := range c.state.Instances {
		if err := os.RemoveAll(i.dir(c.dir)); err != nil {
			return nil, fmt.Errorf("remove the onebox: %w", err)
		}
	}
	for _, file := range []string{stateFile, lockFile} {
		if err := os.Remove(filepath.Join(c.dir, file)); err != nil {
			return nil, fmt.Errorf("remove the onebox: %w", err)
		}
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil, fmt.Errorf("remove the onebox: %w", err)
	}
	for _, e := range entries {
		left = append(left, filepath.Join(c.dir, e.Name()))
	}
	if len(left) == 0 {
		err = os.Remove(c.dir)
	}
	return left, err
}
