package repl

import (
	"bytes"
	"unicode/utf8"

	"github.com/c-bata/go-prompt"
)

const escape = 0x1b

// What a terminal puts around pasted text when it was asked to.
var (
	pasteOn    = []byte("\x1b[?2004h")
	pasteOff   = []byte("\x1b[?2004l")
	pasteBegin = []byte("\x1b[200~")
	pasteEnd   = []byte("\x1b[201~")
)

// renamed maps keys that go-prompt does not know to those that it does: Home and End of terminals in
// application mode.
var renamed = map[string]string{
	"\x1bOH": "\x1b[H",
	"\x1bOF": "\x1b[F",
}

// cutKey takes the first key off b: a control character, an escape sequence, or a run of text, which
// go-prompt inserts at once. whole is false if b is only the beginning of a key, as when a slow line tears
// a sequence apart; what it is then can only be told by waiting for more.
func cutKey(b []byte) (key, rest []byte, whole bool) {
	n := 1
	switch {
	case len(b) == 0:
		return nil, nil, false
	case b[0] == escape:
		n = sequenceLen(b)
	case !isControl(b[0]):
		n = textLen(b)
	}
	if n == 0 {
		return nil, b, false
	}
	return b[:n], b[n:], true
}

// translate gives the bytes by which go-prompt knows the key, nil for a key that it does not know and would
// insert as text.
func translate(key []byte) []byte {
	if !isControl(key[0]) {
		return key
	}
	if known, ok := renamed[string(key)]; ok {
		return []byte(known)
	}
	switch prompt.GetKey(key) {
	case prompt.NotDefined, endKey, quitKey, resizeKey:
		return nil
	}
	return key
}

func isControl(c byte) bool { return c < ' ' || c == 0x7f }

// textLen is the length of the text at the beginning of b, without a character at its end that is not whole;
// 0 if that is all.
func textLen(b []byte) int {
	n := 0
	for n < len(b) && !isControl(b[n]) {
		if !utf8.FullRune(b[n:]) {
			return n
		}
		_, size := utf8.DecodeRune(b[n:])
		n += size
	}
	return n
}

// sequenceLen is the length of the escape sequence at the beginning of b (ECMA-48: CSI, parameters 0x30 to
// 0x3f, intermediates 0x20 to 0x2f, final 0x40 to 0x7e), 0 if it is not whole. The Linux console sends
// ESC [ [ and a letter for its first function keys; ESC and a character is that key with Alt.
func sequenceLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch {
	case b[1] == 'O':
		return wholeLen(b, 3)
	case bytes.HasPrefix(b, []byte("\x1b[[")):
		return wholeLen(b, 4)
	case b[1] == '[':
		return controlSequenceLen(b)
	case isControl(b[1]):
		return 1
	case !utf8.FullRune(b[1:]):
		return 0
	}
	_, size := utf8.DecodeRune(b[1:])
	return 1 + size
}

func controlSequenceLen(b []byte) int {
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case 0x40 <= c && c <= 0x7e:
			return i + 1
		case c < 0x20 || c > 0x3f:
			return i // broken off; what follows is a key of its own
		}
	}
	return 0
}

// wholeLen is n if b has as many bytes, else 0.
func wholeLen(b []byte, n int) int {
	if len(b) < n {
		return 0
	}
	return n
}

// pasted prepares pasted text for the line editor: each line ends with a line feed, and nothing in it acts
// as a key, a tab for example as completion.
func pasted(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	clean := make([]byte, 0, len(text))
	for _, c := range text {
		switch {
		case c == '\r' || c == '\n':
			clean = append(clean, '\n')
		case c == '\t':
			clean = append(clean, ' ')
		case !isControl(c):
			clean = append(clean, c)
		}
	}
	return clean
}
