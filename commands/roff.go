package commands

import (
	"fmt"
	"strings"
)

// roff writes a manual page with the macros of man(7).
type roff struct {
	strings.Builder
}

// roffEscapes are the letters that stand for something else in roff, or that it would replace by typographic
// ones, so that options could not be copied from the page.
var roffEscapes = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `~`, `\(ti`, `^`, `\(ha`, `"`, `\(dq`)

// escapeRoff gives text that shows up as it is. A line of it is no request though it begins with a dot.
func escapeRoff(text string) string {
	text = roffEscapes.Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}

// macro writes a request; an argument may hold blanks and is escaped.
func (r *roff) macro(name string, args ...string) {
	r.WriteString("." + name)
	for _, arg := range args {
		fmt.Fprintf(r, ` "%s"`, escapeRoff(arg))
	}
	r.WriteByte('\n')
}

// text writes paragraphs, cut at empty lines; what stands between backquotes is bold.
func (r *roff) text(text string) {
	for i, paragraph := range paragraphs(text) {
		if i > 0 {
			r.macro("PP")
		}
		bold := false
		for line := range strings.SplitSeq(wrapText(paragraph, 0), "\n") {
			for k, part := range strings.Split(line, "`") {
				if k > 0 {
					bold = !bold
					r.WriteString(fonts[bold])
				}
				r.WriteString(escapeRoff(part))
			}
			r.WriteByte('\n')
		}
	}
}

var fonts = map[bool]string{true: `\fB`, false: `\fR`}

// item writes what a list tells of a head. Both may mark code.
func (r *roff) item(head, text string) {
	r.macro("TP")
	r.text(head)
	r.text(text)
}

// verbatim writes lines that are not filled, as a paragraph of its own.
func (r *roff) verbatim(lines ...string) {
	r.macro("PP")
	r.macro("RS", "4")
	r.macro("nf")
	for _, line := range lines {
		r.WriteString(escapeRoff(line) + "\n")
	}
	r.macro("fi")
	r.macro("RE")
}
