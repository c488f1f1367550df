package getopt

import (
	"fmt"
	"strings"
)

// Kind is what is wrong with an option.
type Kind int

const (
	// Invalid is a letter that no option has.
	Invalid Kind = iota
	// MissingShort is an option written by its letter, without its value.
	MissingShort
	// Unrecognized is a long name that no option has.
	Unrecognized
	// Ambiguous is the beginning of several long names.
	Ambiguous
	// MissingLong is an option written by its long name, without its value.
	MissingLong
	// Unwanted is a value after a switch.
	Unwanted
)

// Error is an option that is wrong.
type Error struct {
	Kind Kind
	// Option is the letter or the long name without hyphens. One that is not known is as it was
	// typed, with its value.
	Option string
	// Possible are the long names of an ambiguous option, in the order of the declarations.
	Possible []string
}

// Error returns the text of getopt_long. getopt_long itself writes the name of the program and a
// colon before it.
func (e *Error) Error() string {
	switch e.Kind {
	case Invalid:
		return fmt.Sprintf("invalid option -- '%s'", e.Option)
	case MissingShort:
		return fmt.Sprintf("option requires an argument -- '%s'", e.Option)
	case Ambiguous:
		return fmt.Sprintf("option '--%s' is ambiguous; possibilities: '--%s'", e.Option, strings.Join(e.Possible, "' '--"))
	case MissingLong:
		return fmt.Sprintf("option '--%s' requires an argument", e.Option)
	case Unwanted:
		return fmt.Sprintf("option '--%s' doesn't allow an argument", e.Option)
	default:
		return fmt.Sprintf("unrecognized option '--%s'", e.Option)
	}
}

// missing is the error of an option whose value should have followed the last word.
func missing(o Option, word string) *Error {
	if strings.HasPrefix(word, "--") {
		return &Error{Kind: MissingLong, Option: o.Name}
	}
	return &Error{Kind: MissingShort, Option: string(rune(o.Letter))}
}
