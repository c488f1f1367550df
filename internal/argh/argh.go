// Package argh reads the words of a command by the rules of the argh library, which some commands of the
// Pegasus shell use instead of getopt (source: the observed behaviour of the recorded commands, and argh's
// documentation).
package argh

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Mode says what an option is that is followed by a word which is none.
type Mode int

// The modes. In both an option with an equals sign is a parameter, and one that ends the line, or that
// another option follows, is a flag.
const (
	// PreferFlag takes it for a flag, and the word behind it for itself.
	PreferFlag Mode = iota
	// PreferParam takes it for a parameter, and the word behind it for its value.
	PreferParam
)

// Param is an option with a value. The name is without the hyphens before it.
type Param struct{ Name, Value string }

// Words are the words of a line after the command's name.
type Words struct {
	// Positional are those that belong to no option.
	Positional []string
	// Flags are options without values, sorted; an option that is given twice is there twice.
	Flags []string
	// Params are options with values, sorted by their names; of an option that is given twice the first.
	Params []Param
}

// startOfNumber is what C++ takes from a word that begins with a hyphen when it reads a number.
var startOfNumber = regexp.MustCompile(`^-(\d+\.?\d*|\.\d+)([eE][+-]?\d*)?`)

// isNumber reports whether a word begins with a number, which is no option in spite of its hyphen: -1, -.5, -2x.
// An exponent without digits spoils the number, and one that is too large too.
func isNumber(word string) bool {
	_, err := strconv.ParseFloat(startOfNumber.FindString(word), 64)
	return err == nil
}

func isOption(word string) bool { return strings.HasPrefix(word, "-") && !isNumber(word) }

// nameOf returns an option's name: the word without the hyphens before it, unless it has only hyphens.
func nameOf(word string) string { return cmp.Or(strings.TrimLeft(word, "-"), word) }

// Parse reads the words.
func Parse(words []string, mode Mode) Words {
	var w Words
	for i := 0; i < len(words); i++ {
		if !isOption(words[i]) {
			w.Positional = append(w.Positional, words[i])
			continue
		}
		name := nameOf(words[i])
		before, value, ok := strings.Cut(name, "=")
		switch {
		case ok:
			w.param(before, value)
		case i+1 == len(words) || isOption(words[i+1]) || mode == PreferFlag:
			w.Flags = append(w.Flags, name)
		default:
			w.param(name, words[i+1])
			i++
		}
	}
	slices.Sort(w.Flags)
	slices.SortStableFunc(w.Params, func(a, b Param) int { return cmp.Compare(a.Name, b.Name) })
	return w
}

func (w *Words) param(name, value string) {
	if !slices.ContainsFunc(w.Params, func(p Param) bool { return p.Name == name }) {
		w.Params = append(w.Params, Param{name, value})
	}
}

// Has reports whether one of the flags is there.
func (w *Words) Has(names ...string) bool {
	return slices.ContainsFunc(w.Flags, func(flag string) bool { return slices.Contains(names, flag) })
}

// Value is the value of the first of these parameters that is there; "" for none.
func (w *Words) Value(names ...string) string {
	for _, name := range names {
		if i := slices.IndexFunc(w.Params, func(p Param) bool { return p.Name == name }); i >= 0 {
			return w.Params[i].Value
		}
	}
	return ""
}

// At is the positional word with this number, from 0; "" where there are fewer.
func (w *Words) At(i int) string {
	if i < len(w.Positional) {
		return w.Positional[i]
	}
	return ""
}
