package lineedit

// state is a line as it was, with its cursor.
type state struct {
	text   string
	before int // bytes before the cursor
}

func (b buffer) state() state { return state{b.Text(), len(b.before())} }

// undoable remembers what a key has changed. Texts that are typed one directly after the other are
// one change. Another line of the history has changes of its own, which are not remembered.
func (t *typing) undoable(was state, at int, k key, now state) {
	switch {
	case at != t.browse.at:
		t.changes = nil
	case now.text == was.text || k.name == "C-_" || k.name == "C-x C-u":
	case k.text != "" && t.lastTyped && len(t.changes) > 0:
	default:
		t.changes = append(t.changes, was)
	}
	t.lastTyped = k.text != ""
}

// undo reverts the last change.
func (e *Editor) undo(b buffer) {
	t := &e.typing
	n := len(t.changes)
	if n == 0 {
		return
	}
	last := t.changes[n-1]
	t.changes = t.changes[:n-1]
	b.set(last.text, last.before)
	e.edited()
}
