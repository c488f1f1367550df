// Package sink opens what output is written to.
package sink

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// ErrNoReader is the reason why a named pipe was not opened.
var ErrNoReader = errors.New("no program reads this named pipe")

// Open opens a file for writing, as os.OpenFile with os.O_WRONLY and these flags, but does not
// wait: a named pipe must have its reader. Once open it is written to like any other file, also by
// a program that inherits it.
func Open(path string, flags int, perm fs.FileMode) (*os.File, error) {
	for {
		fd, err := unix.Open(path, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC|flags, uint32(perm.Perm()))
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ENXIO) && isPipe(path):
			return nil, &fs.PathError{Op: "open", Path: path, Err: ErrNoReader}
		case err != nil:
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
		if err := unix.SetNonblock(fd, false); err != nil {
			return nil, errors.Join(&fs.PathError{Op: "open", Path: path, Err: err}, unix.Close(fd))
		}
		return os.NewFile(uintptr(fd), path), nil
	}
}

func isPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeNamedPipe != 0
}
