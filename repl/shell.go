// Package repl is the conversation: it takes lines from a person or a script, splits them into words and has
// them carried out, and keeps the terminal, the signals and the exit code in order while it does. What the
// words mean is not known here. All that happens while a line is typed is the business of package lineedit below.
package repl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"pegashell/internal/outcome"
	"pegashell/internal/words"
	"pegashell/repl/lineedit"
)

// Exit codes of Shell.Run. A signal that ends the shell gives 128 and its number, as a Unix shell reports it.
const (
	ExitOK     = 0 // a script whose commands all succeeded, or a person who left
	ExitFailed = 1 // a script with a command that failed, or standard input or output that failed; see package outcome
	ExitUsage  = 2 // wrong use of the program; for main, Run never gives it
)

// Shell carries out lines until there are no more.
type Shell struct {
	// Source gives the lines.
	Source Source
	// Out and Err take what the shell itself has to say.
	Out, Err io.Writer
	// Execute carries out the words of one line, at least one. It tells about its errors itself; what they mean is
	// said by package outcome.
	Execute func(ctx context.Context, words []string) error
	// Redirect sends what Execute prints to w, as plain text, until back is called; nil where only Out is used.
	Redirect func(w io.Writer) (back func())
	// Typing is called when a line is waited for, done when that is over; nil for nothing to be done.
	Typing func() (done func())
	// Terminal is the one that other programs may change the settings of; nil for none.
	Terminal *os.File
	// StopAtFailure ends a script at its first command that fails. A person is never thrown out.
	StopAtFailure bool

	// twice is how soon a second Ctrl-C must follow the first to end the shell, a second if it is 0. Tests lengthen it,
	// since a machine that is busy takes its time between the two.
	twice time.Duration
	// failure is what the failures so far make together, nil for none.
	failure error
	watch   *watch
	// whole ends when the shell is to end.
	whole context.Context
}

// stopPatience is how long a command may take to stop when the shell is to end.
const stopPatience = 3 * time.Second

// Run reads and carries out lines until the end of the input, the exit command, or a signal, and gives the
// exit code of the program.
//
// SIGINT (Ctrl-C) cancels the command that runs; at the prompt it drops the line, and a script ends after it,
// since its next commands may rely on the one that was cut short. Twice within a second it ends the shell of a
// person too. SIGTERM, SIGHUP and SIGQUIT cancel the command and end the shell. A command that has not stopped
// some seconds after the shell was to end is left behind; another Ctrl-C kills the shell at once. Signals that
// the parent process made ignored stay ignored.
func (s *Shell) Run(ctx context.Context) int {
	sig := newSignals()
	sig.listen(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer sig.stop()
	return s.run(ctx, sig)
}

func (s *Shell) run(ctx context.Context, sig *signals) int {
	w := startWatch(ctx, sig, s.Source.Interactive(), cmp.Or(s.twice, time.Second), s.Err)
	defer w.stop()
	s.watch, s.whole = w, w.ctx
	if e, ok := s.Source.(*edited); ok {
		e.Again = w.again
	}
	for {
		line, err := s.read(w)
		switch {
		case w.ctx.Err() != nil:
			return w.exitCode()
		case errors.Is(err, io.EOF):
			return s.exitCode()
		case errors.Is(err, lineedit.ErrInterrupted):
			if line != "" {
				fmt.Fprintln(s.Err, notBegun)
			}
			continue
		case err != nil:
			fmt.Fprintf(s.Err, "ERROR: %v\n", err)
			return ExitFailed
		}
		if last := s.carryOut(w, line); last {
			if w.ctx.Err() != nil {
				return w.exitCode()
			}
			return s.exitCode()
		}
	}
}

func (s *Shell) read(w *watch) (string, error) {
	ctx, done := w.step(false)
	defer done()
	if s.Typing != nil {
		defer s.Typing()()
	}
	line, err := s.Source.Next(ctx)
	switch {
	case !errors.Is(err, lineedit.ErrInterrupted):
	case ctx.Err() == nil: // a key, and no signal, where a line editor reads it
		if line != "" {
			w.typed()
		}
		w.handle(os.Interrupt)
	default:
		s.Source.Discard()
	}
	return line, err
}

func (s *Shell) exitCode() int {
	if s.Source.Interactive() {
		return ExitOK
	}
	return outcome.Code(s.failure)
}

// carryOut does what a line says and reports whether that was the last one.
func (s *Shell) carryOut(w *watch, line string) (last bool) {
	if line == "" || line[0] == 0 { // a C string without characters
		if !s.Source.Interactive() {
			fmt.Fprintln(s.Out, invalid) // as the original, but nothing that failed: there is no command
		}
		return false
	}
	if told := hint(line); told != "" && s.Source.Interactive() {
		fmt.Fprintf(s.Err, "HINT: %s\n", told)
	}
	err := s.execute(w, line)
	if err == nil {
		return false
	}
	if before, leaves := outcome.Leaves(err); leaves {
		s.failure = outcome.Merge(s.failure, before)
		return true
	}
	s.failure = outcome.Merge(s.failure, err)
	return s.StopAtFailure && !s.Source.Interactive() || w.ctx.Err() != nil
}

// invalid is what the original prints for a line without words.
const invalid = "Invalid argument(s)"

// notBegun tells of a Ctrl-C that came between the end of a line and the beginning of its command.
const notBegun = "interrupted: the command did not begin"

func (s *Shell) execute(w *watch, line string) error {
	ctx, done := w.step(true)
	defer done()
	if w.interrupted() {
		s.Source.Discard()
		fmt.Fprintln(s.Err, notBegun)
		return lineedit.ErrInterrupted
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Line(ctx, line) }()
	select {
	case err := <-ended:
		if w.interrupted() {
			s.Source.Discard() // lines typed ahead belonged to what was interrupted
		}
		return err
	case <-w.abandoned:
		fmt.Fprintf(s.Err, "The command did not stop within %v and is left as it is.\n", stopPatience)
		return lineedit.ErrInterrupted
	}
}

// Line carries out one line and tells about what is wrong with it. A command that has lines of its own carried
// out, such as a script's, may call it while it runs.
func (s *Shell) Line(ctx context.Context, text string) error {
	l, err := parseLine(text)
	switch {
	case errors.Is(err, words.ErrQuotes):
		fmt.Fprintln(s.Out, invalid)
		return err
	case err != nil:
		fmt.Fprintf(s.Err, "ERROR: %v\n", err)
		return err
	case len(l.words) == 0:
		return nil
	}
	switch l.to {
	case toFile:
		return s.intoFile(ctx, l)
	case toEnd:
		return s.atEndOf(ctx, l)
	case toProgram:
		return s.intoProgram(ctx, l)
	}
	return s.Execute(ctx, l.words)
}
