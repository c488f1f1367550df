package lineedit

import (
	"testing"

	"github.com/clipperhouse/displaywidth"
)

func TestTheWidthOfATextIsThatOfItsCells(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "ls -d": 5, "表格": 4, "e\u0301x": 2, "a\tb": 4, "\x7f": 2, "é": 1, "👩‍👩‍👧": 2,
	} {
		if got := textWidth(text); got != want || got != widthOf(cellsOf(text, plainStyle)) {
			t.Errorf("width of %q is %d, want %d", text, got, want)
		}
	}
}

func TestWhatATerminalWouldObeyIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[2Jb\x7f":   "a^[[2Jb^?",
		"a\u009b2J":       `a\u009b2J`,
		"\u202eexe\u200b": `\u202eexe\u200b`,
		"\xff\xc3":        `\xff\xc3`,
		"用户\u0301é":       "用户\u0301é",
	} {
		cells := cellsOf(text, plainStyle)
		if got := write(cells, false); got != want || widthOf(cells) != displaywidth.String(want) {
			t.Errorf("%q: %q, %d columns, want %q", text, got, widthOf(cells), want)
		}
	}
}
