package zookeeper

import (
	"pegashell/commands/command"
	"pegashell/internal/suggestion"
	"pegashell/migration"
)

// forceLockNodes is not a guard: it makes zk_copy copy lock nodes as plain znodes.
const forceLockNodes = "lock_nodes"

// forceOptions are the names of guards that the operator overrides.
type forceOptions struct {
	command string
	command.Overrides
}

// declare adds the flag to those of a command; more are names that are not guards, with what they
// do.
func (o *forceOptions) declare(flags *command.FlagSet, name string, more ...suggestion.Suggestion) {
	o.command = name
	o.Declare(flags, "force", name, more...)
}

// check refuses names of guards that do not exist.
func (o *forceOptions) check() error { return o.Check() }

func (o *forceOptions) has(name string) bool { return o.Has(name) }

// change is what the command is about to do; planned says that nothing is going to be written.
func (o *forceOptions) change(env Env, planned bool) migration.Change {
	return o.Change(o.command, env, planned)
}
