package lineedit

import (
	"errors"
	"io"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/words"
)

// Continuation is the prompt of a line that continues the one before.
const Continuation = "> "

// Joined returns the next line, with those that continue it. next reads a line; begun is what there is
// already of the line that it continues, nil for none. The end of the input within a line, as by Ctrl-D,
// gives that up. next may return a line with its error, as Editor.Next does; so does Joined.
func Joined(next func(begun *string) (string, error)) (string, error) {
	line, err := next(nil)
	for err == nil {
		begun, more := words.Continued(line)
		if !more {
			break
		}
		switch line, err = next(&begun); {
		case errors.Is(err, io.EOF):
			line, err = next(nil)
		case err == nil || line != "":
			line = begun + line
		}
	}
	return line, err
}

// commandsIn is how many commands the lines of a text are.
func commandsIn(text string) (commands int) {
	begun, more := "", false
	for line := range strings.SplitSeq(text, lineBreak) {
		if begun, more = words.Continued(begun + line); !more {
			commands++
			begun = ""
		}
	}
	if more { // what continues it is yet to be typed
		commands++
	}
	return commands
}

// pastedHint is shown below a line of several pasted ones; empty for a single line.
func pastedHint(text string, l message.Language) string {
	lines := strings.Count(text, lineBreak) + 1
	switch commands := commandsIn(text); {
	case lines == 1:
		return ""
	case commands == 1:
		return message.New("%d lines pasted, which are one command: Enter runs it, Ctrl-C drops it", lines).In(l)
	case commands < lines:
		return message.New("%d lines pasted, which are %d commands: Enter runs them, Ctrl-C drops them", lines, commands).In(l)
	}
	return message.New("%d lines pasted, Enter runs them, Ctrl-C drops them", lines).In(l)
}
