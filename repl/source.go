package repl

import (
	"context"
	"io"
	"os"

	"golang.org/x/term"

	"pegashell/internal/message"
	"pegashell/internal/suggestion"
	"pegashell/repl/lineedit"
)

// Source returns the lines that the loop executes.
type Source interface {
	// Next returns the next line without its line feed: io.EOF when there is none, the context's
	// cause when that ends first. The key Ctrl-C returns lineedit.ErrInterrupted, with the line if
	// it came after its end.
	Next(ctx context.Context) (string, error)
	// Ask prints the question and returns the line that answers it, without its end: a person's, or
	// the next line of a script. Its errors can be printed as they are. Without an answer they wrap
	// io.EOF, or how ctx ended: context.Canceled after Ctrl-C.
	Ask(ctx context.Context, question string) (string, error)
	// Interactive reports whether a person types the lines.
	Interactive() bool
	// Discard forgets lines that were typed ahead.
	Discard()
	// Refresh draws the line that is being edited again, with a new prompt and new completions. If
	// no line is being edited it does nothing. It can be called from any goroutine and does not
	// wait.
	Refresh()
	// Notice shows the user something that is not the result of a command: above the line that is
	// being edited or, if there is none, before the next one. Like Refresh it does not wait. In a
	// script it shows nothing.
	Notice(text string)
	// Close frees the source. Standard input stays open.
	Close() error
}

// Options says how a source for standard input behaves.
type Options struct {
	// Lines are carried out in place of those of standard input, if there are any.
	Lines []string
	// Prompt returns the text before what is typed at a terminal. It is called each time that the
	// line is drawn and must not wait for anything; nil means no prompt.
	Prompt func() lineedit.Prompt
	// Complete completes the line before the cursor with what is known when patience ends; nil
	// completes nothing. Only a line editor calls it, in the goroutine of Next. When more becomes
	// known, Refresh is called.
	Complete func(patience context.Context, text string) suggestion.Completion
	// Color reports whether the line editor may use colours. It should be false if NO_COLOR is set
	// and not empty (no-color.org). Hints need colours: without colours they would look like what
	// is typed.
	Color bool
	// Language is that of messages for the person.
	Language message.Language
	// History is the file that keeps the lines typed at a terminal; empty for none. See
	// OpenHistory.
	History string
}

// Open returns the source that fits: lines that were given, or by the files a line editor if in and out are a terminal that can
// be addressed, lines as the terminal driver edits them on other terminals, and plain lines
// otherwise. If a person types but out is no terminal, prompts and questions go to diag so that
// they are seen and out stays clean.
func Open(in, out, diag *os.File, opt Options) (Source, error) {
	if len(opt.Lines) > 0 {
		return &given{opt.Lines}, nil
	}
	lines, err := lineedit.NewInput(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	if !isTerminal(in) {
		return &plain{in: lines, questions: out}, nil
	}
	if lineedit.Usable(out) {
		return newEdited(lines, out, diag, opt), nil
	}
	seen := io.Writer(out)
	if !isTerminal(out) {
		seen = diag
	}
	return &plain{in: lines, questions: seen, prompt: opt.Prompt, person: true}, nil
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
