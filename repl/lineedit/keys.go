package lineedit

import (
	"bytes"
	"unicode/utf8"
)

const escape = 0x1b

// What a terminal sends before and after pasted text when bracketed paste is on.
var (
	pasteOn    = []byte("\x1b[?2004h")
	pasteOff   = []byte("\x1b[?2004l")
	pasteBegin = []byte("\x1b[200~")
	pasteEnd   = []byte("\x1b[201~")
)

// key is something that was typed or happened: text as it is, or a key by its name as in emacs,
// such as C-a and M-f for Ctrl-A and Alt-F.
type key struct {
	text string // empty for a key with a name; both are empty for an unknown one
	name string
	err  error // of keyQuit: the reason why the line ends
}

// Names of what happens besides keys.
const (
	keyQuit     = "quit"     // the context or the input ended
	keyResize   = "resize"   // the window has another size
	keyRefresh  = "refresh"  // the prompt or the completions have changed
	keyContinue = "continue" // the process was stopped and continues
)

// mayEnd reports whether a line may end with the key.
func (k key) mayEnd() bool {
	switch k.name {
	case "enter", "C-c", "C-d", "C-z", keyQuit:
		return true
	}
	return false
}

// sequences are what terminals send for keys that have no character of their own: xterm, rxvt, the
// Linux console, tmux and screen. The cursor keys have two forms, depending on a mode that a
// program may have left on.
var sequences = map[string]string{
	"\x1b[A": "C-p", "\x1bOA": "C-p",
	"\x1b[B": "C-n", "\x1bOB": "C-n",
	"\x1b[C": "C-f", "\x1bOC": "C-f",
	"\x1b[D": "C-b", "\x1bOD": "C-b",
	"\x1b[H": "C-a", "\x1bOH": "C-a", "\x1b[1~": "C-a", "\x1b[7~": "C-a",
	"\x1b[F": "C-e", "\x1bOF": "C-e", "\x1b[4~": "C-e", "\x1b[8~": "C-e",
	"\x1b[3~": "delete",
	"\x1b[5~": "pageup",
	"\x1b[6~": "pagedown",
	"\x1b[Z":  "S-tab",
	"\x1bOM":  "enter", // of the keypad

	// With Ctrl or Alt: by words.
	"\x1b[1;5C": "M-f", "\x1b[1;3C": "M-f", "\x1b[5C": "M-f", "\x1bOc": "M-f",
	"\x1b[1;5D": "M-b", "\x1b[1;3D": "M-b", "\x1b[5D": "M-b", "\x1bOd": "M-b",
	"\x1b[3;5~": "M-d", "\x1b[3;3~": "M-d", "\x1b[3^": "M-d",
	"\x1b\x7f": "M-backspace", "\x1b\b": "M-backspace",

	"\x1f": "C-_",
	"\x1b": "escape",
	"\t":   "tab",
	"\r":   "enter", "\n": "enter",
	"\x7f": "backspace", "\b": "backspace",
}

// keyOf returns the key that one result of cutKey represents.
func keyOf(sequence []byte) key {
	if name, ok := sequences[string(sequence)]; ok {
		return key{name: name}
	}
	switch first := sequence[0]; {
	case 1 <= first && first <= 26:
		return key{name: "C-" + string('a'+rune(first)-1)}
	case !isControl(first):
		return key{text: string(sequence)}
	case first == escape && sequence[1] != '[' && sequence[1] != 'O':
		return key{name: "M-" + string(sequence[1:])}
	}
	return key{}
}

// interruptIn returns the index of the first Ctrl-C that is typed and not pasted, -1 for none.
func interruptIn(b []byte) int {
	from := 0
	for {
		begin := bytes.Index(b[from:], pasteBegin)
		if begin < 0 {
			begin = len(b) - from
		}
		if at := bytes.IndexByte(b[from:from+begin], '\x03'); at >= 0 {
			return from + at
		}
		end := bytes.Index(b[from+begin:], pasteEnd)
		if end < 0 {
			return -1
		}
		from += begin + end
	}
}

// cutKey removes the first key from b: a control character, an escape sequence, or a run of text,
// which go-prompt inserts at once. whole is false if b is only the beginning of a key, as when a
// slow line splits a sequence; then only waiting for more shows what it is.
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

func isControl(c byte) bool { return c < ' ' || c == 0x7f }

// textLen is the length of the text at the beginning of b, without a character at its end that is
// not whole; 0 if that is all.
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

// sequenceLen is the length of the escape sequence at the beginning of b (ECMA-48: CSI, parameters
// 0x30 to 0x3f, intermediates 0x20 to 0x2f, final 0x40 to 0x7e), 0 if it is not whole. The Linux
// console sends ESC [ [ and a letter for its first function keys; ESC and a character is that key
// with Alt.
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
	case b[1] == 0x7f || b[1] == '\b':
		return 2
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

// wholeLen is n if b has at least n bytes, and 0 otherwise.
func wholeLen(b []byte, n int) int {
	if len(b) < n {
		return 0
	}
	return n
}
