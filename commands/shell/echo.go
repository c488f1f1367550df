package shell

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
)

func echoCommand() *command.Command {
	return &command.Command{
		Name:     "echo",
		Plugin:   command.PluginShell,
		Reads:    true,
		Summary:  "print words",
		Usage:    "[WORD...]",
		Plain:    true,
		Examples: []string{"echo step 2 done", `echo "two  blanks" >> steps.log`},
		Prepare: func(*command.FlagSet) command.Run {
			return func(_ context.Context, env command.Env, args []string) error {
				_, err := fmt.Fprintln(env.Out(), strings.Join(args, " "))
				return err
			}
		},
	}
}
