package lineedit

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/c-bata/go-prompt"

	"pegashell/internal/message"
	"pegashell/internal/suggestion"
)

// ErrInterrupted says that the key Ctrl-C was typed.
var ErrInterrupted = errors.New("interrupted")

// Options says how an editor behaves. All its functions are called in the goroutine of Next.
type Options struct {
	// Prompt returns the text before what is typed. It is called each time that the line is drawn
	// and must not wait for anything; nil means no prompt.
	Prompt func() Prompt
	// Complete completes the text before the cursor; nil completes nothing. It is called before
	// each drawing and when Tab is pressed, and returns what is known when patience ends, not
	// later: no key is processed until then. When more becomes known, its owner calls Refresh, and
	// the line is completed again.
	Complete func(patience context.Context, text string) suggestion.Completion
	// History returns the lines that were typed before, in that order, when another line begins;
	// nil means none.
	History func() []string
	// Color reports whether colours may be used. Hints need colours: without colours they would
	// look like what is typed.
	Color bool
	// Language is that of what the editor itself says.
	Language message.Language
}

// Editor returns lines that are typed in go-prompt's line editor, one call of it for each line, so
// that commands run in the terminal's own settings: Ctrl-C is a signal then, and output lines end
// as they should.
//
// go-prompt holds the line (prompt.Buffer) and runs the loop: it takes an event of the keyboard,
// calls handle, and has the line drawn by flush. All of these but keyboard.Read are called in the
// goroutine of Next.
type Editor struct {
	// Again reports whether a Ctrl-C now would be the second one, which ends the shell; nil for no.
	// It is set before the first line.
	Again func() bool
	// Entered is called when a line that is not empty is entered, before the terminal is given back its settings,
	// with which Ctrl-C is a signal; nil for nothing. It is set before the first line.
	Entered func()
	// EditOutside has a program edit a text, and returns what it left; false where that failed, which was
	// said. nil for no program. It is set before the first line.
	EditOutside func(text string) (edited string, ok bool)

	keys   *keyboard
	screen *screen
	prompt *prompt.Prompt
	kills  kills
	// lastQuery is what was searched last.
	lastQuery string
	opt       Options

	// pending are the lines that the last Enter has ended together and that were not returned yet.
	pending []string

	notices Notices
	// using is held while another goroutine wakes the keyboard.
	using  sync.Mutex
	closed bool

	typing typing
}

// typing is the state of the line that is being typed.
type typing struct {
	begun         *string // of the line that this one continues; nil for none
	prompt        Prompt  // as it was drawn last
	before, after string  // of the cursor
	drawn         bool    // at least once
	done          bool
	line          string // the result
	err           error  // why there is none

	browse browse
	search *search // nil while nothing is searched
	menu   *menu   // what is suggested; nil for nothing
	// suggesting means that suggestions are shown: after an edit, but not while the cursor moves or
	// old lines are looked at. asked means that they were requested with Tab.
	suggesting, asked bool
	offered           bool                  // suggestions were shown, or would have been, when the last key came
	found             suggestion.Completion // of the text before the cursor
	last              string                // name of the last key
	argument          string                // what M-. has inserted
	argumentAt        int                   // index of the line that it was taken from
	yanked            string                // what C-y has inserted
	changes           []state               // before each change of the line, to be taken back
	lastTyped         bool                  // the last key was text
}

// New returns an editor that reads a terminal and draws on out, which is the same terminal; see
// Usable. Its Close closes the input too.
func New(in *Input, out io.Writer, opt Options) *Editor {
	if opt.Prompt == nil {
		opt.Prompt = func() Prompt { return Prompt{} }
	}
	if opt.Complete == nil {
		opt.Complete = func(context.Context, string) suggestion.Completion { return suggestion.Completion{} }
	}
	if opt.History == nil {
		opt.History = func() []string { return nil }
	}
	e := &Editor{keys: newKeyboard(in, out), screen: &screen{out: out}, opt: opt}
	e.keys.onTearDown = e.abandon
	e.prompt = prompt.New(
		func(string) {}, // not needed: Input returns the line
		e.remember,
		prompt.OptionParser(e.keys),
		prompt.OptionWriter(e.screen),
		prompt.OptionAddKeyBind(prompt.KeyBind{Key: eventKey, Fn: e.handle}),
		prompt.OptionSetExitCheckerOnInput(func(string, bool) bool { return e.typing.done }),
	)
	return e
}

// Next returns the next line that is typed, with those that continue it: io.EOF after Ctrl-D on an empty
// line or at the end of the input, the context's cause when that ends first. Ctrl-C returns ErrInterrupted,
// with the line if it came directly after its end.
func (e *Editor) Next(ctx context.Context) (string, error) {
	return Joined(func(begun *string) (string, error) { return e.typed(ctx, begun) })
}

