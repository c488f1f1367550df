package screentest

import (
	"fmt"
	"strings"

	"github.com/hinshun/vt10x"
)

// Screen is what a terminal shows at a moment.
type Screen struct {
	// Lines are the rows from the top, without blanks at their ends.
	Lines []string
	// Styles has a letter for each cell of a row that is not plain: see the letters of style. Each
	// is as long as is needed.
	Styles []string
	// Row and Column are the cursor's, from 0. A wide character has two columns.
	Row, Column int
	// Hidden says that the cursor is not shown.
	Hidden bool

	rows, columns int
}

// Contains reports whether one of the lines contains the text.
func (s Screen) Contains(text string) bool {
	for _, line := range s.Lines {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// Line is the row with the cursor.
func (s Screen) Line() string { return s.Lines[s.Row] }

// String shows the screen: its size and the cursor, then each line after a |, then, after a :, the
// styles of its cells, if it has some. Empty lines at the end are left out.
func (s Screen) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d columns, %d rows, cursor at column %d of row %d", s.columns, s.rows, s.Column, s.Row)
	if s.Hidden {
		b.WriteString(", hidden")
	}
	b.WriteString("\n")
	last := s.Row
	for i := range s.Lines {
		if s.Lines[i] != "" || s.Styles[i] != "" {
			last = max(last, i)
		}
	}
	for i := range last + 1 {
		fmt.Fprintf(&b, "|%s\n", s.Lines[i])
		if s.Styles[i] != "" {
			fmt.Fprintf(&b, ":%s\n", s.Styles[i])
		}
	}
	return b.String()
}

// Screen returns the screen as it is now.
func (d *Display) Screen() Screen {
	d.vt.Lock()
	defer d.vt.Unlock()
	columns, rows := d.vt.Size()
	cursor := d.vt.Cursor()
	s := Screen{Row: cursor.Y, Column: cursor.X, Hidden: !d.vt.CursorVisible(), rows: rows, columns: columns}
	for y := range rows {
		var line, styles strings.Builder
		for x := range columns {
			cell := d.vt.Cell(x, y)
			line.WriteString(d.shown(cell.Char))
			styles.WriteByte(style(cell))
		}
		s.Lines = append(s.Lines, strings.TrimRight(line.String(), " "))
		s.Styles = append(s.Styles, strings.TrimRight(styles.String(), " "))
	}
	return s
}

// Bits of a cell's mode, which vt10x does not export.
const (
	underlined = 1 << 1
	bold       = 1 << 2
)

// style is the letter for how a cell looks: a blank for plain, # for a background of its own,
// otherwise the colour of the text, k r g y b m c w (black ... white), d for dark grey, which is
// what hints have, * for another one; in capitals if it is bold or bright. B and U without a colour
// are bold and underlined.
func style(cell vt10x.Glyph) byte {
	switch {
	case cell.BG != vt10x.DefaultBG:
		return '#'
	case cell.FG == vt10x.DarkGrey:
		return 'd'
	case cell.FG < 8:
		return "krgybmcw"[cell.FG]
	case cell.FG < 16:
		return "KRGYBMCW"[cell.FG-8]
	case cell.FG != vt10x.DefaultFG:
		return '*'
	case cell.Mode&bold != 0:
		return 'B'
	case cell.Mode&underlined != 0:
		return 'U'
	}
	return ' '
}
