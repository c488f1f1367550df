package repl

import "golang.org/x/sys/unix"

// The requests for a terminal's settings; setSettings takes effect at once.
const (
	getSettings = unix.TCGETS
	setSettings = unix.TCSETS
)
