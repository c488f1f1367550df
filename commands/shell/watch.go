package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
)

const (
	leastWatch = 0.1 // seconds
	mostWatch  = 24 * 60 * 60
	// headRows are the rows of a window that no result gets: the head, an empty one, and the last.
	headRows = 3
)

func watchCommand() *command.Command {
	return &command.Command{
		Name:    "watch",
		Plugin:  command.PluginShell,
		Inward:  true,
		Summary: "repeat a command until Ctrl-C",
		Usage:   "<SECONDS> <COMMAND> [WORD...]",
		Words:   3,
		Plain:   true,
		Args:    []complete.Kind{complete.Free},
		Wraps:   2,
		Notes: "SECONDS, which may be a fraction such as 0.5, pass between two rounds. On a terminal each round replaces the one before and is cut to the window; " +
			"in other cases it is printed below. A round that fails is shown like the others. Commands that change something are refused. " +
			"Ctrl-C ends it, which is not a failure; in a script it ends the script.",
		Examples: []string{"watch 2 ls -d", "watch 60 nodes -d >> nodes.log"},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return watchRun(ctx, env, args) }
		},
	}
}

func watchRun(ctx context.Context, env Env, args []string) error {
	seconds, err := strconv.ParseFloat(args[0], 64)
	if err != nil || math.IsNaN(seconds) || seconds < leastWatch || seconds > mostWatch {
		return outcome.WrongUse("watch: %q is not a number of seconds from %v to %v", args[0], leastWatch, mostWatch)
	}
	words := args[1:]
	if err := env.Registry().MayRepeat(words); err != nil {
		return err
	}
	env.Session().Kept = map[string]any{}
	defer func() { env.Session().Kept = nil }()
	w := &watching{env: env, words: words, every: args[0], screen: render.ScreenOf(env.Out())}
	for {
		err := w.round(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			return nil
		case err != nil:
			return err
		}
		if env.Sleep(ctx, time.Duration(seconds*float64(env.OneSecond()))) != nil {
			return nil
		}
	}
}

// watching is a command that is being repeated.
type watching struct {
	env    Env
	words  []string
	every  string         // seconds, as typed
	screen *render.Screen // nil where rounds are printed below each other
	drawn  bool
}

// round executes the command once. It returns errors of watch itself and wrong uses; any other
// failure is shown, and the command is tried again.
func (w *watching) round(ctx context.Context) error {
	if w.screen == nil {
		if _, err := fmt.Fprintf(w.env.Out(), "%s\n", w.head()); err != nil {
			return err
		}
		err := w.env.Execute(ctx, w.words, nil, nil)
		if _, writeErr := io.WriteString(w.env.Out(), "\n"); writeErr != nil {
			return writeErr
		}
		return fatal(err)
	}
	shown := &pageBuffer{most: w.rows()}
	page := &render.Screen{Writer: shown, Color: w.screen.Color, Width: w.screen.Width, Height: func() int { return shown.most - headRows }}
	err := w.env.Execute(ctx, w.words, page, page)
	if ctx.Err() != nil {
		return nil // an incomplete round would hide the last complete one
	}
	// What the round has printed was made visible when it was; the page moves the cursor.
	if _, err := io.WriteString(w.screen.Writer, w.page(shown)); err != nil {
		return err
	}
	return fatal(err)
}

// fatal reports whether another round would be pointless; the round has printed the error.
func fatal(err error) error {
	if outcome.UsageOf(err) != nil || errors.Is(err, context.Canceled) {
		return outcome.Told(err)
	}
	return nil
}

func (w *watching) head() string {
	name := ""
	if w.env.Cluster() != nil {
		name = w.env.Cluster().Name
	}
	parts := []string{"Every " + w.every + "s: " + strings.Join(w.words, " ")}
	if name != "" {
		parts = append(parts, name)
	}
	return strings.Join(append(parts, w.env.Now().In(w.env.Location()).Format(time.DateTime)), "   ")
}

// page prints a round as one screen. It overwrites what is there, so that nothing flickers, and
// cuts what does not fit into the window.
func (w *watching) page(shown *pageBuffer) string {
	rows := shown.most
	text, total := shown.lines()
	lines := append([]string{render.Shown(render.ToneHeading.Paint(w.screen, w.head())), ""}, text...)
	if total += len(lines) - len(text); total > rows-1 {
		lines = append(lines[:rows-2], fmt.Sprintf("... %d more lines", total-(rows-2)))
	}
	var b strings.Builder
	if !w.drawn {
		b.WriteString("\x1b[2J")
		w.drawn = true
	}
	b.WriteString("\x1b[?7l\x1b[H") // no line continues in the next row
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\n")
	}
	b.WriteString("\x1b[J\x1b[?7h")
	return b.String()
}

// Rows is how many the window has.
func (w *watching) rows() int {
	const vt100, least = 24, 5
	if w.env.Terminal() == nil {
		return vt100
	}
	_, rows, err := term.GetSize(int(w.env.Terminal().Fd()))
	if err != nil || rows <= 0 {
		return vt100
	}
	return max(rows, least)
}
