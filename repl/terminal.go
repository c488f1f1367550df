package repl

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"pegashell/internal/visible"
)

// shownOn is a text as it is printed to w: on a terminal what would control it is escaped, for the text may
// come from a server or a file.
func shownOn(w io.Writer, text string) string {
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		return visible.Text(text)
	}
	return text
}

// keepTerminal remembers the settings of a terminal, so that restore can undo what a program did to
// them, such as one that died in raw mode. A nil file is no terminal.
func keepTerminal(f *os.File) (restore func()) {
	if f == nil {
		return func() {}
	}
	fd := int(f.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	flags, flagsErr := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return func() {
		term.Restore(fd, state) // a terminal that was disconnected has no settings to care for
		if now, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flagsErr == nil && err == nil && now != flags {
			unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags) // ssh is known to leave it non-blocking
		}
	}
}

// HandOver lets another program use the terminal until takeBack is called. Until then Ctrl-C is for
// that program alone, which receives it from the terminal, but pressed twice within a second it
// still ends the shell. takeBack restores the terminal's settings and begins a new row if the
// program has left its last row unfinished.
func (s *Shell) HandOver() (takeBack func()) {
	back := s.hand(&holder{})
	return func() {
		back()
		if e, ok := s.Source.(*edited); ok && !s.watch.handed() { // a pager draws where it wants
			e.BeginRow()
		}
	}
}

func (s *Shell) hand(h *holder) (back func()) {
	restore := keepTerminal(s.Terminal)
	if s.watch == nil {
		return restore
	}
	release := s.watch.hand(h)
	return func() {
		release()
		restore()
	}
}
