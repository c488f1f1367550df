package lineedit

import "strings"

// editOutside has the line edited by a program, and shows what that has left. Several lines wait for Enter
// as pasted ones do.
func (e *Editor) editOutside(b buffer) {
	if e.EditOutside == nil {
		return
	}
	e.screen.leave(e.finalFrame(b.Text(), ""))
	onFlush := e.screen.onFlush
	e.screen.onFlush = nil
	e.keys.TearDown()
	text, ok := e.EditOutside(strings.ReplaceAll(b.Text(), lineBreak, "\n"))
	e.keys.Setup()
	e.screen.onFlush = onFlush
	e.screen.fresh = true
	if ok {
		text = string(pastedText([]byte(text)))
		b.set(text, len(text))
		e.edited()
	}
}
