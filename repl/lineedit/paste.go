package lineedit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"unicode/utf8"
)

// lineBreak is the end of a pasted line within the text that is edited. It is no character of
// Unicode, so nobody needs to type it, and what a terminal sends is withoutBreaks; go-prompt does not move its
// cursor across a line feed.
const lineBreak = "\ufdd0"

// withoutBreaks replaces what came as a lineBreak: it ends no line.
func withoutBreaks(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte(lineBreak), []byte("\ufffd"))
}

// pastedText prepares pasted text for the line editor: nothing in it acts as a key, a tab for example
// as completion, or a line end as Enter.
func pastedText(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	clean := make([]byte, 0, len(text))
	for _, c := range text {
		switch {
		case c == '\r' || c == '\n':
			clean = append(clean, '\n')
		case c == '\t':
			clean = append(clean, ' ')
		case !isControl(c):
			clean = append(clean, c)
		}
	}
	return bytes.ReplaceAll(withoutBreaks(clean), []byte("\n"), []byte(lineBreak))
}

// isPasted reports whether the input begins with pasted text.
func (k *keyboard) isPasted() bool { return k.pasting || bytes.HasPrefix(k.in.buf, pasteBegin) }

// nextPasted removes pasted text from the input and returns it, which may be empty. It waits for the whole paste. One that pauses is returned as far as it has come, and
// what follows is still pasted, until its end or a Ctrl-C: no line end in it is ever an Enter.
func (k *keyboard) nextPasted() ([]byte, error) {
	if !k.pasting {
		k.pasting, k.in.buf = true, k.in.buf[len(pasteBegin):]
	}
	for {
		if text, rest, ok := bytes.Cut(k.in.buf, pasteEnd); ok {
			k.pasting, k.in.buf = false, rest
			return bytes.TrimRight(pastedText(text), lineBreak), nil
		}
		err := k.in.fill(k.ctx, tornPaste)
		switch {
		case errors.Is(err, errWoken):
			// what woke it is reported after the paste
		case errors.Is(err, io.EOF):
			k.pasting = false
			return k.tornText(len(k.in.buf)), nil
		case errors.Is(err, errTimeout) || len(k.in.buf) > maxPaste:
			if at := bytes.IndexByte(k.in.buf, '\x03'); at >= 0 {
				k.pasting = false
				return k.tornText(at), nil
			}
			if text := k.tornText(len(k.in.buf) - tornLen(k.in.buf)); len(text) > 0 {
				return text, nil
			}
			if err := k.in.fill(k.ctx, -1); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		}
	}
}

// tornText removes the first n bytes of a paste from the input.
func (k *keyboard) tornText(n int) []byte {
	text := pastedText(k.in.buf[:n])
	k.in.buf = k.in.buf[n:]
	return text
}

// tornLen is the length of what may be the beginning of pasteEnd, or of a character, at the end of b.
func tornLen(b []byte) int {
	for n := min(len(pasteEnd)-1, len(b)); n > 0; n-- {
		if bytes.HasPrefix(pasteEnd, b[len(b)-n:]) {
			return n
		}
	}
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// nextPending returns the next line of those that the last Enter has ended together, as if it were
// typed now; false if there is none.
func (e *Editor) nextPending(ctx context.Context, begun *string) (line string, err error, ok bool) {
	if len(e.pending) == 0 {
		return "", nil, false
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx), true
	}
	line, e.pending = e.pending[0], e.pending[1:]
	e.typing = typing{begun: begun}
	e.typing.prompt = e.promptNow()
	e.screen.fresh = true
	e.tell()
	return line, e.screen.leave(e.finalFrame(line, "")), true
}

// DropTyped forgets what was typed on a terminal and not yet read, so that only what is typed from now on
// answers a question. A Ctrl-C among it is kept.
func (in *Input) DropTyped() {
	flushTyped(in.fd) // an input that is no terminal has no such thing
	if at := interruptIn(in.buf); at >= 0 {
		in.buf = in.buf[at:]
		return
	}
	in.Discard()
}
