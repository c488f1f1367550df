package commands

import (
	"context"

	"github.com/spf13/pflag"
)

func exitCommand() *Command {
	return &Command{
		Name:     "exit",
		Plugin:   PluginShell,
		Summary:  "leave the shell",
		Examples: []string{"ls -d", "exit"},
		Ignores:  true,
		Prepare: func(*pflag.FlagSet) Run {
			return func(context.Context, *Env, []string) error { return ErrExit }
		},
	}
}
