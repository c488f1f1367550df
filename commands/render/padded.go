package render

import (
	"io"
	"strings"

	"github.com/olekukonko/ll"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// padded renders rows through tablewriter. It measures the columns itself, in bytes and before the
// first row: tablewriter measures display width, which is another number for wide characters, and
// cuts right-aligned cells when its own widths are set by hand. Colours come in after all
// measuring, so that only the bytes of the escape sequences are added.
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

// unchanged is a table of tablewriter whose rows a renderer gets as they are.
func unchanged(w io.Writer, r tw.Renderer, more ...tablewriter.Option) *tablewriter.Table {
	return tablewriter.NewTable(w, append([]tablewriter.Option{
		tablewriter.WithRenderer(r),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithTrimTab(tw.Off),
		tablewriter.WithTrimLine(tw.Off),
		tablewriter.WithAutoHide(tw.Off),
		tablewriter.WithRowAutoFormat(tw.Off),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
	}, more...)...)
}

func (p *padded) render(w io.Writer, rows [][]string) error {
	t := unchanged(w, p)
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
		if i > 0 && p.right[i-1] && !p.right[i] { // the gap of the one is before its cell, that of the other after it
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		if p.right[i] {
			b.WriteString(blanks)
			blanks = ""
		}
		b.WriteString(separator)
		b.WriteString(ToneOf(p.name(row, i), c).Paint(p.out, c))
		b.WriteString(blanks)
	}
	line := b.String()
	if ScreenOf(p.out) != nil {
		line = strings.TrimRight(line, " ")
	}
	if _, err := io.WriteString(p.w, line+"\n"); err != nil && p.err == nil {
		p.err = err
	}
}

// Name is the name of a row's cell: its column's, or the key before it, which has none itself.
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