// typed returns one line. begun is what there is already of the line that it continues, nil for none.
func (e *Editor) typed(ctx context.Context, begun *string) (string, error) {
	if line, err, ok := e.nextPending(ctx, begun); ok {
		return line, err
	}
	e.keys.start(ctx)
	defer watchSignals(e.keys)()
	e.typing = typing{browse: newBrowse(e.opt.History()), begun: begun}
	e.screen.fresh = true
	e.tell()
	e.screen.onFlush = e.flush
	e.prompt.Input()
	e.screen.onFlush = nil
	line, err := e.typing.line, e.typing.err
	if err != nil {
		return "", err
	}
	if e.keys.ended() {
		e.pending = nil
		io.WriteString(e.screen.out, "^C\n") // which the terminal has not echoed
		return line, ErrInterrupted
	}
	return line, nil
}

// remember replaces go-prompt's completer, which is asked before each drawing. It suggests nothing,
// so that go-prompt never selects anything.
func (e *Editor) remember(d prompt.Document) []prompt.Suggest {
	e.typing.before, e.typing.after = d.TextBeforeCursor(), d.TextAfterCursor()
	return nil
}

// handle processes the keys that have arrived.
func (e *Editor) handle(b *prompt.Buffer) {
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

// press processes one key.
func (e *Editor) press(b buffer, k key) {
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

// event processes what is not a key, and reports whether it was such an event.
func (e *Editor) event(b buffer, k key) bool {
	switch k.name {
	case keyQuit:
		e.end(b, "", "", k.err)
	case keyRefresh:
		e.tell() // the next drawing asks for the prompt and the completions again
	case keyContinue:
		if e.keys.spoiled() { // by the shell that this one was stopped for
			e.keys.Setup()
			e.screen.forget()
		}
	case keyResize: // the next drawing looks at the size
	default:
		return false
	}
	return true
}

// edited switches suggestions on, since the line was changed.
func (e *Editor) edited() { e.typing.suggesting = true }

// end leaves the line, with a mark and a hint after it, because of an error, or with the line as
// the result if that is nil.
func (e *Editor) end(b buffer, mark, hint string, err error) {
	t := &e.typing
	lines := []string{b.Text()}
	if err == nil {
		lines = strings.Split(b.Text(), lineBreak)
	}
	t.done, t.err, t.line, e.pending = true, err, lines[0], lines[1:]
	e.screen.onFlush = nil
	if err == nil && b.Text() != "" && e.Entered != nil {
		e.Entered()
	}
	e.screen.leave(e.finalFrame(lines[0]+mark, hint))
}

// finalFrame is how a line is left on the screen.
func (e *Editor) finalFrame(text, hint string) frame {
	const unbounded = 1 << 20 // rows: a line that is higher than the window is written whole
	v := view{prompt: e.typing.prompt, before: text, hint: hint, color: e.opt.Color}
	return v.frame(unbounded, int(e.keys.GetWinSize().Col))
}

// abandon leaves the line because go-prompt panics.
func (e *Editor) abandon() {
	if e.screen.onFlush != nil {
		e.screen.onFlush = nil
		e.screen.leave(e.finalFrame(e.typing.before+e.typing.after, ""))
	}
}

// flush draws the line and, so that go-prompt does not look for keys all the time, waits for the
// next.
func (e *Editor) flush() error {
	e.suggest()
	size := e.keys.GetWinSize()
	err := e.screen.draw(e.view().frame(int(size.Row), int(size.Col)))
	if e.typing.drawn { // before the first drawing returns, go-prompt does not read
		e.keys.wait()
	}
	e.typing.drawn = true
	return err
}

// promptNow is the prompt of the line that is typed.
func (e *Editor) promptNow() Prompt {
	if e.typing.begun != nil {
		return Prompt{Text: Continuation}
	}
	return e.opt.Prompt()
}

// view is how the line is shown while it is typed.
func (e *Editor) view() view {
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
	v.below = pastedHint(t.before+t.after, e.opt.Language)
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

// Ask is Input.AskPerson between two lines. Ctrl-C interrupts the command that asks, since the terminal
// driver edits the answer. Pasted lines that wait are kept for later.
func (e *Editor) Ask(ctx context.Context, question string) (string, error) {
	e.keys.pasting = false
	return e.keys.in.AskPerson(ctx, e.screen.out, question)
}

// Discard forgets lines that were typed ahead. It keeps a Ctrl-C that has not been processed, with
// what came after it.
func (e *Editor) Discard() {
	e.pending = nil
	in := e.keys.in
	if at := interruptIn(in.buf); at >= 0 {
		in.buf = in.buf[at:]
		return
	}
	in.Discard()
}

// BeginRow begins a row after the output of another program, which may have left its last row
// unfinished.
func (e *Editor) BeginRow() error { return e.screen.beginRow(int(e.keys.GetWinSize().Col)) }

// Refresh draws the line that is being typed again, with a new prompt and new completions. If no
// line is being typed it does nothing. It can be called from any goroutine and does not wait.
func (e *Editor) Refresh() {
	e.using.Lock()
	defer e.using.Unlock()
	if !e.closed {
		e.keys.happened(&e.keys.refreshed)
	}
}

// Close frees the editor and leaves the terminal as it was when it was opened.
func (e *Editor) Close() error {
	e.using.Lock()
	closed := e.closed
	e.closed = true
	e.using.Unlock()
	if closed {
		return nil
	}
	return errors.Join(e.keys.TearDown(), e.keys.restore(), e.keys.in.Close())
}
