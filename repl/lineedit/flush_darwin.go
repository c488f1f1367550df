package lineedit

import "golang.org/x/sys/unix"

// flushTyped drops what a terminal has received and nobody has read.
func flushTyped(fd int) error {
	const received = 1 // FREAD of sys/fcntl.h
	return unix.IoctlSetPointerInt(fd, unix.TIOCFLUSH, received)
}
