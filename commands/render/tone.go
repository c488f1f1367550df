package render

import (
	"crypto/rand"
	"io"
	"strings"
)

// tone is how a word stands out on a coloured screen: the parameters of the escape sequence SGR
// (ECMA-48).
type tone string

const (
	toneNone    tone = ""
	ToneHeading tone = "1"  // bold
	toneBad     tone = "31" // red
	toneGood    tone = "32" // green
	toneWarn    tone = "33" // yellow
)

// paintMark begins a colour in what is written to a screen. It is random, so that no text from a
// server can have one.
var paintMark = "\x1b" + rand.Text()

// Paint returns text as it is to be written to w: on a coloured screen with marks around it, which
// that turns into escape sequences.
func (t tone) Paint(w io.Writer, text string) string {
	if s := ScreenOf(w); t == toneNone || s == nil || !s.Color {
		return text
	}
	return paintMark + string(t) + "m" + text + paintMark + "0m"
}

// marks are the words that begin a diagnostic, in every language.
var marks = map[string]tone{"ERROR:": toneBad, "错误：": toneBad, "WARNING:": toneWarn, "警告：": toneWarn}

// WriteMarked writes a text whose first word may be a mark, folded to a screen.
func WriteMarked(w io.Writer, text string) {
	text = Fold(w, text)
	for mark, t := range marks {
		if rest, ok := strings.CutPrefix(text, mark); ok {
			text = t.Paint(w, mark) + rest
			break
		}
	}
	io.WriteString(w, text)
}

// ToneOf is the tone of a table's cell, by the name of its column, or of its key in a list.
func ToneOf(name, cell string) tone {
	switch {
	case cell == "" || cell == "0":
		return toneNone
	case name == "status" && cell == "ALIVE":
		return toneGood
	case name == "status" && cell == "UNALIVE":
		return toneBad
	case name == "meta_function_level" && (cell == "stopped" || cell == "blind" || cell == "freezed"):
		return toneWarn
	case name == "result" && (isDoubtful(cell) || cell == "warn"):
		return toneWarn
	case name == "result" && cell == "fail":
		return toneBad
	case name == "result" && cell == "pass":
		return toneGood
	case !isCount(cell):
		return toneNone
	case strings.HasPrefix(name, "write_unhealthy"), strings.HasPrefix(name, "read_unhealthy"), name == "unalive_node_count", name == "faults":
		return toneBad
	case strings.HasPrefix(name, "unhealthy"), name == "warnings":
		return toneWarn
	}
	return toneNone
}

// isDoubtful reports whether a result is one that a person has to look at.
func isDoubtful(result string) bool {
	return strings.HasPrefix(strings.ToLower(result), "not ") || result == "different"
}

func isCount(cell string) bool { return strings.Trim(cell, "0123456789") == "" }
