package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"pegashell/internal/atomicfile"
)

// report is the whole result of a command: tables in the order to be printed.
type report struct {
	tables []*table
	// single is set for commands that print one table, which no blank line follows.
	single bool
	// lists are printed in JSON only, where there is room for more than the text lists.
	lists []list
}

// list is a number of texts with a name, and how many there would be if they were not bounded. In JSON that is
// NAME_total.
type list struct {
	name  string
	texts []string
	total int64
}

func (r *report) add(t *table) *table {
	r.tables = append(r.tables, t)
	return t
}

// outputOptions say where a report goes and in which form.
type outputOptions struct {
	file string
	json bool
}

// print writes the report to the file of the options, whole or not at all, or to the environment's output.
func (r *report) print(env *Env, o outputOptions) error {
	write := r.writeText
	if o.json {
		write = r.writeJSON
	}
	return env.writeResult(o.file, write)
}

// writeResult has a result written to a file, whole or not at all, or to the environment's output when file is
// "".
func (e *Env) writeResult(file string, write func(io.Writer) error) error {
	if file == "" {
		return write(e.Out)
	}
	return atomicfile.Write(file, 0o644, func(w io.Writer) error {
		sticky := &stickyWriter{w: w}
		if err := write(sticky); err != nil {
			return err
		}
		return sticky.err
	})
}

// stickyWriter remembers the first error of the writer below it, so that text can be printed line by line and
// a full disk is still found out.
type stickyWriter struct {
	w   io.Writer
	err error
}

func (s *stickyWriter) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

func (r *report) writeText(w io.Writer) error {
	for _, t := range r.tables {
		if err := t.writeText(w); err != nil {
			return err
		}
		if !r.single {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeJSON writes the report as the original does: every value a string, rows of a grid by their first
// cell, which need not be unique.
func (r *report) writeJSON(w io.Writer) error {
	var j jsonWriter
	j.open("")
	r.writeMembers(&j)
	j.close()
	j.b.WriteByte('\n')
	_, err := io.WriteString(w, j.b.String())
	return err
}

// writeMembers writes the tables and lists into the object at hand.
func (r *report) writeMembers(j *jsonWriter) {
	for _, t := range r.tables {
		if t.columns == nil && len(t.rows) == 0 {
			continue
		}
		j.open(t.name)
		for _, row := range t.rows {
			if t.columns == nil {
				j.pair(row[0], row[1])
				continue
			}
			j.open(row[0])
			for i, c := range row {
				j.pair(t.columns[i].name, c)
			}
			j.close()
		}
		j.close()
	}
	for _, l := range r.lists {
		j.list(l.name, l.texts)
		j.pair(l.name+"_total", strconv.FormatInt(l.total, 10))
	}
}

// jsonWriter writes nested objects of strings in order, indented by four blanks. encoding/json keeps
// neither the order of keys nor keys that occur twice.
type jsonWriter struct {
	b     strings.Builder
	depth int
	empty bool // nothing was written into the object at hand yet
}

func (j *jsonWriter) newline() {
	fmt.Fprintf(&j.b, "\n%*s", 4*j.depth, "")
}

func (j *jsonWriter) key(key string) {
	if !j.empty {
		j.b.WriteByte(',')
	}
	j.newline()
	j.b.WriteString(quoteJSON(key))
	j.b.WriteString(": ")
}

// open begins an object, below key unless it is the outermost one.
func (j *jsonWriter) open(key string) {
	if j.depth > 0 {
		j.key(key)
	}
	j.b.WriteByte('{')
	j.depth++
	j.empty = true
}

func (j *jsonWriter) close() {
	j.depth--
	if !j.empty {
		j.newline()
	}
	j.b.WriteByte('}')
	j.empty = false
}

func (j *jsonWriter) pair(key, value string) {
	j.key(key)
	j.b.WriteString(quoteJSON(value))
	j.empty = false
}

func (j *jsonWriter) list(key string, texts []string) {
	j.key(key)
	j.b.WriteByte('[')
	j.depth++
	for i, text := range texts {
		if i > 0 {
			j.b.WriteByte(',')
		}
		j.newline()
		j.b.WriteString(quoteJSON(text))
	}
	j.depth--
	if len(texts) > 0 {
		j.newline()
	}
	j.b.WriteByte(']')
	j.empty = false
}

// quoteJSON quotes a string as the original does: what JSON demands is escaped, nothing else.
func quoteJSON(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil { // a string always encodes
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
