package shell

import "pegashell/commands/command"

// First gives the commands that stand before all others in the help, as in the original.
func First() []*command.Command {
	return []*command.Command{
		helpCommand(),
		versionCommand(),
	}
}

// Commands gives the commands of the shell itself that stand behind all others in the help.
func Commands() []*command.Command {
	return []*command.Command{
		sourceCommand(),
		watchCommand(),
		timeCommand(),
		echoCommand(),
		pluginsCommand(),
		exitCommand(),
	}
}
