// Package coredump keeps the memory of a process, which may hold passwords, out of files.
package coredump

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Off lets a crash of this process, and of the programs that it starts, write no core file. A program
// may allow itself one again: only the soft limit is set.
func Off() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("switch off core files: %w", err)
	}
	limit.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("switch off core files: %w", err)
	}
	return nil
}
