package backup

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
)

// ErrCutOff says that a file ends before its trailer.
var ErrCutOff = errors.New("the file ends here, without the trailer: it was cut off")

var errTooLong = fmt.Errorf("the line is longer than %d bytes", MaxLine)

// DamageError says that a file is not what was once written, or no backup.
type DamageError struct {
	Line int64 // counted from 1
	Err  error
}

func (e *DamageError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *DamageError) Unwrap() error { return e.Err }

// Reader reads a file, line by line, and holds one line at a time. What it returned is certain only
// at the end of the file: the checksum is the last line.
type Reader struct {
	in      *bufio.Reader
	hash    hash.Hash
	order   order
	line    int64
	znodes  int64
	header  Header
	changes Changes
	parser  parser
	long    []byte // a line that is longer than the buffer
	ended   bool
}

// NewReader reads the header. Its errors, and those of Next, are of type
// *DamageError.
func NewReader(r io.Reader) (*Reader, error) {
	reader := &Reader{in: bufio.NewReaderSize(r, 64<<10), hash: sha256.New()}
	text, err := reader.readLine()
	if errors.Is(err, ErrCutOff) && len(text) == 0 {
		return nil, reader.damage(errors.New("the file is empty"))
	}
	if err != nil && (!errors.Is(err, ErrCutOff) || bytes.HasPrefix(text, headerStart)) {
		return nil, reader.damage(err)
	}
	var line headerLine
	if decodeErr := decode(text, &line); line.Format != Format {
		return nil, reader.damage(fmt.Errorf("this is not a backup of znodes: the first line must be a header with the format %q", Format))
	} else if line.Version != Version {
		return nil, reader.damage(fmt.Errorf("the format version is %d, but this program knows only version %d", line.Version, Version))
	} else if decodeErr != nil {
		return nil, reader.damage(decodeErr)
	}
	if reader.header, err = line.header(); err != nil {
		return nil, reader.damage(err)
	}
	reader.hash.Write(text)
	return reader, nil
}

// Header is what the first line says.
func (r *Reader) Header() Header { return r.header }

// Line is the number of the line that was read last, from 1.
func (r *Reader) Line() int64 { return r.line }

// Znodes is how many znodes Next has returned.
func (r *Reader) Znodes() int64 { return r.znodes }

// Sum is the checksum of the lines so far, without the trailer.
func (r *Reader) Sum() [sha256.Size]byte { return [sha256.Size]byte(r.hash.Sum(nil)) }

// Changes are known when Next has returned io.EOF.
func (r *Reader) Changes() Changes { return r.changes }

// Next returns the next znode. After the last it is io.EOF if the file is whole.
func (r *Reader) Next() (*Record, error) {
	if r.ended {
		return nil, io.EOF
	}
	text, err := r.readLine()
	if err != nil {
		return nil, r.damage(err)
	}
	switch {
	case bytes.HasPrefix(text, recordStart) && r.changes.Total == 0:
		record, err := r.record(text)
		if err != nil {
			return nil, r.damage(err)
		}
		return record, nil
	case bytes.HasPrefix(text, changesStart) && r.changes.Total == 0:
		if err := r.readChanges(text); err != nil {
			return nil, r.damage(err)
		}
		return r.Next()
	case bytes.HasPrefix(text, trailerStart):
		if err := r.end(text); err != nil {
			return nil, r.damage(err)
		}
		r.ended = true
		return nil, io.EOF
	}
	return nil, r.damage(errors.New("the line is neither a znode nor the trailer"))
}

func (r *Reader) record(text []byte) (*Record, error) {
	if record := r.parser.record(text); record != nil {
		return record, cmp.Or(r.count(text, record.Path), record.check())
	}
	var line recordLine
	if err := decode(text, &line); err != nil {
		return nil, err
	}
	if err := r.count(text, line.Path); err != nil {
		return nil, err
	}
	return line.record()
}

// count adds a znode's line to the checksum, unless it is not in its place.
func (r *Reader) count(text []byte, path string) error {
	if err := r.order.check(path); err != nil {
		return err
	}
	r.hash.Write(text)
	r.znodes++
	return nil
}

func (r *Reader) readChanges(text []byte) error {
	var line changesLine
	if err := decode(text, &line); err != nil {
		return err
	}
	if line.Changed <= 0 {
		return fmt.Errorf("the number of changed znodes is %d", line.Changed)
	}
	r.hash.Write(text)
	r.changes = Changes{line.Changed, line.Paths}
	return nil
}

// end compares the trailer with what was read. It must be there byte for byte
// as it was written, for no checksum covers it.
func (r *Reader) end(text []byte) error {
	var line trailerLine
	if err := decode(text, &line); err != nil {
		return err
	}
	want := trailer(r.znodes, r.hash)
	var exact bytes.Buffer
	if err := encode(&exact, want); err != nil {
		return err
	}
	switch {
	case r.znodes == 0:
		return errors.New("the file has no znode")
	case line.Znodes != want.Znodes:
		return fmt.Errorf("the trailer counts %d znodes, but the file has %d", line.Znodes, want.Znodes)
	case line.SHA256 != want.SHA256:
		return fmt.Errorf("the checksum does not match the lines before it: one of them was changed (sha256 %s, the trailer says %s)", want.SHA256, line.SHA256)
	case !bytes.Equal(text, exact.Bytes()):
		return errors.New("the trailer was changed")
	}
	switch _, err := r.in.ReadByte(); {
	case err == nil:
		r.line++
		return errors.New("something follows the trailer")
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// readLine returns a line with its line feed, valid until the next call. A last line without a line
// feed is returned with ErrCutOff.
func (r *Reader) readLine() ([]byte, error) {
	r.line++
	text, err := r.in.ReadSlice('\n')
	if err == nil {
		return text, nil
	}
	r.long = r.long[:0]
	for {
		r.long = append(r.long, text...)
		switch {
		case err == nil:
			return r.long, nil
		case errors.Is(err, io.EOF):
			return r.long, ErrCutOff
		case !errors.Is(err, bufio.ErrBufferFull):
			return r.long, err
		case len(r.long) > MaxLine:
			return nil, errTooLong
		}
		text, err = r.in.ReadSlice('\n')
	}
}

func (r *Reader) damage(err error) error { return &DamageError{r.line, err} }
