// Package words is the grammar of a line: how it is split into words, and how a word is quoted so
// that it is read back.
//
// Blanks separate words. A word may begin bare and go on in quotes, which end it: a"b c" is one
// word. Between double quotes \n, \r, \t, \b, \a and \xHH mean a byte, and any other character
// after a backslash means itself; between single quotes only \' is special. A quote that is not
// closed, or closed without a blank or the end after it, is an error. All this is as in the
// original shell (sds.c: sdssplitargs). The operators, bare words of their own, and comments are
// not: they are this shell's.
package words

import (
	"errors"
	"slices"
	"strings"
)

// ErrQuotes is returned for a line whose quotes are wrong.
var ErrQuotes = errors.New("a quote is not closed, or no blank follows the closing one")

// Operators have a meaning of their own when they are bare words on a line.
const (
	Pipe   = "|"
	File   = ">"
	Append = ">>"
)

const (
	blanks = " \t\n\v\f\r" // before words
	breaks = " \t\n\r"     // that end a bare word: unlike between words, \v and \f belong to it
)

// Word is a word as it is written on a line.
type Word struct {
	// Text is what the word means, without its quotes.
	Text string
	// Raw is how it was typed.
	Raw string
	// Start is the byte of the line at which it begins.
	Start int
}

// End is the byte of the line after the word.
func (w Word) End() int { return w.Start + len(w.Raw) }

// Bare reports whether the word was typed without quotes, so that Text and Raw are equal.
func (w Word) Bare() bool { return !strings.ContainsAny(w.Raw, `"'`) }

// IsOperator reports whether the word is an operator.
func (w Word) IsOperator() bool { return slices.Contains([]string{Pipe, File, Append}, w.Raw) }

// BeginsComment reports whether a line with this first word is a comment.
func (w Word) BeginsComment() bool { return strings.HasPrefix(w.Raw, "#") }

// joiners join commands in a Unix shell, and nothing here.
var joiners = []string{";", "&&", "||", "&"}

// IsJoiner reports whether a word joins commands in a Unix shell.
func IsJoiner(word string) bool { return slices.Contains(joiners, word) }

// joiner is the sign in the word that joins commands in a Unix shell, "" for none: a bare word of its own, or
// the ; at the end of one.
func (w Word) joiner() string {
	switch {
	case !w.Bare():
		return ""
	case IsJoiner(w.Raw):
		return w.Raw
	case strings.HasSuffix(w.Raw, ";"):
		return ";"
	}
	return ""
}

// Joiner is the first sign in a line that joins commands in a Unix shell and is part of an argument here; ""
// for none. In the first word, the name of a command, it may be anywhere: ls;nodes. What follows an operator is
// a program's, or the name of a file.
func Joiner(line string) string {
	for at, first := 0, true; ; first = false {
		w, ok, err := Next(line, at)
		if !ok || err != nil || w.IsOperator() || first && w.BeginsComment() {
			return ""
		}
		if sign := w.joiner(); sign != "" {
			return sign
		}
		if i := slices.IndexFunc(joiners, func(sign string) bool { return strings.Contains(w.Raw, sign) }); first && i >= 0 && w.Bare() {
			return joiners[i]
		}
		at = w.End()
	}
}

// Next returns the first word that begins at a byte of the line or after it; ok is false if there
// is none.
func Next(line string, at int) (w Word, ok bool, err error) {
	if at = skipBlanks(line, at); at == len(line) {
		return Word{}, false, nil
	}
	w, end := cut(line, at)
	if end != complete {
		return Word{}, false, ErrQuotes
	}
	return w, true, nil
}

// Split returns what the words of a line mean. It knows no operators and no comments. A line ends
// at a zero byte, as a C string does; a line of blanks has no words.
func Split(line string) ([]string, error) {
	line, _, _ = strings.Cut(line, "\x00")
	var all []string
	for at := 0; ; {
		w, ok, err := Next(line, at)
		if err != nil {
			return nil, err
		}
		if !ok {
			return all, nil
		}
		all = append(all, w.Text)
		at = w.End()
	}
}

