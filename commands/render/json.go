package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// jsonWriter writes nested objects of strings in order, indented by four blanks. encoding/json
// keeps neither the order of keys nor keys that occur twice.
type jsonWriter struct {
	b     strings.Builder
	depth int
	empty bool // nothing was written into the current object yet
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

// quoteJSON quotes a string as the original does: only what JSON demands is escaped.
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

// WriteIndented writes a value as JSON, as the commands that are ours print it: indented, for people too.
// Texts are not escaped for HTML. It returns what the writer or a value's encoding returns.
func WriteIndented(w io.Writer, v any, indent string) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	return encoder.Encode(v)
}
