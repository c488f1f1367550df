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

	"pegashell/commands/complete"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
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
	// a hyphen.
	Plain bool
	// Args are the kinds of the words behind the name that are not flags, in their order, and RestArgs the kind
	// of all behind those, for completion. FlagSet.Complete says the same of a flag's value.
	Args     []complete.Kind
	RestArgs complete.Kind
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
	Prepare func(flags *FlagSet) Run
}

// Flags gives the command's flags with their defaults, for help and completion.
func (c *Command) Flags() *FlagSet {
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

// Execute carries out one line, given as its words; no words do nothing. It prints every error text that
// there is to print, so the caller only decides what the error means for what follows.
func (r *Registry) Execute(ctx context.Context, env *Env, words []string) error {
	if len(words) == 0 {
		return nil
	}
	env.registry = r
	c, ok := r.Lookup(words[0])
	if !ok && r.Fallback != nil && r.switchedOff(words[0]) == nil {
		c, ok = r.Fallback(words), true
	}
	if !ok {
		return r.refuseUnknown(env, words[0])
	}
	words = r.withDefaults(words)
	out := &stickyWriter{w: env.Out}
	env.Out = out
	err := c.execute(ctx, env, words)
	env.Out = out.w
	if err == nil && out.err != nil {
		err = fmt.Errorf("write the result: %w", out.err)
	}
	usage := outcome.UsageOf(err)
	_, leaves := outcome.Leaves(err)
	switch {
	case err == nil || leaves || outcome.IsTold(err):
	case unread(ctx, out.err, err): // a pager that was left early
	case usage != nil:
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
	if c.FailCode == 0 || leaves {
		return err
	}
	return outcome.WithCode(c.FailCode, err, false)
}

// refuseUnknown tells of a word that is no command: in the original's words, but without its list of all
// commands where a person reads along.
func (r *Registry) refuseUnknown(env *Env, name string) error {
	writeMarked(env.Out, fmt.Sprintf("ERROR: invalid subcommand '%s'\n", name))
	if !env.forPerson() {
		r.writeUsages(env.Out)
	}
	if c := r.switchedOff(name); c != nil {
		fmt.Fprintf(env.Err, "%s is a command of the plugin %s, but it is switched off in plugins.toml\n", c.Name, c.Plugin)
	} else {
		env.suggest(name, r.names())
	}
	if env.forPerson() {
		fmt.Fprintln(env.Err, "help lists the commands")
	}
	return outcome.Told(fmt.Errorf("invalid subcommand '%s'", name))
}

// switchedOff finds the command of a name that the registry has not, for it is off.
func (r *Registry) switchedOff(name string) *Command {
	for _, c := range r.all {
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

func (c *Command) execute(ctx context.Context, env *Env, words []string) error {
	flags := newFlagSet(c.Name)
	run := c.Prepare(flags)
	args := words[1:]
	var wrong error
	if c.Plain {
		if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
			wrong = pflag.ErrHelp
		}
	} else {
		wrong = parseFlags(flags.FlagSet, c.Name, args)
		args = flags.Args()
	}
	switch {
	case errors.Is(wrong, pflag.ErrHelp):
		c.writeHelp(env.Out)
		return nil
	case len(words) < c.Words:
		return outcome.Misused()
	case wrong != nil:
		return wrong
	}
	return run(ctx, env, args)
}
