package repl

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/c-bata/go-prompt"
)

// maxSuggestions is how many lines of completions are shown at a time.
const maxSuggestions = 6

// editor gives lines that are typed in go-prompt's line editor, one call of it a line, so that commands run
// in the terminal's own settings: Ctrl-C is a signal then, and output lines end as they should.
type editor struct {
	keys    *keyboard
	screen  *screen
	prefix  string
	prompt  *prompt.Prompt
	history *History
	out     io.Writer
	diag    io.Writer
	quit    bool // go-prompt is to leave the line being typed
}

func newEditor(in *input, out, diag io.Writer, opt Options) *editor {
	history, err := OpenHistory(opt.History)
	if err != nil {
		fmt.Fprintf(diag, "WARNING: %v\n", err)
	}
	s := &screen{ConsoleWriter: prompt.NewStdoutWriter()}
	e := &editor{keys: &keyboard{in: in, screen: s}, screen: s, prefix: promptText(opt), history: history, out: out, diag: diag}
	e.prompt = prompt.New(
		func(string) {}, // Input gives the line back instead
		suggestions(opt.Complete),
		prompt.OptionParser(e.keys),
		prompt.OptionWriter(s),
		prompt.OptionPrefix(promptText(opt)),
		prompt.OptionPrefixTextColor(prompt.DefaultColor),
		prompt.OptionAddKeyBind(
			prompt.KeyBind{Key: endKey, Fn: e.endOrDelete},
			prompt.KeyBind{Key: quitKey, Fn: e.giveUp},
			prompt.KeyBind{Key: resizeKey, Fn: e.interruptLine},
		),
		prompt.OptionSetExitCheckerOnInput(func(string, bool) bool { return e.quit }),
	)
	return e
}

// suggestions completes the last word as go-prompt does.
func suggestions(complete func(string) Completion) prompt.Completer {
	return func(line prompt.Document) []prompt.Suggest {
		var found []prompt.Suggest
		if complete == nil || line.TextBeforeCursor() == "" {
			return nil
		}
		for _, s := range complete(line.TextBeforeCursor()).Suggestions {
			found = append(found, prompt.Suggest{Text: s.Text, Description: s.Description})
		}
		return found
	}
}

// endOrDelete is Ctrl-D: the end on an empty line, else it deletes the character under the cursor.
func (e *editor) endOrDelete(line *prompt.Buffer) {
	if line.Text() != "" {
		line.Delete(1)
		e.keys.held.Store(false)
		return
	}
	e.keys.finish(io.EOF)
	e.quit = true
}

// giveUp drops the line; go-prompt would bring it back in the next one.
func (e *editor) giveUp(line *prompt.Buffer) {
	line.CursorRight(len([]rune(line.Document().TextAfterCursor())))
	line.DeleteBeforeCursor(len([]rune(line.Text())))
	e.quit = true
}

// interruptLine makes go-prompt leave a line that it will take up again: it asks for the window's size only at
// the beginning. The terminal is expected to have wrapped the line anew.
func (e *editor) interruptLine(line *prompt.Buffer) {
	width := len(e.prefix) + line.DisplayCursorPosition()
	e.screen.rows = width / int(e.keys.GetWinSize().Col)
	e.screen.clearing = true
	e.quit = true
}

func (e *editor) Next(ctx context.Context) (string, error) {
	e.keys.start(ctx)
	defer watchWindow(e.keys)()
	e.apply(prompt.OptionHistory(e.history.Lines()))
	line := e.input()
	for e.screen.clearing {
		line = e.input()
	}
	if err := e.keys.ended(); err != nil {
		return "", err
	}
	if err := e.history.Add(line); err != nil {
		fmt.Fprintf(e.diag, "WARNING: %v\n", err)
	}
	return line, nil
}

// input has one line typed, or the one that was interrupted finished.
func (e *editor) input() string {
	e.quit = false
	e.screen.clearing = false
	e.keys.held.Store(false)
	e.apply(prompt.OptionMaxSuggestion(suggestionsIn(e.keys.GetWinSize())))
	return e.prompt.Input()
}

// watchWindow tells the keyboard when the window's size changes, until stop.
func watchWindow(k *keyboard) (stop func()) {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case <-changed:
				k.resize()
			case <-quit:
				return
			}
		}
	})
	return func() {
		signal.Stop(changed)
		close(quit)
		done.Wait()
	}
}

// apply sets options that change from line to line. These cannot fail.
func (e *editor) apply(options ...prompt.Option) {
	for _, option := range options {
		option(e.prompt)
	}
}

// suggestionsIn fits the completions below the line: go-prompt refuses to draw a prompt that has no room
// for all of them.
func suggestionsIn(size *prompt.WinSize) uint16 {
	return uint16(max(1, min(maxSuggestions, int(size.Row)-2)))
}

// Ask reads the answer as the terminal driver edits it, so that Ctrl-C interrupts the command that asks. What
// was typed ahead counts.
func (e *editor) Ask(ctx context.Context, question string) (string, error) {
	in := e.keys.in
	in.buf = pasted(in.buf)
	shown := question + typedAhead(in.buf)
	return ask(ctx, in, e.out, shown)
}

// typedAhead is the part of the input that the answer will begin with: the driver has not echoed it.
func typedAhead(buf []byte) string {
	for i, c := range buf {
		if c == '\n' {
			return string(buf[:i+1])
		}
	}
	return string(buf)
}

func (e *editor) Interactive() bool { return true }
func (e *editor) Discard()          { e.keys.in.buf = nil }

// Refresh does nothing yet: the prompt is drawn at each line.
func (e *editor) Refresh() {}

func (e *editor) Close() error { return e.keys.in.close() }

func promptText(opt Options) string {
	if opt.Prompt == nil {
		return ""
	}
	return opt.Prompt().Text
}
