package command

import (
	"cmp"
	"context"
	"slices"

	"pegashell/commands/complete"
)

// Run carries a command out. The arguments are the words behind the command's name that are not flags.
type Run func(ctx context.Context, env Env, args []string) error

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
	// Changes says of a command that Reads whether it changes something with these words, the appended one among
	// them; nil for one that never does.
	Changes func(args []string) bool
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
	c.prepare(flags)
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
