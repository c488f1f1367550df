package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"pegashell/internal/nearmiss"
)

// problem is a key that is not known or has a value of the wrong type.
type problem struct {
	line int
	text string
}

// shape compares what a file holds with the fields of Manifest.
type shape struct {
	m        *Manifest
	problems []problem
}

// checkShape says which keys of a file are not known, or have a value that their field cannot hold,
// by their lines. Values are not shown: they may be secrets.
func (m *Manifest) checkShape(raw map[string]any) error {
	s := shape{m: m}
	s.table(raw, reflect.TypeFor[Manifest](), nil, nil)
	slices.SortStableFunc(s.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	all := make([]error, len(s.problems))
	for i, p := range s.problems {
		all[i] = errors.New(p.text)
	}
	return errors.Join(all...)
}

// add notes a problem of a key; where finds it in the file, which may need the name of a command.
func (s *shape) add(where []string, format string, args ...any) {
	at := s.m.firstAt(where)
	s.problems = append(s.problems, problem{lineOf(at), at + ": " + fmt.Sprintf(format, args...)})
}

// table compares the keys of a table with the fields of a struct.
func (s *shape) table(raw map[string]any, fields reflect.Type, key, where []string) {
	known := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(fields) { // those of embedded structs too
		if name := f.Tag.Get("toml"); name != "" && name != "-" {
			known[name] = f.Type
		}
	}
	for _, name := range names(raw) {
		below, there := append(key[:len(key):len(key)], name), append(where[:len(where):len(where)], name)
		field, ok := known[name]
		if !ok {
			s.unknown(below, there, names(known))
			continue
		}
		s.value(raw[name], field, below, there)
		if fields == reflect.TypeFor[Server]() && isEmpty(raw[name]) {
			s.add(there, "%s: it is empty: omit the key where there is nothing to say", inTable(there))
		}
	}
}

// isEmpty says of a value whether it is an empty text or an empty list.
func isEmpty(raw any) bool {
	list, isList := raw.([]any)
	return raw == "" || isList && len(list) == 0
}

// unknown notes a key that no field has.
func (s *shape) unknown(key, where, known []string) {
	name := key[len(key)-1]
	hint := nearmiss.Question(name, known).String()
	if hint == "" {
		hint = "known keys are " + strings.Join(known, ", ")
		if len(key) > 1 {
			hint = strings.Join(key[:len(key)-1], ".") + " can have " + strings.Join(known, ", ")
		}
	}
	s.add(where, "unknown key %q: %s", strings.Join(key, "."), hint)
}

// value compares a value with the type of its field.
func (s *shape) value(raw any, field reflect.Type, key, where []string) {
	want := ""
	switch {
	case field == reflect.TypeFor[Duration]():
		if text, ok := raw.(string); !ok {
			want = `a duration in quotes, such as "30s" or "5m"`
		} else if err := new(Duration).UnmarshalText([]byte(text)); err != nil {
			s.add(where, "%s: %v", inTable(where), err)
		}
	case field.Kind() == reflect.String:
		if _, ok := raw.(string); !ok {
			want = "a text in quotes"
		}
	case field.Kind() == reflect.Bool:
		if _, ok := raw.(bool); !ok {
			want = "true or false"
		}
	case field.Kind() == reflect.Slice && field.Elem().Kind() == reflect.String:
		if !isTexts(raw) {
			want = `a list of texts, such as ["a", "b"]`
		}
	case field.Kind() == reflect.Slice:
		list, ok := raw.([]any)
		for _, entry := range list {
			table, isTable := entry.(map[string]any)
			if ok = ok && isTable; !ok {
				break
			}
			s.table(table, field.Elem(), key, inList(where, table))
		}
		if !ok {
			want = fmt.Sprintf("tables, each under a line [[%s]]", key[0])
		}
	default: // a table of a fixed form, or one whose keys are names
		table, ok := raw.(map[string]any)
		switch {
		case !ok:
			want = fmt.Sprintf("a table, under a line [%s]", strings.Join(key, "."))
		case field.Kind() == reflect.Struct:
			s.table(table, field, key, where)
		default:
			for _, name := range slices.Sorted(maps.Keys(table)) {
				s.value(table[name], field.Elem(), append(key[:len(key):len(key)], name), append(where[:len(where):len(where)], name))
			}
		}
	}
	if want != "" {
		s.add(where, "%s: it must be %s, not %s", inTable(where), want, kindOf(raw))
	}
}

// inTable writes a key as the other errors of a file do: after the heading of its table.
func inTable(where []string) string {
	switch n := len(where); {
	case n == 1:
		return where[0]
	case where[0] == "command":
		return fmt.Sprintf("[[command]] %s", strings.Join(where[1:], " "))
	default:
		heading := make([]string, n-1)
		for i := range heading {
			heading[i] = tomlKey(where[i])
		}
		return fmt.Sprintf("[%s] %s", strings.Join(heading, "."), where[n-1])
	}
}

func isTexts(raw any) bool {
	list, ok := raw.([]any)
	return ok && !slices.ContainsFunc(list, func(entry any) bool { _, text := entry.(string); return !text })
}

// inList is the key by which positions find a table of a list: with its name, where it has one.
func inList(where []string, table map[string]any) []string {
	if name, _ := table["name"].(string); name != "" {
		return append(where[:len(where):len(where)], name)
	}
	return where
}

// kindOf describes a value that a file has instead of one of the right type.
func kindOf(raw any) string {
	switch list := raw.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case map[string]any:
		return "a table"
	case []any:
		if len(list) == 0 || isTexts(raw) {
			return "a list of texts"
		}
		return "a list of other values"
	}
	return "a date or a time"
}
