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

	"pegashell/internal/nearmiss"
)

// Run carries a command out. The arguments are the words behind the command's name that are not flags.
type Run func(ctx context.Context, env *Env, args []string) error

// Command is one command of the shell.
type Command struct {
	// Name is what is typed: lower case, words joined by underscores.
	Name string
	// Plugin is the group that the manifest switches on and off, such as "cluster".
	Plugin string
	// Reads says that the command changes nothing but a file that it is told to write, so that it may be
	// repeated without asking.
	Reads bool
	// Summary is one line for people, without a full stop.
	Summary string
	// Usage is what help shows behind the name, on one line, as the original shell writes it.
	Usage string
	// Words is how many words the line must have at least, the name among them; fewer are wrong use.
	Words int
	// Plain is set for commands without options, whose words are taken as they stand even if they begin with
	// a hyphen; only flags of ours are taken out of them, by their long names in full.
	Plain bool
	// Ignores is set for commands that look at their first words and ignore all others, options too, as those of the
	// original do that have none. Flags of ours, --help among them, are found wherever they stand.
	Ignores bool
	// Appended is a word that stands behind the typed ones before their options are read; empty for none.
	Appended string
	// Args are the kinds of the words behind the name that are not flags, in their order, and RestArgs the kind
	// of all behind those, for completion. declareKind says the same of a flag's value.
	Args     []Kind
	RestArgs Kind
	// Wraps is how many words, the name among them, stand before a whole line that the command carries out; 0
	// for a command that does no such thing.
	Wraps int
	// Notes tells what the usage line cannot; empty for a command that needs none.
	Notes string
	// Examples are lines that can be typed as they stand; at least two.
	Examples []string
	// Exits are the command's exit states where they say more than the usual ones, which are 0 and 1; one of
	// these codes here takes the usual one's place.
	Exits []Exit
	// Interrupted is what is true of every interruption whose error says no more, such as "nothing was written";
	// empty for most commands.
	Interrupted string
	// FailCode is the exit code of failures that the run gives none, wrong use among them; 0 is the usual 1.
	FailCode int
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
	// Near asks whether another value was meant; it comes behind the usage, on standard error. Empty for none.
	Near string
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

// Execute carries out one line, given as its words; no words do nothing. It prints every error text that
// there is to print, so the caller only decides what the error means for what follows.
func (r *Registry) Execute(ctx context.Context, env *Env, words []string) error {
	if len(words) == 0 {
		return nil
	}
	env.registry = r
	c, ok := r.Lookup(words[0])
	if !ok && r.native != nil && switchedOff(words[0]) == nil {
		c, ok = nativeCommand(r.native, words), true
	}
	if !ok {
		return r.refuseUnknown(env, words[0])
	}
	out := &stickyWriter{w: env.Out}
	env.Out = out
	err := c.execute(ctx, env, words, r.defaults[c.Name])
	env.Out = out.w
	if err == nil && out.err != nil {
		err = fmt.Errorf("write the result: %w", out.err)
	}
	var usage *UsageError
	var told *ReportedError
	switch {
	case err == nil || errors.Is(err, ErrExit) || errors.As(err, &told):
	case unread(ctx, out.err, err): // a pager that was left early
	case errors.As(err, &usage):
		writeMarked(env.Err, usage.Text)
		if (screenOf(env.Err) != nil || usage.Near != "") && usage.Text != "" && !strings.HasSuffix(usage.Text, "\n") {
			io.WriteString(env.Err, "\n") // some texts of the original have none
		}
		io.WriteString(env.Out, "USAGE: ")
		c.writeUsage(env.Out)
		if usage.Near != "" {
			fmt.Fprintln(env.Err, usage.Near)
		}
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(env.Err, c.interruption(err))
	default:
		writeMarked(env.Err, fmt.Sprintf("ERROR: %v\n", err))
	}
	if c.FailCode == 0 || errors.Is(err, ErrExit) {
		return err
	}
	return withExitCode(c.FailCode, err)
}

// refuseUnknown tells of a word that is no command: in the original's words, but without its list of all
// commands where a person reads along.
func (r *Registry) refuseUnknown(env *Env, name string) error {
	writeMarked(env.Out, fmt.Sprintf("ERROR: invalid subcommand '%s'\n", name))
	if !env.forPerson() {
		r.writeUsages(env.Out)
	}
	if c := switchedOff(name); c != nil {
		fmt.Fprintf(env.Err, "%s is a command of the plugin %s, but it is switched off in plugins.toml\n", c.Name, c.Plugin)
	} else {
		env.suggest(name, r.names())
	}
	if env.forPerson() {
		fmt.Fprintln(env.Err, "help lists the commands")
	}
	return &UnknownCommandError{Name: name}
}

// switchedOff finds the built-in command of a name that a registry does not know.
func switchedOff(name string) *Command {
	for _, c := range builtin() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (r *Registry) names() []string {
	names := make([]string, len(r.commands))
	for i, c := range r.commands {
		names[i] = c.Name
	}
	return names
}

// suggest asks on standard error whether a near word was meant.
func (e *Env) suggest(typed string, known []string) {
	if question := nearmiss.Question(typed, known); question != "" {
		fmt.Fprintln(e.Err, question)
	}
}

// execute carries out a line of the command. The defaults are flags that stand before the typed ones.
func (c *Command) execute(ctx context.Context, env *Env, words, defaults []string) error {
	flags := newFlagSet(c.Name)
	run := c.Prepare(flags)
	args := words[1:]
	if c.Appended != "" {
		args = append(slices.Clone(args), c.Appended)
	}
	args, wrong := c.parse(flags, defaults, args)
	switch {
	case errors.Is(wrong, pflag.ErrHelp):
		c.writeHelp(env.Out)
		return nil
	case len(words) < c.Words:
		return &UsageError{}
	case wrong != nil:
		return wrong
	}
	return run(ctx, env, args)
}
