package repl

import (
	"io"
	"strings"
	"syscall"
	"time"
)

// bindings are what keys do while a line is typed, as readline has them. Keys that are not here do nothing.
var bindings map[string]func(*editor, buffer)

func init() { // refers to itself by way of searching
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

// interrupt drops the line. What becomes of the shell is the business of whoever counts.
func (e *editor) interrupt(b buffer) {
	hint := ""
	if b.Text() == "" {
		hint = "  once more ends the shell"
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

// stopTime bounds the wait for being stopped, which does not happen where nobody could continue the process.
const stopTime = 200 * time.Millisecond

// suspend stops the process, with the terminal as it was, until it is continued.
func (e *editor) suspend(b buffer) {
	e.screen.leave(e.finalFrame(b.Text(), ""))
	onFlush := e.screen.onFlush
	e.screen.onFlush = nil
	e.keys.TearDown()
	select {
	case <-e.keys.awake: // of another time
	default:
	}
	syscall.Kill(0, syscall.SIGTSTP) // as the terminal would: all that belongs to the program stops
	select {
	case <-e.keys.awake:
	case <-time.After(stopTime):
	}
	e.keys.continued.Store(false)
	e.keys.Setup()
	e.screen.onFlush = onFlush
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

// searching works on a key during a search; false leaves it to be worked on as any other, with the line that
// was found.
func (e *editor) searching(b buffer, k key) bool {
	s := e.typing.search
	switch {
	case k.text != "":
		s.extend(k.text)
	case k.name == "C-r" && s.query == "":
		s.extend(e.lastQuery)
	case k.name == "C-r":
		s.next(-1)
	case k.name == "C-s":
		s.next(1)
	case k.name == "backspace":
		s.shorten()
	case k.name == "C-g":
		e.typing.search = nil
	case k.name == "C-c":
		e.typing.search = nil
		return false
	default:
		e.takeFound(b)
		return k.name == "escape"
	}
	return true
}

// takeFound ends a search with the line that it has found.
func (e *editor) takeFound(b buffer) {
	s := e.typing.search
	e.typing.search = nil
	e.lastQuery = s.query
	if text, at, ok := s.found(); ok {
		e.typing.browse.to(s.at, b.Text())
		b.set(text, at)
	}
}

// complete is the Tab key: it completes the word as far as all suggestions agree. Where that is no further, it
// first shows the suggestions and then selects one after the other.
func (e *editor) complete(b buffer) {
	t := &e.typing
	found, ok := e.completing.of(b.before(), tabPatience)
	t.asked = true
	if !ok || len(found.Suggestions) == 0 {
		return
	}
	m := newMenu(found)
	word := b.before()[found.Start:]
	switch prefix := m.commonPrefix(); {
	case len(found.Suggestions) == 1:
		e.replace(b, found.Start, found.Suggestions[0], true)
	case len(prefix) > len(word) && strings.EqualFold(prefix[:len(word)], word):
		e.replace(b, found.Start, Suggestion{Text: prefix}, false)
	case t.offered:
		t.menu = m
		m.choose(1)
	}
}

func (e *editor) completeBackward(b buffer) {
	if found, ok := e.completing.of(b.before(), tabPatience); ok && len(found.Suggestions) > 0 {
		e.typing.menu = newMenu(found)
		e.typing.menu.choose(-1)
	}
}

// replace puts a suggestion in the place of the word from start to the cursor, with a blank behind it if one
// is wanted and belongs there.
func (e *editor) replace(b buffer, start int, s Suggestion, blank bool) {
	b.rubOut(b.before()[start:])
	b.insert(s.Text)
	if blank && !s.goesOn() && !strings.HasPrefix(b.after(), " ") {
		b.insert(" ")
	}
	e.typing.menu = nil
	e.typing.asked = false
	e.edited()
}

// choosing works on a key while a suggestion is selected; false leaves it to be worked on as any other.
func (e *editor) choosing(b buffer, k key) bool {
	t := &e.typing
	s, ok := t.menu.chosen()
	if !ok {
		if k.name == "escape" {
			t.suggesting, t.asked = false, false
		}
		return k.name == "escape"
	}
	switch k.name {
	case "tab", "C-n":
		t.menu.choose(1)
	case "S-tab", "C-p":
		t.menu.choose(-1)
	case "pagedown":
		t.menu.page(1)
	case "pageup":
		t.menu.page(-1)
	case "enter", "C-f", "C-e":
		e.replace(b, t.menu.found.Start, s, k.name == "enter")
	case "C-g", "backspace":
		t.menu.selected = -1
	case "escape":
		t.menu, t.suggesting, t.asked = nil, false, false
	case "C-c":
		return false
	default:
		e.replace(b, t.menu.found.Start, s, false)
		if end := lastCharacter(s.Text); s.goesOn() && strings.HasPrefix(k.text, end) {
			b.rubOut(end) // typed by someone who did not see that it is there
		}
		return false
	}
	return true
}
