package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"pegashell/internal/words"
	"pegashell/repl/lineedit"
)

// plain returns lines as they arrive.
type plain struct {
	in        *lineedit.Input
	questions io.Writer
	// prompt goes to questions before each line; only a person sees one; nil for none.
	prompt func() lineedit.Prompt
	person bool
	// read counts the lines that were read, began is the number of the first one of the last command.
	read, began int
	notices     lineedit.Notices
}

func (p *plain) Next(ctx context.Context) (string, error) {
	if !p.person {
		return p.nextOfScript(ctx)
	}
	return lineedit.Joined(func(begun *string) (string, error) { return p.typed(ctx, begun != nil) })
}

// typed returns the next line of a person, which may continue the one before.
func (p *plain) typed(ctx context.Context, continues bool) (string, error) {
	io.WriteString(p.questions, p.notices.Take())
	var prompt string
	switch {
	case continues:
		prompt = lineedit.Continuation
	case p.prompt != nil:
		prompt = p.prompt().Text
	}
	line, err := p.in.Answer(ctx, p.questions, prompt)
	if err != nil {
		fmt.Fprintln(p.questions) // ends the line that the prompt began
	}
	return line, err
}

// nextOfScript returns the next line, with those that continue it.
func (p *plain) nextOfScript(ctx context.Context) (string, error) {
	line, err := p.in.Line(ctx)
	if p.read++; p.read == 1 {
		line = words.WithoutMark(line)
	}
	p.began = p.read
	// Scripts that were written elsewhere have a carriage return at the end of their lines.
	continued := func() (string, bool) { return words.Continued(strings.TrimSuffix(line, "\r")) }
	for begun, more := continued(); err == nil && more; begun, more = continued() {
		var next string
		if next, err = p.in.Line(ctx); err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		p.read++
		line = begun + next
		if err != nil {
			return line, nil // the end of the input is told when the next one is asked for
		}
	}
	return line, err
}

func (p *plain) Ask(ctx context.Context, question string) (string, error) {
	if p.person {
		return p.in.AskPerson(ctx, p.questions, question)
	}
	p.read++
	return p.in.Ask(ctx, p.questions, question)
}

func (p *plain) Interactive() bool { return p.person }
func (p *plain) Discard()          { p.in.Discard() }
func (p *plain) Refresh()          {}
func (p *plain) Close() error      { return p.in.Close() }

// Notice keeps the text until the next line is asked for: what is typed on this terminal cannot be
// drawn again.
func (p *plain) Notice(text string) { p.notices.Add(text) }
