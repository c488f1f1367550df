// Package prose lays out texts for people.
package prose

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// Wrap breaks a text between words, and between Chinese characters, so that no line has more
// columns than width if the words allow it, and indents every line by some blanks, which count.
func Wrap(text string, width, indent int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		blank := " "
		if line == "" {
			blank = ""
		}
		for _, piece := range pieces(word) {
			if line != "" && indent+displaywidth.String(line+blank+piece) > width {
				lines = append(lines, line)
				line, blank = "", ""
			}
			line += blank + piece
			blank = ""
		}
	}
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(append(lines, line), "\n"+margin)
}

// Fold breaks the lines of a text that have more columns than width, so that no word continues in
// the next row of a screen. Lines that begin with a blank, which can be commands, stay as they are;
// so do all if width is not above 0.
func Fold(text string, width int) string {
	if width <= 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, " ") && displaywidth.String(line) > width {
			lines[i] = Wrap(line, width, 0)
		}
	}
	return strings.Join(lines, "\n")
}

// Punctuation that no line of Chinese begins or ends with.
const (
	never1st  = "，。；：？！、）》」』】”’,.;:?!)"
	neverLast = "（《「『【“‘"
)

// pieces cuts a word where a line may break within it: beside wide characters.
func pieces(word string) []string {
	var all []string
	joined := false // the next character continues the last piece
	for _, r := range word {
		wide := displaywidth.Rune(r) > 1
		if joined && !(wide && !strings.ContainsRune(never1st, r)) || len(all) > 0 && strings.ContainsRune(never1st, r) {
			all[len(all)-1] += string(r)
		} else if n := len(all); n > 0 && endsOpen(all[n-1]) {
			all[n-1] += string(r)
		} else {
			all = append(all, string(r))
		}
		joined = !wide
	}
	return all
}

// endsOpen says of a piece whether something has to follow it on its line.
func endsOpen(piece string) bool {
	r, _ := utf8.DecodeLastRuneInString(piece)
	return strings.ContainsRune(neverLast, r)
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
