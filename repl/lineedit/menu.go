package lineedit

import (
	"slices"
	"strings"
	"unicode/utf8"

	"pegashell/internal/suggestion"
)

// maxSuggestions is how many suggestions are shown at a time.
const maxSuggestions = 8

// menu shows suggestions below the line. While one of them is selected the list stays as it is,
// whatever is learnt in the background.
type menu struct {
	found    suggestion.Completion
	selected int // index of a suggestion, -1 for none
	top      int // the first one that is shown
}

func newMenu(found suggestion.Completion) *menu { return &menu{found: found, selected: -1} }

// choose selects the suggestion that many steps away, around the end of the list.
func (m *menu) choose(steps int) {
	n := len(m.found.Suggestions)
	switch {
	case m.selected < 0 && steps > 0:
		m.selected = 0
	case m.selected < 0:
		m.selected = n - 1
	default:
		m.selected = ((m.selected+steps)%n + n) % n
	}
}

// page selects the suggestion a page away, but not beyond the ends of the list.
func (m *menu) page(direction int) {
	m.selected = max(0, min(m.selected+direction*maxSuggestions, len(m.found.Suggestions)-1))
}

// chosen returns the suggestion that is selected.
func (m *menu) chosen() (suggestion.Suggestion, bool) {
	if m == nil || m.selected < 0 {
		return suggestion.Suggestion{}, false
	}
	return m.found.Suggestions[m.selected], true
}

// commonPrefix returns what all suggestions begin with.
func (m *menu) commonPrefix() string {
	prefix := m.found.Suggestions[0].Text
	for _, s := range m.found.Suggestions[1:] {
		for !strings.HasPrefix(s.Text, prefix) {
			_, size := utf8.DecodeLastRuneInString(prefix)
			prefix = prefix[:len(prefix)-size]
		}
	}
	return prefix
}

// has reports whether a text is one of the suggestions.
func (m *menu) has(text string) bool {
	return slices.ContainsFunc(m.found.Suggestions, func(s suggestion.Suggestion) bool { return s.Text == text })
}

// goesOn reports whether the word goes on after the suggestion, so that no blank belongs there.
func goesOn(s suggestion.Suggestion) bool {
	return strings.HasSuffix(s.Text, "/") || strings.HasSuffix(s.Text, "=")
}

const (
	// minDescription is the width below which a description is not worth its place.
	minDescription = 8
	// menuFrame is the width of what a row has besides the suggestion: a mark before it, a blank
	// after it and the sign that there is more.
	menuFrame = 3
)

// rows shows at most that many suggestions, one in a row, with the one that is selected among them.
// The suggestions start at the given column if there is room. A > marks the one that is selected,
// for those who see no colours, and a ^ or v at the end means that there are more above or below.
func (m *menu) rows(height, columns, column int) [][]cell {
	all := m.found.Suggestions
	height = min(height, len(all))
	if height <= 0 || columns <= menuFrame+1 {
		return nil
	}
	m.scroll(height)
	texts, descriptions := m.widths(columns - 1 - menuFrame)
	width := texts + menuFrame
	if descriptions > 0 {
		width += descriptions + 1
	}
	indent := max(0, min(column-1, columns-1-width))
	var rows [][]cell
	for i := m.top; i < m.top+height; i++ {
		st, mark := plainStyle, " "
		faint := faintStyle
		if i == m.selected {
			st, faint, mark = chosenStyle, chosenStyle, ">"
		}
		cells := cellsOf(strings.Repeat(" ", indent), plainStyle)
		cells = append(cells, cellsOf(mark, st)...)
		cells = append(cells, fill(cellsOf(all[i].Text, st), texts, st)...)
		cells = append(cells, cellsOf(" ", st)...)
		if descriptions > 0 {
			cells = append(cells, fill(cellsOf(oneLine(all[i].Description), faint), descriptions, st)...)
			cells = append(cells, cellsOf(" ", st)...)
		}
		more := " "
		switch {
		case i == m.top && m.top > 0:
			more = "^"
		case i == m.top+height-1 && i < len(all)-1:
			more = "v"
		}
		rows = append(rows, append(cells, cellsOf(more, st)...))
	}
	return rows
}

// scroll has the selected suggestion among those that are shown.
func (m *menu) scroll(height int) {
	m.top = min(m.top, len(m.found.Suggestions)-height)
	if m.selected >= 0 {
		m.top = max(min(m.top, m.selected), m.selected-height+1)
	}
}

// widths shares out a width between the longest suggestion and the longest description, which is
// left out (0) where there is no room for it.
func (m *menu) widths(width int) (texts, descriptions int) {
	for _, s := range m.found.Suggestions {
		texts = max(texts, textWidth(s.Text))
		descriptions = max(descriptions, textWidth(oneLine(s.Description)))
	}
	texts = min(texts, width)
	descriptions = min(descriptions, width-texts-1)
	if descriptions < minDescription {
		longest := 0
		for _, s := range m.found.Suggestions {
			longest = max(longest, len(s.Description))
		}
		if longest >= minDescription || descriptions < 0 {
			descriptions = 0
		}
	}
	return texts, descriptions
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
}
