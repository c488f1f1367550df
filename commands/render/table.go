package render

import (
	"fmt"
	"io"
	"math"

	"pegashell/internal/visible"
)

// Table is one result of a command. With columns it is a grid below its column names; without, a
// list of keys and values. Cells are text, widths count bytes, as in the original shell (source:
// its output_utils, and the recorded outputs).
type Table struct {
	name    string
	Columns []Column
	Rows    [][]string
	values  [][]any // what typed JSON has, which may be more rows
	// precision is how many digits doubles have after the point.
	Precision int
}

type Column struct {
	Name  string
	right bool // aligned to the right
}

// NewGrid returns a grid whose columns are aligned to the left.
func NewGrid(name string, columns ...string) *Table {
	t := NewList(name)
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{Name: c})
	}
	return t
}

// Right adds columns that are aligned right.
func (t *Table) Right(columns ...string) {
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{Name: c, right: true})
	}
}

// NewList returns a list of keys and values.
func NewList(name string) *Table { return &Table{name: name, Precision: 2} }

func (t *Table) Row(cells ...any) {
	row := make([]string, 0, len(cells))
	for _, c := range cells {
		row = append(row, t.cell(c))
	}
	t.Rows = append(t.Rows, row)
	t.values = append(t.values, cells)
}

// cell returns a value's text: doubles have the table's precision, but what is smaller than a
// millionth is 0.00.
func (t *Table) cell(v any) string {
	if c, ok := v.(Cell); ok {
		return c.Text
	}
	if f, ok := v.(float64); ok {
		if math.Abs(f) < 1e-6 {
			return "0.00"
		}
		return fmt.Sprintf("%.*f", t.Precision, f)
	}
	return fmt.Sprint(v)
}

// columnGap is how many blanks follow the longest cell of a column.
const columnGap = 2

// WriteText writes the table as the original does: every cell padded to its column's width, blanks
// at the end of lines kept, but on a screen, where they could go over the end of a row. An empty
// list prints nothing. A grid that is wider than the screen is folded.
func (t *Table) writeText(w io.Writer) error {
	for i, part := range t.foldTo(widthOf(w), columnGap, func(cell string) int { return len(cell) }) {
		if i > 0 {
			io.WriteString(w, "\n") // a failure meets the next write too
		}
		if err := part.writePart(w); err != nil {
			return err
		}
	}
	return nil
}

// foldTo splits a grid into grids that are no wider than that, each with the first column, which
// names the row, and with a gap between two columns. A column that is too wide with the first alone
// stays so. A width not above 0 has no end. measure returns the width of a cell.
func (t *Table) foldTo(width, gap int, measure func(cell string) int) []*Table {
	widths := t.widths(measure)
	if width <= 0 || t.Columns == nil || lineWidth(widths, gap) <= width {
		return []*Table{t}
	}
	var parts []*Table
	for next := 1; next < len(t.Columns); {
		shown, taken := []int{0}, []int{widths[0]}
		for ; next < len(t.Columns); next++ {
			if taken = append(taken, widths[next]); len(shown) > 1 && lineWidth(taken, gap) > width {
				break
			}
			shown = append(shown, next)
		}
		part := &Table{name: t.name}
		if parts != nil && t.name != "" {
			part.name += ", more columns"
		}
		for _, i := range shown {
			part.Columns = append(part.Columns, t.Columns[i])
		}
		for _, row := range t.Rows {
			cells := make([]string, 0, len(shown))
			for _, i := range shown {
				cells = append(cells, row[i])
			}
			part.Rows = append(part.Rows, cells)
		}
		parts = append(parts, part)
	}
	return parts
}

// widths are those of a grid's columns.
func (t *Table) widths(measure func(cell string) int) []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = measure(c.Name)
		for _, row := range t.Rows {
			widths[i] = max(widths[i], measure(row[i]))
		}
		if i > 0 && t.Columns[i-1].right && !c.right {
			widths[i] += columnGap
		}
	}
	return widths
}

// lineWidth is the width of a line with columns of these widths.
func lineWidth(columns []int, gap int) int {
	sum := -gap // nothing follows the last
	for _, width := range columns {
		sum += width + gap
	}
	return sum
}

func (t *Table) writePart(w io.Writer) error {
	grid := t.Columns != nil
	if !grid && len(t.Rows) == 0 {
		return nil
	}
	if t.name != "" {
		if _, err := fmt.Fprintf(w, "[%s]\n", t.name); err != nil {
			return err
		}
	}
	rows := t.Rows
	if ScreenOf(w) != nil {
		rows = visibleRows(rows)
	}
	p := &padded{out: w}
	if grid {
		head := make([]string, 0, len(t.Columns))
		for _, c := range t.Columns {
			head = append(head, c.Name)
			p.names = append(p.names, c.Name)
			p.right = append(p.right, c.right)
		}
		rows = append([][]string{head}, rows...)
	} else {
		p.separator = ": "
		p.right = []bool{false, false}
	}
	p.measure(rows)
	return p.render(w, rows)
}

// visibleRows are rows as a screen shows them: it would escape them too, but after the columns were
// measured, and a cell has one line.
func visibleRows(rows [][]string) [][]string {
	shown := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			shown[i] = append(shown[i], visible.Line(cell))
		}
	}
	return shown
}
