package shell

import "pegashell/commands/command"

// First returns the commands that come first in the help, as in the original.
func First() []*command.Command {
	return []*command.Command{
		helpCommand(),
		versionCommand(),
	}
}

// Commands returns the commands of the shell itself that come last in the help.
func Commands() []*command.Command {
	return []*command.Command{
		sourceCommand(),
		watchCommand(),
		timeCommand(),
		echoCommand(),
		formatCommand(),
		pluginsCommand(),
		exitCommand(),
	}
}
