package commands

import (
	"context"
	"fmt"
	"strings"
)

func echoCommand() *Command {
	return &Command{
		Name:     "echo",
		Plugin:   PluginShell,
		Reads:    true,
		Summary:  "print words",
		Usage:    "[WORD...]",
		Plain:    true,
		Examples: []string{"echo step 2 done", `echo "two  blanks" >> steps.log`},
		Prepare: func(*FlagSet) Run {
			return func(_ context.Context, env *Env, args []string) error {
				_, err := fmt.Fprintln(env.Out, strings.Join(args, " "))
				return err
			}
		},
	}
}
