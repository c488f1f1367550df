package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a word so that the shell reads it back as it is, bare where that is possible. What a terminal
// does not show in its place is written as bytes: in a line that is edited it may mean something else.
func Quote(word string) string {
	if !needsQuotes(word) {
		return word
	}
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(word); {
		r, size := utf8.DecodeRuneInString(word[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(word[i])
		case !unicode.IsGraphic(r) || r == utf8.RuneError && size == 1:
			for _, c := range []byte(word[i : i+size]) {
				b.WriteString(`\x`)
				b.WriteByte(hex[c>>4])
				b.WriteByte(hex[c&15])
			}
		default:
			b.WriteString(word[i : i+size])
		}
		i += size
	}
	b.WriteByte('"')
	return b.String()
}

// needsQuotes reports whether a bare word would not be read back as it is.
func needsQuotes(word string) bool {
	w := Word{Raw: word}
	if word == "" || w.BeginsComment() || w.IsOperator() || w.joiner() != "" || !w.Bare() || !utf8.ValidString(word) {
		return true
	}
	return strings.ContainsFunc(word, func(r rune) bool { return r == ' ' || !unicode.IsGraphic(r) })
}
