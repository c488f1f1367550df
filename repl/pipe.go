package repl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"

	"pegashell/internal/program"
)

// errNobodyReads is the cause of a context that ends because the program after | no longer reads.
// Commands need not report it.
var errNobodyReads = fmt.Errorf("the output is no longer read: %w", syscall.EPIPE)

// intoProgram sends the output to the standard input of a program. As in a Unix shell, once the
// program no longer reads, the command ends at its next output, which is not a failure; Ctrl-C ends
// the command and reaches the program, which may continue. The outcome is the command's failure or,
// if it did not fail, the program's.
func (s *Shell) intoProgram(ctx context.Context, l line) error {
	r, w, err := os.Pipe()
	if err != nil {
		s.note("ERROR: make a pipe: %v", err)
		return err
	}
	defer w.Close()
	cmd := exec.Command("sh", "-c", cmp.Or(l.program, pager()))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, s.Out, s.Err
	whole := s.wholeOr(ctx)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer s.hand(&holder{giveUp: cancel, keeps: true})()
	reader, err := program.Start(cmd)
	r.Close()
	if err != nil {
		s.note("ERROR: %v", err)
		return err
	}
	out := &pipeWriter{w: w, gone: func() { cancel(errNobodyReads) }}
	failure := s.executeTo(ctx, out, l.words)
	w.Close()
	err = reader.Wait(whole)
	switch {
	case leaves(failure) || failure != nil && !out.left.Load() && !diedOfPipe(failure):
		return failure
	case err != nil && whole.Err() == nil:
		return err
	}
	return nil
}

// wholeOr is the context that ends a program which a line uses: that of the shell, for Ctrl-C ends only the
// line; ctx where there is none.
func (s *Shell) wholeOr(ctx context.Context) context.Context {
	if s.whole != nil {
		return s.whole
	}
	return ctx
}

// diedOfPipe reports whether a program ended because its output was closed.
func diedOfPipe(err error) bool {
	var exit *program.ExitError
	return errors.As(err, &exit) && exit.Signal == syscall.SIGPIPE
}

// pager is the program that | without a program runs.
func pager() string {
	if own := os.Getenv("PAGER"); own != "" && !isMissing(own) {
		return own
	}
	if _, err := exec.LookPath("less"); err == nil {
		return "less -FRX" // stay for what fits the window, keep colours, leave the text on the screen
	}
	return "more"
}

// pipeWriter detects that the program no longer reads.
type pipeWriter struct {
	w    *os.File
	gone func()
	left atomic.Bool
}

var _ io.Writer = (*pipeWriter)(nil)

func (p *pipeWriter) Write(data []byte) (int, error) {
	n, err := p.w.Write(data)
	if errors.Is(err, syscall.EPIPE) {
		p.left.Store(true)
		p.gone()
	}
	return n, err
}

// File returns the file that a program can write to directly.
func (p *pipeWriter) File() *os.File { return p.w }
