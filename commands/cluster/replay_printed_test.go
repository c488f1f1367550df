package cluster_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// section is one table that the real shell printed, as text or as JSON. A list has no columns, and rows of a
// key and a value.
type section struct {
	name    string
	columns []string
	rows    [][]string
}

// get gives the value of a list's key, or "".
func (s *section) get(key string) string {
	for _, row := range s.rows {
		if row[0] == key {
			return row[1]
		}
	}
	return ""
}

// cells gives a grid's rows by their column names.
func (s *section) cells() []map[string]string {
	var rows []map[string]string
	for _, row := range s.rows {
		cells := map[string]string{}
		for i, c := range row {
			if i < len(s.columns) {
				cells[s.columns[i]] = c
			}
		}
		rows = append(rows, cells)
	}
	return rows
}

// printedSections reads all tables out of what was printed.
func printedSections(t *testing.T, text string) map[string]*section {
	t.Helper()
	if strings.HasPrefix(text, "{") {
		return jsonSections(t, text)
	}
	return textSections(text)
}

var (
	listLine = regexp.MustCompile(`^(\S.*?)\s{2,}: (.*?)\s*$`)
	cellGap  = regexp.MustCompile(`\s{2,}`)
)

func textSections(text string) map[string]*section {
	sections := map[string]*section{}
	var at *section
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			at = &section{name: strings.Trim(line, "[]")}
			sections[at.name] = at
			continue
		}
		list := listLine.FindStringSubmatch(line)
		switch {
		case strings.TrimSpace(line) == "":
			at = nil
		case at == nil:
		case list != nil:
			at.rows = append(at.rows, list[1:])
		case at.columns == nil:
			at.columns = cellGap.Split(strings.TrimSpace(line), -1)
		default:
			at.rows = append(at.rows, cellGap.Split(strings.TrimSpace(line), -1))
		}
	}
	return sections
}

// jsonSections reads the tables in their order, which a map would lose.
func jsonSections(t *testing.T, text string) map[string]*section {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	next := func() json.Token {
		token, err := d.Token()
		if err != nil {
			t.Fatalf("the printed JSON: %v", err)
		}
		return token
	}
	sections := map[string]*section{}
	next() // the outermost brace
	for d.More() {
		s := &section{name: next().(string)}
		sections[s.name] = s
		next()
		for d.More() {
			key := next().(string)
			if value, ok := next().(string); ok {
				s.rows = append(s.rows, []string{key, value})
				continue
			}
			s.columns = nil
			var row []string
			for d.More() {
				s.columns = append(s.columns, next().(string))
				row = append(row, next().(string))
			}
			next()
			s.rows = append(s.rows, row)
		}
		next()
	}
	return sections
}

// printedCalls are the answers to remote commands as the real shell printed them, by server.
func printedCalls(text string) map[string]printedCall {
	calls := map[string]printedCall{}
	text, _, _ = strings.Cut(text, "\n\nSucceed count: ")
	for i, part := range strings.Split(text+"\n", "CALL [") {
		if i == 0 {
			continue
		}
		m := callHead.FindStringSubmatch(part)
		if m == nil {
			continue
		}
		rest := strings.TrimSuffix(part[len(m[0]):], "\n")
		calls[m[2]] = printedCall{kind: m[1], ok: m[3] == "succeed", text: rest}
	}
	return calls
}

var callHead = regexp.MustCompile(`^([a-z-]+)\] \[([^\]]+)\] (succeed|failed): `)

type printedCall struct {
	kind string // meta-server, replica-server or user-specified
	ok   bool
	text string
}
