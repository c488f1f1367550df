package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// Record is a command, or something else that was written down.
type Record struct {
	// Entry is the last one that there is of the command. Its Time is the command's beginning.
	Entry
	// Ended is when the command has ended; zero where it is unfinished.
	Ended time.Time
}

// IsCommand reports whether the record is of a command that changes something.
func (r *Record) IsCommand() bool { return r.Kind == Before || r.Kind == After }

// Of reports whether the record is of the cluster that has one of these meta servers.
func (r *Record) Of(metas []string) bool {
	return slices.ContainsFunc(r.Metas, func(m string) bool { return slices.Contains(metas, m) })
}

// Fact is a fact as text, "" for none.
func (r *Record) Fact(key string) string {
	switch v := r.Facts[key].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// Contents is what a journal says.
type Contents struct {
	// Records are in the order in which they began.
	Records []Record
	// Damaged is how many lines could not be read, and were left out.
	Damaged int
}

// ReadFile reads a journal. The error is fs.ErrNotExist for one that does not exist.
func ReadFile(path string) (Contents, error) {
	switch info, err := os.Stat(path); {
	case err != nil:
		return Contents{}, err
	case !info.Mode().IsRegular(): // a named pipe might never end
		return Contents{}, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return Contents{}, err
	}
	defer file.Close()
	return Read(file)
}

// Read reads a journal. A line that is damaged, or of a kind that is not known, is counted and left
// out.
func Read(r io.Reader) (c Contents, err error) {
	at := map[string]int{}
	lines := bufio.NewReader(r)
	for {
		line, tooLong, err := readLine(lines)
		if len(bytes.TrimSpace(line)) > 0 || tooLong {
			if e, ok := decode(line); ok && !tooLong {
				c.add(e, at)
			} else {
				c.Damaged++
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return c, nil
		case err != nil:
			return c, err
		}
	}
}

// readLine reads a line without its end. Of one that is longer than any entry nothing is kept.
func readLine(r *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > longest {
			line, tooLong = nil, true
		} else if !tooLong {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

func decode(line []byte) (e Entry, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber() // transaction ids have more digits than a float
	if decoder.Decode(&e) != nil || e.ID == "" || e.Time.IsZero() || decoder.More() {
		return e, false
	}
	return e, slices.Contains([]Kind{Before, After, Saved, Sight}, e.Kind) && (e.Kind != Sight || e.Seen != nil)
}

// add joins the entry of a command that has ended with the one of its beginning.
func (c *Contents) add(e Entry, at map[string]int) {
	switch e.Kind {
	case Before:
		e.Outcome = Unfinished
		at[e.ID] = len(c.Records)
	case After:
		r := Record{Entry: e, Ended: e.Time}
		if i, ok := at[e.ID]; ok {
			r.Time = c.Records[i].Time
			c.Records[i] = r
			return
		}
		r.Time = e.Time.Add(-time.Duration(e.Seconds * float64(time.Second)))
		c.Records = append(c.Records, r)
		return
	}
	c.Records = append(c.Records, Record{Entry: e})
}
