// Package sorted sorts more texts than fit into memory.
package sorted

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// DefaultMemory is how many bytes of texts are held before they go to a file.
const DefaultMemory = 8 << 20

// overhead is what a text costs beside its bytes.
const overhead = 16

// Texts takes texts in any order and returns them in order. The zero value with Compare set is
// ready to use. It is not safe for concurrent use.
type Texts struct {
	// Compare orders two texts, as strings.Compare does. Equal ones come in any order.
	Compare func(a, b string) int
	// Memory bounds the bytes of texts that are held; zero means DefaultMemory. The rest is in
	// temporary files without a name, which disappear with the process in any case.
	Memory int

	held []string
	size int
	runs []*os.File // each in order
}

// Add takes one text.
func (t *Texts) Add(text string) error {
	limit := t.Memory
	if limit <= 0 {
		limit = DefaultMemory
	}
	if t.size+len(text)+overhead > limit && len(t.held) > 0 {
		if err := t.spill(); err != nil {
			return fmt.Errorf("sort a list: %w", err)
		}
	}
	t.held = append(t.held, text)
	t.size += len(text) + overhead
	return nil
}

// spill writes what is held to a file of its own.
func (t *Texts) spill() error {
	f, err := os.CreateTemp("", "pegashell-*")
	if err != nil {
		return err
	}
	t.runs = append(t.runs, f)
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	slices.SortFunc(t.held, t.Compare)
	w := bufio.NewWriter(f)
	var head []byte
	for _, text := range t.held {
		head = binary.AppendUvarint(head[:0], uint64(len(text)))
		w.Write(head) // the writer keeps its first error
		w.WriteString(text)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	clear(t.held)
	t.held, t.size = t.held[:0], 0
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// Each calls visit for every text in order until it fails. It is called once, and nothing is added
// after it.
func (t *Texts) Each(visit func(text string) error) error {
	slices.SortFunc(t.held, t.Compare)
	runs := []*run{{held: t.held}}
	for _, f := range t.runs {
		runs = append(runs, &run{file: bufio.NewReader(f)})
	}
	for _, r := range runs {
		if err := r.advance(); err != nil {
			return fmt.Errorf("sort a list: %w", err)
		}
	}
	for {
		// There are few runs: about ten with 1,000,000 paths.
		var first *run
		for _, r := range runs {
			if !r.over && (first == nil || t.Compare(r.text, first.text) < 0) {
				first = r
			}
		}
		if first == nil {
			return nil
		}
		if err := visit(first.text); err != nil {
			return err
		}
		if err := first.advance(); err != nil {
			return fmt.Errorf("sort a list: %w", err)
		}
	}
}

// Close releases the memory and the files of the texts.
func (t *Texts) Close() error {
	var errs []error
	for _, f := range t.runs {
		errs = append(errs, f.Close())
	}
	t.held, t.runs = nil, nil
	return errors.Join(errs...)
}

// run returns texts that are in order, from memory or from a file.
type run struct {
	held []string
	file *bufio.Reader // nil for one in memory
	text string        // the one at hand
	over bool
}

func (r *run) advance() error {
	if r.file == nil {
		if r.over = len(r.held) == 0; !r.over {
			r.text, r.held = r.held[0], r.held[1:]
		}
		return nil
	}
	length, err := binary.ReadUvarint(r.file)
	if errors.Is(err, io.EOF) {
		r.over = true
		return nil
	}
	if err != nil {
		return err
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r.file, text); err != nil {
		return err
	}
	r.text = string(text)
	return nil
}
