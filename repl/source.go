package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Source gives the lines that the loop carries out.
type Source interface {
	// Next gives the next line without its line feed: io.EOF when there is none, the context's cause when
	// that ends first. The key Ctrl-C gives errInterrupted, with the line if it came behind its end.
	Next(ctx context.Context) (string, error)
	// Ask prints the question and gives the line that answers it, without its end: a person's, or the next
	// line of a script. Its errors can be told as they are. Without an answer they wrap io.EOF, or how ctx
	// ended: context.Canceled after Ctrl-C.
	Ask(ctx context.Context, question string) (string, error)
	// Interactive says that a person types the lines.
	Interactive() bool
	// Discard forgets lines that were typed ahead.
	Discard()
	// Refresh has the line that is being edited drawn anew, with a prompt and completions that are asked for
	// again. At other times it does nothing. It can be called from any goroutine and does not wait.
	Refresh()
	// Notice tells the person something that is not the result of a command: above the line that is being
	// edited, else before the next one. Like Refresh it does not wait. A script is told nothing.
	Notice(text string)
	// Close frees the source. Standard input stays open.
	Close() error
}

// Options says how a source for standard input behaves.
type Options struct {
	// Prompt gives what stands in front of what is typed at a terminal. It is asked each time that the line
	// is drawn and must not wait for anything; nil gives none.
	Prompt func() Prompt
	// Complete completes the line before the cursor; nil completes nothing. It is called for every text that
	// is typed, one call at a time but from a goroutine of its own, and may take up to 100 ms. Only a line
	// editor calls it.
	Complete func(text string) Completion
	// Color says whether the line editor may use colours. It should be false if NO_COLOR is set and not
	// empty (no-color.org). Hints need colours: without them they could not be told from what is typed.
	Color bool
	// History is the file that keeps the lines typed at a terminal; empty for none. See OpenHistory.
	History string
}

// Open gives the source that fits the files: a line editor if in and out are a terminal that can be
// addressed, lines as the terminal driver edits them on other terminals, plain lines else. If a person types
// but out is no terminal, prompts and questions go to diag so that they are seen and out stays clean.
func Open(in, out, diag *os.File, opt Options) (Source, error) {
	lines, err := newInput(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	if !isTerminal(in) {
		return &plain{in: lines, questions: out}, nil
	}
	if isTerminal(out) && addressable(os.Getenv("TERM")) && haveControllingTerminal() {
		return newEditor(lines, out, diag, opt), nil
	}
	seen := io.Writer(out)
	if !isTerminal(out) {
		seen = diag
	}
	return &plain{in: lines, questions: seen, prompt: opt.Prompt, person: true}, nil
}

// addressable says whether a terminal of that kind can move its cursor. The names are those that the
// original's line editor knows as unable.
func addressable(kind string) bool {
	switch kind {
	case "", "dumb", "cons25", "emacs":
		return false
	}
	return true
}

// haveControllingTerminal is asked because go-prompt opens /dev/tty and panics if it cannot.
func haveControllingTerminal() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	return tty.Close() == nil
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// plain gives lines as they come.
type plain struct {
	in        *input
	questions io.Writer
	// prompt goes to questions before each line; only a person sees one, nil for none.
	prompt  func() Prompt
	person  bool
	notices notices
}

func (p *plain) Next(ctx context.Context) (string, error) {
	if !p.person {
		return p.in.line(ctx)
	}
	p.tell()
	var prompt string
	if p.prompt != nil {
		prompt = p.prompt().Text
	}
	line, err := readAnswer(ctx, p.in, p.questions, prompt)
	if err != nil {
		fmt.Fprintln(p.questions) // ends the line that the prompt began
	}
	return line, err
}

func (p *plain) Ask(ctx context.Context, question string) (string, error) {
	return ask(ctx, p.in, p.questions, question)
}

func (p *plain) Interactive() bool { return p.person }
func (p *plain) Discard()          { p.in.buf = nil }
func (p *plain) Refresh()          {}
func (p *plain) Close() error      { return p.in.close() }

// ask is Ask on an input.
func ask(ctx context.Context, in *input, w io.Writer, question string) (string, error) {
	answer, err := readAnswer(ctx, in, w, question)
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

// unansweredError says that a question got no answer. Why is for the program: the person knows, and "EOF"
// tells a script's author nothing.
type unansweredError struct{ why error }

func (e *unansweredError) Error() string { return "no answer was given" }
func (e *unansweredError) Unwrap() error { return e.why }

// readAnswer prints the question and reads a line.
func readAnswer(ctx context.Context, in *input, w io.Writer, question string) (string, error) {
	if _, err := io.WriteString(w, question); err != nil {
		return "", fmt.Errorf("ask %q: %w", question, err)
	}
	line, err := in.line(ctx)
	return trimCR(line), err
}

func trimCR(line string) string {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}
