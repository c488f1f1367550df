// Package prose lays out texts for people.
package prose

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks a text between words, so that no line is longer than width if the words allow it, and
// indents every line by some blanks, which count.
func Wrap(text string, width, indent int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && indent+utf8.RuneCountInString(line+" "+word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(append(lines, line), "\n"+margin)
}

// Paragraphs cuts a text at its empty lines.
func Paragraphs(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n\n")
}

// UpperFirst begins a text of ASCII letters with a capital.
func UpperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
