package commands

import (
	"context"
	"pegashell/internal/outcome"
)

func exitCommand() *Command {
	return &Command{
		Name:     "exit",
		Plugin:   PluginShell,
		Summary:  "leave the shell",
		Examples: []string{"ls -d", "exit"},
		Prepare: func(*FlagSet) Run {
			return func(context.Context, *Env, []string) error { return outcome.Leave(nil) }
		},
	}
}
