package shelltest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands/command"
)

// Completing gives a completer for a session.
func Completing(t *testing.T, s *Session) *command.Completer {
	t.Helper()
	c := command.NewCompleter(s.Registry, s.Env)
	t.Cleanup(c.Close)
	return c
}

// Over is a patience that has ended.
func Over(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// UntilReached is a patience that ends when a server has a connection.
func UntilReached(t *testing.T, accepted <-chan struct{}) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-accepted
		cancel()
	}()
	return ctx
}

// Lines are the line as it is with each of the candidates.
func Lines(patience context.Context, c *command.Completer, text string) []string {
	var all []string
	r := c.Complete(patience, text)
	for _, candidate := range r.Suggestions {
		all = append(all, text[:r.Start]+candidate.Text)
	}
	return all
}

// CheckLines compares what lines can become, one a line.
func CheckLines(t *testing.T, c *command.Completer, cases map[string]string) {
	t.Helper()
	for text, want := range cases {
		if diff := cmp.Diff(strings.Join(strings.Fields(want), "\n"), strings.Join(flat(Lines(t.Context(), c, text)), "\n")); diff != "" {
			t.Errorf("completions of %q (-want +got):\n%s", text, diff)
		}
	}
}

// flat writes the blanks of lines as underscores of their own kind, so that a case can be read word by word.
func flat(lines []string) []string {
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, " ", "·")
	}
	return lines
}
