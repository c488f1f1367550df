package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"pegashell/internal/visible"
)

// writeLines writes the table between box-drawing characters, as it is to be written to out: folded
// to its width, and with its colours. list: the table has keys and values.
func (t *Table) writeLines(w *bytes.Buffer, out io.Writer, list bool) error {
	const border, gap = 4, 3 // around a line, and between two cells
	measure := func(cell string) int { return displaywidth.String(visible.Line(cell)) }
	for i, part := range t.foldTo(widthOf(out)-border, gap, measure) {
		if i > 0 {
			w.WriteString("\n")
		}
		if part.name != "" {
			fmt.Fprintf(w, "[%s]\n", part.name)
		}
		var box bytes.Buffer
		if err := part.renderWith(&box, renderer.NewBlueprint(tw.Rendition{Symbols: tw.NewSymbols(tw.StyleLight)}), tw.AlignLeft, visible.Line); err != nil {
			return err
		}
		w.WriteString(part.paintLines(out, box.String(), list))
	}
	return nil
}

// paintLines colours the cells of a table between lines, after all measuring, as padded does.
func (t *Table) paintLines(out io.Writer, box string, list bool) string {
	const head = 3 // lines before the first row
	if s := ScreenOf(out); s == nil || !s.Color {
		return box
	}
	lines := strings.Split(box, "\n")
	for i, row := range t.Rows {
		var b strings.Builder
		rest := lines[head+i]
		for k, cell := range row {
			name := t.Columns[k].Name
			if list {
				name = row[0]
			}
			before, after, found := strings.Cut(rest, visible.Line(cell))
			if !found {
				break
			}
			shade := toneNone
			if !list || k > 0 {
				shade = ToneOf(name, cell)
			}
			b.WriteString(before + shade.Paint(out, visible.Line(cell)))
			rest = after
		}
		lines[head+i] = b.String() + rest
	}
	return strings.Join(lines, "\n")
}
