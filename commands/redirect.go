package commands

import (
	"context"
	"errors"
	"io"
	"syscall"

	"pegashell/internal/program"
)

// Redirect sends results to w until back is called.
func (e *Env) Redirect(w io.Writer) (back func()) {
	out := e.Out
	e.Out = w
	return func() { e.Out = out }
}

// unread says that a command failed because nobody reads its output any more: it was canceled for that, its
// output was refused, or its program died of it.
func unread(ctx context.Context, written, failure error) bool {
	var exit *program.ExitError
	return errors.Is(context.Cause(ctx), syscall.EPIPE) || errors.Is(written, syscall.EPIPE) ||
		errors.As(failure, &exit) && exit.Signal == syscall.SIGPIPE
}
