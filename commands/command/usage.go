package command

import (
	"fmt"
	"io"
	"strings"
)

// Widths of the help's columns in the original shell: its longest command name is
// query_bulk_load_status.
const (
	helpNameWidth  = 22 + 2
	helpUsageWidth = 70
)

// WriteUsages writes the usage of every command, which is the original's help.
func (r *Registry) WriteUsages(w io.Writer) {
	io.WriteString(w, "Usage:\n")
	for _, c := range r.Listed {
		c.writeUsage(w)
	}
}

// writeUsage writes the command's usage lines as the original does: a tab, the name, the usage
// wrapped.
func (c *Command) writeUsage(w io.Writer) {
	lines := wrapUsage(c.Usage, helpUsageWidth)
	fmt.Fprintf(w, "\t%-*s%s\n", helpNameWidth, c.Name, lines[0])
	for _, line := range lines[1:] {
		fmt.Fprintf(w, "\t%*s%s\n", helpNameWidth, "", line)
	}
}

// wrapUsage breaks a usage line as the original does: between two bracketed parts, before the one
// that would make the line longer than the width.
func wrapUsage(usage string, width int) []string {
	var lines []string
	start, end := 0, -1 // of the line being built; end is its last possible break
	for i := 0; i < len(usage); i++ {
		if i-start >= width && end >= start {
			lines = append(lines, strings.TrimSpace(usage[start:end+1]))
			start = end + 2
		}
		if (usage[i] == ']' || usage[i] == '>') && i+1 < len(usage) && usage[i+1] == ' ' {
			end = i
		}
	}
	if rest := strings.TrimSpace(usage[min(start, len(usage)):]); rest != "" || len(lines) == 0 {
		lines = append(lines, rest)
	}
	return lines
}
