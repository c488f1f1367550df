package repl

import (
	"context"
	"fmt"
	"io"

	"pegashell/internal/visible"
	"pegashell/internal/words"
	"pegashell/repl/lineedit"
)

// plain returns lines as they arrive.
type plain struct {
	in        *lineedit.Input
	questions io.Writer
	// prompt goes to questions before each line; only a person sees one; nil for none.
	prompt  func() lineedit.Prompt
	person  bool
	begun   bool // the first line was given
	notices lineedit.Notices
}

func (p *plain) Next(ctx context.Context) (string, error) {
	if !p.person {
		line, err := p.in.Line(ctx)
		if !p.begun {
			line = words.WithoutMark(line)
		}
		p.begun = true
		return line, err
	}
	io.WriteString(p.questions, p.notices.Take())
	var prompt string
	if p.prompt != nil {
		prompt = p.prompt().Text
	}
	line, err := p.in.Answer(ctx, p.questions, prompt)
	if err != nil {
		fmt.Fprintln(p.questions) // ends the line that the prompt began
	}
	return line, err
}

func (p *plain) Ask(ctx context.Context, question string) (string, error) {
	if p.person {
		question = visible.Text(question)
	}
	return p.in.Ask(ctx, p.questions, question)
}

func (p *plain) Interactive() bool { return p.person }
func (p *plain) Discard()          { p.in.Discard() }
func (p *plain) Refresh()          {}
func (p *plain) Close() error      { return p.in.Close() }

// Notice keeps the text until the next line is asked for: what is typed on this terminal cannot be
// drawn again.
func (p *plain) Notice(text string) { p.notices.Add(text) }
