package shell

import (
	"bytes"
)

// longestLine is how many bytes of a line a pageBuffer keeps: more than any window shows, colours
// included.
const longestLine = 16 << 10

// pageBuffer keeps the first lines of what is written to it and counts the others, so that a screen
// full of a large output takes no more memory than of a small one.
type pageBuffer struct {
	most int // lines to keep

	kept  [][]byte
	ended int // lines
	full  int // lines up to the last one that is not empty
}

// Write is part of io.Writer; it never fails.
func (b *pageBuffer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		line, rest, ended := bytes.Cut(p, []byte("\n"))
		p = rest
		b.add(line)
		if ended {
			b.ended++
		}
	}
	return n, nil
}

// Add appends to the last line.
func (b *pageBuffer) add(text []byte) {
	if len(text) > 0 {
		b.full = b.ended + 1
	}
	if b.ended >= b.most {
		return
	}
	if b.ended == len(b.kept) {
		b.kept = append(b.kept, nil)
	}
	line := &b.kept[b.ended]
	*line = append(*line, text[:min(len(text), longestLine-len(*line))]...)
}

// lines returns the lines that were kept, without empty ones at the end, and how many there were in
// total.
func (b *pageBuffer) lines() (kept []string, total int) {
	for _, line := range b.kept[:min(len(b.kept), b.full)] {
		kept = append(kept, string(line))
	}
	return kept, b.full
}
