// Package atomicfile writes a file whole or not at all.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"pegashell/internal/sink"
)

// Write creates or replaces the file at path with what fill writes. The bytes go to a temporary
// file in the same folder, which is flushed to disk and renamed over path only after fill returned
// nil; on any error path is left as it was and the temporary file is removed. A file that exists
// keeps its permission bits and its owner; a new one gets perm without the bits of the umask. A
// symbolic link stays, and the file that it points to is replaced. What is neither a file nor a
// folder, such as /dev/null or a named pipe, is written to directly; a named pipe must have its
// reader.
func Write(path string, perm os.FileMode, fill func(io.Writer) error) error {
	return named(path, write(path, perm, func(f *os.File) error { return fill(f) }))
}

func write(path string, perm os.FileMode, fill func(*os.File) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	} else if link, readErr := os.Readlink(path); readErr == nil {
		return fmt.Errorf("it is a link to %s, which does not exist", link)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		info = nil
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a directory")
	case !info.Mode().IsRegular():
		return writeThrough(path, fill)
	}
	return replace(path, perm, info, os.Rename, fill)
}

func writeThrough(path string, fill func(*os.File) error) error {
	f, err := sink.Open(path, 0, 0)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}

// replace replaces the old file by a new one. info describes the old file; it is nil if there is
// none, and then the new one gets perm.
func replace(path string, perm os.FileMode, info os.FileInfo, rename func(from, to string) error, fill func(*os.File) error) (err error) {
	dir := filepath.Dir(path)
	first := perm
	if info != nil {
		first = 0o600 // until its owner is set
	}
	removeLeft(dir, filepath.Base(path))
	tmp, err := createTemp(dir, filepath.Base(path), first)
	if err != nil {
		return err
	}
	defer func() {
		err = withoutName(tmp.Name(), err)
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err := fill(tmp); err != nil {
		return err
	}
	if err := keepAccess(tmp, info); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := rename(tmp.Name(), path); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil { // not before: it gives up the lock
		return err
	}
	return syncDir(dir)
}

// withoutName removes the name of the temporary file from an error: callers know the name that they
// asked for.
func withoutName(tmp string, err error) error {
	switch e := err.(type) {
	case *os.PathError:
		if e.Path == tmp {
			return e.Err
		}
	case *os.LinkError:
		if e.Old == tmp {
			return e.Err
		}
	}
	return err
}

// createTemp creates a hidden file whose name begins with base. Unlike those of os.CreateTemp it
// has perm without the bits of the umask, so that it can become a new file as it is. It is locked
// until it is closed, where the file system can do that.
func createTemp(dir, base string, perm os.FileMode) (*os.File, error) {
	for try := 1; ; try++ {
		name := filepath.Join(dir, fmt.Sprintf(".%s.%d", base, rand.Uint32()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
		switch {
		case err == nil && lock(f, syscall.LOCK_EX) == nil && isGone(f):
			f.Close() // another process took it for one that was left
		case !errors.Is(err, os.ErrExist) || try == 1000:
			return f, withoutName(name, err)
		}
	}
}

// removeLeft removes the temporary files of a file that processes have left that were killed: no
// living one has locked them.
func removeLeft(dir, base string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // creating the new one says why
	}
	for _, entry := range entries {
		number, ours := strings.CutPrefix(entry.Name(), "."+base+".")
		if !ours || number == "" || strings.Trim(number, "0123456789") != "" || !entry.Type().IsRegular() {
			continue
		}
		name := filepath.Join(dir, entry.Name())
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if lock(f, syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.Remove(name)
		}
		f.Close()
	}
}

func lock(f *os.File, how int) error { return syscall.Flock(int(f.Fd()), how) }

// isGone reports whether an open file has no name any more.
func isGone(f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink == 0
}

// keepAccess gives the new file the owner and the permission bits of the old one, if there was one:
// a server's configuration that an administrator edits must stay readable for the server.
func keepAccess(tmp *os.File, info os.FileInfo) error {
	if info == nil {
		return nil
	}
	old, ok := info.Sys().(*syscall.Stat_t)
	if ok && (int(old.Uid) != os.Geteuid() || int(old.Gid) != os.Getegid()) {
		if err := tmp.Chown(int(old.Uid), int(old.Gid)); err != nil {
			return fmt.Errorf("keep its owner %d:%d: %w", old.Uid, old.Gid, err)
		}
	}
	return tmp.Chmod(info.Mode().Perm()) // after the change of owner, which may clear bits
}

// WriteBytes is Write for content in memory.
func WriteBytes(path string, perm os.FileMode, data []byte) error {
	return Write(path, perm, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// syncDir makes the rename itself durable: without it a power cut can bring the old name back.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
