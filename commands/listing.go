package commands

import (
	"fmt"
	"io"
)

// listing prints things as they come, however many, and a report behind them: lines, or one JSON object with an
// array of objects and the report's tables.
type listing struct {
	w    io.Writer
	json bool
	// name is the array's key in JSON.
	name string
	n    int64
}

// add prints one thing: the line, or in JSON an object of these keys and values in turn.
func (l *listing) add(line string, pairs ...string) error {
	l.n++
	if !l.json {
		_, err := fmt.Fprintln(l.w, line)
		return err
	}
	text := ","
	if l.n == 1 {
		text = fmt.Sprintf("{\n    %s: [", quoteJSON(l.name))
	}
	text += "\n        {"
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			text += ", "
		}
		text += quoteJSON(pairs[i]) + ": " + quoteJSON(pairs[i+1])
	}
	_, err := io.WriteString(l.w, text+"}")
	return err
}

// begun tells that something was printed.
func (l *listing) begun() bool { return l.n > 0 }

// end prints the report, nil where there is none to be relied upon. Without it nothing may follow.
func (l *listing) end(r *report) error {
	if l.json {
		return l.endJSON(r)
	}
	if r == nil {
		return nil
	}
	if l.begun() {
		fmt.Fprintln(l.w)
	}
	return r.writeText(l.w)
}

func (l *listing) endJSON(r *report) error {
	start := "\n    ]"
	if !l.begun() {
		start = fmt.Sprintf("{\n    %s: []", quoteJSON(l.name))
	}
	j := jsonWriter{depth: 1}
	if r != nil {
		r.writeMembers(&j)
	}
	j.empty = false
	j.close()
	_, err := io.WriteString(l.w, start+j.b.String()+"\n")
	return err
}
