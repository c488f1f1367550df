package repl

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode"

	"pegashell/repl/lineedit"
)

// Banner is what the shell says first.
type Banner struct {
	Program string   // name and version of this program
	Config  string   // the manifest that was read, empty for none
	Cluster string   // what the cluster calls itself, empty if that is not known
	Metas   []string // the meta servers as the user wrote them
}

// Write prints the banner: the seven lines of the original, of which the first names this program.
func (b Banner) Write(w io.Writer) error {
	_, err := fmt.Fprintf(w, `%s
Type "help" for more information.
Type "Ctrl-D" or "Ctrl-C" to exit the shell.

The config file is: %s
The cluster name is: %s
The cluster meta list is: %s
`, b.Program, cmp.Or(b.Config, "none"), cmp.Or(b.Cluster, "unknown"), strings.Join(b.Metas, ","))
	return err
}

// NewPrompt returns the original's prompt, preceded by the name of a cluster and a warning, which
// may be empty.
func NewPrompt(name, danger string) lineedit.Prompt {
	var p lineedit.Prompt
	if name = printable(name); name != "" {
		p.Text = name + " "
	}
	if danger = printable(danger); danger != "" {
		p.Danger = "[" + danger + "]"
		p.Text += p.Danger + " "
	}
	p.Text += ">>> "
	return p
}

// printable drops what a server should not send to a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
