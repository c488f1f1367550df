package command

import (
	"cmp"
	"context"
	"slices"

	"pegashell/commands/complete"
)

// Run executes a command. The arguments are the words after the command's name that are not flags.
type Run func(ctx context.Context, env Env, args []string) error

// Command is one command of the shell.
type Command struct {
	// Name is what is typed: lower case, words joined by underscores. It may be two words with a
	// blank, such as `migrate status`; then the first word is a command too.
	Name string
	// Plugin is the group that the manifest switches on and off, such as "cluster".
	Plugin string
	// Reads means that the command changes nothing except a file that the user names for its
	// output, so that it may be repeated without asking.
	Reads bool
	// Summary is one line for people, without a full stop.
	Summary string
	// Usage is what help shows after the name, on one line, as the original shell writes it.
	Usage string
	// Words is how many words the line must have at least, the name among them; fewer are wrong
	// use.
	Words int
	// Plain is set for commands without options, whose words are used unchanged even if they begin
	// with a hyphen; only flags of ours are recognized, by their long names in full.
	Plain bool
	// Ignores is set for commands that look at their first words and ignore all others, options
	// too, as those of the original do that have none. Flags of ours, such as --help, are
	// recognized anywhere on the line.
	Ignores bool
	// First checks the words behind the name, without flags of ours, before the options are read, as those of
	// the original do that look at their first word first; nil for most commands.
	First func(words []string) error
	// Appended is a word that is added after the typed ones before the options are read; empty for
	// none.
	Appended string
	// Changes reports for a command that Reads whether it changes something with these words, the
	// appended one among them; nil if it never does.
	Changes func(args []string) bool
	// Inward is set for commands that do not count as a change although they are none that Reads: they
	// change only this shell, or carry out lines that count themselves. The journal leaves them out.
	Inward bool
	// Endless is set for a command that Reads and prints what happens as it happens, so that nobody waits for
	// its end.
	Endless bool
	// Args are the kinds of the words after the name that are not flags, in their order, and
	// RestArgs the kind of all after those, for completion. FlagSet.Complete says the same of a
	// flag's value.
	Args     []complete.Kind
	RestArgs complete.Kind
	// Wraps is how many words, the name among them, come before a whole line that the command
	// executes; 0 for a command that executes no line.
	Wraps int
	// Notes explains what the usage line cannot; empty for a command that needs none.
	Notes string
	// Fields describe the JSON of a command that the original does not print as JSON; nil where there
	// is none, or where a page of its own describes it.
	Fields []Field
	// Examples are lines that can be typed unchanged; at least two.
	Examples []string
	// Exits are the command's exit states where they say more than the usual ones, which are 0 and
	// 1; an entry for 0 or 1 replaces the usual one.
	Exits []Exit
	// Interrupted is what is true of every interruption whose error says nothing more, such as
	// "nothing was written"; empty for most commands.
	Interrupted string
	// BadOption is a line that the original prints after the error for an option that is wrong; empty
	// for most commands.
	BadOption string
	// FailCode is the exit code of failures without a code of their own, wrong use among them; 0
	// means the usual 1.
	FailCode int
	// Prepare declares the flags of one execution and returns the run that reads them.
	Prepare func(flags *FlagSet) Run
}

// Flags returns the command's flags with their defaults, for help and completion.
func (c *Command) Flags() *FlagSet {
	flags := newFlagSet(c.Name)
	c.prepare(flags)
	return flags
}

// Exit is an exit state: the exit code that a script ends with, and when the command returns it.
type Exit struct {
	Code int
	// When is a short clause for people, without a full stop.
	When string
}

// usualExits are the exit states of every command that declares no others.
var usualExits = []Exit{{0, "done"}, {1, "failed, in full or in part, or was used wrongly"}}

// ExitStates returns all exit states of the command by their codes, the usual ones among them.
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
