package manifest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// positions says where keys are, FILE:LINE. A key is its parts joined by zero bytes; commands have
// their names for a second part.
type positions map[string]string

// Where returns the position of a key, such as Where("defaults", "ls"): FILE:LINE, or of the
// nearest table above it that is known; the names of the files if none is.
func (m *Manifest) Where(key ...string) string {
	for n := len(key); n > 0; n-- {
		if at, ok := m.positions[joinKey(key[:n])]; ok {
			return at
		}
	}
	return m.File
}

// firstAt is Where for a key that may be a table without a heading of its own, such as the first
// half of [clusters.c1]: the first of the headings below it counts.
func (m *Manifest) firstAt(key []string) string {
	if _, ok := m.positions[joinKey(key)]; ok {
		return m.Where(key...)
	}
	first, at := 0, ""
	for below, where := range m.positions {
		if line := lineOf(where); strings.HasPrefix(below, joinKey(key)+"\x00") && (at == "" || line < first) {
			first, at = line, where
		}
	}
	return cmp.Or(at, m.Where(key...))
}

// lineOf is the line of FILE:LINE, 0 where there is none.
func lineOf(at string) int {
	line, _ := strconv.Atoi(at[strings.LastIndexByte(at, ':')+1:])
	return line
}

func joinKey(key []string) string { return strings.Join(key, "\x00") }

// positionsIn finds the keys of a text that was decoded without an error.
func positionsIn(file string, data []byte) positions {
	all := positions{}
	var p unstable.Parser
	p.Reset(data)
	var table []string
	var tableAt string
	for p.NextExpression() {
		e := p.Expression()
		key, at := keyOf(&p, e, file)
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table, tableAt = key, at
		case unstable.KeyValue:
			if joinKey(table) == "command" && joinKey(key) == "name" { // of an array: the name distinguishes them
				table = append(table, string(e.Value().Data))
				all[joinKey(table)] = tableAt
			}
			key = append(table[:len(table):len(table)], key...)
		}
		if _, ok := all[joinKey(key)]; !ok {
			all[joinKey(key)] = at
		}
	}
	return all
}

func keyOf(p *unstable.Parser, e *unstable.Node, file string) (key []string, at string) {
	for parts := e.Key(); parts.Next(); {
		if at == "" {
			at = fmt.Sprintf("%s:%d", file, p.Shape(parts.Node().Raw).Start.Line)
		}
		key = append(key, string(parts.Node().Data))
	}
	return key, at
}
