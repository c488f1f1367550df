package repl

import (
	"strings"

	"github.com/c-bata/go-prompt"
)

// completer suggests commands for the first word of a line, whatever its case, as the original does. What it
// gives depends on the text alone: go-prompt asks again while a suggestion is selected, and would reach
// behind the end of a list that became shorter.
func completer(commands []Command) prompt.Completer {
	return func(line prompt.Document) []prompt.Suggest {
		word := line.TextBeforeCursor()
		if word == "" || strings.ContainsAny(word, " \t") {
			return nil
		}
		var found []prompt.Suggest
		for _, c := range commands {
			if len(c.Name) >= len(word) && strings.EqualFold(c.Name[:len(word)], word) {
				found = append(found, prompt.Suggest{Text: c.Name, Description: c.Summary})
			}
		}
		if len(found) == 1 && found[0].Text == line.Text {
			return nil // nothing is left to complete
		}
		return found
	}
}
