package lineedit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/c-bata/go-prompt"
	"golang.org/x/term"
)

const (
	// tornKey is how long the rest of an escape sequence may take to arrive (a bare ESC has none).
	tornKey = 50 * time.Millisecond
	// tornPaste is how long a paste may pause before what has come of it is shown.
	tornPaste = time.Second
	// maxPaste bounds what is held in memory of one paste, in bytes.
	maxPaste = 8 << 20
)

// eventKey is a key that no terminal sends. go-prompt gets it for whatever happens, and calls the
// function that is bound to it, which knows more keys than go-prompt.
const eventKey = prompt.F24

var eventBytes = func() []byte {
	for _, sequence := range prompt.ASCIISequences {
		if sequence.Key == eventKey {
			return sequence.ASCIICode
		}
	}
	return nil
}()

// keyboard is go-prompt's view of standard input (prompt.ConsoleParser) and replaces its own one,
// which never restores the terminal's settings and reads on while a command runs.
//
// The terminal is raw from Setup to TearDown, that is while a line is typed, and otherwise as it
// was when the shell began, whatever a command has made of it. go-prompt calls Read from a
// goroutine of its own, which it waits for before TearDown; so after a key that may end the line
// Read must neither wait for the next key nor consume it, since go-prompt would lose it. Read
// therefore consumes nothing until resume reports that the line continues.
type keyboard struct {
	in  *Input
	out io.Writer
	// original are the settings to restore; nil if the terminal has none.
	original *term.State
	// rawState are the settings while a line is typed, nil at other times.
	rawState *term.State
	// onTearDown is called when the settings are restored.
	onTearDown func()

	ctx   context.Context // of the line being typed
	begun bool            // its first event was returned
	// pasting says that the beginning of a paste was read and its end was not.
	pasting bool
	// returned says that the last line ended with a carriage return, so that a line feed directly
	// after it is the same end, of a paste from another system.
	returned bool
	held     atomic.Bool
	batch    []key // for take, while held
	// arrived has a token from the moment that there is a batch until it is taken.
	arrived chan struct{}
	// What happened besides keys.
	resized, refreshed, continued atomic.Bool
	// awake has a token after the process was continued.
	awake chan struct{}
}

func newKeyboard(in *Input, out io.Writer) *keyboard {
	k := &keyboard{in: in, out: out, arrived: make(chan struct{}, 1), awake: make(chan struct{}, 1)}
	if state, err := term.GetState(in.fd); err == nil {
		k.original = state
	}
	return k
}

// start prepares for one line. Events of the line before are dropped.
func (k *keyboard) start(ctx context.Context) {
	k.ctx, k.begun = ctx, false
	k.resized.Store(false)
	k.refreshed.Store(false)
	k.continued.Store(false)
	k.held.Store(false)
}

// Setup makes the terminal raw.
func (k *keyboard) Setup() error {
	if err := k.restore(); err != nil {
		return err
	}
	if _, err := term.MakeRaw(k.in.fd); err != nil {
		return err
	}
	state, err := term.GetState(k.in.fd)
	if err != nil {
		return err
	}
	k.rawState = state
	_, err = k.out.Write(pasteOn)
	return err
}

// spoiled reports whether the settings are no longer those of Setup: another program has used the
// terminal.
func (k *keyboard) spoiled() bool {
	state, err := term.GetState(k.in.fd)
	return err == nil && k.rawState != nil && *state != *k.rawState
}

// TearDown makes the terminal what it was when the shell began.
func (k *keyboard) TearDown() error {
	if k.rawState == nil {
		return nil
	}
	k.rawState = nil
	_, err := k.out.Write(pasteOff)
	err = errors.Join(err, k.restore())
	if k.onTearDown != nil {
		k.onTearDown()
	}
	return err
}

func (k *keyboard) restore() error {
	if k.original == nil {
		return nil
	}
	return term.Restore(k.in.fd, k.original)
}

// GetWinSize returns the window's size; where the terminal does not report it (0 by 0, as a new
// pseudo terminal) that of a VT100, because go-prompt draws nothing without one.
func (k *keyboard) GetWinSize() *prompt.WinSize {
	columns, rows, err := term.GetSize(k.in.fd)
	if err != nil || columns <= 0 || rows <= 0 {
		columns, rows = 80, 24
	}
	return &prompt.WinSize{Row: uint16(rows), Col: uint16(columns)}
}

