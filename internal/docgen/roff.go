package main

import (
	"fmt"
	"strings"

	"pegashell/internal/prose"
)

// textWidth is how long a line of the page's source is at most, where its words allow it.
const textWidth = 78

// roff writes a manual page with the macros of man(7).
type roff struct {
	strings.Builder
}

// roffEscapes are the characters that mean something else in roff, or that it would replace by
// typographic ones, so that options could not be copied from the page.
var roffEscapes = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `~`, `\(ti`, `^`, `\(ha`, `"`, `\(dq`)

// escapeRoff returns text that is shown as it is. A line of it is no request though it begins with
// a dot.
func escapeRoff(text string) string {
	text = roffEscapes.Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}

// macro writes a request; an argument may hold blanks and is escaped.
func (m *roff) macro(name string, args ...string) {
	m.WriteString("." + name)
	for _, arg := range args {
		fmt.Fprintf(m, ` "%s"`, escapeRoff(arg))
	}
	m.WriteByte('\n')
}

// text writes paragraphs, cut at empty lines; what is between backquotes is bold.
func (m *roff) text(text string) {
	for i, paragraph := range prose.Paragraphs(text) {
		if i > 0 {
			m.macro("PP")
		}
		bold := false
		for line := range strings.SplitSeq(prose.Wrap(paragraph, textWidth, 0), "\n") {
			for k, part := range strings.Split(line, "`") {
				if k > 0 {
					bold = !bold
					m.WriteString(fonts[bold])
				}
				m.WriteString(escapeRoff(part))
			}
			m.WriteByte('\n')
		}
	}
}

var fonts = map[bool]string{true: `\fB`, false: `\fR`}

// item writes an entry of a list: its head and the text about it. Both may mark code.
func (m *roff) item(head, text string) {
	m.macro("TP")
	m.text(head)
	m.text(text)
}

// verbatim writes lines that are not filled, as a paragraph of its own.
func (m *roff) verbatim(lines ...string) {
	m.macro("PP")
	m.macro("RS", "4")
	m.macro("nf")
	for _, line := range lines {
		m.WriteString(escapeRoff(line) + "\n")
	}
	m.macro("fi")
	m.macro("RE")
}
