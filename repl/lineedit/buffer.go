package lineedit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/c-bata/go-prompt"
	"github.com/clipperhouse/displaywidth"
)

// buffer is the line that is typed, with the cursor in it. Of go-prompt's methods it uses those
// that are right for characters of several bytes.
type buffer struct{ *prompt.Buffer }

func (b buffer) before() string { return b.Document().TextBeforeCursor() }
func (b buffer) after() string  { return b.Document().TextAfterCursor() }

func (b buffer) insert(text string) { b.InsertText(text, false, true) }

// left and right move the cursor over a text that is directly before or after it.
func (b buffer) left(over string)  { b.CursorLeft(utf8.RuneCountInString(over)) }
func (b buffer) right(over string) { b.CursorRight(utf8.RuneCountInString(over)) }

// rubOut deletes a text that is directly before the cursor, cutOut one that is directly after it.
func (b buffer) rubOut(text string) {
	if text != "" {
		b.DeleteBeforeCursor(utf8.RuneCountInString(text))
	}
}

func (b buffer) cutOut(text string) {
	if text != "" {
		b.Delete(utf8.RuneCountInString(text))
	}
}

// set replaces the line and puts the cursor after the part given.
func (b buffer) set(text string, before int) {
	b.cutOut(b.after())
	b.rubOut(b.before())
	b.insert(text)
	b.left(text[before:])
}

// lastCharacter and firstCharacter return a character with all that combines with it, empty if
// there is none.
func lastCharacter(s string) (last string) {
	// Combining sequences are short: from a safe distance the boundaries are right.
	const enough = 64
	from := max(0, len(s)-enough)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	characters := displaywidth.StringGraphemes(s[from:])
	for characters.Next() {
		last = characters.Value()
	}
	return last
}

func firstCharacter(s string) string {
	characters := displaywidth.StringGraphemes(s)
	if !characters.Next() {
		return ""
	}
	return characters.Value()
}

// wordBefore is from the beginning of the last word of s to its end; wordAfter from the beginning
// of s to the end of its first word. Words are letters and digits.
func wordBefore(s string) string {
	end := strings.LastIndexFunc(s, inWord)
	if end < 0 {
		return s
	}
	begin := strings.LastIndexFunc(s[:end], func(r rune) bool { return !inWord(r) })
	if begin < 0 {
		return s
	}
	_, size := utf8.DecodeRuneInString(s[begin:])
	return s[begin+size:]
}

func wordAfter(s string) string {
	begin := strings.IndexFunc(s, inWord)
	if begin < 0 {
		return s
	}
	length := strings.IndexFunc(s[begin:], func(r rune) bool { return !inWord(r) })
	if length < 0 {
		return s
	}
	return s[:begin+length]
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// argumentBefore is from the beginning of the last argument of s, which ends at a blank, to its
// end.
func argumentBefore(s string) string {
	argument := strings.TrimRight(s, " ")
	return s[strings.LastIndex(argument, " ")+1:]
}

// lastArgument is the last word of a line as it was typed, with its quotes.
func lastArgument(line string) string {
	line = strings.TrimRight(line, " \t")
	begin, quote := 0, byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == ' ' || c == '\t':
			begin = i + 1
		}
	}
	return line[begin:]
}
