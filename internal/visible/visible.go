// Package visible makes text visible that would control a terminal instead: whatever came from a
// server, a tree or a file is shown by it.
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns a text in which each character that is neither graphic nor a blank is written as Go
// writes it in a string: \x1b, \u202e. Bytes that are not UTF-8 are written as \xff. Line ends and
// tabs stay.
func Text(s string) string { return escape(s, "\n\t") }

// Line is Text for what belongs to one line: line ends and tabs are escaped too.
func Line(s string) string { return escape(s, "") }

func escape(s, kept string) string {
	if isPlain(s, kept) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case isShown(r, kept):
			b.WriteString(s[:size])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		s = s[size:]
	}
	return b.String()
}

func isPlain(s, kept string) bool {
	for i, r := range s {
		if !isShown(r, kept) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return false
		}
	}
	return true
}

// isShown reports whether a terminal shows a character in its place. It shows nothing for those that
// control it, join others, or turn the direction of what follows (Unicode's categories C, Zl and Zp).
func isShown(r rune, kept string) bool { return unicode.IsGraphic(r) || strings.ContainsRune(kept, r) }
