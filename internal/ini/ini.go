// Package ini reads the config.ini of a Pegasus server as the server does, and changes single
// values without touching another byte.
//
// The format, from the server's parser (src/utils/configuration.cpp): a line is `[section]` or `key
// = value`; everything after the first `=` belongs to the value, blanks around it do not. A `#` or
// `;` begins a comment anywhere in a line, unless a `^` precedes it, which is then dropped. A key
// without `=` has an empty value, and so has a key whose value is a placeholder, `%name%`;
// `%{name}` is kept as it is. If a key occurs twice in a section, the first one counts. A section
// that occurs twice, a key before the first section and an empty file are errors.
package ini

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"pegashell/internal/message"
)

// blanks are what the server trims from keys, values and section names.
const blanks = " \t\r"

// File is a parsed file. It is not safe for use by several goroutines while one of them changes it.
type File struct {
	name     string
	data     []byte
	sections []*section
	byName   map[string]*section
}

type section struct {
	name    string
	line    int // of its header, from 1
	end     int // offset after the line of its header or of its last key
	entries []*entry
	byKey   map[string]*entry // those that count
}

// entry is a `key = value` line. The value's text, with its escapes, is data[from:to].
type entry struct {
	key, value string
	line       int // from 1
	from, to   int
	noEquals   bool
	duplicate  bool
	raw        string // the value as it is written, also where it counts as empty
}

// SyntaxError is a line that the server would refuse to start with.
type SyntaxError struct {
	File string
	Line int // from 1; 0 for the whole file
	Text message.Text
}

// In returns the error in a language.
func (e *SyntaxError) In(l message.Language) string {
	if e.Line == 0 {
		return e.File + ": " + e.Text.In(l)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text.In(l))
}

func (e *SyntaxError) Error() string { return e.In(message.English) }

// Load reads and parses the file at path.
func Load(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, message.Errorf("read configuration: %w", err)
	}
	return Parse(path, data)
}

// Parse parses data; name is the name of the file in errors, which are of type *SyntaxError. The
// error is the first one, at which a server stops.
func Parse(name string, data []byte) (*File, error) {
	f := newFile(name, data)
	if err := f.parse(func(err *SyntaxError) bool { return false }); err != nil {
		return nil, err
	}
	return f, nil
}

// Examine parses data as far as that is possible, and returns every line that a server would not
// understand. Keys below a section header that it does not understand are left out.
func Examine(name string, data []byte) (*File, []*SyntaxError) {
	f := newFile(name, data)
	var wrong []*SyntaxError
	f.parse(func(err *SyntaxError) bool {
		wrong = append(wrong, err)
		return true
	})
	return f, wrong
}

func newFile(name string, data []byte) *File {
	return &File{name: name, data: bytes.Clone(data), byName: map[string]*section{}}
}

// byteOrderMark is what some editors put before UTF-8.
const byteOrderMark = "\ufeff"

