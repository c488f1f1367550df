package zookeeper

import (
	"fmt"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
	"pegashell/internal/suggestion"
	"pegashell/migration"
)

// forceLockNodes is no guard: it has lock nodes copied as plain znodes.
const forceLockNodes = "lock_nodes"

// forceOptions are the names of guards that the operator overrides.
type forceOptions struct {
	command string
	names   []string
	known   []string
}

// declare adds the flag to those of a command; more are names with what they do that are no guards.
func (o *forceOptions) declare(flags *command.FlagSet, name string, more ...suggestion.Suggestion) {
	o.command = name
	var described complete.Words
	for _, g := range migration.Overridable(name) {
		described = append(described, suggestion.Suggestion{Text: g.Name, Description: g.Overridden})
	}
	described = append(described, more...)
	for _, d := range described {
		o.known = append(o.known, d.Text)
	}
	flags.StringSliceVar(&o.names, "force", nil, "override a guard by its name: "+strings.Join(o.known, ", "))
	flags.Complete("force", complete.ListOf(described.Complete))
}

// check refuses names of guards that there are not.
func (o *forceOptions) check() error {
	for _, name := range o.names {
		if !slices.Contains(o.known, name) {
			text := fmt.Sprintf("--force: there is no guard %q; there are %s\n", name, strings.Join(o.known, ", "))
			if question := nearmiss.Question(name, o.known); question != "" {
				text += question + "\n"
			}
			return outcome.Misuse(text, "")
		}
	}
	return nil
}

func (o *forceOptions) has(name string) bool { return slices.Contains(o.names, name) }

// change is what the command is about to do; planned says that nothing is going to be written.
func (o *forceOptions) change(env Env, planned bool) migration.Change {
	return migration.Change{
		Command: o.command, Overridden: o.names, Planned: planned,
		Warn: func(text string) { env.Warn("%s", text) },
	}
}
