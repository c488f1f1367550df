package render

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"pegashell/internal/visible"
)

// Screen is an output that is shown on a terminal. All that commands print passes its Write, which
// escapes what would control the terminal, wherever it came from: only the colours of Paint pass.
// Output to any other writer is for programs and
// plain, so nothing has to be switched off when a command's output is redirected.
type Screen struct {
	io.Writer
	// Color says that single words may be coloured.
	Color bool
	// Width returns the window's, in columns; nil or not above 0 where it has no end.
	Width func() int
	// Height returns how many lines a result may have if all of it is to be seen at once; nil or not
	// above 0 where it has no end.
	Height func() int

	cut []byte // the beginning of a character at the end of the last Write
}

// Write shows text. A character may be divided between two calls.
func (s *Screen) Write(p []byte) (int, error) {
	text := append(s.cut, p...)
	whole := len(text) - cutAtEnd(text)
	s.cut = append([]byte(nil), text[whole:]...)
	if _, err := io.WriteString(s.Writer, Shown(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// cutAtEnd is how many bytes at the end of a text are the beginning of a character.
func cutAtEnd(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if b := text[len(text)-n]; utf8.RuneStart(b) {
			if utf8.FullRune(text[len(text)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// Shown is what a screen writes for a text: what would control a terminal is escaped, and the marks
// of Paint become its escape sequences.
func Shown(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, paintMark)
		b.WriteString(visible.Text(before))
		if !found {
			return b.String()
		}
		sequence, rest, _ := strings.Cut(after, "m")
		b.WriteString("\x1b[" + sequence + "m")
		text = rest
	}
}

// NewScreen returns a Screen for f if it is a terminal, and f itself otherwise. It is coloured
// unless the environment has NO_COLOR, not empty (https://no-color.org), or TERM=dumb.
func NewScreen(f *os.File, getenv func(name string) string) io.Writer {
	if !term.IsTerminal(int(f.Fd())) {
		return f
	}
	return &Screen{
		Writer: f,
		Color:  getenv("NO_COLOR") == "" && getenv("TERM") != "dumb",
		Width: func() int {
			width, _, err := term.GetSize(int(f.Fd()))
			if err != nil {
				return 0
			}
			return width
		},
		Height: func() int {
			_, height, err := term.GetSize(int(f.Fd()))
			if err != nil {
				return 0
			}
			return height - 2 // the line that was typed, and the next prompt
		},
	}
}

// Below is the writer that a screen below w writes to, so that another can be put in its place; nil where
// there is no screen.
func Below(w io.Writer) *io.Writer {
	if s := ScreenOf(w); s != nil {
		return &s.Writer
	}
	return nil
}

// widthOf is the width of the screen that w writes to; 0 where there is none, or it has no end.
func widthOf(w io.Writer) int {
	if s := ScreenOf(w); s != nil && s.Width != nil {
		return s.Width()
	}
	return 0
}

// HeightOf is how many lines can be seen at once where w writes to; 0 where that has no end.
func HeightOf(w io.Writer) int {
	if s := ScreenOf(w); s != nil && s.Height != nil {
		return max(0, s.Height())
	}
	return 0
}

// ScreenOf finds the screen that w writes to; nil if it is none.
func ScreenOf(w io.Writer) *Screen {
	for {
		switch v := w.(type) {
		case *Screen:
			return v
		case *StickyWriter:
			w = v.W
		default:
			return nil
		}
	}
}
