package repl

import (
	"errors"
	"strings"
)

// errWords is returned for a line whose quotes are wrong.
var errWords = errors.New("a quote is not closed, or no blank follows the closing one")

// Split cuts a line into words as the original shell does (sds.c: sdssplitargs). Blanks separate words.
// Between double quotes \n, \r, \t, \b, \a and \xHH stand for a byte and any other character behind a
// backslash for itself; between single quotes only \' is special. A quote that is not closed, or closed
// without a blank or the end behind it, is an error. The line ends at a zero byte, as a C string does.
// A line of blanks has no words.
func Split(line string) ([]string, error) {
	line, _, _ = strings.Cut(line, "\x00")
	var words []string
	for {
		line = trimBlanks(line)
		if line == "" {
			return words, nil
		}
		word, rest, err := cutWord(line)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
		line = rest
	}
}

// cutWord takes the word at the beginning of s, which may begin bare and go on in quotes: a"b c" is one
// word. Unlike between words, \v and \f belong to it.
func cutWord(s string) (word, rest string, err error) {
	var w strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ', '\n', '\r', '\t':
			return w.String(), s[i:], nil
		case '"', '\'':
			n, err := quoted(&w, s[i+1:], s[i])
			if err != nil {
				return "", "", err
			}
			return w.String(), s[i+1+n:], nil
		}
		w.WriteByte(s[i])
	}
	return w.String(), "", nil
}

// quoted writes what stands between quotes to w. s begins behind the opening quote; n is how much of it is
// used up, with the closing quote.
func quoted(w *strings.Builder, s string, quote byte) (n int, err error) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == quote:
			if i+1 < len(s) && !isSpace(s[i+1]) {
				return 0, errWords
			}
			return i + 1, nil
		case s[i] == '\\' && quote == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
			w.WriteByte('\'')
		case s[i] == '\\' && quote == '"' && i+1 < len(s):
			c, used := unescape(s[i+1:])
			i += used
			w.WriteByte(c)
		default:
			w.WriteByte(s[i])
		}
	}
	return 0, errWords
}

// unescape gives the byte that s, which stood behind a backslash, means and how much of s it took.
func unescape(s string) (c byte, used int) {
	switch s[0] {
	case 'n':
		return '\n', 1
	case 'r':
		return '\r', 1
	case 't':
		return '\t', 1
	case 'b':
		return '\b', 1
	case 'a':
		return '\a', 1
	case 'x':
		if len(s) >= 3 && hexDigit(s[1]) >= 0 && hexDigit(s[2]) >= 0 {
			return byte(hexDigit(s[1])<<4 | hexDigit(s[2])), 3
		}
	}
	return s[0], 1
}

// hexDigit gives the value of a hexadecimal digit, -1 for any other byte.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func isSpace(c byte) bool {
	return c == ' ' || '\t' <= c && c <= '\r'
}
