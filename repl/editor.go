package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/c-bata/go-prompt"
)

// editor gives lines that are typed in go-prompt's line editor, one call of it a line, so that commands run
// in the terminal's own settings: Ctrl-C is a signal then, and output lines end as they should.
//
// go-prompt holds the line (prompt.Buffer) and runs the loop: it takes an event of the keyboard, calls handle,
// and has the line drawn by flush. All of these but keyboard.Read are called in the goroutine of Next.
type editor struct {
	keys    *keyboard
	screen  *screen
	prompt  *prompt.Prompt
	history *History
	kills   kills
	// lastQuery is what was searched last.
	lastQuery string
	opt       Options
	diag      io.Writer
	// again says whether a Ctrl-C now is one too many, so that the shell ends; nil for no.
	again func() bool

	completing *completing
	notices    notices
	// using is held while another goroutine wakes the keyboard.
	using  sync.Mutex
	closed bool

	typing typing
}

// typing is the state of the line that is being typed.
type typing struct {
	prompt        Prompt // as it was drawn last
	before, after string // of the cursor
	drawn         bool   // at least once
	done          bool
	line          string // the result
	err           error  // why there is none

	browse browse
	search *search // nil while nothing is searched
	menu   *menu   // what is suggested; nil for nothing
	// suggesting says that suggestions are wanted: after an edit, but not while the cursor moves or old lines
	// are looked at. asked says that they were asked for with Tab.
	suggesting, asked bool
	offered           bool       // suggestions were shown, or would have been, when the last key came
	found             Completion // of the text before the cursor
	last              string     // name of the last key
	argument          string     // what M-. has inserted
	argumentAt        int        // index of the line that it was taken from
	yanked            string     // what C-y has inserted
	changes           []state    // before each change of the line, to be taken back
	lastTyped         bool       // the last key was text
}

func newEditor(in *input, out, diag io.Writer, opt Options) *editor {
	history, err := OpenHistory(opt.History)
	if err != nil {
		fmt.Fprintf(diag, "WARNING: %v\n", err)
	}
	e := &editor{keys: newKeyboard(in, out), screen: &screen{out: out}, history: history, opt: opt, diag: diag}
	e.keys.onTearDown = e.abandon
	e.completing = startCompleting(opt.Complete, func() { e.keys.happened(&e.keys.answered) })
	e.prompt = prompt.New(
		func(string) {}, // Input gives the line back instead
		e.remember,
		prompt.OptionParser(e.keys),
		prompt.OptionWriter(e.screen),
		prompt.OptionAddKeyBind(prompt.KeyBind{Key: eventKey, Fn: e.handle}),
		prompt.OptionSetExitCheckerOnInput(func(string, bool) bool { return e.typing.done }),
	)
	return e
}

func (e *editor) Next(ctx context.Context) (string, error) {
	e.keys.start(ctx)
	defer watchSignals(e.keys)()
	e.typing = typing{browse: newBrowse(e.history.Lines())}
	e.screen.fresh = true
	e.tell()
	e.screen.onFlush = e.flush
	e.completing.again()
	e.prompt.Input()
	e.screen.onFlush = nil
	line, err := e.typing.line, e.typing.err
	if err != nil {
		return "", err
	}
	if err := e.history.Add(line); err != nil {
		fmt.Fprintf(e.diag, "WARNING: %v\n", err)
	}
	if e.keys.ended() {
		io.WriteString(e.screen.out, "^C\n") // which the terminal has not echoed
		return line, errInterrupted
	}
	return line, nil
}

// remember takes the place of go-prompt's completer, which is asked before each drawing. It suggests nothing,
// so that go-prompt never selects anything.
func (e *editor) remember(d prompt.Document) []prompt.Suggest {
	e.typing.before, e.typing.after = d.TextBeforeCursor(), d.TextAfterCursor()
	return nil
}

// handle works on the keys that have arrived.
func (e *editor) handle(b *prompt.Buffer) {
	line := buffer{b}
	for _, k := range e.keys.take() {
		e.press(line, k)
		if e.typing.done {
			line.set("", 0) // go-prompt would bring it back in the next line
			return
		}
	}
	e.keys.resume()
}

// press works on one key.
func (e *editor) press(b buffer, k key) {
	t := &e.typing
	if k == (key{}) || e.event(b, k) { // unknown, or no key
		return
	}
	if chord := t.last + " " + k.name; bindings[chord] != nil {
		k.name = chord
	}
	was, at := b.state(), t.browse.at
	defer func() { t.undoable(was, at, k, b.state()) }()
	switch {
	case t.search != nil && e.searching(b, k):
	case e.choosing(b, k):
	default:
		t.offered = t.offering(b.before())
		t.suggesting, t.asked = false, false
		if k.text != "" {
			b.insert(k.text)
			e.edited()
		} else if act := bindings[k.name]; act != nil {
			act(e, b)
		}
	}
	t.last = k.name
}

