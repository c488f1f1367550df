package repl

import (
	"bytes"

	"github.com/c-bata/go-prompt"
)

// screen is go-prompt's view of standard output (prompt.ConsoleWriter), with what differs from its own one.
type screen struct {
	prompt.ConsoleWriter
}

// WriteRaw and its like return the carriage themselves, since a raw terminal does not.
func (s *screen) WriteRaw(data []byte)    { s.ConsoleWriter.WriteRaw(crlf(data)) }
func (s *screen) Write(data []byte)       { s.ConsoleWriter.Write(crlf(data)) }
func (s *screen) WriteRawStr(data string) { s.WriteRaw([]byte(data)) }
func (s *screen) WriteStr(data string)    { s.Write([]byte(data)) }

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
