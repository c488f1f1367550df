package ini

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"pegashell/internal/message"
)

// ErrNoKey means that the file does not have the key to be changed.
var ErrNoKey = errors.New("no such key")

// Set changes the value of a key that the file has; without it, the error wraps ErrNoKey. Every
// byte outside of the value stays as it was. A value that the format cannot express (with a line
// break or with blanks at its ends, a placeholder) is refused. On an error the file is unchanged.
func (f *File) Set(section, key, value string) error {
	e := f.entry(section, key)
	if e == nil {
		return message.Errorf("set [%s] %s in %s: %w", section, key, f.name, ErrNoKey)
	}
	text := escape(value)
	switch {
	case e.noEquals:
		text = " = " + text
	case e.from == e.to && f.data[e.from-1] == '=':
		text = " " + text
	}
	return f.edit(section, key, value, e.from, e.to, text)
}

// Put is Set for a key that may be missing: it is then added below the last key of its section, and
// a missing section at the end of the file.
func (f *File) Put(section, key, value string) error {
	if f.entry(section, key) != nil {
		return f.Set(section, key, value)
	}
	newline := f.newline()
	line := f.indent(section) + key + " = " + escape(value) + newline
	s := f.section(section)
	at := len(f.data)
	if s != nil {
		at = s.end
	} else {
		line = newline + "[" + section + "]" + newline + line
	}
	if at > 0 && f.data[at-1] != '\n' {
		line = newline + line
	}
	return f.edit(section, key, value, at, at, line)
}

// edit replaces data[from:to] by text, provided that the new file parses, has the new value and
// keeps the value of every other key.
func (f *File) edit(section, key, value string, from, to int, text string) error {
	data := slices.Concat(f.data[:from], []byte(text), f.data[to:])
	changed, err := Parse(f.name, data)
	if err != nil {
		return message.Errorf("set [%s] %s in %s to %q: the file format cannot express this value: %w", section, key, f.name, value, err)
	}
	want, got := f.values(), changed.values()
	want[place{section, key}] = value
	if len(want) != len(got) {
		return message.Errorf("set [%s] %s in %s to %q: the file format cannot express this value", section, key, f.name, value)
	}
	for at, v := range want {
		if now, ok := got[at]; !ok || now != v {
			return message.Errorf("set [%s] %s in %s to %q: the file format cannot express this value", section, key, f.name, value)
		}
	}
	*f = *changed
	return nil
}

type place struct{ section, key string }

func (f *File) values() map[place]string {
	all := map[place]string{}
	for _, s := range f.sections {
		for _, e := range s.entries {
			if !e.duplicate {
				all[place{s.name, e.key}] = e.value
			}
		}
	}
	return all
}

var escaper = strings.NewReplacer("#", "^#", ";", "^;")

func escape(value string) string { return escaper.Replace(value) }

// newline returns the line end of the file's first line.
func (f *File) newline() string {
	first, _, _ := bytes.Cut(f.data, []byte("\n"))
	if bytes.HasSuffix(first, []byte("\r")) {
		return "\r\n"
	}
	return "\n"
}

// indent returns the blanks before the last key of the section, or two blanks as in Pegasus's own
// files.
func (f *File) indent(section string) string {
	s := f.section(section)
	if s == nil || len(s.entries) == 0 {
		return "  "
	}
	e := s.entries[len(s.entries)-1]
	line := f.data[bytes.LastIndexByte(f.data[:e.from], '\n')+1:]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}
