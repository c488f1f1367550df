// Package getopt separates the words of a command into options and other words by the rules of GNU
// getopt_long. Its errors have the texts of getopt_long.
//
// Options and other words may come in any order. Switches of one letter can be bundled, -ab; the
// rest of a bundle after an option that takes a value is the value, whatever it begins with: the
// value of -n=5 is "=5". A long name can be abbreviated as far as it is the beginning of one option
// only. After the word -- there are no options, and a single hyphen is not an option.
package getopt

import (
	"slices"
	"strings"
)

// Option is an option that a command has.
type Option struct {
	// Name is its long name without hyphens.
	Name string
	// Letter is its short name, 0 for none.
	Letter byte
	// Value says that it takes a value; it is a switch otherwise.
	Value bool
	// Exact says that the long name cannot be abbreviated. Such an option makes no other one's
	// abbreviation ambiguous.
	Exact bool
}

// Given is an option as it is written on a line.
type Given struct {
	Option Option
	// Value is empty for a switch.
	Value string
	// At is the byte of the word at which the value begins; 0 for a switch, and for a value that is
	// a word of its own.
	At int
	// Open says that the value is the next word, which ReadWord has not seen.
	Open bool
}

// Parse reads the words of a command. The options are returned in the order of the words. An error
// is an *Error; what was found before the wrong word is returned with it.
func Parse(options []Option, args []string) (given []Given, words []string, err error) {
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return given, append(words, args[i+1:]...), nil
		}
		if !IsOption(args[i]) {
			words = append(words, args[i])
			continue
		}
		found, err := ReadWord(options, args[i])
		if n := len(found); n > 0 && found[n-1].Open {
			if i++; i == len(args) {
				return append(given, found[:n-1]...), words, missing(found[n-1].Option, args[i-1])
			}
			found[n-1].Value, found[n-1].Open = args[i], false
		}
		given = append(given, found...)
		if err != nil {
			return given, words, err
		}
	}
	return given, words, nil
}

// ParseNamed reads the words of a command that uses its words unchanged, except options with a long
// name in full. Every other word stays a word, -- too.
func ParseNamed(options []Option, args []string) (given []Given, words []string, err error) {
	for i := 0; i < len(args); i++ {
		long, ok := strings.CutPrefix(args[i], "--")
		name, _, hasValue := strings.Cut(long, "=")
		at := slices.IndexFunc(options, func(o Option) bool { return o.Name == name })
		if !ok || name == "" || at < 0 {
			words = append(words, args[i])
			continue
		}
		end := i + 1
		if options[at].Value && !hasValue {
			end = min(i+2, len(args))
		}
		found, _, err := Parse(options[at:at+1], args[i:end])
		if err != nil {
			return given, words, err
		}
		given, i = append(given, found...), end-1
	}
	return given, words, nil
}

// IsOption reports whether a word is read as options, or is the -- that ends them.
func IsOption(word string) bool { return len(word) > 1 && word[0] == '-' }

// ReadWord reads a word for which IsOption is true, other than --. Only the last option that it
// returns can be open.
func ReadWord(options []Option, word string) ([]Given, error) {
	if long, ok := strings.CutPrefix(word, "--"); ok {
		return readLong(options, long)
	}
	var found []Given
	for i := 1; i < len(word); i++ {
		at := slices.IndexFunc(options, func(o Option) bool { return o.Letter == word[i] })
		switch {
		case at < 0 || word[i] == 0:
			return found, &Error{Kind: Invalid, Option: word[i : i+1]}
		case !options[at].Value:
			found = append(found, Given{Option: options[at]})
		case i+1 == len(word):
			return append(found, Given{Option: options[at], Open: true}), nil
		default:
			return append(found, Given{Option: options[at], Value: word[i+1:], At: i + 1}), nil
		}
	}
	return found, nil
}

// readLong reads a long option, from which the hyphens are cut.
func readLong(options []Option, text string) ([]Given, error) {
	name, value, hasValue := strings.Cut(text, "=")
	full := withName(options, name)
	switch {
	case len(full) > 1:
		return nil, &Error{Kind: Ambiguous, Option: text, Possible: names(full)}
	case len(full) == 0:
		return nil, &Error{Kind: Unrecognized, Option: text}
	case hasValue && !full[0].Value:
		return nil, &Error{Kind: Unwanted, Option: full[0].Name}
	case hasValue:
		return []Given{{Option: full[0], Value: value, At: len("--") + len(name) + len("=")}}, nil
	}
	return []Given{{Option: full[0], Open: full[0].Value}}, nil
}

// withName returns the options that a long name can mean: the one that has it, or all that begin
// with it. Every name begins with the empty one.
func withName(options []Option, name string) []Option {
	var full []Option
	for _, o := range options {
		switch {
		case o.Name == name && name != "":
			return []Option{o}
		case o.Name != "" && !o.Exact && strings.HasPrefix(o.Name, name):
			full = append(full, o)
		}
	}
	return full
}

func names(options []Option) []string {
	all := make([]string, len(options))
	for i, o := range options {
		all[i] = o.Name
	}
	return all
}
