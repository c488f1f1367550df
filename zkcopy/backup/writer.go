package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// MaxLine bounds a line, in bytes. A znode of several times what servers accept
// by default fits, whatever bytes it holds.
const MaxLine = 64 << 20

// Writer writes a file, line by line.
type Writer struct {
	w      io.Writer
	hash   hash.Hash
	order  order
	znodes int64
	line   []byte // of the last znode
}

// NewWriter writes the header. The lines go to w one by one: it should buffer.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	writer := &Writer{w: w, hash: sha256.New()}
	return writer, writer.write(h.line())
}

// Redirect has the lines that follow written elsewhere.
func (w *Writer) Redirect(to io.Writer) { w.w = to }

// Add writes a znode. They must come in the order of Compare, each after its
// parent, the root first.
func (w *Writer) Add(r *Record) error {
	if err := w.order.check(r.Path); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	if err := r.checkText(); err != nil {
		return err
	}
	w.znodes++
	w.line = appendRecord(w.line[:0], r)
	if err := w.writeText(w.line); err != nil {
		return fmt.Errorf("%s: %w", r.Path, err)
	}
	return nil
}

// Znodes is how many were added, Sum the checksum of all lines so far.
func (w *Writer) Znodes() int64 { return w.znodes }

// Sum is the checksum of all lines so far.
func (w *Writer) Sum() [sha256.Size]byte { return [sha256.Size]byte(w.hash.Sum(nil)) }

// Finish writes the trailer, before it the changes if there were any. Nothing
// is to be written after it.
func (w *Writer) Finish(c Changes) error {
	if c.Total > 0 {
		if err := w.write(changesLine{c.Total, c.Paths}); err != nil {
			return err
		}
	}
	return w.write(trailer(w.znodes, w.hash))
}

func trailer(znodes int64, h hash.Hash) trailerLine {
	return trailerLine{znodes, hex.EncodeToString(h.Sum(nil))}
}

func (w *Writer) write(line any) error {
	var text bytes.Buffer
	if err := encode(&text, line); err != nil {
		return err
	}
	return w.writeText(text.Bytes())
}

func (w *Writer) writeText(line []byte) error {
	if len(line) > MaxLine {
		return errTooLong
	}
	w.hash.Write(line)
	_, err := w.w.Write(line)
	return err
}
