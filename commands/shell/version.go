package shell

import (
	"context"
	"fmt"

	"pegashell/commands/command"
)

func versionCommand() *command.Command {
	return &command.Command{
		Name:     "version",
		Plugin:   command.PluginShell,
		Reads:    true,
		Summary:  "show this program's version",
		Examples: []string{"version", "server_info"},
		Ignores:  true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(_ context.Context, env command.Env, _ []string) error {
				fmt.Fprintf(env.Out(), "pegashell %s\n", env.Version())
				return nil
			}
		},
	}
}
