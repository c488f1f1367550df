// Package message holds texts for persons, which can be shown in several languages.
//
// A text is written once, in English, where it is used: the English format is also its key in the
// catalogue. What the original shell prints, JSON, and the names of guards and commands are never
// translated, so they are not messages.
package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text is a text for a person: a format in English, as of fmt.Sprintf, and its arguments. Arguments
// that are Texts are translated with it.
type Text struct {
	Format string
	Args   []any
}

// New returns a text. The format is a constant, so that the test of the catalogue finds it.
func New(format string, args ...any) Text { return Text{format, args} }

// Verbatim returns a text that is the same in every language.
func Verbatim(text string) Text { return Text{"%s", []any{text}} }

// Whole returns a text without arguments, such as one that a command declares, by itself. A percent
// sign in it is one.
func Whole(english string) Text { return Text{"%s", []any{whole(english)}} }

type whole string

// In is part of what Text.In looks for in an argument.
func (w whole) In(l Language) string { return l.Whole(string(w)) }

// Join returns texts with a separator between them, which is the same in every language.
func Join(separator string, texts ...Text) Text {
	args := make([]any, len(texts))
	formats := make([]string, len(texts))
	for i, t := range texts {
		args[i], formats[i] = t, "%s"
	}
	return Text{strings.Join(formats, strings.ReplaceAll(separator, "%", "%%")), args}
}

// Sentence returns a clause as the beginning of a sentence: with a capital, where there are any.
func Sentence(clause Text) Text { return Text{"%s", []any{sentence{clause}}} }

type sentence struct{ Text }

// In is part of what Text.In looks for in an argument.
func (s sentence) In(l Language) string {
	text := s.Text.In(l)
	if text != "" && text[0] < utf8.RuneSelf {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

// IsZero reports whether there is nothing to show.
func (t Text) IsZero() bool { return t.Format == "" }

// String is the text in English.
func (t Text) String() string { return t.In(English) }

// In returns the text in a language, and in English what the catalogue does not have.
func (t Text) In(l Language) string {
	format := l.format(t.Format)
	args := make([]any, len(t.Args))
	for i, arg := range t.Args {
		switch a := arg.(type) {
		case error:
			args[i] = errors.New(Of(a, l))
		case interface{ In(Language) string }:
			args[i] = a.In(l)
		default:
			args[i] = arg
		}
	}
	return fmt.Errorf(format, args...).Error() // which knows %w
}

// MarshalJSON writes the text in English, for programs read it.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// Error is an error whose text can be shown in several languages.
type Error struct {
	Text
	causes []error
}

// Errorf returns an error with a text. Arguments that are errors are its causes.
func Errorf(format string, args ...any) error {
	e := &Error{Text: New(format, args...)}
	for _, arg := range args {
		if cause, ok := arg.(error); ok {
			e.causes = append(e.causes, cause)
		}
	}
	return e
}

func (e *Error) Error() string { return e.String() }

// Unwrap returns the causes.
func (e *Error) Unwrap() []error { return e.causes }

// Of returns what an error says in a language: its own words if it has them in several, otherwise
// its English text, in which the words of the errors that it wraps are replaced by theirs.
func Of(err error, l Language) string {
	if t, ok := err.(interface{ In(Language) string }); ok {
		return t.In(l)
	}
	text := err.Error()
	if l == English {
		return text
	}
	var wrapped []error
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		wrapped = append(wrapped, w.Unwrap())
	case interface{ Unwrap() []error }:
		wrapped = w.Unwrap()
	}
	for _, inner := range wrapped {
		if inner == nil || inner.Error() == "" {
			continue
		}
		if at := strings.LastIndex(text, inner.Error()); at >= 0 {
			text = text[:at] + Of(inner, l) + text[at+len(inner.Error()):]
		}
	}
	return text
}