// event works on what is no key, and says whether it was that.
func (e *editor) event(b buffer, k key) bool {
	switch k.name {
	case keyQuit:
		e.end(b, "", "", k.err)
	case keyRefresh:
		e.tell()
		e.completing.again()
	case keyContinue:
		if e.keys.spoiled() { // by the shell that this one was stopped for
			e.keys.Setup()
			e.screen.forget()
		}
	case keyResize, keyAnswer: // the next drawing looks at the size, and for answers
	default:
		return false
	}
	return true
}

// edited has suggestions shown, since the line was changed.
func (e *editor) edited() { e.typing.suggesting = true }

// end leaves the line, with a mark and a hint behind it, because of an error, or with the line as the result
// if that is nil.
func (e *editor) end(b buffer, mark, hint string, err error) {
	t := &e.typing
	t.done, t.err, t.line = true, err, b.Text()
	e.screen.onFlush = nil
	e.screen.leave(e.finalFrame(b.Text()+mark, hint))
}

// finalFrame is how a line is left on the screen.
func (e *editor) finalFrame(text, hint string) frame {
	const unbounded = 1 << 20 // rows: a line that is higher than the window is written whole
	v := view{prompt: e.typing.prompt, before: text, hint: hint, color: e.opt.Color}
	return v.frame(unbounded, int(e.keys.GetWinSize().Col))
}

// abandon leaves the line because go-prompt panics.
func (e *editor) abandon() {
	if e.screen.onFlush != nil {
		e.screen.onFlush = nil
		e.screen.leave(e.finalFrame(e.typing.before+e.typing.after, ""))
	}
}

func (e *editor) promptNow() Prompt {
	if e.opt.Prompt == nil {
		return Prompt{}
	}
	return e.opt.Prompt()
}

// flush draws the line and, so that go-prompt does not look for keys all the time, waits for the next.
func (e *editor) flush() error {
	e.suggest()
	size := e.keys.GetWinSize()
	err := e.screen.draw(e.view().frame(int(size.Row), int(size.Col)))
	if e.typing.drawn { // before the first drawing returns, go-prompt does not read
		e.keys.wait()
	}
	e.typing.drawn = true
	return err
}

// view is how the line is shown while it is typed.
func (e *editor) view() view {
	t := &e.typing
	t.prompt = e.promptNow()
	v := view{prompt: t.prompt, before: t.before, after: t.after, menu: t.menu, color: e.opt.Color}
	if t.search != nil {
		v.prompt = t.search.prompt()
		if line, at, ok := t.search.found(); ok {
			v.before, v.after = line[:at], line[at:]
		}
		return v
	}
	if s, ok := t.menu.chosen(); ok {
		v.before = t.before[:t.menu.found.Start] + s.Text
		return v
	}
	if t.found.Usage != "" && t.after == "" {
		v.hint = oneLine(t.found.Usage)
		if !strings.HasSuffix(t.before, " ") {
			v.hint = " " + v.hint
		}
	}
	return v
}

// Ask reads the answer as the terminal driver edits it, so that Ctrl-C interrupts the command that asks. What
// was typed ahead counts.
func (e *editor) Ask(ctx context.Context, question string) (string, error) {
	in := e.keys.in
	in.buf = pasted(in.buf)
	shown := question + typedAhead(in.buf)
	return ask(ctx, in, e.screen.out, shown)
}

// typedAhead is the part of the input that the answer will begin with: the driver has not echoed it.
func typedAhead(buf []byte) string {
	for i, c := range buf {
		if c == '\n' {
			return string(buf[:i+1])
		}
	}
	return string(buf)
}

func (e *editor) Interactive() bool { return true }

// Discard keeps a Ctrl-C that has not been worked on, with what came behind it.
func (e *editor) Discard() {
	in := e.keys.in
	if at := interruptIn(in.buf); at >= 0 {
		in.buf = in.buf[at:]
		return
	}
	in.buf = nil
}

func (e *editor) Refresh() {
	e.using.Lock()
	defer e.using.Unlock()
	if !e.closed {
		e.keys.happened(&e.keys.refreshed)
	}
}

// Close frees the editor and leaves the terminal as it was when it was opened.
func (e *editor) Close() error {
	e.using.Lock()
	closed := e.closed
	e.closed = true
	e.using.Unlock()
	if closed {
		return nil
	}
	e.completing.close() // without the lock: the completion may call Refresh
	return errors.Join(e.keys.TearDown(), e.keys.restore(), e.keys.in.close())
}
