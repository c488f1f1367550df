package command

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/getopt"
	"pegashell/internal/suggestion"
	"pegashell/internal/words"
)

// after completes the last word after a command's name.
func (q *query) after(c *Command, before []words.Word, last words.Word) suggestion.Completion {
	flags := newFlagSet(c.Name)
	c.prepare(flags)
	if c.Plain {
		return q.plain(c, flags, before, last)
	}
	r := readFlags(flags, texts(before))
	q.Words, q.Given, q.used = r.words, r.given, r.used()
	if _, without := r.given[noDefaults]; !without {
		q.Defaults = readFlags(flags, q.registry.defaults[c.Name]).given
	}
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

// plain completes a word of a command whose words are used unchanged, except flags of ours by their
// long names.
func (q *query) plain(c *Command, flags *FlagSet, before []words.Word, last words.Word) suggestion.Completion {
	typed := texts(before)
	if n := len(typed); n > 0 {
		if name, ok := strings.CutPrefix(typed[n-1], "--"); ok && flags.Lookup(name) != nil && takesValue(flags.Lookup(name)) {
			return q.result(last, 0, flags.kinds[name])
		}
	}
	_, q.Words, _ = getopt.ParseNamed(optionsOf(flags), typed)
	if !strings.HasPrefix(last.Text, "--") {
		return q.positional(c, nil, last)
	}
	found := q.flag(flags, readFlags(flags, nil), last)
	found.Suggestions = slices.DeleteFunc(found.Suggestions, func(s suggestion.Suggestion) bool { return s.Text == "--"+helpOption.Name })
	return found
}

// positional completes a word that is not a flag; r is nil where flags are not possible. Where no
// more words are expected an empty one can become a flag.
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

// flag completes a word that begins with a hyphen: a flag, or its value where that is attached to
// it.
func (q *query) flag(flags *FlagSet, r *flagReader, last words.Word) suggestion.Completion {
	if f, value := r.glued(last.Text); f != nil {
		return q.result(last, value, flags.kinds[f.Name])
	}
	candidates := r.candidates(last.Text)
	if len(q.Defaults) > 0 {
		candidates = append(candidates, suggestion.Suggestion{Text: "--" + noDefaults, Description: "ignore the default flags of plugins.toml"})
	}
	return replace(last, 0, candidates)
}

func texts(all []words.Word) []string {
	texts := make([]string, len(all))
	for i, word := range all {
		texts[i] = word.Text
	}
	return texts
}

// flagReader reads words as the commands do, from a line that may contain errors.
type flagReader struct {
	flags   *FlagSet
	options []getopt.Option
	words   []string            // those that are not flags
	given   map[string][]string // the flags and their values; of switches nil
	open    *pflag.Flag         // the next word is its value
	ended   bool                // by --, after which are only words
}

func readFlags(flags *FlagSet, words []string) *flagReader {
	r := &flagReader{flags: flags, options: optionsOf(flags), given: map[string][]string{}}
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
		return
	case r.ended || !getopt.IsOption(word):
		r.words = append(r.words, word)
		return
	case word == "--":
		r.ended = true
		return
	}
	found, _ := getopt.ReadWord(r.options, word) // what follows an error is ignored
	for _, g := range found {
		values := r.given[g.Option.Name]
		switch {
		case g.Open:
			r.open = r.flags.Lookup(g.Option.Name)
			continue
		case g.Option.Value:
			values = append(values, g.Value)
		}
		r.given[g.Option.Name] = values
	}
}

// glued returns the flag whose value, or its beginning, is in the same word from a byte on:
// --name=value, -nvalue, also after switches as in -dnvalue. It is nil for other words.
func (r *flagReader) glued(word string) (f *pflag.Flag, value int) {
	if !getopt.IsOption(word) {
		return nil, 0
	}
	found, _ := getopt.ReadWord(r.options, word)
	if len(found) == 0 || found[len(found)-1].At == 0 {
		return nil, 0
	}
	last := found[len(found)-1]
	return r.flags.Lookup(last.Option.Name), last.At
}

// takesValue is false for switches.
func takesValue(f *pflag.Flag) bool { return f.NoOptDefVal == "" }

// free returns the flags that can still be added: all except those on the line, unless they can be
// repeated.
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

// used are the flags on the line that are not free, by all their names.
func (r *flagReader) used() map[string]bool {
	names := map[string]bool{}
	r.flags.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(r.free(), f) {
			names["--"+f.Name], names["-"+f.Shorthand] = true, true
		}
	})
	return names
}

// candidates are the flags for a word that begins with hyphens: the long forms for two, for one the
// short forms as well.
func (r *flagReader) candidates(word string) []suggestion.Suggestion {
	var short, long []suggestion.Suggestion
	for _, f := range r.free() {
		if f.Shorthand != "" {
			short = append(short, suggestion.Suggestion{Text: "-" + f.Shorthand, Description: describeFlag(f)})
		}
		long = append(long, suggestion.Suggestion{Text: "--" + f.Name, Description: describeFlag(f)})
	}
	long = append(long, suggestion.Suggestion{Text: "--help", Description: "show the help of the command"})
	if strings.HasPrefix(word, "--") {
		return long
	}
	return append(short, long...)
}

// short returns each flag once, by its letter where it has one.
func (r *flagReader) short() []suggestion.Suggestion {
	var all []suggestion.Suggestion
	for _, f := range r.free() {
		if f.Name == overrideFlag { // not a flag to find by chance
			continue
		}
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
