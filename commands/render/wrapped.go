package render

import (
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"pegashell/internal/prose"
	"pegashell/internal/visible"
)

// Wrapped is a grid of texts for a person, in any language: widths are those on the screen, and the
// last column is wrapped at blanks. It has no original that it must equal to the byte.
type Wrapped struct {
	// Columns are the names above the grid; none for a grid without.
	Columns []string
	rows    [][]string
	short   map[int]bool
}

// plainWidth is how wide the grid is where no screen says it.
const plainWidth = 100

// WidthFor is how wide a text for a person may be: as wide as the screen that w writes to.
func WidthFor(w io.Writer) int {
	if width := widthOf(w); width > 0 {
		return width
	}
	return plainWidth
}

// leastWrapped is the least width of the last column.
const leastWrapped = 24

// Row adds a row. A text of the last column can have several lines.
func (g *Wrapped) Row(cells ...string) { g.rows = append(g.rows, cells) }

// ShortRow adds a row that has one line on a screen, where the end of the last text is cut. Other
// outputs get it whole.
func (g *Wrapped) ShortRow(cells ...string) {
	if g.short == nil {
		g.short = map[int]bool{}
	}
	g.short[len(g.rows)] = true
	g.Row(cells...)
}

// WriteText writes the grid.
func (g *Wrapped) WriteText(w io.Writer) error {
	rows := g.rows
	if len(g.Columns) > 0 {
		rows = append([][]string{g.Columns}, rows...)
	}
	if ScreenOf(w) != nil {
		texts := rows
		rows = visibleRows(rows)
		for i, row := range rows {
			row[len(row)-1] = visible.Text(texts[i][len(row)-1]) // it may have several lines
		}
	}
	var widths []int
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], displaywidth.String(cell))
		}
	}
	taken := 0
	for _, width := range widths {
		taken += width + columnGap
	}
	width := WidthFor(w)
	left := max(leastWrapped, width-taken-1)
	for k, row := range rows {
		lines := Wrap(row[len(row)-1], left)
		if g.short[k-len(rows)+len(g.rows)] && ScreenOf(w) != nil {
			lines = []string{Cut(row[len(row)-1], left)}
		}
		if err := g.writeRow(w, row, lines, widths, k == 0 && len(g.Columns) > 0); err != nil {
			return err
		}
	}
	return nil
}

func (g *Wrapped) writeRow(w io.Writer, row, lines []string, widths []int, head bool) error {
	last := len(row) - 1
	for i, line := range lines {
		var b strings.Builder
		for k, width := range widths {
			cell := ""
			if i == 0 && k < last {
				cell = row[k]
			}
			painted := cell
			if !head && k < len(g.Columns) {
				painted = ToneOf(g.Columns[k], cell).Paint(w, cell)
			}
			b.WriteString(painted + strings.Repeat(" ", width+columnGap-displaywidth.String(cell)))
		}
		b.WriteString(line)
		if _, err := io.WriteString(w, strings.TrimRight(b.String(), " ")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// Wrap cuts a text into lines that are no wider than that on a screen, at its line ends and where
// prose.Wrap does.
func Wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, strings.Split(prose.Wrap(paragraph, width, 0), "\n")...)
	}
	return lines
}

// Fold folds a text to the screen that w writes to, if it is one.
func Fold(w io.Writer, text string) string { return prose.Fold(text, widthOf(w)) }

// Cut shortens a text to one line of that width on a screen; what is cut shows as an ellipsis.
func Cut(text string, width int) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if displaywidth.String(text) <= width {
		return text
	}
	return strings.TrimRight(displaywidth.TruncateString(text, max(0, width-1), ""), " ") + "…"
}
