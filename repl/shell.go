// Package repl is the conversation: it reads lines from a person or a script, splits them into
// words and calls a function that executes them. It manages the terminal, the signals and the exit
// code. What the words mean is not known here. Package lineedit, below this one, does everything
// that happens while a line is typed.
package repl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/words"
	"pegashell/repl/lineedit"
)

// Exit codes of Shell.Run. For a signal that ends the shell it is 128 plus the signal's number, as
// a Unix shell reports it.
const (
	ExitOK     = 0 // a script whose commands all succeeded, or a person who left
	ExitFailed = 1 // a script with a command that failed, or standard input or output that failed; see package outcome
	ExitUsage  = 2 // wrong use of the program; for main, Run never returns it
)

// Shell executes lines until there are no more.
type Shell struct {
	// Source returns the lines.
	Source Source
	// Out and Err receive the shell's own messages.
	Out, Err io.Writer
	// Language is that of the shell's own messages.
	Language message.Language
	// Execute executes the words of one line, at least one. It prints its errors itself; package
	// outcome defines what they mean.
	Execute func(ctx context.Context, words []string) error
	// Redirect sends what Execute prints to w, as plain text, until back is called; nil where only
	// Out is used.
	Redirect func(w io.Writer) (back func())
	// Typing is called when the shell waits for a line, and done when it stops waiting; nil if
	// nothing needs to be done.
	Typing func() (done func())
	// Terminal is the terminal whose settings other programs may change; nil for none.
	Terminal *os.File
	// Pager shows long output of a person's lines, nil for none; Pages reports for which lines.
	Pager *Pager
	Pages func(words []string) bool
	// StopAtFailure ends a script at its first command that fails. The shell of a person goes on.
	StopAtFailure bool

	// twice is how soon a second Ctrl-C must follow the first to end the shell, a second if it is
	// 0. Tests set a longer time, since a busy machine may take long between the two.
	twice time.Duration
	// failure is all failures so far, merged; nil for none.
	failure error
	// status is the exit code that a command named; nil for that of the failures.
	status *int
	// firstFailed: the first line of a script has failed, which was not said yet.
	firstFailed bool
	watch       *watch
	// whole ends when the shell must end.
	whole context.Context
}

// stopPatience is how long a command may take to stop when the shell ends.
const stopPatience = 3 * time.Second

// Run reads and executes lines until the end of the input, the exit command, or a signal, and
// returns the exit code of the program.
//
// SIGINT (Ctrl-C) cancels the command that runs; at the prompt it drops the line, and a script ends
// after it, since its next commands may rely on the one that was cut short. Twice within a second
// it ends the shell of a person too. SIGTERM, SIGHUP and SIGQUIT cancel the command and end the
// shell. A command that has not stopped some seconds after the shell was to end is not waited for;
// another Ctrl-C kills the shell at once. Signals that the parent process made ignored stay
// ignored.
func (s *Shell) Run(ctx context.Context) int {
	sig := newSignals()
	sig.listen(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer sig.stop()
	return s.run(ctx, sig)
}

func (s *Shell) run(ctx context.Context, sig *signals) int {
	w := startWatch(ctx, sig, s.Source.Interactive(), cmp.Or(s.twice, time.Second), s.note)
	defer w.stop()
	s.watch, s.whole = w, w.ctx
	if e, ok := s.Source.(*edited); ok {
		e.Again, e.Entered, e.EditOutside = w.again, w.typed, s.editLine
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
				s.note(notBegun)
			}
			continue
		case err != nil:
			s.note("ERROR: %v", err)
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
	case ctx.Err() == nil: // where a line editor reads it, it is a key and not a signal
		if line != "" {
			w.typed()
		}
		w.handle(os.Interrupt)
	default:
		s.Source.Discard()
	}
	return line, err
}

// note prints a message of the shell itself; the format is a constant.
func (s *Shell) note(format string, args ...any) {
	s.Pager.flushHeld()
	fmt.Fprintln(s.Err, shownOn(s.Err, message.New(format, args...).In(s.Language)))
}

func (s *Shell) exitCode() int {
	if s.status != nil {
		return *s.status
	}
	if s.Source.Interactive() {
		return ExitOK
	}
	return outcome.Code(s.failure)
}

