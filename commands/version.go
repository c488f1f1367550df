package commands

import (
	"context"
	"fmt"
)

func versionCommand() *Command {
	return &Command{
		Name:     "version",
		Plugin:   PluginShell,
		Reads:    true,
		Summary:  "show this program's version",
		Examples: []string{"version", "server_info"},
		Prepare: func(*FlagSet) Run {
			return func(_ context.Context, env *Env, _ []string) error {
				fmt.Fprintf(env.Out, "pegashell %s\n", env.Version)
				return nil
			}
		},
	}
}
