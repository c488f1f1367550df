package render

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Screen is an output that is shown on a terminal. Output to any other writer is for programs and
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
