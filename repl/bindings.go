package repl

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// bindings are what keys do while a line is typed, as readline has them. Keys that are not here do nothing.
var bindings map[string]func(*editor, buffer)

func init() { // here, because some of them look others up
	bindings = map[string]func(*editor, buffer){
		"enter": func(e *editor, b buffer) { e.end(b, "", "", nil) },
		"C-c":   (*editor).interrupt,
		"C-d":   (*editor).endOrDelete,
		"C-z":   (*editor).suspend,
		"C-l":   func(e *editor, _ buffer) { e.screen.clear() },
		"C-r":   func(e *editor, _ buffer) { e.typing.search = newSearch(e.typing.browse.lines) },
		"tab":   (*editor).complete,
		"S-tab": (*editor).completeBackward,

		"C-a": func(_ *editor, b buffer) { b.left(b.before()) },
		"C-e": func(_ *editor, b buffer) { b.right(b.after()) },
		"C-b": func(_ *editor, b buffer) { b.left(lastCharacter(b.before())) },
		"C-f": func(_ *editor, b buffer) { b.right(firstCharacter(b.after())) },
		"M-b": func(_ *editor, b buffer) { b.left(wordBefore(b.before())) },
		"M-f": func(_ *editor, b buffer) { b.right(wordAfter(b.after())) },

		"backspace":   func(e *editor, b buffer) { b.rubOut(lastCharacter(b.before())); e.edited() },
		"delete":      func(e *editor, b buffer) { b.cutOut(firstCharacter(b.after())); e.edited() },
		"C-t":         (*editor).transpose,
		"M-u":         func(e *editor, b buffer) { e.changeWord(b, strings.ToUpper) },
		"M-l":         func(e *editor, b buffer) { e.changeWord(b, strings.ToLower) },
		"M-c":         func(e *editor, b buffer) { e.changeWord(b, capitalized) },
		"C-_":         (*editor).undo,
		"C-x C-u":     (*editor).undo,
		"C-k":         func(e *editor, b buffer) { e.killAfter(b, b.after()) },
		"M-d":         func(e *editor, b buffer) { e.killAfter(b, wordAfter(b.after())) },
		"C-u":         func(e *editor, b buffer) { e.killBefore(b, b.before()) },
		"C-w":         func(e *editor, b buffer) { e.killBefore(b, argumentBefore(b.before())) },
		"M-backspace": func(e *editor, b buffer) { e.killBefore(b, wordBefore(b.before())) },
		"C-y":         (*editor).yank,
		"M-y":         (*editor).yankEarlier,
		"M-.":         (*editor).insertLastArgument,
		"M-_":         (*editor).insertLastArgument,

		"C-p":      func(e *editor, b buffer) { e.recall(b, e.typing.browse.at-1) },
		"C-n":      func(e *editor, b buffer) { e.recall(b, e.typing.browse.at+1) },
		"pageup":   func(e *editor, b buffer) { e.recall(b, 0) },
		"pagedown": func(e *editor, b buffer) { e.recall(b, len(e.typing.browse.lines)) },
		"M-<":      func(e *editor, b buffer) { e.recall(b, 0) },
		"M->":      func(e *editor, b buffer) { e.recall(b, len(e.typing.browse.lines)) },
	}
}

// interrupt drops the line, which stays on the screen with the suggestion that is selected. What becomes of the shell is
// the business of whoever counts.
func (e *editor) interrupt(b buffer) {
	if s, ok := e.typing.menu.chosen(); ok {
		e.replace(b, e.typing.menu.found.Start, s, false)
	}
	hint := ""
	if b.Text() == "" && (e.again == nil || !e.again()) {
		hint = "  again within a second ends the shell"
	}
	e.end(b, "^C", hint, errInterrupted)
}

// endOrDelete is Ctrl-D: the end on an empty line, else it deletes the character under the cursor.
func (e *editor) endOrDelete(b buffer) {
	if b.Text() == "" {
		e.end(b, "", "", io.EOF)
		return
	}
	bindings["delete"](e, b)
}

func (e *editor) transpose(b buffer) {
	if b.after() == "" {
		b.left(lastCharacter(b.before()))
	}
	first, second := lastCharacter(b.before()), firstCharacter(b.after())
	if first == "" {
		b.right(second)
		return
	}
	b.cutOut(second)
	b.rubOut(first)
	b.insert(second + first)
	e.edited()
}

// changeWord changes the rest of a word, or the word that follows, and goes behind it.
func (e *editor) changeWord(b buffer, change func(string) string) {
	word := wordAfter(b.after())
	b.cutOut(word)
	b.insert(change(word))
	e.edited()
}

// capitalized is a text whose first letter is a capital and the others are not.
func capitalized(text string) string {
	first := strings.IndexFunc(text, unicode.IsLetter)
	if first < 0 {
		return text
	}
	_, size := utf8.DecodeRuneInString(text[first:])
	return text[:first] + strings.ToTitle(text[first:first+size]) + strings.ToLower(text[first+size:])
}

func (e *editor) killAfter(b buffer, text string) {
	b.cutOut(text)
	e.kills.add(text, e.howKilled(killedForward))
	e.edited()
}

func (e *editor) killBefore(b buffer, text string) {
	b.rubOut(text)
	e.kills.add(text, e.howKilled(killedBackward))
	e.edited()
}

// howKilled says how a killed text is kept: with the one before if that was killed by the key before.
func (e *editor) howKilled(how killing) killing {
	switch e.typing.last {
	case "C-k", "M-d", "C-u", "C-w", "M-backspace":
		return how
	}
	return killedAnew
}

func (e *editor) yank(b buffer) {
	e.typing.yanked = e.kills.yank()
	b.insert(e.typing.yanked)
	e.edited()
}

func (e *editor) yankEarlier(b buffer) {
	if last := e.typing.last; last != "C-y" && last != "M-y" || e.typing.yanked == "" {
		return
	}
	b.rubOut(e.typing.yanked)
	e.typing.yanked = e.kills.earlier()
	b.insert(e.typing.yanked)
	e.edited()
}

// insertLastArgument inserts the last word of the line before; again, that of the line before that one.
func (e *editor) insertLastArgument(b buffer) {
	t := &e.typing
	if t.last != "M-." && t.last != "M-_" {
		t.argument, t.argumentAt = "", len(t.browse.lines)
	}
	if t.argumentAt == 0 {
		return
	}
	t.argumentAt--
	b.rubOut(t.argument)
	t.argument = lastArgument(t.browse.lines[t.argumentAt])
	b.insert(t.argument)
	e.edited()
}

// recall shows the line of the history with that index.
func (e *editor) recall(b buffer, index int) {
	if text, ok := e.typing.browse.to(index, b.Text()); ok {
		b.set(text, len(text))
	}
}
