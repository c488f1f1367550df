package zookeeper

import (
	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
)

// declareConnection adds the flags for connections to those of a command.
func declareConnection(flags *command.FlagSet, connection *ensemble.Flags) {
	connection.Declare(flags.FlagSet)
	for _, name := range ensemble.FileFlags {
		flags.Complete(name, complete.File)
	}
}
