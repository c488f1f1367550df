package layout

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// objectWriter writes one JSON object as RapidJSON's plain writer does.
type objectWriter struct{ buf []byte }

func (w *objectWriter) key(name string) {
	if len(w.buf) == 0 {
		w.buf = append(w.buf, '{')
	} else {
		w.buf = append(w.buf, ',')
	}
	w.buf = appendText(w.buf, name)
	w.buf = append(w.buf, ':')
}

func (w *objectWriter) text(name, value string) {
	w.key(name)
	w.buf = appendText(w.buf, value)
}

func (w *objectWriter) number(name string, value int64) {
	w.key(name)
	w.buf = strconv.AppendInt(w.buf, value, 10)
}

func (w *objectWriter) flag(name string, value bool) {
	if value {
		w.number(name, 1)
		return
	}
	w.number(name, 0)
}

func (w *objectWriter) list(name string, values []string) {
	w.key(name)
	w.buf = append(w.buf, '[')
	for i, v := range values {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = appendText(w.buf, v)
	}
	w.buf = append(w.buf, ']')
}

func (w *objectWriter) texts(name string, values map[string]string) {
	w.key(name)
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	w.buf = append(w.buf, '{')
	for i, k := range keys {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = appendText(w.buf, k)
		w.buf = append(w.buf, ':')
		w.buf = appendText(w.buf, values[k])
	}
	w.buf = append(w.buf, '}')
}

func (w *objectWriter) end() []byte { return append(w.buf, '}') }

// appendText quotes a string as RapidJSON does: short escapes where there are
// any, \u00XX with capital digits for other control characters, every other
// byte as it is.
func appendText(buf []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	buf = append(buf, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			buf = append(buf, '\\', c)
		case '\b':
			buf = append(buf, '\\', 'b')
		case '\f':
			buf = append(buf, '\\', 'f')
		case '\n':
			buf = append(buf, '\\', 'n')
		case '\r':
			buf = append(buf, '\\', 'r')
		case '\t':
			buf = append(buf, '\\', 't')
		default:
			if c < ' ' {
				buf = append(buf, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			} else {
				buf = append(buf, c)
			}
		}
	}
	return append(buf, '"')
}

// objectReader reads members of one JSON object by their exact names; the first failure stays in
// err. encoding/json's own matching of struct fields would ignore case and let null pass.
type objectReader struct {
	members map[string]json.RawMessage
	err     error
}

func readObject(data []byte) (*objectReader, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("is not UTF-8")
	}
	r := &objectReader{}
	if err := json.Unmarshal(data, &r.members); err != nil {
		return nil, fmt.Errorf("is not a JSON object: %w", err)
	}
	if r.members == nil {
		return nil, errors.New("is not a JSON object")
	}
	return r, nil
}

func (r *objectReader) has(name string) bool {
	_, found := r.members[name]
	return found
}

func (r *objectReader) need(name string) {
	if r.err == nil && !r.has(name) {
		r.err = fmt.Errorf("member %q is missing", name)
	}
}

// read decodes a member, if it is there, and refuses null, which leaves any
// value as it was.
func (r *objectReader) read(name string, value any) {
	raw, found := r.members[name]
	if r.err != nil || !found {
		return
	}
	if string(raw) == "null" {
		r.err = fmt.Errorf("member %q is null", name)
		return
	}
	if err := json.Unmarshal(raw, value); err != nil {
		r.err = fmt.Errorf("member %q: %w", name, err)
	}
}

func (r *objectReader) text(name string, value *string, required bool) {
	if required {
		r.need(name)
	}
	r.read(name, value)
}

func (r *objectReader) int32(name string, value *int32, required bool) {
	if required {
		r.need(name)
	}
	r.read(name, value)
}

func (r *objectReader) int64(name string, value *int64) { r.read(name, value) }

func (r *objectReader) list(name string, value *[]string) { r.read(name, value) }

func (r *objectReader) texts(name string, value *map[string]string) { r.read(name, value) }

// flag reads a boolean, which servers write as 0 or 1 and accept as a JSON
// boolean too.
func (r *objectReader) flag(name string, value *bool) {
	switch string(r.members[name]) {
	case "true":
		*value = true
	case "false":
		*value = false
	default:
		var number int32
		r.read(name, &number)
		*value = number != 0
	}
}
