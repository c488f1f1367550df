// Package complete holds what completion needs besides the commands: unfinished lines cut into words, answers
// from the network that are remembered and never waited for long, and ZooKeeper sessions that end by
// themselves.
package complete

import (
	"strings"
	"unicode/utf8"
)

// Word is a word as it stands on a line.
type Word struct {
	// Text is what the word means, without its quotes.
	Text string
	// Raw is how it was typed.
	Raw string
	// Start is the byte of the line at which it begins.
	Start int
}

// Bare says that the word was typed without quotes: what it means is what stands there.
func (w Word) Bare() bool { return !strings.ContainsAny(w.Raw, `"'`) }

// Line is the text before the cursor, cut into words as the shell cuts a whole line.
type Line struct {
	// Words are the finished words.
	Words []Word
	// Last is the word that the cursor stands in or directly behind. It may be in the middle of quotes. Behind
	// a blank it is empty and begins at the line's end.
	Last Word
}

// Cut cuts a line that may be unfinished. It is false for a line that the shell refuses whatever follows: a
// closing quote without a blank behind it, or a zero byte, at which a line ends.
func Cut(text string) (Line, bool) {
	if strings.Contains(text, "\x00") {
		return Line{}, false
	}
	var line Line
	at := 0
	for {
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\n\v\f\r"))
		if at == len(text) {
			line.Last = Word{Start: at}
			return line, true
		}
		word, ok := cutWord(text, at)
		if !ok {
			return Line{}, false
		}
		at += len(word.Raw)
		if at == len(text) {
			line.Last = word
			return line, true
		}
		line.Words = append(line.Words, word)
	}
}

// cutWord takes the word that begins at a byte of the text. A word may begin bare and go on in quotes; a
// closing quote ends it.
func cutWord(text string, start int) (Word, bool) {
	var meaning strings.Builder
	var quote byte // that is open, or 0
	at := start
	for ; at < len(text); at++ {
		c := text[at]
		switch {
		case quote == 0 && strings.IndexByte(" \t\n\r", c) >= 0:
			return Word{Text: meaning.String(), Raw: text[start:at], Start: start}, true
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			at++
			blank := at == len(text) || strings.IndexByte(" \t\n\v\f\r", text[at]) >= 0
			return Word{Text: meaning.String(), Raw: text[start:at], Start: start}, blank
		case quote != 0 && c == '\\' && at+1 < len(text):
			b, used := escaped(text[at:], quote)
			meaning.WriteString(b)
			at += used - 1
		default:
			meaning.WriteByte(c)
		}
	}
	return Word{Text: meaning.String(), Raw: text[start:], Start: start}, true
}

// escapes are the characters that stand for another one behind a backslash between double quotes.
var escapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 'b': "\b", 'a': "\a"}

// escaped gives what s, which begins with a backslash and has more, means between such quotes, and how many
// of its bytes that are.
func escaped(s string, quote byte) (meaning string, used int) {
	switch {
	case quote == '\'' && s[1] == '\'':
		return "'", 2
	case quote == '\'':
		return `\`, 1
	case s[1] == 'x' && len(s) >= 4 && isHex(s[2]) && isHex(s[3]):
		return string([]byte{hexValue(s[2])<<4 | hexValue(s[3])}), 4
	}
	if c, ok := escapes[s[1]]; ok {
		return c, 2
	}
	return s[1:2], 2
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

// operators have a meaning of their own when they stand as words.
var operators = []string{"|", ">", ">>"}

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

// needsQuotes is true for words that would not be read back as they are. A leading # would begin a comment.
func needsQuotes(word string) bool {
	if word == "" || word[0] == '#' || strings.ContainsAny(word, `"'`) || !utf8.ValidString(word) {
		return true
	}
	for _, operator := range operators {
		if word == operator {
			return true
		}
	}
	return strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
