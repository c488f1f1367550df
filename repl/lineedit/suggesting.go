package lineedit

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"pegashell/internal/suggestion"
)

const (
	// typingPatience is how long the drawing of a line waits for its completions. What comes later
	// is drawn when it comes.
	typingPatience = 20 * time.Millisecond
	// tabPatience is how long the Tab key waits for them.
	tabPatience = 300 * time.Millisecond
)

// completion returns what is known about a text after at most patience.
func (e *Editor) completion(text string, patience time.Duration) suggestion.Completion {
	defer func() {
		if r := recover(); r != nil {
			// Without the text: it may hold credentials, and what is printed here may be sent to
			// other people.
			panic(fmt.Sprintf("%v\n\nin the completion of a line:\n%s", r, debug.Stack()))
		}
	}()
	ctx, cancel := context.WithTimeout(e.keys.ctx, patience)
	defer cancel()
	before := 0
	if begun := e.typing.begun; begun != nil {
		before, text = len(*begun), *begun+text
	}
	found := e.opt.Complete(ctx, text)
	if found.Start < before { // of a word that begins in the line before
		return suggestion.Completion{Start: len(text) - before, Usage: found.Usage}
	}
	found.Start = min(found.Start, len(text)) - before
	return found
}

// worthShowing reports whether the suggestions contain more than what is typed.
func worthShowing(found suggestion.Completion, text string) bool {
	all := found.Suggestions
	return len(all) > 1 || len(all) == 1 && all[0].Text != text[found.Start:]
}

// suggest looks up what is known about the line. While a suggestion is selected the list stays as
// it is.
func (e *Editor) suggest() {
	t := &e.typing
	if _, choosing := t.menu.chosen(); choosing {
		return
	}
	t.menu, t.found = nil, suggestion.Completion{}
	if strings.Contains(t.before+t.after, lineBreak) || t.search != nil || !t.asked && strings.TrimSpace(t.before) == "" {
		return
	}
	t.found = e.completion(t.before, typingPatience)
	if t.offering(t.before) && worthShowing(t.found, t.before) {
		t.menu = newMenu(t.found)
	}
}

// offering reports whether suggestions for the text before the cursor are to be shown.
func (t *typing) offering(before string) bool {
	return t.asked || t.suggesting && strings.TrimSpace(before) != ""
}

// complete is the Tab key: it completes the word as far as all suggestions agree. Where that adds
// nothing, it first shows the suggestions and then selects one after the other.
func (e *Editor) complete(b buffer) {
	t := &e.typing
	if strings.Contains(b.Text(), lineBreak) {
		return
	}
	found := e.completion(b.before(), tabPatience)
	t.asked = true
	if len(found.Suggestions) == 0 {
		return
	}
	m := newMenu(found)
	word := b.before()[found.Start:]
	switch prefix := m.commonPrefix(); {
	case found.Careful && !t.tabbed() && (m.has(prefix) || len(prefix) <= len(word)):
		// shown, for another Tab to choose
	case len(found.Suggestions) == 1 && !found.Careful:
		e.replace(b, found.Start, found.Suggestions[0], true)
	case !(found.Careful && m.has(prefix)) && len(prefix) > len(word) && strings.EqualFold(prefix[:len(word)], word):
		e.replace(b, found.Start, suggestion.Suggestion{Text: prefix}, false)
	case t.offered:
		t.menu = m
		m.choose(1)
	}
}

func (e *Editor) completeBackward(b buffer) {
	if strings.Contains(b.Text(), lineBreak) {
		return
	}
	found := e.completion(b.before(), tabPatience)
	if len(found.Suggestions) == 0 {
		return
	}
	if found.Careful && !e.typing.tabbed() {
		e.typing.asked = true // shown, for another Tab to choose
		return
	}
	e.typing.menu = newMenu(found)
	e.typing.menu.choose(-1)
}

// tabbed reports whether the last key was Tab or Shift-Tab.
func (t *typing) tabbed() bool { return t.last == "tab" || t.last == "S-tab" }

// replace replaces the word from start to the cursor by a suggestion, followed by a blank if blank
// is set and one belongs there.
func (e *Editor) replace(b buffer, start int, s suggestion.Suggestion, blank bool) {
	b.rubOut(b.before()[start:])
	b.insert(s.Text)
	if blank && !goesOn(s) && !strings.HasPrefix(b.after(), " ") {
		b.insert(" ")
	}
	e.typing.menu = nil
	e.typing.asked = false
	e.edited()
}

// choosing processes a key while a suggestion is selected; false means that the key is processed as
// usual.
func (e *Editor) choosing(b buffer, k key) bool {
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
		if end := lastCharacter(s.Text); goesOn(s) && strings.HasPrefix(k.text, end) {
			b.rubOut(end) // the user typed it without seeing that it is there already
		}
		return false
	}
	return true
}
