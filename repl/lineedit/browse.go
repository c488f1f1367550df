package lineedit

// browse walks through the history, in which each line can be edited without being changed for
// good.
type browse struct {
	lines  []string
	at     int            // index of the line shown; len(lines) for the new one
	edited map[int]string // by index
}

func newBrowse(lines []string) browse {
	return browse{lines: lines, at: len(lines), edited: map[int]string{}}
}

// to goes to the line of that index, leaving one with the text. It returns false if there is none.
func (w *browse) to(index int, text string) (string, bool) {
	if index < 0 || index > len(w.lines) || index == w.at {
		return "", false
	}
	w.edited[w.at] = text
	w.at = index
	if text, ok := w.edited[index]; ok {
		return text, true
	}
	return w.lines[index], true
}
