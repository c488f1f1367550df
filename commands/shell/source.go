package shell

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/homefile"
	"pegashell/internal/outcome"
	"pegashell/internal/words"
)

const (
	// scriptDepth is how many scripts may run within each other.
	scriptDepth = 16
	// scriptLine is the longest line of a script, in bytes.
	scriptLine = 1 << 20
)

type sourceOptions struct {
	stop, echo bool
}

func sourceCommand() *command.Command {
	return &command.Command{
		Name:    "source",
		Plugin:  command.PluginShell,
		Summary: "carry out the lines of a file",
		Usage:   "[-e|--exit_on_error] [--echo] <FILE>",
		Notes: "The lines are those of the prompt, with `|`, `>` and comments. A line that fails is named by file and number, and the rest goes " +
			"on unless -e is given; the command fails if a line failed. In a file that is itself carried out, a relative FILE is looked for " +
			"beside that one. Questions are answered by the person, or by the next lines of what is piped in, never by the file: use the " +
			"flags of the commands, such as --yes. `exit` leaves the shell.",
		Examples: []string{"source check.pegashell", "source -e --echo migrate.pegashell"},
		Args:     []complete.Kind{complete.File},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o sourceOptions
			flags.BoolVarP(&o.stop, "exit_on_error", "e", false, "stop at the first line that fails")
			flags.BoolVar(&o.echo, "echo", false, "print each line before it is carried out")
			return func(ctx context.Context, env command.Env, args []string) error { return sourceRun(ctx, env, &o, args) }
		},
	}
}

func sourceRun(ctx context.Context, env Env, o *sourceOptions, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return outcome.WrongUse("source: one file is wanted, %d words were given", len(args))
	}
	path, err := homefile.Expand(args[0])
	if err != nil {
		return err
	}
	if n := len(env.Session().Scripts); n > 0 && !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(env.Session().Scripts[n-1]), path)
	}
	if len(env.Session().Scripts) == scriptDepth {
		return fmt.Errorf("%s: more than %d files carry out each other", path, scriptDepth)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	env.Session().Scripts = append(env.Session().Scripts, path)
	defer func() { env.Session().Scripts = env.Session().Scripts[:len(env.Session().Scripts)-1] }()
	return carryOut(ctx, env, o, path, bufio.NewScanner(f))
}

// carryOut carries out the lines of a script.
func carryOut(ctx context.Context, env Env, o *sourceOptions, path string, lines *bufio.Scanner) error {
	var failure error
	lines.Buffer(nil, scriptLine)
	n := 1
	for ; lines.Scan(); n++ {
		line := lines.Text()
		if n == 1 {
			line = words.WithoutMark(line)
		}
		if o.echo {
			fmt.Fprintf(env.Out(), ">>> %s\n", line)
		}
		err := env.Line(ctx, line)
		before, leaves := outcome.Leaves(err)
		switch {
		case leaves:
			return leave(env, fmt.Sprintf("%s:%d", path, n), failure, before)
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			fmt.Fprintf(env.Err(), "%s:%d: interrupted, the rest is left out\n", path, n)
			return outcome.Told(cmp.Or(ctx.Err(), err))
		case err == nil:
			continue
		}
		failure = outcome.Merge(failure, err)
		if o.stop {
			fmt.Fprintf(env.Err(), "%s:%d: this line failed, the rest is left out\n", path, n)
			return outcome.Told(failure)
		}
		fmt.Fprintf(env.Err(), "%s:%d: this line failed\n", path, n)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", path, n, err)
	}
	if failure != nil {
		return outcome.Told(failure)
	}
	return nil
}

// leave is the exit at a place in a script whose lines before made a failure. The exit may be that of another script,
// with failures of its own, which are inner.
func leave(env Env, place string, failure, inner error) error {
	if inner != nil {
		fmt.Fprintf(env.Err(), "%s: this line failed\n", place)
	}
	return outcome.Leave(outcome.Merge(failure, inner))
}
