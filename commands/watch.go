package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"
)

const (
	leastWatch = 0.1 // seconds
	mostWatch  = 24 * 60 * 60
)

func watchCommand() *Command {
	return &Command{
		Name:    "watch",
		Plugin:  PluginShell,
		Summary: "repeat a command until Ctrl-C",
		Usage:   "<SECONDS> <COMMAND> [WORD...]",
		Words:   3,
		Plain:   true,
		Args:    []Kind{kindFree},
		Wraps:   2,
		Notes: "So many seconds, also 0.5, pass between two rounds. On a terminal each round takes the place of the one before, cut to the window; " +
			"else it is printed below. A round that fails is shown like the others. Only commands that change nothing are repeated. " +
			"Ctrl-C ends it without a failure; in a script it ends the script.",
		Examples: []string{"watch 2 ls -d", "watch 60 nodes -d >> nodes.log"},
		Prepare:  func(*pflag.FlagSet) Run { return watchRun },
	}
}

func watchRun(ctx context.Context, env *Env, args []string) error {
	seconds, err := strconv.ParseFloat(args[0], 64)
	if err != nil || math.IsNaN(seconds) || seconds < leastWatch || seconds > mostWatch {
		return usagef("watch: %q is no number of seconds from %v to %v", args[0], leastWatch, mostWatch)
	}
	words := args[1:]
	if err := env.registry.mayRepeat(words); err != nil {
		return err
	}
	w := &watching{env: env, words: words, every: args[0], screen: screenOf(env.Out)}
	for {
		err := w.round(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			return nil
		case err != nil:
			return err
		}
		if env.sleep(ctx, time.Duration(seconds*float64(env.second()))) != nil {
			return nil
		}
	}
}

// mayRepeat refuses a line that is carried out once at most: one that changes something, or that cannot be
// carried out at all.
func (r *Registry) mayRepeat(words []string) error {
	c, ok := r.Lookup(words[0])
	switch {
	case !ok:
		return r.missing(words[0])
	case c.Wraps > 0 && c.Reads && len(words) > c.Wraps:
		return r.mayRepeat(words[c.Wraps:])
	case !c.Reads || c.sendsAnother(words[1:]):
		return fmt.Errorf("%s is not repeated: only commands that change nothing are", c.Name)
	}
	return nil
}

// sendsAnother says that words in front of the appended one make servers carry out another command, which may change
// something.
func (c *Command) sendsAnother(args []string) bool {
	if c.Appended == "" {
		return false
	}
	sent, err := c.parse(c.Flags(), nil, append(slices.Clone(args), c.Appended))
	return err == nil && len(sent) > 0 && !slices.Contains(looking, sent[0])
}

// watching is a command that is being repeated.
type watching struct {
	env    *Env
	words  []string
	every  string  // seconds, as typed
	screen *Screen // nil where rounds are printed below each other
	drawn  bool
}

// round carries the command out once. Its error is one of the watching, or a wrong use: what else fails is shown
// and tried again.
func (w *watching) round(ctx context.Context) error {
	if w.screen == nil {
		if _, err := fmt.Fprintf(w.env.Out, "%s\n", w.head()); err != nil {
			return err
		}
		err := w.env.registry.Execute(ctx, w.env, w.words)
		if _, writeErr := io.WriteString(w.env.Out, "\n"); writeErr != nil {
			return writeErr
		}
		return fatal(err)
	}
	shown := &pageBuffer{most: w.rows()}
	page := &Screen{Writer: shown, Color: w.screen.Color}
	out, diag := w.env.Out, w.env.Err
	w.env.Out, w.env.Err = page, page
	err := w.env.registry.Execute(ctx, w.env, w.words)
	w.env.Out, w.env.Err = out, diag
	if ctx.Err() != nil {
		return nil // what is cut short would be in the way of the last whole round
	}
	if _, err := io.WriteString(out, w.page(shown)); err != nil {
		return err
	}
	return fatal(err)
}

// fatal is what makes another round pointless; what a round says of it has been printed.
func fatal(err error) error {
	var usage *UsageError
	if errors.As(err, &usage) || errors.Is(err, context.Canceled) {
		return reported(err)
	}
	return nil
}

func (w *watching) head() string {
	name := ""
	if w.env.Cluster != nil {
		name = w.env.Cluster.Name
	}
	parts := []string{"Every " + w.every + "s: " + strings.Join(w.words, " ")}
	if name != "" {
		parts = append(parts, name)
	}
	return strings.Join(append(parts, w.env.Now().In(w.env.Location).Format(time.DateTime)), "   ")
}

// page is a screen full of the round. It overwrites what is there, so that nothing flickers, and what does not
// fit into the window is cut.
func (w *watching) page(shown *pageBuffer) string {
	rows := shown.most
	text, total := shown.lines()
	lines := append([]string{toneHeading.paint(w.screen, w.head()), ""}, text...)
	if total += 2; total > rows-1 {
		lines = append(lines[:rows-2], fmt.Sprintf("... %d more lines", total-(rows-2)))
	}
	var b strings.Builder
	if !w.drawn {
		b.WriteString("\x1b[2J")
		w.drawn = true
	}
	b.WriteString("\x1b[?7l\x1b[H") // no line goes on in the next row
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\n")
	}
	b.WriteString("\x1b[J\x1b[?7h")
	return b.String()
}

// rows is how many the window has.
func (w *watching) rows() int {
	const vt100, least = 24, 5
	if w.env.Terminal == nil {
		return vt100
	}
	_, rows, err := term.GetSize(int(w.env.Terminal.Fd()))
	if err != nil || rows <= 0 {
		return vt100
	}
	return max(rows, least)
}
