// Package commands holds what an operator can type: one file a command, with its words, its flags and its
// run, and the registry that execution, help, completion and the reference in docs/ are made from.
//
// A command gets everything through its environment (Env), prints its result there and returns an error.
// It opens no socket: clusters are reached through metaadmin, ZooKeepers through zkcopy.
package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Run carries a command out. The arguments are the words behind the command's name that are not flags.
type Run func(ctx context.Context, env *Env, args []string) error

// Command is one command of the shell.
type Command struct {
	// Name is what is typed: lower case, words joined by underscores.
	Name string
	// Plugin is the group that the manifest switches on and off, such as "cluster".
	Plugin string
	// Summary is one line for people, without a full stop.
	Summary string
	// Usage is what help shows behind the name, on one line, as the original shell writes it.
	Usage string
	// Words is how many words the line must have at least, the name among them; fewer are wrong use.
	Words int
	// Plain is set for commands without options, whose words are taken as they stand even if they begin with
	// a hyphen.
	Plain bool
	// Notes tells what the usage line cannot; empty for a command that needs none.
	Notes string
	// Examples are lines that can be typed as they stand; at least two.
	Examples []string
	// Exits are the command's exit states where they say more than the usual ones, which are 0 and 1; one of
	// these codes here takes the usual one's place.
	Exits []Exit
	// Prepare declares the flags of one execution and gives the run that reads them.
	Prepare func(flags *pflag.FlagSet) Run
}

// Flags gives the command's flags with their defaults, for help and completion.
func (c *Command) Flags() *pflag.FlagSet {
	flags := newFlagSet(c.Name)
	c.Prepare(flags)
	return flags
}

// Exit is an exit state: the exit code that a script ends with, and when the command gives it.
type Exit struct {
	Code int
	// When is a short clause for people, without a full stop.
	When string
}

// usualExits are the exit states of every command that says no more.
var usualExits = []Exit{{0, "done"}, {1, "failed or used wrongly, in full or in part"}}

// ExitStates gives all exit states of the command by their codes, the usual ones among them.
func (c *Command) ExitStates() []Exit {
	states := slices.Clone(c.Exits)
	for _, usual := range usualExits {
		if !slices.ContainsFunc(states, func(e Exit) bool { return e.Code == usual.Code }) {
			states = append(states, usual)
		}
	}
	slices.SortStableFunc(states, func(a, b Exit) int { return cmp.Compare(a.Code, b.Code) })
	return states
}

// UsageError is a wrong use of a command: Text, verbatim, goes to standard error, then the command's usage
// line to standard output.
type UsageError struct {
	Text string
}

func (e *UsageError) Error() string {
	if e.Text == "" {
		return "wrong use"
	}
	return strings.TrimSpace(e.Text)
}

// usagef is a UsageError with a text that is a line of its own.
func usagef(format string, args ...any) error {
	return &UsageError{Text: fmt.Sprintf(format, args...) + "\n"}
}

// ReportedError is a failure that the command has already told about, in the words of the original shell.
// It still fails the script.
type ReportedError struct {
	Err error
}

func (e *ReportedError) Error() string { return e.Err.Error() }
func (e *ReportedError) Unwrap() error { return e.Err }

// reported marks err as told.
func reported(err error) error { return &ReportedError{Err: err} }

// ErrExit is returned by the command that leaves the shell.
var ErrExit = errors.New("exit")

// UnknownCommandError is returned for a line whose first word is no command.
type UnknownCommandError struct {
	Name string
}

func (e *UnknownCommandError) Error() string { return fmt.Sprintf("invalid subcommand '%s'", e.Name) }

// Registry knows the commands of a shell in the order of its help.
type Registry struct {
	commands []*Command
	byName   map[string]*Command
}

// NewRegistry gives a registry of all built-in commands whose plugin is on; on is nil for all.
func NewRegistry(on func(plugin string) bool) *Registry {
	r := &Registry{byName: map[string]*Command{}}
	for _, c := range builtin() {
		if on == nil || on(c.Plugin) || c.Plugin == PluginShell {
			r.commands = append(r.commands, c)
			r.byName[c.Name] = c
		}
	}
	return r
}

// Commands are the commands in the order of the help.
func (r *Registry) Commands() []*Command { return r.commands }

// Lookup finds a command by its exact name.
func (r *Registry) Lookup(name string) (*Command, bool) {
	c, ok := r.byName[name]
	return c, ok
}

// Execute carries out one line, given as its words; no words do nothing. It prints every error text that
// there is to print, so the caller only decides what the error means for what follows.
func (r *Registry) Execute(ctx context.Context, env *Env, words []string) error {
	if len(words) == 0 {
		return nil
	}
	env.registry = r
	c, ok := r.Lookup(words[0])
	if !ok {
		fmt.Fprintf(env.Out, "ERROR: invalid subcommand '%s'\n", words[0])
		r.writeHelp(env.Out)
		return &UnknownCommandError{Name: words[0]}
	}
	out := &stickyWriter{w: env.Out}
	env.Out = out
	err := c.execute(ctx, env, words)
	env.Out = out.w
	if err == nil && out.err != nil {
		err = fmt.Errorf("write the result: %w", out.err)
	}
	var usage *UsageError
	var told *ReportedError
	switch {
	case err == nil || errors.Is(err, ErrExit) || errors.As(err, &told):
	case errors.As(err, &usage):
		io.WriteString(env.Err, usage.Text)
		io.WriteString(env.Out, "USAGE: ")
		c.writeUsage(env.Out)
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(env.Err, "interrupted: %v\n", err)
	default:
		fmt.Fprintf(env.Err, "ERROR: %v\n", err)
	}
	return err
}

func (c *Command) execute(ctx context.Context, env *Env, words []string) error {
	if len(words) < c.Words {
		return &UsageError{}
	}
	flags := newFlagSet(c.Name)
	run := c.Prepare(flags)
	if c.Plain {
		return run(ctx, env, words[1:])
	}
	if err := parseFlags(flags, c.Name, words[1:]); err != nil {
		return err
	}
	return run(ctx, env, flags.Args())
}

// Widths of the help's columns in the original shell: its longest command name is
// query_bulk_load_status.
const (
	helpNameWidth  = 22 + 2
	helpUsageWidth = 70
)

func (r *Registry) writeHelp(w io.Writer) {
	io.WriteString(w, "Usage:\n")
	for _, c := range r.commands {
		c.writeUsage(w)
	}
}

// writeUsage writes the command's usage lines as the original does: a tab, the name, the usage wrapped.
func (c *Command) writeUsage(w io.Writer) {
	lines := wrapUsage(c.Usage)
	fmt.Fprintf(w, "\t%-*s%s\n", helpNameWidth, c.Name, lines[0])
	for _, line := range lines[1:] {
		fmt.Fprintf(w, "\t%*s%s\n", helpNameWidth, "", line)
	}
}

// wrapUsage breaks a usage line as the original does: between two bracketed parts, before the one that
// would make the line longer than the width.
func wrapUsage(usage string) []string {
	var lines []string
	start, end := 0, -1 // of the line being built; end is its last possible break
	for i := 0; i < len(usage); i++ {
		if i-start >= helpUsageWidth && end >= start {
			lines = append(lines, strings.TrimSpace(usage[start:end+1]))
			start = end + 2
		}
		if (usage[i] == ']' || usage[i] == '>') && i+1 < len(usage) && usage[i+1] == ' ' {
			end = i
		}
	}
	if rest := strings.TrimSpace(usage[min(start, len(usage)):]); rest != "" || len(lines) == 0 {
		lines = append(lines, rest)
	}
	return lines
}
