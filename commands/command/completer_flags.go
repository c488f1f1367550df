package command

import (
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/suggestion"
	"pegashell/internal/words"
)

// behind completes the last word behind a command's name.
func (q *query) behind(c *Command, before []words.Word, last words.Word) suggestion.Completion {
	if c.Plain {
		q.Words = texts(before)
		return q.positional(c, nil, last)
	}
	flags := newFlagSet(c.Name)
	c.Prepare(flags)
	r := readFlags(flags.FlagSet, texts(before))
	q.Words, q.Given, q.Defaults = r.words, r.given, readFlags(flags.FlagSet, q.registry.defaults[c.Name]).given
	switch {
	case r.open != nil:
		return q.result(last, 0, flags.kinds[r.open.Name])
	case r.ended:
		return q.positional(c, nil, last)
	case strings.HasPrefix(last.Text, "-"):
		return q.flag(flags, r, last)
	}
	return q.positional(c, r, last)
}

// positional completes a word that is no flag; r is nil where flags cannot stand. Where no more words are
// expected an empty one can become a flag.
func (q *query) positional(c *Command, r *flagReader, last words.Word) suggestion.Completion {
	kind, expected := c.RestArgs, c.RestArgs != nil
	if len(q.Words) < len(c.Args) {
		kind, expected = c.Args[len(q.Words)], true
	}
	if !expected && r != nil && last.Raw == "" {
		return replace(last, 0, r.short())
	}
	return q.result(last, 0, kind)
}

// flag completes a word that begins with a hyphen: a flag, or its value where that is glued to it.
func (q *query) flag(flags *FlagSet, r *flagReader, last words.Word) suggestion.Completion {
	if f, value := r.glued(last.Text); f != nil {
		return q.result(last, value, flags.kinds[f.Name])
	}
	return replace(last, 0, r.candidates(last.Text))
}

func texts(all []words.Word) []string {
	texts := make([]string, len(all))
	for i, word := range all {
		texts[i] = word.Text
	}
	return texts
}

// flagReader reads words as pflag does, of a line that need not be right.
type flagReader struct {
	flags *pflag.FlagSet
	words []string            // those that are no flags
	given map[string][]string // the flags and their values; of switches nil
	open  *pflag.Flag         // the next word is its value
	ended bool                // by --, behind which are only words
}

func readFlags(flags *pflag.FlagSet, words []string) *flagReader {
	r := &flagReader{flags: flags, given: map[string][]string{}}
	for _, word := range words {
		r.read(word)
	}
	return r
}

func (r *flagReader) read(word string) {
	switch {
	case r.open != nil:
		r.given[r.open.Name] = append(r.given[r.open.Name], word)
		r.open = nil
	case r.ended || len(word) < 2 || word[0] != '-':
		r.words = append(r.words, word)
	case word == "--":
		r.ended = true
	default:
		f, value := r.glued(word)
		if f != nil {
			r.given[f.Name] = append(r.given[f.Name], word[value:])
			return
		}
		r.switches(word)
	}
}

// glued gives the flag whose value, or its beginning, stands in the same word from a byte on: --name=value,
// -nvalue, also behind switches as in -dnvalue. It is nil for other words.
func (r *flagReader) glued(word string) (f *pflag.Flag, value int) {
	if long, ok := strings.CutPrefix(word, "--"); ok {
		name, _, found := strings.Cut(long, "=")
		if !found {
			return nil, 0
		}
		return r.long(name), len("--") + len(name) + len("=")
	}
	for i := 1; i < len(word); i++ {
		f := r.letter(word[i])
		switch {
		case f == nil:
			return nil, 0
		case takesValue(f) && i+1 < len(word):
			value := i + 1
			if word[value] == '=' {
				value++
			}
			return f, value
		case f != nil && i+1 < len(word) && word[i+1] == '=': // as in -d=true
			return f, i + 2
		}
	}
	return nil, 0
}

// switches reads a word of flags without values in it. The last one may want the next word.
func (r *flagReader) switches(word string) {
	var found []*pflag.Flag
	if long, ok := strings.CutPrefix(word, "--"); ok {
		found = append(found, r.long(long))
	} else {
		for i := 1; i < len(word); i++ {
			found = append(found, r.letter(word[i]))
		}
	}
	for _, f := range found {
		switch {
		case f == nil:
		case takesValue(f):
			r.open = f
		default:
			r.given[f.Name] = r.given[f.Name][:len(r.given[f.Name]):len(r.given[f.Name])]
		}
	}
}

// long finds a flag by its name or, as getopt_long does, by the beginning of it; nil if there is none.
func (r *flagReader) long(name string) *pflag.Flag {
	return r.flags.Lookup(string(completeFlag(r.flags)(r.flags, name)))
}

func (r *flagReader) letter(c byte) *pflag.Flag {
	if c >= 0x80 { // pflag wants ASCII
		return nil
	}
	return r.flags.ShorthandLookup(string(rune(c)))
}

// takesValue is false for switches.
func takesValue(f *pflag.Flag) bool { return f.NoOptDefVal == "" }

// free are the flags that can still be given: all but those on the line, unless they can be repeated.
func (r *flagReader) free() []*pflag.Flag {
	var free []*pflag.Flag
	r.flags.VisitAll(func(f *pflag.Flag) {
		_, given := r.given[f.Name]
		if _, repeatable := f.Value.(pflag.SliceValue); !given || repeatable {
			free = append(free, f)
		}
	})
	return free
}

// candidates are the flags for a word that begins with hyphens: the long forms for two, for one the short forms
// as well.
func (r *flagReader) candidates(word string) []suggestion.Suggestion {
	var short, long []suggestion.Suggestion
	for _, f := range r.free() {
		if f.Shorthand != "" {
			short = append(short, suggestion.Suggestion{Text: "-" + f.Shorthand, Description: describeFlag(f)})
		}
		long = append(long, suggestion.Suggestion{Text: "--" + f.Name, Description: describeFlag(f)})
	}
	long = append(long, suggestion.Suggestion{Text: "--help", Description: "tell all about the command"})
	if strings.HasPrefix(word, "--") {
		return long
	}
	return append(short, long...)
}

// short gives each flag once, by its letter where it has one.
func (r *flagReader) short() []suggestion.Suggestion {
	var all []suggestion.Suggestion
	for _, f := range r.free() {
		text := "--" + f.Name
		if f.Shorthand != "" {
			text = "-" + f.Shorthand
		}
		all = append(all, suggestion.Suggestion{Text: text, Description: describeFlag(f)})
	}
	return all
}

// describeFlag is a flag's meaning and its default.
func describeFlag(f *pflag.Flag) string {
	if value := strings.Trim(shownDefault(f), "`"); value != "" {
		return f.Usage + " (default " + value + ")"
	}
	return f.Usage
}
