package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"pegashell/internal/tableformat"
	"pegashell/internal/visible"
)

// writeFormatted writes the tables in a form that is not plain, with an empty line between two. An
// empty list prints nothing there either. several: other tables come before.
func (r *Report) writeFormatted(w io.Writer, format tableformat.Format, several bool) error {
	tables := slices.DeleteFunc(slices.Clone(r.tables), func(t *Table) bool { return t.Columns == nil && len(t.Rows) == 0 })
	for i, t := range tables {
		if i > 0 {
			if err := writeGap(w, format); err != nil {
				return err
			}
		}
		if err := t.writeFormatted(w, format, several || len(tables) > 1); err != nil {
			return err
		}
	}
	return nil
}

// writeFormatted writes one table; several: it is one of several, so that its name is needed.
func (t *Table) writeFormatted(w io.Writer, format tableformat.Format, several bool) error {
	list := t.Columns == nil
	t = t.asGrid()
	var b bytes.Buffer
	var err error
	switch format {
	case tableformat.Lines:
		err = t.writeLines(&b, w, list)
	case tableformat.Markdown:
		err = t.writeMarkdown(&b)
	case tableformat.HTML:
		err = t.writeHTML(&b)
	case tableformat.CSV:
		err = t.writeCSV(&b, several)
	default:
		err = fmt.Errorf("write a table: unknown format %q", format)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// asGrid returns a list as a grid of keys and values, because Markdown's tables have a head, and
// programs that read the others expect one. The original indents some keys.
func (t *Table) asGrid() *Table {
	if t.Columns != nil {
		return t
	}
	grid := NewGrid(t.name, "key", "value")
	for _, row := range t.Rows {
		grid.Rows = append(grid.Rows, append([]string{strings.TrimSpace(row[0])}, row[1:]...))
	}
	return grid
}

// writeMarkdown writes the table as GitHub's Markdown, below its name, and an empty line: a line that
// followed at once would be a row.
func (t *Table) writeMarkdown(w io.Writer) error {
	if t.name != "" {
		fmt.Fprintf(w, "**%s**\n\n", escapeMarkdown(t.name))
	}
	if err := t.renderWith(w, renderer.NewMarkdown(), tw.AlignLeft, escapeMarkdown); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// writeHTML writes the table as an element <table> with its name as caption. The renderer escapes
// the cells.
func (t *Table) writeHTML(w io.Writer) error {
	return t.renderWith(w, &captioned{HTML: renderer.NewHTML(), name: t.name}, tw.AlignNone, visible.Line)
}

// renderWith renders the table with a renderer of tablewriter, which changes no cell: escape has. left is
// the alignment of columns that are not aligned to the right.
func (t *Table) renderWith(w io.Writer, r tw.Renderer, left tw.Align, escape func(cell string) string) error {
	var aligned tw.Alignment
	var head []string
	for _, c := range t.Columns {
		head = append(head, escape(c.Name))
		if c.right {
			aligned = append(aligned, tw.AlignRight)
		} else {
			aligned = append(aligned, left)
		}
	}
	table := unchanged(w, r,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithAlignment(aligned),
		// Terminals show box-drawing characters in one column, whatever the locale is.
		tablewriter.WithEastAsian(tw.Off),
	)
	table.Header(head)
	for _, row := range t.Rows {
		cells := make([]string, 0, len(row))
		for _, cell := range row {
			cells = append(cells, escape(cell))
		}
		if err := table.Append(cells); err != nil {
			return err
		}
	}
	return table.Render()
}

// captioned adds a caption to tablewriter's HTML, which has none.
type captioned struct {
	*renderer.HTML
	name string
}

// Start is part of tw.Renderer.
func (c *captioned) Start(w io.Writer) error {
	if err := c.HTML.Start(w); err != nil || c.name == "" {
		return err
	}
	_, err := fmt.Fprintf(w, "<caption>%s</caption>\n", escapeHTML(c.name))
	return err
}
