// Package logtail reads the end of a log for an error message.
package logtail

import (
	"bytes"
	"io"
	"os"
)

// most bounds what Read returns, in bytes.
const most = 4096

// Read returns the last whole lines of the file at path that were written after the offset from, at
// most 4 KiB, without the frames of java's stack traces. It always returns a text: if there is
// nothing to read, one in brackets that says why.
func Read(path string, from int64) string {
	f, err := os.Open(path)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "(" + err.Error() + ")"
	}
	start := max(from, info.Size()-most)
	tail, err := io.ReadAll(io.NewSectionReader(f, start, most))
	if err != nil {
		return "(" + err.Error() + ")"
	}
	if start > from {
		if _, whole, ok := bytes.Cut(tail, []byte("\n")); ok {
			tail = whole
		}
	}
	var kept []byte
	for line := range bytes.Lines(tail) {
		if !bytes.HasPrefix(line, []byte("\tat ")) {
			kept = append(kept, line...)
		}
	}
	if kept = bytes.TrimRight(kept, "\n"); len(kept) == 0 {
		return "(nothing)"
	}
	return string(kept)
}
