package repl

import (
	"context"
	"fmt"
	"io"

	"pegashell/repl/lineedit"
)

// edited returns the lines that a person types in a line editor, and keeps them in the history.
type edited struct {
	*lineedit.Editor
	history *History
	diag    io.Writer
}

func newEdited(in *lineedit.Input, out, diag io.Writer, opt Options) *edited {
	history, err := OpenHistory(opt.History)
	if err != nil {
		fmt.Fprintf(diag, "WARNING: %v\n", err)
	}
	editor := lineedit.New(in, out, lineedit.Options{
		Prompt: opt.Prompt, Complete: opt.Complete, History: history.Lines, Color: opt.Color,
	})
	return &edited{Editor: editor, history: history, diag: diag}
}

func (e *edited) Next(ctx context.Context) (string, error) {
	line, err := e.Editor.Next(ctx)
	if err := e.history.Add(line); err != nil { // an empty line is not kept
		fmt.Fprintf(e.diag, "WARNING: %v\n", err)
	}
	return line, err
}

func (e *edited) Interactive() bool { return true }
