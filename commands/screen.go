package commands

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Screen is an output that shows up at a terminal. What is printed to any other writer is for programs and
// plain, so whoever sends a command's output elsewhere has nothing to switch off.
type Screen struct {
	io.Writer
	// Color says that single words may be coloured.
	Color bool
	// Width gives the window's, in columns; nil or not above 0 where it has no end.
	Width func() int
}

// NewScreen gives a Screen for f if it is a terminal, else f itself. It is coloured unless the environment has
// NO_COLOR, not empty (https://no-color.org), or TERM=dumb.
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
	}
}

// widthOf is the width of the screen that w writes to; 0 where there is none, or it has no end.
func widthOf(w io.Writer) int {
	if s := screenOf(w); s != nil && s.Width != nil {
		return s.Width()
	}
	return 0
}

// screenOf finds the screen that w writes to; nil if it is none.
func screenOf(w io.Writer) *Screen {
	for {
		switch v := w.(type) {
		case *Screen:
			return v
		case *stickyWriter:
			w = v.w
		default:
			return nil
		}
	}
}

// forPerson tells whether a person reads the output and types the lines, so that what is printed may be other
// than what scripts know.
func (e *Env) forPerson() bool { return e.Interactive && screenOf(e.Out) != nil }

// tone is how a word stands out on a coloured screen: the parameters of the escape sequence SGR (ECMA-48).
type tone string

const (
	toneNone    tone = ""
	toneHeading tone = "1"  // bold
	toneBad     tone = "31" // red
	toneGood    tone = "32" // green
	toneWarn    tone = "33" // yellow
)

// paint gives text as it is to be written to w: with escape sequences around it on a coloured screen.
func (t tone) paint(w io.Writer, text string) string {
	if s := screenOf(w); t == toneNone || s == nil || !s.Color {
		return text
	}
	return "\x1b[" + string(t) + "m" + text + "\x1b[0m"
}

// marks are the words that begin a diagnostic.
var marks = map[string]tone{"ERROR:": toneBad, "WARNING:": toneWarn}

// writeMarked writes a text whose first word may be a mark.
func writeMarked(w io.Writer, text string) {
	mark, rest, _ := strings.Cut(text, " ")
	if t := marks[mark]; t != toneNone {
		text = t.paint(w, mark) + " " + rest
	}
	io.WriteString(w, text)
}

// toneOf is the tone of a table's cell, by the name of its column, or of its key in a list.
func toneOf(name, cell string) tone {
	switch {
	case cell == "" || cell == "0":
		return toneNone
	case name == "status" && cell == "ALIVE":
		return toneGood
	case name == "status" && cell == "UNALIVE":
		return toneBad
	case name == "meta_function_level" && (cell == "stopped" || cell == "blind" || cell == "freezed"):
		return toneWarn
	case name == "result" && (strings.HasPrefix(cell, "NOT ") || cell == "different"):
		return toneWarn
	case !isCount(cell):
		return toneNone
	case strings.HasPrefix(name, "write_unhealthy"), strings.HasPrefix(name, "read_unhealthy"), name == "unalive_node_count", name == "faults":
		return toneBad
	case strings.HasPrefix(name, "unhealthy"), name == "warnings":
		return toneWarn
	}
	return toneNone
}

func isCount(cell string) bool { return strings.Trim(cell, "0123456789") == "" }
