package backup

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Suffixes are the endings of file names by which a backup is known. The last two show its
// compression as well.
var Suffixes = []string{".zkb", ".gz", ".zst"}

// maxWindow bounds the memory that a compressed file may ask for, in bytes.
const maxWindow = 32 << 20

// Compress returns a writer that compresses as the file's name asks for: gzip for .gz, Zstandard
// for .zst, not at all for any other. Closing it does not close w. What several of them wrote one
// after the other is read as one.
func Compress(w io.Writer, name string) (io.WriteCloser, error) {
	switch {
	case strings.HasSuffix(name, ".gz"):
		return gzip.NewWriter(w), nil
	case strings.HasSuffix(name, ".zst"):
		e, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
		if err != nil {
			return nil, fmt.Errorf("compress %s: %w", name, err)
		}
		return e, nil
	}
	return plain{w}, nil
}

type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// Decompress returns a reader of what Compress wrote. It goes by the first bytes, not by a name.
func Decompress(r io.Reader) (io.ReadCloser, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	magic, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case strings.HasPrefix(string(magic), "\x1f\x8b"):
		return gzip.NewReader(in)
	case string(magic) == "\x28\xb5\x2f\xfd":
		d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return io.NopCloser(in), nil
}

// HasSuffix reports whether a file's name has the suffix of a backup.
func HasSuffix(name string) bool {
	return slices.ContainsFunc(Suffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}
