package lineedit

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"pegashell/internal/visible"
)

// style is how a cell looks.
type style byte

const (
	plainStyle  style = iota
	dangerStyle       // the part of the prompt that warns
	faintStyle        // hints and descriptions
	chosenStyle       // the suggestion that is selected
)

// sgr are the sequences that switch a style on. They are the colours that every terminal has.
var sgr = [...]string{dangerStyle: "\x1b[1;31m", faintStyle: "\x1b[90m", chosenStyle: "\x1b[30;46m"}

const sgrOff = "\x1b[0m"

// cell is a character, with all that combines with it, as the screen shows it.
type cell struct {
	text  string
	width int // columns
	style style
}

// breakCell ends a row: the text has a lineBreak there.
var breakCell = cell{text: lineBreak}

// cellsOf returns the cells of a text. A control character of ASCII, which a line from an old history may
// contain, is shown as ^ and a letter, and what else a terminal would obey or hide as in a string of Go.
func cellsOf(text string, st style) []cell {
	var cells []cell
	characters := displaywidth.StringGraphemes(text)
	for characters.Next() {
		if rest, ok := strings.CutPrefix(characters.Value(), lineBreak); ok {
			cells = append(append(cells, breakCell), cellsOf(rest, st)...)
			continue
		}
		c := cell{text: characters.Value(), width: characters.Width(), style: st}
		switch {
		case isControl(c.text[0]):
			for _, b := range []byte(c.text) {
				cells = append(cells, cell{text: "^" + string(rune(b^0x40)), width: 2, style: st})
			}
			continue
		case !isShown(c.text):
			cells = append(cells, cellsOf(visible.Line(c.text), st)...)
			continue
		case c.width == 0 && len(cells) > 0:
			cells[len(cells)-1].text += c.text
			continue
		case c.width == 0:
			c.text, c.width = " "+c.text, 1
		}
		cells = append(cells, c)
	}
	return cells
}

// isShown reports whether a terminal shows all of a character. A joiner is part of some pictures.
func isShown(character string) bool {
	if first, _ := utf8.DecodeRuneInString(character); unicode.Is(unicode.So, first) {
		character = strings.ReplaceAll(character, "\u200d", "")
	}
	return visible.Line(character) == character
}

func widthOf(cells []cell) (width int) {
	for _, c := range cells {
		width += c.width
	}
	return width
}

// textWidth is the width of a text's cells. Plain ASCII is counted without making them: a menu may
// have thousands.
func textWidth(text string) int {
	for i := range len(text) {
		if isControl(text[i]) || text[i] >= utf8.RuneSelf {
			return widthOf(cellsOf(text, plainStyle))
		}
	}
	return len(text)
}

// cut returns as many cells as fit into a width in columns.
func cut(cells []cell, width int) []cell {
	for i, c := range cells {
		if width -= c.width; width < 0 {
			return cells[:i]
		}
	}
	return cells
}

// fill returns exactly width columns of cells: cut with an ellipsis, or with blanks at their end.
func fill(cells []cell, width int, st style) []cell {
	if excess := widthOf(cells) > width; excess {
		const ellipsis = ".."
		last := cells[0].style
		cells = append(cut(cells, max(0, width-len(ellipsis))), cellsOf(ellipsis[:min(width, len(ellipsis))], last)...)
	}
	return append(cells, cellsOf(strings.Repeat(" ", width-widthOf(cells)), st)...)
}

// row is one row of the window as it is written.
type row struct {
	text string
	// full says that the row takes all columns, wrapped that the next one continues it.
	full, wrapped bool
}

// frame is what the line editor shows: rows below each other, and the cursor.
type frame struct {
	rows                 []row
	cursorRow, cursorCol int
	columns              int
}

func (f frame) equal(other frame) bool {
	return slices.Equal(f.rows, other.rows) && f.columns == other.columns &&
		f.cursorRow == other.cursorRow && f.cursorCol == other.cursorCol
}

