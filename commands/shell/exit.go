package shell

import (
	"context"
	"strconv"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
)

func exitCommand() *command.Command {
	return &command.Command{
		Name:     "exit",
		Plugin:   command.PluginShell,
		Inward:   true,
		Summary:  "leave the shell",
		Notes:    "A number from 0 to 255 is the exit code of the program, whatever failed before. Other words are ignored, as in the original.",
		Examples: []string{"exit", "exit 3"},
		Ignores:  true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(_ context.Context, _ command.Env, args []string) error {
				if len(args) == 1 {
					if status, err := strconv.ParseUint(args[0], 10, 8); err == nil {
						return outcome.LeaveWith(int(status))
					}
				}
				return outcome.Leave(nil)
			}
		},
	}
}
