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
	"pegashell/internal/message"
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
		Inward:  true,
		Summary: "execute the lines of a file",
		Usage:   "[-e|--exit_on_error] [--echo] <FILE>",
		Notes: "The lines are written as at the prompt, with `|`, `>`, comments and `\\` at the end of lines. A line that fails is reported with file and number, and the other lines " +
			"are still executed, except with -e; the command fails if a line failed. If a script calls source with a relative FILE, it is searched " +
			"in the folder of that script. Answers to questions come from the person or from the next lines of the pipe, never from the file: use the " +
			"flags of the commands, such as --yes. `exit` leaves the shell, `exit N` with that exit code.",
		Examples: []string{"source check.pegashell", "source -e --echo migrate.pegashell"},
		Args:     []complete.Kind{complete.File},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o sourceOptions
			flags.BoolVarP(&o.stop, "exit_on_error", "e", false, "stop at the first line that fails")
			flags.BoolVar(&o.echo, "echo", false, "print each line before it is executed")
			return func(ctx context.Context, env command.Env, args []string) error { return sourceRun(ctx, env, &o, args) }
		},
	}
}

func sourceRun(ctx context.Context, env Env, o *sourceOptions, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return outcome.WrongUse("source needs exactly one file, got %d arguments", len(args))
	}
	path, err := homefile.Expand(args[0])
	if err != nil {
		return err
	}
	if n := len(env.Session().Scripts); n > 0 && !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(env.Session().Scripts[n-1]), path)
	}
	if len(env.Session().Scripts) == scriptDepth {
		return message.Errorf("%s: more than %d scripts call each other", path, scriptDepth)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	env.Session().Scripts = append(env.Session().Scripts, path)
	defer func() { env.Session().Scripts = env.Session().Scripts[:len(env.Session().Scripts)-1] }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, scriptLine)
	return carryOut(ctx, env, o, path, &script{lines: lines})
}

// script returns the lines of a file.
type script struct {
	lines *bufio.Scanner
	// read counts the lines that were read, n is the number of the first one of the last command.
	read, n int
}

// next returns the next line, with those that continue it; ok is false at the end of the file.
func (s *script) next() (line string, ok bool) {
	s.n = s.read + 1
	for s.lines.Scan() {
		text := s.lines.Text()
		if s.read++; s.read == 1 {
			text = words.WithoutMark(text)
		}
		begun, more := words.Continued(text)
		if line += begun; !more {
			return line, true
		}
	}
	return line, s.read >= s.n && s.lines.Err() == nil // a line whose rest cannot be read is not half run
}

// carryOut executes the lines of a script.
func carryOut(ctx context.Context, env Env, o *sourceOptions, path string, script *script) error {
	var failure error
	for line, ok := script.next(); ok; line, ok = script.next() {
		n := script.n
		if o.echo {
			fmt.Fprintf(env.Out(), ">>> %s\n", line)
		}
		err := env.Line(ctx, line)
		before, leaves := outcome.Leaves(err)
		switch {
		case leaves:
			if before != nil { // the exit came from another script
				env.Note("%s:%d: this line failed", path, n)
			}
			return outcome.LeaveAs(err, outcome.Merge(failure, before))
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			env.Note("%s:%d: interrupted, the rest is not executed", path, n)
			return outcome.Told(cmp.Or(ctx.Err(), err))
		case err == nil:
			continue
		}
		failure = outcome.Merge(failure, err)
		if o.stop {
			env.Note("%s:%d: this line failed, the rest is not executed", path, n)
			return outcome.Told(failure)
		}
		env.Note("%s:%d: this line failed", path, n)
	}
	if err := script.lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", path, script.read+1, err)
	}
	if failure != nil {
		return outcome.Told(failure)
	}
	return nil
}
