package render

import (
	"io"
)

// StickyWriter remembers the first error of the writer below it, so that text can be printed line
// by line and a full disk is still noticed.
type StickyWriter struct {
	W   io.Writer
	Err error
}

func (s *StickyWriter) Write(p []byte) (int, error) {
	n, err := s.W.Write(p)
	if s.Err == nil {
		s.Err = err
	}
	return n, err
}