// wrap lays out cells in rows of so many columns. The cursor is on the cell of that index, or after
// the last one. A row of its own is made for a cursor after a full row.
func wrap(cells []cell, cursor, columns int) (rows [][]cell, cursorRow, cursorCol int) {
	var current []cell
	x := 0
	next := func() {
		rows = append(rows, current)
		current, x = nil, 0
	}
	for i, c := range cells {
		if c == breakCell {
			if i == cursor {
				cursorRow, cursorCol = len(rows), min(x, columns-1)
			}
			current = append(current, c)
			next()
			continue
		}
		if x+c.width > columns && x > 0 {
			if x < columns { // a wide character does not fit: the terminal would leave that out too
				current = append(current, cellsOf(strings.Repeat(" ", columns-x), plainStyle)...)
			}
			next()
		}
		if i == cursor {
			cursorRow, cursorCol = len(rows), x
		}
		current = append(current, c)
		x += c.width
	}
	if cursor >= len(cells) {
		if x >= columns {
			next()
		}
		cursorRow, cursorCol = len(rows), x
	}
	rows = append(rows, current)
	return rows, cursorRow, cursorCol
}

// write returns the bytes that show cells; a style is only shown in colour.
func write(cells []cell, color bool) string {
	var b strings.Builder
	shown := plainStyle
	change := func(st style) {
		if color && st != shown {
			if shown != plainStyle {
				b.WriteString(sgrOff)
			}
			b.WriteString(sgr[st])
			shown = st
		}
	}
	for _, c := range cells {
		if c == breakCell {
			continue
		}
		change(c.style)
		b.WriteString(c.text)
	}
	change(plainStyle)
	return b.String()
}

// view is what the editor shows.
type view struct {
	prompt        Prompt
	before, after string // of the cursor
	hint          string // after the line; only shown in colour, since without it would look like what is typed
	below         string // in a row of its own below the line, empty for none
	menu          *menu  // nil for none
	color         bool
}

// frame lays a view out for a window.
func (v view) frame(rows, columns int) frame {
	line := append(v.prompt.cells(), cellsOf(v.before, plainStyle)...)
	at := len(line)
	line = append(line, cellsOf(v.after, plainStyle)...)
	wrapped, cursorRow, cursorCol := wrap(line, at, columns)
	f := frame{columns: columns, cursorRow: cursorRow, cursorCol: cursorCol}

	last := wrapped[len(wrapped)-1]
	if v.hint != "" && v.color { // the last column stays free, because the terminal might wrap
		wrapped[len(wrapped)-1] = append(last, cut(cellsOf(v.hint, faintStyle), columns-1-widthOf(last))...)
	}
	var menu [][]cell
	switch {
	case v.below != "" && rows > 1:
		menu = [][]cell{cut(cellsOf(v.below, faintStyle), columns-1)}
	case v.menu != nil:
		menu = v.menu.rows(min(maxSuggestions, max(1, rows/2), max(0, rows-len(wrapped))), columns, v.menuColumn(columns))
	}
	// What does not fit into the window is left out above the cursor, and then below it.
	top := max(0, cursorRow+1+len(menu)-rows)
	f.cursorRow -= top
	for i, cells := range wrapped[top:min(len(wrapped), top+rows-len(menu))] {
		full := widthOf(cells) >= columns
		f.rows = append(f.rows, row{text: write(cells, v.color), full: full, wrapped: top+i+1 < len(wrapped) && !broken(cells)})
	}
	f.rows[len(f.rows)-1].wrapped = false
	for _, cells := range menu {
		f.rows = append(f.rows, row{text: write(cells, v.color), full: widthOf(cells) >= columns})
	}
	return f
}

// broken reports whether a row ends at a lineBreak.
func broken(cells []cell) bool { return len(cells) > 0 && cells[len(cells)-1] == breakCell }

// menuColumn is the column of the word that a menu completes.
func (v view) menuColumn(columns int) int {
	word := append(v.prompt.cells(), cellsOf(v.before[:min(v.menu.found.Start, len(v.before))], plainStyle)...)
	return widthOf(word) % columns
}
