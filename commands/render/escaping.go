package render

import (
	"encoding/csv"
	"html"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"pegashell/internal/visible"
)

func escapeHTML(text string) string { return html.EscapeString(visible.Line(text)) }

// markdownMarks are the characters that mean something within a line of Markdown, besides the underscore.
const markdownMarks = "\\`*[]<>|~&$"

// escapeMarkdown escapes a text for a cell. A backslash before a punctuation character makes it stand
// for itself (https://github.github.com/gfm/#backslash-escapes). Underscores within words, as in most
// names, stand for themselves anyway.
func escapeMarkdown(text string) string {
	text = visible.Line(text)
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == '_' {
			size = len(text[i:]) - len(strings.TrimLeft(text[i:], "_"))
			before, _ := utf8.DecodeLastRuneInString(text[:i])
			after, _ := utf8.DecodeRuneInString(text[i+size:])
			mark := "_"
			if !isWord(before) || !isWord(after) {
				mark = `\_`
			}
			b.WriteString(strings.Repeat(mark, size))
		} else {
			if strings.ContainsRune(markdownMarks, r) {
				b.WriteByte('\\')
			}
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// writeCSV writes the table with encoding/csv. A row with the name comes first if several tables
// follow each other, so that one table alone is a file that every program reads.
func (t *Table) writeCSV(w io.Writer, several bool) error {
	var rows [][]string
	if several && t.name != "" {
		rows = append(rows, []string{"[" + t.name + "]"})
	}
	var head []string
	for _, c := range t.Columns {
		head = append(head, c.Name)
	}
	return writeRecords(w, append(append(rows, head), t.Rows...))
}

func writeRecords(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, row := range rows {
		if len(row) == 1 && row[0] == "" { // encoding/csv writes an empty line, which readers skip
			out.Flush()
			if _, err := io.WriteString(w, "\"\"\n"); err != nil {
				return err
			}
			continue
		}
		cells := make([]string, 0, len(row))
		for _, cell := range row {
			cells = append(cells, noFormula(cell))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// splitters are where a spreadsheet may begin another cell: some languages separate cells with a semicolon or a
// tab, and then a quote in the middle of such a cell keeps neither these nor line ends together.
const splitters = ";\t\r\n"

// noFormula puts an apostrophe before each part of a text that spreadsheets would calculate.
func noFormula(cell string) string {
	if !strings.ContainsAny(cell, formulaSigns) {
		return cell
	}
	var b strings.Builder
	for cell != "" {
		end := strings.IndexAny(cell, splitters)
		if end < 0 {
			end = len(cell) - 1
		}
		part := cell[:end+1]
		if isFormula(part) {
			b.WriteByte('\'')
		}
		b.WriteString(part)
		cell = cell[end+1:]
	}
	return b.String()
}

// formulaSigns begin a formula.
const formulaSigns = "=+-@＝＋－＠"

// isFormula reports whether spreadsheets would calculate a text: whether it begins with one of = + - @, and is
// neither a number nor the dash for what is not known. Names and values come from servers and trees, and a
// formula can send other cells away. Spreadsheets skip blanks and control characters before a formula, and
// take the wide forms for the same (https://owasp.org/www-community/attacks/CSV_Injection).
func isFormula(text string) bool {
	text = strings.TrimRight(text, splitters)
	text = strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	first, _ := utf8.DecodeRuneInString(text)
	_, err := strconv.ParseFloat(text, 64)
	return err != nil && text != "-" && text != "" && strings.ContainsRune(formulaSigns, first)
}
