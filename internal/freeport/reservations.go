package freeport

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// reservations are symbolic links in one folder, for all processes of a user. Each is named after
// its port and points to its owner. Only one process can create it, and so reserve the port; it has
// lapsed once the owner is gone.
type reservations struct{ dir string }

// sweepLock is the file that a process locks which removes lapsed reservations.
const sweepLock = "lock"

func openReservations() (reservations, error) {
	r := reservations{filepath.Join(os.TempDir(), fmt.Sprintf("pegashell-ports-%d", os.Getuid()))}
	return r, os.MkdirAll(r.dir, 0o700)
}

func (r reservations) link(port int) string { return filepath.Join(r.dir, strconv.Itoa(port)) }

// add reserves a port; os.ErrExist says that it is reserved already.
func (r reservations) add(port int, owner string) error { return os.Symlink(owner, r.link(port)) }

// handOver changes the owner of a reservation without a moment in which there is none.
func (r reservations) handOver(port int, owner string) error {
	next := filepath.Join(r.dir, fmt.Sprintf("%d.%d", port, os.Getpid()))
	if err := os.Symlink(owner, next); err != nil {
		return err
	}
	return os.Rename(next, r.link(port))
}

// sweep removes lapsed reservations. Only one process does so at a time: a second one could remove
// the new reservation of a third that replaced a link which both found lapsed. If another process
// does it already, sweep does nothing.
func (r reservations) sweep() error {
	lock, err := os.OpenFile(filepath.Join(r.dir, sweepLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(r.dir, e.Name())
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
