package render

import (
	"fmt"
	"io"
)

// Listing prints things as they come, however many, and a report after them: lines, or one JSON
// object with an array of objects and the report's tables, all typed.
type Listing struct {
	W    io.Writer
	JSON bool
	// Name is the array's key in JSON.
	Name string
	n    int64
}

// Add prints one thing: the line, or in JSON an object of these keys and values in turn.
func (l *Listing) Add(line string, pairs ...any) error {
	l.n++
	if !l.JSON {
		_, err := fmt.Fprintln(l.W, line)
		return err
	}
	text := ","
	if l.n == 1 {
		text = fmt.Sprintf("{\n    %s: [", quoteJSON(l.Name))
	}
	text += "\n        {"
	for i := 0; i < len(pairs); i += 2 {
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
	if r == nil {
		return nil
	}
	if l.Begun() {
		fmt.Fprintln(l.W)
	}
	return r.WriteText(l.W)
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