// happened makes Read return an event, such as resized. It can be called from any goroutine.
func (k *keyboard) happened(what *atomic.Bool) {
	what.Store(true)
	k.in.wake()
}

var errHeld = errors.New("the last key is still being processed")

// Read waits for keys or for something else that happens, and returns eventBytes; take has what it
// is. go-prompt asks again 10 ms after an error.
func (k *keyboard) Read() ([]byte, error) {
	if k.held.Load() {
		return nil, errHeld
	}
	k.batch = k.gather()
	k.held.Store(true)
	select {
	case k.arrived <- struct{}{}:
	default:
	}
	return eventBytes, nil
}

// wait returns when Read has something.
func (k *keyboard) wait() {
	<-k.arrived
	k.arrived <- struct{}{}
}

// take returns what Read has found.
func (k *keyboard) take() []key {
	select {
	case <-k.arrived:
	default:
	}
	return k.batch
}

// resume makes Read continue: the line has not ended.
func (k *keyboard) resume() { k.held.Store(false) }

// gather returns the keys that are there, but none after one that may end the line. The first time
// it returns none at once: go-prompt looks for input a hundred times a second until it has some.
func (k *keyboard) gather() (batch []key) {
	if !k.begun {
		k.begun = true
		return nil
	}
	for {
		sequence, err := k.next()
		switch {
		case errors.Is(err, errWoken):
			if events := k.events(); len(events) > 0 {
				return events
			}
			continue
		case err != nil:
			return []key{{name: keyQuit, err: err}}
		}
		pressed := keyOf(sequence)
		batch = append(batch, pressed)
		if pressed.name == "enter" {
			k.returned = sequence[0] == '\r'
			k.readAhead()
		}
		if _, _, more := cutKey(k.in.buf); pressed.mayEnd() || !more {
			return batch
		}
	}
}

func (k *keyboard) events() (events []key) {
	for _, e := range []struct {
		happened *atomic.Bool
		name     string
	}{{&k.continued, keyContinue}, {&k.resized, keyResize}, {&k.refreshed, keyRefresh}} {
		if e.happened.Swap(false) {
			events = append(events, key{name: e.name})
		}
	}
	return events
}

// next removes one key from the input.
func (k *keyboard) next() ([]byte, error) {
	for {
		if k.ctx.Err() != nil {
			return nil, context.Cause(k.ctx)
		}
		for k.isPasted() {
			if text, err := k.nextPasted(); len(text) > 0 || err != nil {
				return text, err
			}
		}
		key, rest, whole := cutKey(k.in.buf)
		if whole {
			k.in.buf = rest
			return withoutBreaks(key), nil
		}
		wait := tornKey
		switch {
		case len(k.in.buf) == 0:
			wait = -1
		case len(k.in.buf) > len("\x1b[") && bytes.HasPrefix(pasteBegin, k.in.buf):
			wait = tornPaste // taken for a key, it would leave line ends that are keys too
		}
		switch err := k.in.fill(k.ctx, wait); {
		case errors.Is(err, errTimeout):
			key, k.in.buf = k.in.buf, nil // no more comes: what is there is all
			return key, nil
		case err != nil:
			return nil, err
		}
	}
}

// readAhead reads what is already there after the end of a line, so that a terminal that does not mark
// a paste does not echo the rest of it into the output of the first line's command.
func (k *keyboard) readAhead() {
	for err := error(nil); err == nil && len(k.in.buf) < maxPaste; {
		err = k.in.fill(k.ctx, 0)
		if errors.Is(err, errWoken) {
			defer k.in.wake() // for the next one that waits
			err = nil
		}
	}
	if k.returned && len(k.in.buf) > 0 {
		k.in.buf = bytes.TrimPrefix(k.in.buf, []byte("\n"))
		k.returned = false
	}
}

// ended reads what came until the settings were restored, and reports whether Ctrl-C is among it.
// What was typed before that is dropped: it is as if the terminal had seen it.
func (k *keyboard) ended() (interrupted bool) {
	k.readAhead()
	at := interruptIn(k.in.buf)
	if at >= 0 {
		k.in.buf = k.in.buf[at+1:]
	}
	return at >= 0
}
