package lineedit

import (
	"os"

	"golang.org/x/term"
)

// Usable reports whether lines can be edited on a terminal, which means that its cursor can be
// moved.
func Usable(out *os.File) bool {
	return term.IsTerminal(int(out.Fd())) && addressable(os.Getenv("TERM")) && haveControllingTerminal()
}

// addressable reports whether a terminal of that kind can move its cursor. The names are those that
// the original's line editor knows as unable.
func addressable(kind string) bool {
	switch kind {
	case "", "dumb", "cons25", "emacs":
		return false
	}
	return true
}

// haveControllingTerminal is asked because go-prompt opens /dev/tty and panics if it cannot.
func haveControllingTerminal() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	return tty.Close() == nil
}
