package words

import (
	"strings"
	"unicode/utf8"
)

// Quote writes a word so that the shell reads it back as it is, bare where that is possible.
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
		case r < ' ' || r == 0x7f || r == utf8.RuneError && size == 1:
			b.WriteString(`\x`)
			b.WriteByte(hex[word[i]>>4])
			b.WriteByte(hex[word[i]&15])
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
	return strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