// parse reads all lines. After an error it goes on if that is wanted, and otherwise returns it.
func (f *File) parse(goOn func(*SyntaxError) bool) error {
	refused := func(text message.Text, line int) *SyntaxError {
		if err := (&SyntaxError{File: f.name, Line: line, Text: text}); !goOn(err) {
			return err
		}
		return nil
	}
	start, number, lost := 0, 0, false // lost: below a header that was not understood
	if len(f.data) == 0 {
		if err := refused(message.New("the file is empty"), 0); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(f.data, []byte(byteOrderMark)) {
		if err := refused(message.New("the file begins with a byte order mark, which a server does not skip: save it as UTF-8 without one"), 1); err != nil {
			return err
		}
		start = len(byteOrderMark)
	}
	for line := range bytes.Lines(f.data[start:]) {
		number++
		header := bytes.HasPrefix(bytes.TrimLeft(line, blanks), []byte("["))
		if !lost || header {
			err := f.parseLine(number, start, line)
			if err != nil && !goOn(err) {
				return err
			}
			lost = err != nil && header
		}
		start += len(line)
	}
	return nil
}

// parseLine reads the line that begins at offset start of the file.
func (f *File) parseLine(number, start int, line []byte) *SyntaxError {
	fail := func(text message.Text) *SyntaxError { return &SyntaxError{File: f.name, Line: number, Text: text} }
	text := bytes.TrimSuffix(line, []byte("\n"))
	indent := len(text) - len(bytes.TrimLeft(text, blanks))
	text = withoutComment(text[indent:])
	if len(text) == 0 {
		return nil
	}
	before, after, hasEquals := bytes.Cut(text, []byte("="))
	if text[0] == '[' {
		name, _, closed := strings.Cut(unescape(text[1:]), "]")
		name = strings.Trim(name, blanks)
		switch {
		case hasEquals:
			return fail(message.New("a section header with an equals sign"))
		case !closed:
			return fail(message.New("a section header without ]"))
		case name == "":
			return fail(message.New("a section without a name"))
		case f.section(name) != nil:
			return fail(message.New("section [%s] occurs twice", name))
		}
		s := &section{name: name, line: number, end: start + len(line), byKey: map[string]*entry{}}
		f.sections, f.byName[name] = append(f.sections, s), s
		return nil
	}
	e := &entry{key: strings.Trim(unescape(before), blanks), line: number, noEquals: !hasEquals}
	if len(f.sections) == 0 {
		return fail(message.New("key %q is before the first section", e.key))
	}
	if e.key == "" {
		return fail(message.New("a value without a key"))
	}
	e.to = start + indent + len(bytes.TrimRight(text, blanks))
	e.from = e.to
	if raw := bytes.Trim(after, blanks); len(raw) > 0 {
		e.from = e.to - len(raw)
		e.value = unescape(raw)
	}
	e.raw = e.value
	if n := len(e.value); n > 2 && e.value[0] == '%' && e.value[n-1] == '%' {
		e.value = ""
	}
	s := f.sections[len(f.sections)-1]
	if e.duplicate = s.entry(e.key) != nil; !e.duplicate {
		s.byKey[e.key] = e
	}
	s.entries = append(s.entries, e)
	s.end = start + len(line)
	return nil
}

// withoutComment cuts a line, its indentation already gone, where its comment begins.
func withoutComment(line []byte) []byte {
	for i, c := range line {
		if (c == '#' || c == ';') && (i == 0 || line[i-1] != '^') {
			return line[:i]
		}
	}
	return line
}

var unescaper = strings.NewReplacer("^#", "#", "^;", ";")

func unescape(text []byte) string { return unescaper.Replace(string(text)) }

func (f *File) section(name string) *section { return f.byName[name] }

func (s *section) entry(key string) *entry { return s.byKey[key] }

func (f *File) entry(section, key string) *entry {
	if s := f.section(section); s != nil {
		return s.entry(key)
	}
	return nil
}

// Bytes returns the file's content, with the changes made so far.
func (f *File) Bytes() []byte { return bytes.Clone(f.data) }

// Sections returns the names of the sections in the file's order.
func (f *File) Sections() []string {
	var names []string
	for _, s := range f.sections {
		names = append(names, s.name)
	}
	return names
}

// Keys returns the keys of a section in the file's order; none if there is no such section.
func (f *File) Keys(section string) []string {
	s := f.section(section)
	if s == nil {
		return nil
	}
	var keys []string
	for _, e := range s.entries {
		if !e.duplicate {
			keys = append(keys, e.key)
		}
	}
	return keys
}

// Warnings returns a line of text for each line of the file that the server skips: keys that their
// section already has.
func (f *File) Warnings() []string {
	var texts []string
	for _, s := range f.sections {
		for _, e := range s.entries {
			if e.duplicate {
				texts = append(texts, fmt.Sprintf("%s:%d: [%s] %s is skipped: it is already on line %d",
					f.name, e.line, s.name, e.key, s.entry(e.key).line))
			}
		}
	}
	return texts
}

// Entry is a line KEY = VALUE.
type Entry struct {
	Section, Key, Value string
	// Raw is the value as it is written; Value is empty for %name%.
	Raw string
	// Line is from 1.
	Line int
	// First is the line of the entry that counts instead, where the section has the key already; 0
	// for an entry that counts.
	First int
}

// Entries returns all lines KEY = VALUE in their order.
func (f *File) Entries() []Entry {
	var all []Entry
	for _, s := range f.sections {
		for _, e := range s.entries {
			entry := Entry{Section: s.name, Key: e.key, Value: e.value, Raw: e.raw, Line: e.line}
			if e.duplicate {
				entry.First = s.entry(e.key).line
			}
			all = append(all, entry)
		}
	}
	return all
}

// Line returns the line of a key that the file has, or of its section; 0 for neither.
func (f *File) Line(section, key string) int {
	if e := f.entry(section, key); e != nil {
		return e.line
	}
	if s := f.section(section); s != nil {
		return s.line
	}
	return 0
}

// Lookup returns the value of a key and whether the key is there.
func (f *File) Lookup(section, key string) (string, bool) {
	if e := f.entry(section, key); e != nil {
		return e.value, true
	}
	return "", false
}

// String returns the value of a key, or fallback if there is none.
func (f *File) String(section, key, fallback string) string {
	if value, ok := f.Lookup(section, key); ok {
		return value
	}
	return fallback
}

// List returns the parts of a value between commas, without blanks and without empty parts.
func (f *File) List(section, key string) []string {
	var parts []string
	for part := range strings.SplitSeq(f.String(section, key, ""), ",") {
		if part = strings.Trim(part, blanks); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// Int returns the value of a key as a number, or fallback if there is none. A leading 0x makes it
// hexadecimal.
func (f *File) Int(section, key string, fallback int64) (int64, error) {
	e := f.entry(section, key)
	if e == nil {
		return fallback, nil
	}
	n, err := strconv.ParseInt(e.value, 0, 64)
	if err != nil {
		return 0, f.invalid(section, e, message.New("not a number"))
	}
	return n, nil
}

// Bool returns the value of a key, true or false in any case of letters, or fallback where there is
// none.
func (f *File) Bool(section, key string, fallback bool) (bool, error) {
	e := f.entry(section, key)
	if e == nil {
		return fallback, nil
	}
	switch strings.ToLower(e.value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, f.invalid(section, e, message.New("neither true nor false"))
}

// Duration returns the value of a key as a number of units, or fallback where there is none. A
// negative number and one too large for a Duration are errors.
func (f *File) Duration(section, key string, unit, fallback time.Duration) (time.Duration, error) {
	e := f.entry(section, key)
	if e == nil {
		return fallback, nil
	}
	n, err := f.Int(section, key, 0)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > int64((1<<63-1)/unit) {
		return 0, f.invalid(section, e, message.New("out of range"))
	}
	return time.Duration(n) * unit, nil
}

func (f *File) invalid(section string, e *entry, what message.Text) error {
	return &SyntaxError{File: f.name, Line: e.line, Text: message.New("[%s] %s: %q is %s", section, e.key, e.value, what)}
}
