package commands

import (
	"context"
	"fmt"

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

func versionCommand() *Command {
	return &Command{
		Name:     "version",
		Plugin:   PluginShell,
		Summary:  "show this program's version",
		Examples: []string{"version"},
		Prepare: func(*pflag.FlagSet) Run {
			return func(_ context.Context, env *Env, _ []string) error {
				fmt.Fprintf(env.Out, "pegashell %s\n", env.Version)
				return nil
			}
		},
	}
}

func exitCommand() *Command {
	return &Command{
		Name:     "exit",
		Plugin:   PluginShell,
		Summary:  "leave the shell",
		Examples: []string{"exit"},
		Prepare: func(*pflag.FlagSet) Run {
			return func(context.Context, *Env, []string) error { return ErrExit }
		},
	}
}
