package lineedit

import "strings"

// Prompt is the text before the line that is typed.
type Prompt struct {
	// Text is the whole of it, with the blank at its end.
	Text string
	// Danger is the part of Text that warns, empty for none. It is coloured if colours may be used.
	Danger string
}

// cells are those of the prompt, with what warns in its style.
func (p Prompt) cells() []cell {
	before, after, ok := strings.Cut(p.Text, p.Danger)
	if p.Danger == "" || !ok {
		return cellsOf(p.Text, plainStyle)
	}
	cells := append(cellsOf(before, plainStyle), cellsOf(p.Danger, dangerStyle)...)
	return append(cells, cellsOf(after, plainStyle)...)
}
