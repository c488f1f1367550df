package lineedit

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/c-bata/go-prompt"
)

// screen is go-prompt's view of standard output (prompt.ConsoleWriter). What go-prompt draws is
// dropped: it cannot draw a line that is higher than the window, nor suggestions that replace
// anything but the last word, nor wide characters at the edge. Each time that it flushes, the line
// is drawn here instead.
type screen struct {
	prompt.VT100Writer // receives what go-prompt draws
	out                io.Writer
	// onFlush draws; nil while no line is typed.
	onFlush func() error

	shown frame // what is on the terminal, with the position of the cursor; no rows if nothing is
	fresh bool  // nothing is: the cursor may be after the output of a command
}

// Flush draws the line.
func (s *screen) Flush() error {
	s.VT100Writer = prompt.VT100Writer{}
	if s.onFlush == nil {
		return nil
	}
	return s.onFlush()
}

// draw shows a frame in place of the one before, in one write.
func (s *screen) draw(f frame) error {
	if !s.fresh && s.shown.equal(f) {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("\x1b[?25l")
	s.change(&b, f)
	b.WriteString("\x1b[?25h")
	s.shown, s.fresh = f, false
	_, err := s.out.Write(b.Bytes())
	return err
}

// change writes what makes one frame of the other. Rows above the first that differs stay as they
// are.
func (s *screen) change(b *bytes.Buffer, f frame) {
	if s.fresh {
		b.WriteString(overRow(f.columns))
	}
	s.goHome(b, f.columns)
	if len(s.shown.rows) == 0 {
		b.WriteString("\x1b[J")
	}
	same := 0
	for same < min(len(f.rows), len(s.shown.rows)) && f.rows[same] == s.shown.rows[same] {
		same++
	}
	down := min(same, len(s.shown.rows)-1, len(f.rows)-1)
	if down > 0 {
		fmt.Fprintf(b, "\x1b[%dB", down)
	}
	at := max(0, down)
	if same < len(f.rows) || len(s.shown.rows) > len(f.rows) {
		at = s.rewrite(b, f, at)
	}
	if up := at - f.cursorRow; up > 0 {
		fmt.Fprintf(b, "\x1b[%dA", up)
	} else if up < 0 {
		fmt.Fprintf(b, "\x1b[%dB", -up)
	}
	b.WriteString("\r")
	if f.cursorCol > 0 {
		fmt.Fprintf(b, "\x1b[%dC", f.cursorCol)
	}
}

// overRow goes to the next row unless the cursor is at the beginning of one: it writes blanks past
// the end of the row. So output that did not end with a line feed keeps its row.
func overRow(columns int) string { return strings.Repeat(" ", columns-1) }

// beginRow begins a row after the output of a program.
func (s *screen) beginRow(columns int) error {
	_, err := io.WriteString(s.out, overRow(columns)+"\r\x1b[J")
	return err
}

// goHome moves to the beginning of what is shown. If the window has another width since, all of
// that is drawn again, where the terminal is expected to have wrapped the line again; those that do
// not do so lose a row or keep one too many.
func (s *screen) goHome(b *bytes.Buffer, columns int) {
	b.WriteString("\r")
	up := s.shown.cursorRow
	if s.shown.columns != columns && s.shown.columns > 0 {
		up = (up*s.shown.columns + s.shown.cursorCol) / columns
		s.shown.rows = nil
	}
	if up > 0 {
		fmt.Fprintf(b, "\x1b[%dA", up)
	}
}

// rewrite writes the rows from one on, whose beginning the cursor is at, erases what is below the
// last, and returns the row that it ends on. Rows are erased after what is written and not in
// advance: once a row is erased, a terminal no longer treats it as the continuation of the one
// above.
func (s *screen) rewrite(b *bytes.Buffer, f frame, from int) (at int) {
	for i, r := range f.rows[from:] {
		b.WriteString(r.text)
		at = from + i
		switch last := at == len(f.rows)-1; {
		case last && !r.full:
			b.WriteString("\x1b[J")
		case last && len(s.shown.rows) > len(f.rows): // erasing here would erase the last character too
			b.WriteString("\r\n\x1b[J")
			at++
		case last:
		case !r.full:
			b.WriteString("\x1b[K\r\n")
		case !r.wrapped:
			b.WriteString("\r\n")
		case f.rows[at+1].text == "":
			b.WriteString(" \r") // the terminal wraps only when there is something to wrap
		}
	}
	return at
}

// leave shows a frame for the last time and goes to the line below it.
func (s *screen) leave(f frame) error {
	f.cursorRow, f.cursorCol = len(f.rows)-1, 0
	s.shown.rows = nil // a line that did not fit into the window is written whole
	err := s.draw(f)
	s.forget()
	if err != nil {
		return err
	}
	_, err = io.WriteString(s.out, "\r\n")
	return err
}

// forget is called when the cursor is at an unknown position and nothing is shown.
func (s *screen) forget() { s.shown, s.fresh = frame{}, true }

// clear empties the window.
func (s *screen) clear() error {
	s.shown, s.fresh = frame{}, false
	_, err := io.WriteString(s.out, "\x1b[H\x1b[2J")
	return err
}
