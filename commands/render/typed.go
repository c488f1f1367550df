package render

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Cell is a value whose text for people is another one than JSON's: a list, a number with its unit, or a
// dash for what is not known, which is nil in JSON.
type Cell struct {
	Text  string
	Value any
}

// OrDash shows a dash for a text that is empty; JSON has null.
func OrDash(text string) Cell {
	if text == "" {
		return Cell{Text: "-"}
	}
	return Cell{Text: text, Value: text}
}

// RowIf adds a row that JSON always has, and the text only where it says something.
func (t *Table) RowIf(shown bool, cells ...any) {
	if shown {
		t.Row(cells...)
		return
	}
	t.values = append(t.values, cells)
}

// writeTyped writes the tables with the types of their values: a grid is a list of objects.
func (r *Report) writeTyped(j *jsonWriter) {
	for _, t := range r.tables {
		if t.Columns == nil {
			j.open(t.name)
			for _, row := range t.values {
				j.value(fmt.Sprint(row[0]), row[1])
			}
			j.close()
			continue
		}
		rows := make([]string, 0, len(t.values))
		for _, row := range t.values {
			var object []string
			for i, c := range t.Columns {
				object = append(object, quoteJSON(c.Name)+": "+typedJSON(row[i]))
			}
			rows = append(rows, "{"+strings.Join(object, ", ")+"}")
		}
		j.raw(t.name, rows)
	}
	for _, l := range r.Lists {
		rows := make([]string, 0, len(l.Texts))
		for _, text := range l.Texts {
			rows = append(rows, quoteJSON(text))
		}
		j.raw(l.Name, rows)
		j.value(l.Name+"_total", l.Total)
	}
}

// value writes a pair whose value keeps its type.
func (j *jsonWriter) value(key string, v any) {
	j.key(key)
	j.b.WriteString(typedJSON(v))
	j.empty = false
}

// raw writes a list of values that are JSON already.
func (j *jsonWriter) raw(key string, values []string) {
	j.key(key)
	j.b.WriteByte('[')
	j.depth++
	for i, value := range values {
		if i > 0 {
			j.b.WriteByte(',')
		}
		j.newline()
		j.b.WriteString(value)
	}
	j.depth--
	if len(values) > 0 {
		j.newline()
	}
	j.b.WriteByte(']')
	j.empty = false
}

// typedJSON is a value as JSON: numbers and booleans as such, nil as null, times in UTC, seconds and other
// fractions with three digits, lists as lists, and everything else as its text.
func typedJSON(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case Cell:
		return typedJSON(v.Value)
	case string:
		return quoteJSON(v)
	case json.Number:
		return v.String()
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) { // JSON has no such numbers
			return "null"
		}
		return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64)
	case time.Time:
		return quoteJSON(v.UTC().Format(time.RFC3339))
	case []string:
		quoted := make([]string, 0, len(v))
		for _, text := range v {
			quoted = append(quoted, quoteJSON(text))
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case bool, int, int32, int64, uint32, uint64:
		return fmt.Sprint(v)
	}
	return quoteJSON(fmt.Sprint(v))
}
