package commands

import (
	"context"

	"github.com/spf13/pflag"
)

func helpCommand() *Command {
	return &Command{
		Name:     "help",
		Plugin:   PluginShell,
		Summary:  "show how to use every command",
		Examples: []string{"help"},
		Prepare: func(*pflag.FlagSet) Run {
			return func(_ context.Context, env *Env, _ []string) error {
				env.registry.writeHelp(env.Out)
				return nil
			}
		},
	}
}
