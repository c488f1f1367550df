package lineedit

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// bindings are what keys do while a line is typed, as readline has them. Keys that are not here do
// nothing.
var bindings map[string]func(*Editor, buffer)

func init() { // here, because some of them look others up
	bindings = map[string]func(*Editor, buffer){
		"enter": func(e *Editor, b buffer) { e.end(b, "", "", nil) },
		"C-c":   (*Editor).interrupt,
		"C-d":   (*Editor).endOrDelete,
		"C-z":   (*Editor).suspend,
		"C-l":   func(e *Editor, _ buffer) { e.screen.clear() },
		"C-r":   func(e *Editor, _ buffer) { e.typing.search = newSearch(e.typing.browse.lines) },
		"tab":   (*Editor).complete,
		"S-tab": (*Editor).completeBackward,

		"C-a": func(_ *Editor, b buffer) { b.left(b.before()) },
		"C-e": func(_ *Editor, b buffer) { b.right(b.after()) },
		"C-b": func(_ *Editor, b buffer) { b.left(lastCharacter(b.before())) },
		"C-f": func(_ *Editor, b buffer) { b.right(firstCharacter(b.after())) },
		"M-b": func(_ *Editor, b buffer) { b.left(wordBefore(b.before())) },
		"M-f": func(_ *Editor, b buffer) { b.right(wordAfter(b.after())) },

		"backspace":   func(e *Editor, b buffer) { b.rubOut(lastCharacter(b.before())); e.edited() },
		"delete":      func(e *Editor, b buffer) { b.cutOut(firstCharacter(b.after())); e.edited() },
		"C-t":         (*Editor).transpose,
		"M-u":         func(e *Editor, b buffer) { e.changeWord(b, strings.ToUpper) },
		"M-l":         func(e *Editor, b buffer) { e.changeWord(b, strings.ToLower) },
		"M-c":         func(e *Editor, b buffer) { e.changeWord(b, capitalized) },
		"C-_":         (*Editor).undo,
		"C-x C-u":     (*Editor).undo,
		"C-x C-e":     (*Editor).editOutside,
		"C-k":         func(e *Editor, b buffer) { e.killAfter(b, b.after()) },
		"M-d":         func(e *Editor, b buffer) { e.killAfter(b, wordAfter(b.after())) },
		"C-u":         func(e *Editor, b buffer) { e.killBefore(b, b.before()) },
		"C-w":         func(e *Editor, b buffer) { e.killBefore(b, argumentBefore(b.before())) },
		"M-backspace": func(e *Editor, b buffer) { e.killBefore(b, wordBefore(b.before())) },
		"C-y":         (*Editor).yank,
		"M-y":         (*Editor).yankEarlier,
		"M-.":         (*Editor).insertLastArgument,
		"M-_":         (*Editor).insertLastArgument,

		"C-p":      func(e *Editor, b buffer) { e.recall(b, e.typing.browse.at-1) },
		"C-n":      func(e *Editor, b buffer) { e.recall(b, e.typing.browse.at+1) },
		"pageup":   func(e *Editor, b buffer) { e.recall(b, 0) },
		"pagedown": func(e *Editor, b buffer) { e.recall(b, len(e.typing.browse.lines)) },
		"M-<":      func(e *Editor, b buffer) { e.recall(b, 0) },
		"M->":      func(e *Editor, b buffer) { e.recall(b, len(e.typing.browse.lines)) },
	}
}

// interrupt drops the line, which stays on the screen with the suggestion that is selected. Whoever
// counts the interrupts decides whether the shell ends.
func (e *Editor) interrupt(b buffer) {
	if s, ok := e.typing.menu.chosen(); ok {
		e.replace(b, e.typing.menu.found.Start, s, false)
	}
	hint := ""
	if b.Text() == "" && e.typing.begun == nil && (e.Again == nil || !e.Again()) {
		hint = "  press again within a second to exit"
	}
	e.end(b, "^C", hint, ErrInterrupted)
}

// endOrDelete is Ctrl-D: it ends the input on an empty line and deletes the character under the
// cursor on any other.
func (e *Editor) endOrDelete(b buffer) {
	if b.Text() == "" {
		e.end(b, "", "", io.EOF)
		return
	}
	bindings["delete"](e, b)
}

func (e *Editor) transpose(b buffer) {
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

// changeWord changes the rest of a word, or the word that follows, and moves the cursor after it.
func (e *Editor) changeWord(b buffer, change func(string) string) {
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

func (e *Editor) killAfter(b buffer, text string) {
	b.cutOut(text)
	e.kills.add(text, e.howKilled(killedForward))
	e.edited()
}

func (e *Editor) killBefore(b buffer, text string) {
	b.rubOut(text)
	e.kills.add(text, e.howKilled(killedBackward))
	e.edited()
}

// howKilled says how a killed text is kept: with the one before if that was killed by the key
// before.
func (e *Editor) howKilled(how killing) killing {
	switch e.typing.last {
	case "C-k", "M-d", "C-u", "C-w", "M-backspace":
		return how
	}
	return killedAnew
}

func (e *Editor) yank(b buffer) {
	e.typing.yanked = e.kills.yank()
	b.insert(e.typing.yanked)
	e.edited()
}

func (e *Editor) yankEarlier(b buffer) {
	if last := e.typing.last; last != "C-y" && last != "M-y" || e.typing.yanked == "" {
		return
	}
	b.rubOut(e.typing.yanked)
	e.typing.yanked = e.kills.earlier()
	b.insert(e.typing.yanked)
	e.edited()
}

// insertLastArgument inserts the last word of the line before; again, that of the line before that
// one.
func (e *Editor) insertLastArgument(b buffer) {
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
func (e *Editor) recall(b buffer, index int) {
	if text, ok := e.typing.browse.to(index, b.Text()); ok {
		b.set(text, len(text))
	}
}