// Line is the text before the cursor.
type Line struct {
	// Words are the finished words.
	Words []Word
	// Last is the word that the cursor is in or directly after. It may be in the middle of quotes.
	// After a blank it is empty and begins at the line's end.
	Last Word
}

// IsComment reports whether the shell skips the line.
func (l Line) IsComment() bool {
	if len(l.Words) > 0 {
		return l.Words[0].BeginsComment()
	}
	return l.Last.BeginsComment()
}

// Cut cuts a line that may be unfinished. It is false for a line that the shell refuses whatever
// follows: a closing quote without a blank after it, or a zero byte, at which a line ends.
func Cut(text string) (Line, bool) {
	if strings.Contains(text, "\x00") {
		return Line{}, false
	}
	var line Line
	for at := 0; ; {
		if at = skipBlanks(text, at); at == len(text) {
			line.Last = Word{Start: at}
			return line, true
		}
		w, end := cut(text, at)
		if end == refused {
			return Line{}, false
		}
		if at = w.End(); at == len(text) {
			line.Last = w
			return line, true
		}
		line.Words = append(line.Words, w)
	}
}

func skipBlanks(line string, at int) int {
	return len(line) - len(strings.TrimLeft(line[at:], blanks))
}

// ending is how a word ends.
type ending int

const (
	complete ending = iota // at a blank or the line's end
	open                   // at the line's end, with an open quote
	refused                // at a closing quote without a blank after it
)

// cut takes the word that begins at a byte of the line.
func cut(line string, start int) (Word, ending) {
	var text strings.Builder
	var quote byte // that is open, or 0
	word := func(end int) Word { return Word{Text: text.String(), Raw: line[start:end], Start: start} }
	for at := start; at < len(line); at++ {
		c := line[at]
		switch {
		case quote == 0 && strings.IndexByte(breaks, c) >= 0:
			return word(at), complete
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			if at++; at < len(line) && strings.IndexByte(blanks, line[at]) < 0 {
				return word(at), refused
			}
			return word(at), complete
		case quote != 0 && c == '\\' && at+1 < len(line):
			b, used := escaped(line[at:], quote)
			text.WriteByte(b)
			at += used - 1
		default:
			text.WriteByte(c)
		}
	}
	if quote != 0 {
		return word(len(line)), open
	}
	return word(len(line)), complete
}

// escapes are the characters that mean another one after a backslash between double quotes.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'a': '\a'}

// escaped returns what s, which begins with a backslash and has more, means between such quotes,
// and how many of its bytes that are.
func escaped(s string, quote byte) (meaning byte, used int) {
	switch {
	case quote == '\'' && s[1] == '\'':
		return '\'', 2
	case quote == '\'':
		return '\\', 1
	case s[1] == 'x' && len(s) >= 4 && isHex(s[2]) && isHex(s[3]):
		return hexValue(s[2])<<4 | hexValue(s[3]), 4
	}
	if c, ok := escapes[s[1]]; ok {
		return c, 2
	}
	return s[1], 2
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// continuation at the end of a line continues it with the next one.
const continuation = `\`

// Continued reports whether the next line continues this one: whether it ends with a backslash that no other
// one protects. Nothing continues a comment: what comes after it is not hidden by a path at its end. begun is
// the line without the backslash, to which the next one is joined as it is.
func Continued(line string) (begun string, ok bool) {
	if first := (Word{Raw: line[skipBlanks(line, 0):]}); first.BeginsComment() {
		return line, false
	}
	if (len(line)-len(strings.TrimRight(line, continuation)))%2 == 0 {
		return line, false
	}
	return strings.TrimSuffix(line, continuation), true
}

// byteOrderMark is what some editors put in front of a text in UTF-8.
const byteOrderMark = "\ufeff"

// WithoutMark drops a byte order mark from the first line of a script.
func WithoutMark(line string) string { return strings.TrimPrefix(line, byteOrderMark) }
