package screentest

import (
	"io"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/hinshun/vt10x"
)

// Display shows bytes on an emulated screen. vt10x gives every character one cell and knows no
// combining ones: so a character that is wide, or made of several code points, is shown to it as a
// code point of a private plane, with a filler in each further cell.
type Display struct {
	vt         vt10x.Terminal
	characters []string        // by private code point, from firstPrivate on
	private    map[string]rune // the other way round
	torn       []byte          // the beginning of a character whose rest has not arrived
	sequence   sequence        // where in an escape sequence the output is
	last       string          // the character printed last, empty if the cursor was moved since
}

const (
	firstPrivate = 0xf0000
	filler       = 0x10fffd
	// wrapPending is the bit of a cursor's state that says that it is after the last column (vt10x
	// does not export it).
	wrapPending = 1 << 1
)

// NewDisplay returns an empty screen. What it answers when it is asked, for where the cursor is as
// an example, goes to answers.
func NewDisplay(rows, columns int, answers io.Writer) *Display {
	return &Display{
		vt:      vt10x.New(vt10x.WithSize(columns, rows), vt10x.WithWriter(answers)),
		private: map[string]rune{},
	}
}

func (d *Display) resize(rows, columns int) { d.vt.Resize(columns, rows) }

// Write shows what a program prints. It never fails.
func (d *Display) Write(printed []byte) (int, error) {
	p := append(d.torn, printed...)
	d.torn = nil
	for len(p) > 0 {
		if n := d.sequence.controlLen(p); n > 0 {
			d.vt.Write(p[:n])
			d.last = ""
			p = p[n:]
			continue
		}
		n := 0
		for n < len(p) && !control(p[n]) {
			if !utf8.FullRune(p[n:]) {
				d.torn = append(d.torn, p[n:]...)
				break
			}
			_, size := utf8.DecodeRune(p[n:])
			n += size
		}
		d.text(string(p[:n]))
		p = p[n+len(d.torn):]
	}
	return len(printed), nil
}

func (d *Display) text(s string) {
	characters := displaywidth.StringGraphemes(s)
	for characters.Next() {
		d.character(characters.Value(), characters.Width())
	}
}

func (d *Display) character(c string, width int) {
	if width == 0 {
		if d.last == "" {
			return // there is nothing to combine it with
		}
		c = d.last + c
		width = displaywidth.String(d.last)
		for range width {
			d.vt.Write([]byte("\b"))
		}
	}
	columns, _ := d.vt.Size()
	if cursor := d.vt.Cursor(); width == 2 && cursor.X == columns-1 && cursor.State&wrapPending == 0 {
		d.vt.Write([]byte(" ")) // half of it does not fit
	}
	d.last = c
	d.vt.Write([]byte(string(d.codePoint(c, width))))
	for range width - 1 {
		d.vt.Write([]byte(string(rune(filler))))
	}
}

// codePoint is what represents a character in the emulator.
func (d *Display) codePoint(c string, width int) rune {
	if r, size := utf8.DecodeRuneInString(c); size == len(c) && width == 1 {
		return r
	}
	r, ok := d.private[c]
	if !ok {
		r = firstPrivate + rune(len(d.characters))
		d.private[c] = r
		d.characters = append(d.characters, c)
	}
	return r
}

// shown is the character that a code point of the emulator represents, empty for a filler.
func (d *Display) shown(r rune) string {
	switch {
	case r == filler:
		return ""
	case r >= firstPrivate && int(r-firstPrivate) < len(d.characters):
		return d.characters[r-firstPrivate]
	case r == 0:
		return " "
	}
	return string(r)
}

// sequence follows escape sequences, whose letters are no text.
type sequence byte

const (
	plain   sequence = iota
	escaped          // after ESC
	csi              // after ESC [
	osc              // after ESC ], which ends with BEL or ESC \
)

// controlLen is how many bytes at the beginning of p are no text.
func (s *sequence) controlLen(p []byte) int {
	for n, c := range p {
		switch {
		case *s == osc && c == '\a':
			*s = plain
		case c == 0x1b:
			*s = escaped
		case *s == osc:
		case *s == escaped && c == '[':
			*s = csi
		case *s == escaped && c == ']':
			*s = osc
		case *s == escaped && (c < ' ' || c > '/'):
			*s = plain
		case *s == csi && c >= '@':
			*s = plain
		case *s == plain && !control(c):
			return n
		}
	}
	return len(p)
}

func control(c byte) bool { return c < ' ' || c == 0x7f }
