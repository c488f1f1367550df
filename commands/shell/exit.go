package shell

import (
	"context"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
)

func exitCommand() *command.Command {
	return &command.Command{
		Name:     "exit",
		Plugin:   command.PluginShell,
		Inward:   true,
		Summary:  "leave the shell",
		Examples: []string{"ls -d", "exit"},
		Ignores:  true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(context.Context, command.Env, []string) error { return outcome.Leave(nil) }
		},
	}
}
