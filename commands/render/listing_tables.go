package render

import (
	"fmt"
	"io"

	"pegashell/internal/tableformat"
)

// mostListed is how many rows a table of a listing has at most: more begin another table, so that a
// listing's length does not matter for memory. CSV goes on.
const mostListed = 1000

// listedRows are the rows of a listing that are not printed yet.
type listedRows struct {
	table   *Table
	printed int // tables
}

// addRow adds a row of these keys and values in turn.
func (l *Listing) addRow(pairs []any) error {
	t := l.rows.table
	if t == nil {
		t = NewGrid(l.Name)
		if l.Alone {
			t.name = ""
		}
		for i := 0; i < len(pairs); i += 2 {
			t.Columns = append(t.Columns, Column{Name: fmt.Sprint(pairs[i]), right: isNumber(pairs[i+1])})
		}
		l.rows.table = t
	}
	row := make([]string, 0, len(pairs)/2)
	for i := 1; i < len(pairs); i += 2 {
		if pairs[i] == nil || pairs[i] == Omitted {
			row = append(row, "-")
			continue
		}
		row = append(row, t.cell(pairs[i]))
	}
	t.Rows = append(t.Rows, row)
	if len(t.Rows) < mostListed {
		return nil
	}
	return l.flush()
}

func isNumber(v any) bool {
	switch v.(type) {
	case int, int32, int64, float64:
		return true
	}
	return false
}

// flush prints the rows that are there.
func (l *Listing) flush() error {
	t := l.rows.table
	if t == nil || len(t.Rows) == 0 {
		return nil
	}
	first := l.rows.printed == 0
	l.rows.printed++
	var err error
	switch {
	case l.Format == tableformat.CSV && !first:
		err = writeRecords(l.W, t.Rows)
	default:
		if !first {
			t.name = ""
			err = writeGap(l.W, l.Format)
		}
		if err == nil {
			err = t.writeFormatted(l.W, l.Format, !l.Alone)
		}
	}
	t.Rows = nil
	return err
}

// endTables prints the rows that are left, and a report, which may be nil.
func (l *Listing) endTables(r *Report) error {
	if err := l.flush(); err != nil || r == nil {
		return err
	}
	if l.Begun() {
		if err := writeGap(l.W, l.Format); err != nil {
			return err
		}
	}
	return r.writeFormatted(l.W, l.Format, true)
}

// writeGap writes the empty line between two tables; those of Markdown end with one.
func writeGap(w io.Writer, format tableformat.Format) error {
	if format == tableformat.Markdown {
		return nil
	}
	_, err := io.WriteString(w, "\n")
	return err
}
