package lineedit

import "golang.org/x/sys/unix"

// flushTyped drops what a terminal has received and nobody has read.
func flushTyped(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) }
