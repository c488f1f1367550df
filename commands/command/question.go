package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

// AskLine prints a question and returns the answer, which is a person's or the next line of a
// script; io.EOF if there is none.
func (e *World) AskLine(ctx context.Context, question string) (string, error) {
	if e.Ask == nil {
		return "", io.EOF
	}
	answer, err := e.Ask(ctx, question)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return answer, err
}

// undone returns the error for a question that was not answered before anything was done.
func undone(err error) error {
	if outcome.IsCanceled(err) {
		return outcome.Worded(message.New("nothing was done"), err)
	}
	return err
}

// errNotConfirmed means that a command was not executed because the question was not answered with
// yes.
var errNotConfirmed = errors.New("not confirmed")

// confirmAttempts is how often the original asks.
const confirmAttempts = 5

// ConfirmUnsafe asks whether to execute an action, in the original's words, until the answer is y
// or n. It returns nil for yes. The end of the input counts as no.
func (e *World) ConfirmUnsafe(ctx context.Context, action string) error {
	for range confirmAttempts {
		answer, err := e.AskLine(ctx, fmt.Sprintf("PLEASE be CAUTIOUS with this operation ! Are you sure to %s ? [y/n]: ", action))
		if err != nil && !errors.Is(err, io.EOF) {
			return undone(err)
		}
		switch {
		case err == nil && answer == "y":
			fmt.Fprintln(e.Out, "you've chosen YES, we will continue ...")
			return nil
		case err != nil || answer == "n":
			fmt.Fprintln(e.Out, "you've chosen NO, we will stop !")
			return outcome.Told(errNotConfirmed)
		}
	}
	fmt.Fprintln(e.Out, "too many failed attempts, we will stop !")
	return outcome.Told(errNotConfirmed)
}

// Warn prints a warning about a danger that does not stop the command.
func (e *World) Warn(format string, args ...any) {
	render.WriteMarked(e.Err, message.New("WARNING: %s\n", message.New(format, args...)).In(e.LanguageOf(e.Err)))
}

// Note prints a line that helps a person, such as the next step.
func (e *World) Note(format string, args ...any) {
	fmt.Fprintln(e.Err, render.Fold(e.Err, message.New(format, args...).In(e.LanguageOf(e.Err))))
}

// Confirm asks for a yes at a terminal. A script cannot be asked: it has to use --yes.
func (e *World) Confirm(ctx context.Context, yes bool, question message.Text) error {
	if yes {
		return nil
	}
	if !e.Interactive {
		return message.Errorf("%s In a script, use --yes", question)
	}
	answer, err := e.AskLine(ctx, question.In(e.Language)+" [y/n]: ")
	if err != nil {
		return undone(err)
	}
	if answer = strings.TrimSpace(answer); answer != "y" && answer != "yes" {
		return message.Errorf("nothing was done: the answer was not y")
	}
	return nil
}
