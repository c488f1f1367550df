package commands

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/olekukonko/ll"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// table is one result of a command. With columns it is a grid below its column names; without, a list of
// keys and values. Cells are text, widths count bytes, as in the original shell (source: its
// output_utils, and the recorded outputs).
type table struct {
	name    string
	columns []column
	rows    [][]string
	// precision is how many digits doubles have behind the point.
	precision int
}

type column struct {
	name  string
	right bool // aligned to the right
}

// newGrid gives a grid whose columns are aligned to the left.
func newGrid(name string, columns ...string) *table {
	t := newList(name)
	for _, c := range columns {
		t.columns = append(t.columns, column{name: c})
	}
	return t
}

// right adds columns that are aligned to the right.
func (t *table) right(columns ...string) {
	for _, c := range columns {
		t.columns = append(t.columns, column{name: c, right: true})
	}
}

// newList gives a list of keys and values.
func newList(name string) *table { return &table{name: name, precision: 2} }

func (t *table) row(cells ...any) {
	row := make([]string, 0, len(cells))
	for _, c := range cells {
		row = append(row, t.cell(c))
	}
	t.rows = append(t.rows, row)
}

// cell gives a value's text: doubles have the table's precision, but what is smaller than a millionth is 0.00.
func (t *table) cell(v any) string {
	if f, ok := v.(float64); ok {
		if math.Abs(f) < 1e-6 {
			return "0.00"
		}
		return fmt.Sprintf("%.*f", t.precision, f)
	}
	return fmt.Sprint(v)
}

// columnGap is how many blanks follow the longest cell of a column.
const columnGap = 2

// writeText writes the table as the original does: every cell padded to its column's width, blanks at the
// end of lines kept, but on a screen, where they could go over the end of a row. An empty list prints nothing.
// A grid that is wider than the screen is folded.
func (t *table) writeText(w io.Writer) error {
	for i, part := range t.fold(widthOf(w)) {
		if i > 0 {
			io.WriteString(w, "\n") // a failure meets the next write too
		}
		if err := part.writePart(w); err != nil {
			return err
		}
	}
	return nil
}

// fold cuts a grid into grids that are no wider than that, each with the first column, which says what a row is
// about. A column that is too wide with the first alone stays so. A width of 0 has no end.
func (t *table) fold(width int) []*table {
	widths := t.widths()
	if width <= 0 || t.columns == nil || lineWidth(widths) <= width {
		return []*table{t}
	}
	var parts []*table
	for next := 1; next < len(t.columns); {
		shown, taken := []int{0}, []int{widths[0]}
		for ; next < len(t.columns); next++ {
			if taken = append(taken, widths[next]); len(shown) > 1 && lineWidth(taken) > width {
				break
			}
			shown = append(shown, next)
		}
		part := &table{name: t.name}
		if parts != nil && t.name != "" {
			part.name += ", more columns"
		}
		for _, i := range shown {
			part.columns = append(part.columns, t.columns[i])
		}
		for _, row := range t.rows {
			cells := make([]string, 0, len(shown))
			for _, i := range shown {
				cells = append(cells, row[i])
			}
			part.rows = append(part.rows, cells)
		}
		parts = append(parts, part)
	}
	return parts
}

// widths are those of a grid's columns, in bytes.
func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = len(c.name)
		for _, row := range t.rows {
			widths[i] = max(widths[i], len(row[i]))
		}
	}
	return widths
}

// lineWidth is the width of a line with columns of these widths.
func lineWidth(columns []int) int {
	sum := -columnGap // nothing follows the last
	for _, width := range columns {
		sum += width + columnGap
	}
	return sum
}

func (t *table) writePart(w io.Writer) error {
	grid := t.columns != nil
	if !grid && len(t.rows) == 0 {
		return nil
	}
	if t.name != "" {
		if _, err := fmt.Fprintf(w, "[%s]\n", t.name); err != nil {
			return err
		}
	}
	rows := t.rows
	p := &padded{out: w}
	if grid {
		head := make([]string, 0, len(t.columns))
		for _, c := range t.columns {
			head = append(head, c.name)
			p.names = append(p.names, c.name)
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

// padded renders rows through tablewriter. It measures the columns itself, in bytes and before the first
// row: tablewriter measures display width, which is another number for wide characters, and cuts
// right-aligned cells when its own widths are set by hand. Colours come in behind all measuring, so that only
// the bytes of the escape sequences are added.
type padded struct {
	out       io.Writer
	names     []string // of the columns; none for a list
	right     []bool
	separator string // before every cell but the first
	widths    []int
	w         io.Writer
	err       error
}

func (p *padded) measure(rows [][]string) {
	p.widths = make([]int, len(p.right))
	for _, row := range rows {
		for i, c := range row {
			p.widths[i] = max(p.widths[i], len(c))
		}
	}
}

func (p *padded) render(w io.Writer, rows [][]string) error {
	t := tablewriter.NewTable(w,
		tablewriter.WithRenderer(p),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithTrimTab(tw.Off),
		tablewriter.WithTrimLine(tw.Off),
		tablewriter.WithAutoHide(tw.Off),
		tablewriter.WithRowAutoFormat(tw.Off),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
	)
	for _, row := range rows {
		if err := t.Append(row); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	return p.err
}

// Start is part of tw.Renderer.
func (p *padded) Start(w io.Writer) error { p.w = w; return nil }

// Row is part of tw.Renderer.
func (p *padded) Row(row []string, _ tw.Formatting) {
	var b strings.Builder
	for i, c := range row {
		separator := ""
		if i > 0 {
			separator = p.separator
		}
		blanks := strings.Repeat(" ", max(0, p.widths[i]+columnGap-len(separator)-len(c)))
		if p.right[i] {
			b.WriteString(blanks)
			blanks = ""
		}
		b.WriteString(separator)
		b.WriteString(toneOf(p.name(row, i), c).paint(p.out, c))
		b.WriteString(blanks)
	}
	line := b.String()
	if screenOf(p.out) != nil {
		line = strings.TrimRight(line, " ")
	}
	if _, err := io.WriteString(p.w, line+"\n"); err != nil && p.err == nil {
		p.err = err
	}
}

// name is the name of a row's cell: its column's, or the key before it, which has none itself.
func (p *padded) name(row []string, i int) string {
	switch {
	case p.names != nil:
		return p.names[i]
	case i == 0:
		return ""
	}
	return row[0]
}

// Header is part of tw.Renderer; the column names are the first row.
func (p *padded) Header([][]string, tw.Formatting) {}

// Footer is part of tw.Renderer.
func (p *padded) Footer([][]string, tw.Formatting) {}

// Line is part of tw.Renderer; there are no lines between rows.
func (p *padded) Line(tw.Formatting) {}

// Config is part of tw.Renderer.
func (p *padded) Config() tw.Rendition { return tw.Rendition{} }

// Close is part of tw.Renderer.
func (p *padded) Close() error { return nil }

// Logger is part of tw.Renderer.
func (p *padded) Logger(*ll.Logger) {}
