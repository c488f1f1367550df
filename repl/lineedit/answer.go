package lineedit

import (
	"context"
	"errors"
	"fmt"
	"io"

	"pegashell/internal/message"
	"pegashell/internal/visible"
)

// Ask prints a question to w and returns the line that answers it, as the terminal driver edits it,
// without its end. Without an answer the error can be printed as it is, and wraps io.EOF, or how
// ctx ended: context.Canceled after Ctrl-C.
func (in *Input) Ask(ctx context.Context, w io.Writer, question string) (string, error) {
	answer, err := in.Answer(ctx, w, question)
	switch {
	case err == nil:
		return answer, nil
	case ctx.Err() != nil:
		return "", &unansweredError{ctx.Err()}
	case errors.Is(err, io.EOF):
		fmt.Fprintln(w) // ends the line of the question
		return "", &unansweredError{io.EOF}
	}
	return "", err
}

// AskPerson is Ask at a terminal: one line that is typed after the question answers it. What was typed before
// is dropped, and so is what came together with the answer: the terminal does not mark a paste meanwhile, and
// the other lines of one would run at once.
func (in *Input) AskPerson(ctx context.Context, w io.Writer, question string) (string, error) {
	in.DropTyped()
	answer, err := in.Ask(ctx, w, visible.Text(question))
	in.DropTyped()
	return answer, err
}

// unansweredError reports that a question got no answer. Only the program needs the reason: the
// person knows it, and "EOF" does not help the author of a script.
type unansweredError struct{ why error }

func (e *unansweredError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *unansweredError) In(l message.Language) string { return message.New("got no answer").In(l) }

func (e *unansweredError) Unwrap() error { return e.why }

// Answer prints a question to w and reads a line. Its errors are those of Line.
func (in *Input) Answer(ctx context.Context, w io.Writer, question string) (string, error) {
	if _, err := io.WriteString(w, question); err != nil {
		return "", fmt.Errorf("ask %q: %w", question, err)
	}
	line, err := in.Line(ctx)
	return trimCR(line), err
}

func trimCR(line string) string {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}
