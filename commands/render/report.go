package render

import (
	"io"

	"pegashell/internal/tableformat"
)

// Report is the whole result of a command: tables in the order to be printed.
type Report struct {
	tables []*Table
	// single is set for commands that print one table, which no blank line follows.
	Single bool
	// Typed is set for commands that the original does not have: values keep their types in JSON.
	Typed bool
	// Lists are printed in typed JSON only, where there is room for more than the text lists.
	Lists []List
}

// List is a number of texts with a name, and how many there would be if they were not bounded. In
// JSON that is NAME_total.
type List struct {
	Name  string
	Texts []string
	Total int64
}

func (r *Report) Add(t *Table) *Table {
	r.tables = append(r.tables, t)
	return t
}

// WriteText writes the report for people, in a form of theirs.
func (r *Report) WriteText(w io.Writer, format tableformat.Format) error {
	if !format.IsPlain() {
		return r.writeFormatted(w, format, false)
	}
	for _, t := range r.tables {
		if err := t.writeText(w); err != nil {
			return err
		}
		if !r.Single {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteJSON writes the report: where it is not typed as the original does, every value a string, rows of
// a grid by their first cell, which need not be unique.
func (r *Report) WriteJSON(w io.Writer) error {
	var j jsonWriter
	j.open("")
	r.writeMembers(&j)
	j.close()
	j.b.WriteByte('\n')
	_, err := io.WriteString(w, j.b.String())
	return err
}

// writeMembers writes the tables and lists into the object at hand.
func (r *Report) writeMembers(j *jsonWriter) {
	if r.Typed {
		r.writeTyped(j)
		return
	}
	for _, t := range r.tables {
		if t.Columns == nil && len(t.Rows) == 0 {
			continue
		}
		j.open(t.name)
		for _, row := range t.Rows {
			if t.Columns == nil {
				j.pair(row[0], row[1])
				continue
			}
			j.open(row[0])
			for i, c := range row {
				j.pair(t.Columns[i].Name, c)
			}
			j.close()
		}
		j.close()
	}
}
