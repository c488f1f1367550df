package lineedit

import "testing"

func TestTheWidthOfATextIsThatOfItsCells(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "ls -d": 5, "表格": 4, "e\u0301x": 2, "a\tb": 4, "\x7f": 2, "é": 1, "👩‍👩‍👧": 2,
	} {
		if got := textWidth(text); got != want || got != widthOf(cellsOf(text, plainStyle)) {
			t.Errorf("width of %q is %d, want %d", text, got, want)
		}
	}
}