// carryOut executes a line and reports whether it was the last one.
func (s *Shell) carryOut(w *watch, line string) (last bool) {
	s.nameFirstLine()
	if line == "" || line[0] == 0 { // a C string without characters
		if !s.Source.Interactive() {
			fmt.Fprintln(s.Out, invalid) // as the original, but not a failure: there is no command
		}
		return false
	}
	if command, outside := strings.CutPrefix(strings.TrimLeft(line, " \t"), shellSign); outside && s.Source.Interactive() {
		return s.carriedOut(w, s.execute(w, func(ctx context.Context) error { return s.runOutside(ctx, strings.TrimSpace(command)) }))
	}
	if sign := words.Joiner(line); sign != "" {
		if s.Source.Interactive() {
			s.note("HINT: %s joins no commands here: type each on a line of its own, or put it in quotes for an argument. Nothing was run.", sign)
			return false
		}
		if _, ok := s.Source.(*given); ok {
			s.note("HINT: %s joins no commands here: give each with a -x of its own, or put it in quotes for an argument. Nothing was run.", sign)
			return s.carriedOut(w, errJoined)
		}
	}
	if told := hint(line); !told.IsZero() && s.Source.Interactive() {
		s.note("HINT: %s", told)
	}
	return s.carriedOut(w, s.execute(w, func(ctx context.Context) error { return s.Line(ctx, line) }))
}

// carriedOut takes the outcome of a line, and reports whether the line was the last one.
func (s *Shell) carriedOut(w *watch, err error) (last bool) {
	if err == nil {
		return false
	}
	if before, leaves := outcome.Leaves(err); leaves {
		if status, named := outcome.StatusOf(err); named {
			s.status = &status
		}
		s.failure = outcome.Merge(s.failure, before)
		return true
	}
	s.failure = outcome.Merge(s.failure, err)
	s.nameLine(err)
	return s.StopAtFailure && !s.Source.Interactive() || w.ctx.Err() != nil
}

// nameLine says which line of a script has failed. Of the first one that is said when another comes: a
// script of one line needs no number.
func (s *Shell) nameLine(err error) {
	p, ok := s.Source.(*plain)
	switch {
	case !ok || p.person || outcome.IsResult(err):
	case p.began > 1 || s.StopAtFailure:
		s.note("line %d failed", p.began)
	default:
		s.firstFailed = true
	}
}

// nameFirstLine says that the first line has failed, as another one has come.
func (s *Shell) nameFirstLine() {
	if s.firstFailed {
		s.firstFailed = false
		s.note("line %d failed", 1)
	}
}

// invalid is what the original prints for a line without words.
const invalid = "Invalid argument(s)"

// errJoined is the failure of a line that was not run because its commands are joined; it is said before.
var errJoined = errors.New("commands are joined")

// notBegun is printed for a Ctrl-C that came between the end of a line and the beginning of its
// command.
const notBegun = "interrupted: the command was not started"

// execute carries out a line; do ends at the latest with its context.
func (s *Shell) execute(w *watch, do func(ctx context.Context) error) error {
	ctx, done := w.step(true)
	defer done()
	if w.interrupted() {
		s.Source.Discard()
		s.note(notBegun)
		return lineedit.ErrInterrupted
	}
	ended := make(chan error, 1)
	go func() { ended <- do(ctx) }()
	select {
	case err := <-ended:
		if w.interrupted() {
			s.Source.Discard() // lines typed ahead belonged to what was interrupted
		}
		return err
	case <-w.abandoned:
		s.note("The command did not stop within %v: the shell ends without waiting for it.", stopPatience)
		return lineedit.ErrInterrupted
	}
}

// Line executes one line and prints what is wrong with it. A command that executes lines itself,
// such as those of a script, may call it while it runs.
func (s *Shell) Line(ctx context.Context, text string) error {
	l, err := parseLine(text)
	switch {
	case errors.Is(err, words.ErrQuotes):
		fmt.Fprintln(s.Out, invalid)
		s.note("HINT: a quote is not closed, or no blank follows the closing one; in single quotes a word stays as it is: '{\"a\": 1}'")
		return err
	case err != nil:
		s.note("ERROR: %v", err)
		return err
	case len(l.words) == 0:
		return nil
	}
	if sign := words.Joiner(text); sign != "" { // of a script
		s.note("HINT: %s joins no commands here, it is a part of the line's command", sign)
	}
	switch l.to {
	case toFile:
		return s.intoFile(ctx, l)
	case toEnd:
		return s.atEndOf(ctx, l)
	case toProgram:
		return s.intoProgram(ctx, l)
	}
	if s.Pager != nil && s.Pages(l.words) {
		return s.paged(ctx, l.words)
	}
	return s.Execute(ctx, l.words)
}
