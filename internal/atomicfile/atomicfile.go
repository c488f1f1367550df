// Package atomicfile writes a file whole or not at all.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"pegashell/internal/sink"
)

// Write creates or replaces the file at path with what fill writes. The bytes go to a temporary file
// in the same folder, which is flushed to disk and renamed over path only after fill returned nil; on
// any error path is left as it was and the temporary file is removed. A file that exists keeps its
// permission bits and its owner; a new one gets perm. A symbolic link stays, and the file that it
// points to is replaced. What is neither a file nor a folder, such as /dev/null or a named pipe, is
// written to directly; a named pipe must have its reader.
func Write(path string, perm os.FileMode, fill func(io.Writer) error) error {
	return named(path, write(path, perm, func(f *os.File) error { return fill(f) }))
}

func write(path string, perm os.FileMode, fill func(*os.File) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	} else if link, readErr := os.Readlink(path); readErr == nil {
		return fmt.Errorf("it is a link to %s, which is not there", link)
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
	default:
		perm = info.Mode().Perm()
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

// replace puts a new file in the place of the old one, which info describes; it is nil where there is none.
func replace(path string, perm os.FileMode, info os.FileInfo, rename func(from, to string) error, fill func(*os.File) error) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err := fill(tmp); err != nil {
		return err
	}
	if err := keepOwner(tmp, info); err != nil {
		return err
	}
	if err := tmp.Chmod(perm); err != nil { // behind the change of owner, which may clear bits
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// keepOwner gives the new file the owner of the old one: a server's configuration that an administrator
// edits must stay readable for the server.
func keepOwner(tmp *os.File, info os.FileInfo) error {
	if info == nil {
		return nil
	}
	old, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if int(old.Uid) == os.Geteuid() && int(old.Gid) == os.Getegid() {
		return nil
	}
	if err := tmp.Chown(int(old.Uid), int(old.Gid)); err != nil {
		return fmt.Errorf("keep its owner %d:%d: %w", old.Uid, old.Gid, err)
	}
	return nil
}

// WriteBytes is Write for content that is at hand.
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
