package migration

import "pegashell/commands/command"

// Commands returns the commands of this family in the order of the help.
func Commands() []*command.Command {
	return []*command.Command{
		migrateCommand(),
		preflightCommand(),
		statusCommand(),
		rollbackCommand(),
		againCommand(),
		journalCommand(),
	}
}
