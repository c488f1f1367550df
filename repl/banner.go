package repl

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode"

	"pegashell/internal/message"
	"pegashell/repl/lineedit"
)

// Banner is what the shell says first.
type Banner struct {
	Program string   // name and version of this program
	Config  string   // the manifest that was read, empty for none
	Cluster string   // what the cluster calls itself, empty if that is not known
	Metas   []string // the meta servers as the user wrote them
	// Interactive says that a person reads it, in Language.
	Interactive bool
	Language    message.Language
	// Completes says that Tab completes words.
	Completes bool
}

// originalHelp are the original's lines on how to go on.
const originalHelp = `Type "help" for more information.
Type "Ctrl-D" or "Ctrl-C" to exit the shell.`

// Write prints the banner: the seven lines of the original, of which the first names this program.
// For a person the next two say what is true here: one Ctrl-C does not leave.
func (b Banner) Write(w io.Writer) error {
	first := originalHelp
	if b.Interactive {
		help := message.New("Type \"help\" for the commands.")
		if b.Completes {
			help = message.New("Type \"help\" for the commands, Tab to complete a word.")
		}
		leave := message.New("Type \"exit\" or Ctrl-D to leave; Ctrl-C interrupts a command.")
		first = help.In(b.Language) + "\n" + leave.In(b.Language)
	}
	_, err := io.WriteString(w, shownOn(w, fmt.Sprintf(`%s
%s

The config file is: %s
The cluster name is: %s
The cluster meta list is: %s
`, b.Program, first, cmp.Or(b.Config, "none"), cmp.Or(b.Cluster, "unknown"), strings.Join(b.Metas, ","))))
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
