package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"
)

func versionCommand() *Command {
	return &Command{
		Name:     "version",
		Plugin:   PluginShell,
		Reads:    true,
		Summary:  "show this program's version",
		Examples: []string{"version", "server_info"},
		Ignores:  true,
		Prepare: func(*pflag.FlagSet) Run {
			return func(_ context.Context, env *Env, _ []string) error {
				fmt.Fprintf(env.Out, "pegashell %s\n", env.Version)
				return nil
			}
		},
	}
}
