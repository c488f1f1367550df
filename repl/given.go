package repl

import (
	"context"
	"io"

	"pegashell/internal/message"
)

// given returns lines of the command line. Nobody answers questions.
type given struct{ lines []string }

func (g *given) Next(context.Context) (string, error) {
	if len(g.lines) == 0 {
		return "", io.EOF
	}
	line := g.lines[0]
	g.lines = g.lines[1:]
	return line, nil
}

func (g *given) Ask(context.Context, string) (string, error) {
	return "", &unansweredError{}
}

func (g *given) Interactive() bool { return false }
func (g *given) Discard()          {}
func (g *given) Refresh()          {}
func (g *given) Notice(string)     {}
func (g *given) Close() error      { return nil }

// unansweredError reports that nobody can answer.
type unansweredError struct{}

func (e *unansweredError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *unansweredError) In(l message.Language) string {
	return message.New("got no answer: a command given to the program asks nobody").In(l)
}

func (e *unansweredError) Unwrap() error { return io.EOF }
