package repl

import (
	"bytes"

	"github.com/c-bata/go-prompt"
)

// screen is go-prompt's view of standard output (prompt.ConsoleWriter), with what differs from its own one.
type screen struct {
	prompt.ConsoleWriter
	// clearing is set while go-prompt leaves a line that will be drawn again where it began: the text that it
	// leaves with is not wanted then. It would go up as many rows as the line had in the old window; rows is
	// how many it has above the cursor in the new one.
	clearing bool
	rows     int
}

// WriteRaw and its like return the carriage themselves, since a raw terminal does not.
func (s *screen) WriteRaw(data []byte) { s.ConsoleWriter.WriteRaw(crlf(data)) }

func (s *screen) Write(data []byte) {
	if !s.clearing {
		s.ConsoleWriter.Write(crlf(data))
	}
}

func (s *screen) WriteRawStr(data string) { s.WriteRaw([]byte(data)) }
func (s *screen) WriteStr(data string)    { s.Write([]byte(data)) }

// CursorUp goes up, and to the line's beginning if that is to be drawn again.
func (s *screen) CursorUp(n int) {
	if s.clearing {
		s.ConsoleWriter.WriteRaw([]byte("\r"))
		n = s.rows
	}
	s.ConsoleWriter.CursorUp(n)
}

// SetTitle and ClearTitle leave the window's title, which is not ours: go-prompt would clear it at each
// line.
func (s *screen) SetTitle(string) {}
func (s *screen) ClearTitle()     {}

// send writes a control sequence at once.
func (s *screen) send(sequence []byte) error {
	s.ConsoleWriter.WriteRaw(sequence)
	return s.Flush()
}

func crlf(data []byte) []byte { return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")) }
