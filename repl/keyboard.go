package repl

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
	// tornPaste is how long a paste may pause before its end is no longer waited for.
	tornPaste = time.Second
	// maxPaste bounds what is held in memory of one paste, in bytes.
	maxPaste = 8 << 20
)

// Keys that no terminal sends stand for events that are no keys: go-prompt hands every event on as bytes and
// calls the function bound to them with the line as it is.
const (
	endKey    = prompt.F24 // Ctrl-D
	quitKey   = prompt.F23 // the context or the input ended
	resizeKey = prompt.F22 // the window has another size
)

var (
	endKeyBytes    = keyBytes(endKey)
	quitKeyBytes   = keyBytes(quitKey)
	resizeKeyBytes = keyBytes(resizeKey)
)

func keyBytes(key prompt.Key) []byte {
	for _, sequence := range prompt.ASCIISequences {
		if sequence.Key == key {
			return sequence.ASCIICode
		}
	}
	return nil
}

// keyboard is go-prompt's view of standard input (prompt.ConsoleParser) and takes the place of its own one,
// which never restores the terminal's settings and reads on while a line is carried out.
//
// The terminal is raw from Setup to TearDown, that is while a line is typed, and otherwise as it was before.
// go-prompt calls Read from a goroutine of its own, which it waits for before TearDown; so after a key that
// ends the line Read must neither wait for the next key, nor take it, since go-prompt would lose it: it is
// held until the next Setup.
type keyboard struct {
	in     *input
	screen *screen
	// saved are the settings to restore; nil while the terminal is not raw.
	saved *term.State

	ctx  context.Context // of the line being typed
	held atomic.Bool
	// resized says that the window has another size than go-prompt knows.
	resized atomic.Bool
	// end is why there is no line: io.EOF, the context's cause, or nil when there is one.
	end atomic.Pointer[error]
}

// start prepares for one line.
func (k *keyboard) start(ctx context.Context) {
	k.ctx = ctx
	k.end.Store(nil)
}

// ended gives the reason why no line came, nil if one did.
func (k *keyboard) ended() error {
	if err := k.end.Load(); err != nil {
		return *err
	}
	return nil
}

func (k *keyboard) finish(err error) { k.end.Store(&err) }

// Setup makes the terminal raw. It saves the settings each time, since a command may have changed them.
func (k *keyboard) Setup() error {
	saved, err := term.MakeRaw(k.in.fd)
	if err != nil {
		return err
	}
	k.saved = saved
	return k.screen.send(pasteOn)
}

// TearDown makes the terminal what it was before Setup.
func (k *keyboard) TearDown() error {
	if k.saved == nil {
		return nil
	}
	saved := k.saved
	k.saved = nil
	return errors.Join(k.screen.send(pasteOff), term.Restore(k.in.fd, saved))
}

// GetWinSize gives the window's size; where the terminal does not tell (0 by 0, as a fresh pseudo terminal)
// that of a VT100, because go-prompt draws nothing without one.
func (k *keyboard) GetWinSize() *prompt.WinSize {
	columns, rows, err := term.GetSize(k.in.fd)
	if err != nil || columns <= 0 || rows <= 0 {
		columns, rows = 80, 24
	}
	return &prompt.WinSize{Row: uint16(rows), Col: uint16(columns)}
}

// resize has the line drawn for a window of another size.
func (k *keyboard) resize() {
	k.resized.Store(true)
	k.in.wake()
}

var errHeld = errors.New("the line is complete")

// Read gives the next key, as go-prompt spells it. It blocks until there is one.
func (k *keyboard) Read() ([]byte, error) {
	if k.held.Load() {
		return nil, errHeld // go-prompt looks whether it should stop, and asks again 10 ms later
	}
	for {
		key, err := k.next()
		switch {
		case errors.Is(err, errWoken):
			if k.resized.Swap(false) {
				k.held.Store(true)
				return resizeKeyBytes, nil
			}
			continue
		case err != nil:
			k.finish(err)
			k.held.Store(true)
			return quitKeyBytes, nil
		}
		switch key[0] {
		case '\r', '\n':
			k.held.Store(true)
			k.readAhead()
			return key, nil
		case 4: // Ctrl-D: whether it ends the input depends on the line, see editor.endOrDelete
			k.held.Store(true)
			return endKeyBytes, nil
		}
		if known := translate(key); known != nil {
			return known, nil
		}
	}
}

// next takes one key off the input.
func (k *keyboard) next() ([]byte, error) {
	for {
		if k.ctx.Err() != nil {
			return nil, context.Cause(k.ctx)
		}
		if err := k.expandPaste(); err != nil {
			return nil, err
		}
		key, rest, whole := cutKey(k.in.buf)
		if whole {
			k.in.buf = rest
			return key, nil
		}
		wait := tornKey
		if len(k.in.buf) == 0 {
			wait = -1
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

// expandPaste replaces a paste at the head of the input by its text. The whole paste is awaited, so that
// the terminal does not echo the rest of it into the output of the first line's command.
func (k *keyboard) expandPaste() error {
	if !bytes.HasPrefix(k.in.buf, pasteBegin) {
		return nil
	}
	for {
		if text, rest, ok := bytes.Cut(k.in.buf[len(pasteBegin):], pasteEnd); ok {
			k.in.buf = append(pasted(text), rest...)
			return nil
		}
		err := k.in.fill(k.ctx, tornPaste)
		switch {
		case errors.Is(err, errTimeout) || errors.Is(err, io.EOF) || len(k.in.buf) > maxPaste:
			k.in.buf = pasted(k.in.buf[len(pasteBegin):])
			return nil
		case err != nil:
			return err
		}
	}
}

// readAhead takes in what is already there, for the same reason, from terminals that do not mark a paste.
func (k *keyboard) readAhead() {
	for len(k.in.buf) < maxPaste && k.in.fill(k.ctx, 0) == nil {
	}
}
