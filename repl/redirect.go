package repl

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"pegashell/internal/atomicfile"
	"pegashell/internal/outcome"
	"pegashell/internal/sink"
)

// newFile is the mode of a new output file before the umask.
const newFile = 0o666

// executeTo executes words with their output sent to w, as plain text.
func (s *Shell) executeTo(ctx context.Context, w io.Writer, words []string) error {
	out := s.Out
	s.Out = w
	defer func() { s.Out = out }()
	if s.Redirect != nil {
		defer s.Redirect(w)()
	}
	return s.Execute(ctx, words)
}

// intoFile writes the output to a file, which is replaced only if the command came to its end: one
// that failed leaves the file as it was, and the end of what it printed is shown, which may say
// why. A failure that is a result, such as trees that differ, is written.
func (s *Shell) intoFile(ctx context.Context, l line) error {
	var failure error
	before, noFile := os.Stat(l.file)
	err := atomicfile.Write(l.file, newFile, func(w io.Writer) error {
		failure = s.executeTo(ctx, w, l.words)
		if failure == nil || leaves(failure) || outcome.IsResult(failure) && ctx.Err() == nil {
			return nil
		}
		if f, ok := w.(io.ReadSeeker); ok && ctx.Err() == nil && !errors.Is(failure, context.Canceled) && !s.interrupted() {
			s.printEnd(f)
		}
		return failure
	})
	switch {
	case failure != nil && errors.Is(err, failure):
		switch {
		case noFile != nil:
			s.note("%s was not written, because the command failed", l.file)
		case before.Mode().IsRegular(): // others have what was printed
			s.note("%s is unchanged, because the command failed", l.file)
		}
	case err != nil:
		s.note("ERROR: %v", err)
		return err
	}
	return failure
}

// shownLines is how many lines of a command that failed are shown.
const shownLines = 20

// printEnd prints the last lines of the file. A file that cannot be read back, such as a named
// pipe, has passed them on already.
func (s *Shell) printEnd(f io.ReadSeeker) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return
	}
	lines := bufio.NewReader(f)
	var last []string
	left := 0
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			last = append(last, line)
		}
		if len(last) > shownLines {
			last = last[1:]
			left++
		}
		if err != nil {
			break
		}
	}
	if left > 0 {
		s.note("the first %d lines of the output are not shown", left)
	}
	io.WriteString(s.Out, shownOn(s.Out, strings.Join(last, "")))
}

// interrupted reports whether Ctrl-C came during the command, which may not have noticed it.
func (s *Shell) interrupted() bool { return s.watch != nil && s.watch.interrupted() }

// atEndOf appends the output to a file as it comes, so that the file can be watched while it grows.
func (s *Shell) atEndOf(ctx context.Context, l line) error {
	f, err := sink.Open(l.file, os.O_APPEND|os.O_CREATE, newFile)
	if err != nil {
		s.note("ERROR: %v", err)
		return err
	}
	failure := s.executeTo(ctx, f, l.words)
	if err := f.Close(); err != nil && failure == nil {
		s.note("ERROR: %v", err)
		return err
	}
	return failure
}

// leaves reports whether a failure leaves the shell.
func leaves(failure error) bool {
	_, yes := outcome.Leaves(failure)
	return yes
}
