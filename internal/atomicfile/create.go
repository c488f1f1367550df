package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"pegashell/internal/message"
)

// Create is Write for a file that must not exist. fill may read back what it wrote. The error of a
// file that exists is fs.ErrExist: it comes before fill is called, and also when the file appears
// while fill is at work.
func Create(path string, perm os.FileMode, fill func(tmp *os.File) error) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		err = fs.ErrExist
	case errors.Is(err, fs.ErrNotExist):
		err = replace(path, perm, nil, renameNew, fill)
	}
	return named(path, err)
}

// Replace is Create for a file that may exist; if it does it must be a regular one, or a link to
// one.
func Replace(path string, perm os.FileMode, fill func(tmp *os.File) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Create(path, perm, fill)
	case err == nil && !info.Mode().IsRegular():
		err = message.Errorf("is not a regular file")
	case err == nil:
		err = replace(path, perm, info, os.Rename, fill)
	}
	return named(path, err)
}

func named(path string, err error) error {
	if err != nil {
		return message.Errorf("write %s: %w", path, err)
	}
	return nil
}

// renameNew renames a file, but never over another.
func renameNew(from, to string) error {
	err := os.Link(from, to)
	switch {
	case err == nil:
		return os.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	}
	// This file system has no hard links: all that is possible is to look first.
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}
