package shell

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
)

func timeCommand() *command.Command {
	return &command.Command{
		Name:     "time",
		Plugin:   command.PluginShell,
		Reads:    true, // as far as what it wraps does
		Summary:  "run a command and show how long it took",
		Usage:    "<COMMAND> [WORD...]",
		Words:    2,
		Plain:    true,
		Wraps:    1,
		Notes:    "After the command, its time in seconds is printed to standard error. The exit state is that of the command.",
		Examples: []string{"time ls -d", "time nodes -d > nodes.txt"},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return timeRun(ctx, env, args) }
		},
	}
}

func timeRun(ctx context.Context, env Env, words []string) error {
	began := env.Now()
	err := env.Execute(ctx, words, nil, nil)
	if _, leaves := outcome.Leaves(err); leaves {
		return err
	}
	fmt.Fprintf(env.Err(), "real %.3f s\n", env.Now().Sub(began).Seconds())
	if err != nil {
		return outcome.Told(err)
	}
	return nil
}
