package commands

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"pegashell/internal/homefile"
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

func sourceCommand() *Command {
	return &Command{
		Name:    "source",
		Plugin:  PluginShell,
		Summary: "carry out the lines of a file",
		Usage:   "[-e|--exit_on_error] [--echo] <FILE>",
		Notes: "The lines are those of the prompt, with `|`, `>` and comments. A line that fails is named by file and number, and the rest goes " +
			"on unless -e is given; the command fails if a line failed. In a file that is itself carried out, a relative FILE is looked for " +
			"beside that one. Questions are answered by the person, or by the next lines of what is piped in, never by the file: use the " +
			"flags of the commands, such as --yes. `exit` leaves the shell.",
		Examples: []string{"source check.pegashell", "source -e --echo migrate.pegashell"},
		Args:     []Kind{kindFile},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o sourceOptions
			flags.BoolVarP(&o.stop, "exit_on_error", "e", false, "stop at the first line that fails")
			flags.BoolVar(&o.echo, "echo", false, "print each line before it is carried out")
			return func(ctx context.Context, env *Env, args []string) error { return sourceRun(ctx, env, &o, args) }
		},
	}
}

func sourceRun(ctx context.Context, env *Env, o *sourceOptions, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return usagef("source: one file is wanted, %d words were given", len(args))
	}
	if env.Line == nil {
		return errors.New("there is no shell to carry out the lines")
	}
	path, err := homefile.Expand(args[0])
	if err != nil {
		return err
	}
	if n := len(env.scripts); n > 0 && !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(env.scripts[n-1]), path)
	}
	if len(env.scripts) == scriptDepth {
		return fmt.Errorf("%s: more than %d files carry out each other", path, scriptDepth)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	env.scripts = append(env.scripts, path)
	defer func() { env.scripts = env.scripts[:len(env.scripts)-1] }()
	return env.carryOut(ctx, o, path, bufio.NewScanner(f))
}

// carryOut carries out the lines of a script.
func (e *Env) carryOut(ctx context.Context, o *sourceOptions, path string, lines *bufio.Scanner) error {
	var failure error
	lines.Buffer(nil, scriptLine)
	n := 1
	for ; lines.Scan(); n++ {
		if o.echo {
			fmt.Fprintf(e.Out, ">>> %s\n", lines.Text())
		}
		err := e.Line(ctx, lines.Text())
		switch {
		case errors.Is(err, ErrExit):
			return e.leave(fmt.Sprintf("%s:%d", path, n), failure, err)
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			fmt.Fprintf(e.Err, "%s:%d: interrupted, the rest is left out\n", path, n)
			return reported(cmp.Or(ctx.Err(), err))
		case err == nil:
			continue
		}
		failure = mixed(failure, err)
		if o.stop {
			fmt.Fprintf(e.Err, "%s:%d: this line failed, the rest is left out\n", path, n)
			return reported(failure)
		}
		fmt.Fprintf(e.Err, "%s:%d: this line failed\n", path, n)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", path, n, err)
	}
	if failure != nil {
		return reported(failure)
	}
	return nil
}

// failedExit leaves the shell after lines that failed.
type failedExit struct{ failure error }

func (e *failedExit) Error() string {
	return fmt.Sprintf("%v, after a failure: %v", ErrExit, e.failure)
}
func (e *failedExit) Unwrap() error { return ErrExit }

// Failure is what the exit code of a script is made of: of several failures the one that they make together.
func (e *failedExit) Failure() error { return e.failure }

// leave is the exit at a place in a script whose lines before made a failure. The exit may be that of another script,
// with failures of its own.
func (e *Env) leave(place string, failure, exit error) error {
	var inner *failedExit
	if errors.As(exit, &inner) {
		fmt.Fprintf(e.Err, "%s: this line failed\n", place)
		failure = mixed(failure, inner.failure)
	}
	if failure == nil {
		return exit
	}
	return &failedExit{failure}
}

// mixed makes one failure of two: its exit code is theirs if they have the same one.
func mixed(failure, next error) error {
	if failure == nil || codeOf(failure) == codeOf(next) {
		return next
	}
	return errors.New("lines failed in several ways")
}

// codeOf is the code that an error has of its own, 1 for none.
func codeOf(err error) int {
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return 1
}
