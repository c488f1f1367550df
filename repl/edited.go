package repl

import (
	"context"
	"fmt"
	"io"

	"pegashell/internal/message"
	"pegashell/repl/lineedit"
)

// edited returns the lines that a person types in a line editor, and keeps them in the history.
type edited struct {
	*lineedit.Editor
	history *History
	note    func(format string, args ...any) // prints a message
}

func newEdited(in *lineedit.Input, out, diag io.Writer, opt Options) *edited {
	note := func(format string, args ...any) { fmt.Fprintln(diag, message.New(format, args...).In(opt.Language)) }
	history, err := OpenHistory(opt.History)
	if err != nil {
		note("WARNING: %v", err)
	}
	editor := lineedit.New(in, out, lineedit.Options{
		Prompt: opt.Prompt, Complete: opt.Complete, History: history.Lines, Color: opt.Color, Language: opt.Language,
	})
	return &edited{Editor: editor, history: history, note: note}
}

func (e *edited) Next(ctx context.Context) (string, error) {
	line, err := e.Editor.Next(ctx)
	if err := e.history.Add(line); err != nil { // an empty line is not kept
		e.note("WARNING: %v", err)
	}
	return line, err
}

// Completes reports whether Tab completes words in a source's lines.
func Completes(source Source) bool {
	_, ok := source.(*edited)
	return ok
}

func (e *edited) Interactive() bool { return true }
