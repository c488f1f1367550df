package render

import (
	"fmt"
	"io"

	"pegashell/internal/tableformat"
)

// Listing prints things as they come, however many, and a report after them: lines, or one JSON
// object with an array of objects and the report's tables, all typed. In a format that is not plain
// it prints tables.
type Listing struct {
	W    io.Writer
	JSON bool
	// Format is that of tables.
	Format tableformat.Format
	// Name is the array's key in JSON.
	Name string
	// Alone is set where no report follows what is not JSON.
	Alone bool
	n     int64
	rows  listedRows
}

// omitted is the type of Omitted.
type omitted struct{}

// Omitted is the value of a key that an object in JSON does not have. In a table it is a dash.
var Omitted omitted

// Add prints one thing: the line, or in JSON an object of these keys and values in turn. All have the same
// keys.
func (l *Listing) Add(line string, pairs ...any) error {
	l.n++
	switch {
	case !l.JSON && l.Format.IsPlain():
		_, err := fmt.Fprintln(l.W, line)
		return err
	case !l.JSON:
		return l.addRow(pairs)
	}
	text := ","
	if l.n == 1 {
		text = fmt.Sprintf("{\n    %s: [", quoteJSON(l.Name))
	}
	text += "\n        {"
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == Omitted {
			continue
		}
		if i > 0 {
			text += ", "
		}
		text += typedJSON(pairs[i]) + ": " + typedJSON(pairs[i+1])
	}
	_, err := io.WriteString(l.W, text+"}")
	return err
}

// Begun reports whether something was printed.
func (l *Listing) Begun() bool { return l.n > 0 }

// End prints the report; nil if there is no reliable one. After End nothing more may be printed.
func (l *Listing) End(r *Report) error {
	if l.JSON {
		return l.endJSON(r)
	}
	if !l.Format.IsPlain() {
		return l.endTables(r)
	}
	if r == nil {
		return nil
	}
	if l.Begun() {
		fmt.Fprintln(l.W)
	}
	return r.WriteText(l.W, l.Format)
}

func (l *Listing) endJSON(r *Report) error {
	start := "\n    ]"
	if !l.Begun() {
		start = fmt.Sprintf("{\n    %s: []", quoteJSON(l.Name))
	}
	j := jsonWriter{depth: 1}
	if r != nil {
		r.writeMembers(&j)
	}
	j.empty = false
	j.close()
	_, err := io.WriteString(l.W, start+j.b.String()+"\n")
	return err
}
