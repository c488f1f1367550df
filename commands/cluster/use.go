package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
)

func useCommand() *command.Command {
	return &command.Command{
		Name:     "use",
		Plugin:   command.PluginCluster,
		Inward:   true,
		Summary:  "choose the current table",
		Usage:    "[app_name]",
		Notes:    "The commands on environment variables use it. Without a name the current table is shown. The command does not check that the table exists.",
		Examples: []string{"use temp", "use"},
		Plain:    true,
		Args:     []complete.Kind{complete.Table},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return useRun(ctx, env, args) }
		},
	}
}

func useRun(_ context.Context, env Env, args []string) error {
	switch {
	case len(args) > 1:
		return outcome.Misused()
	case len(args) == 1:
		env.Session().App = args[0]
		fmt.Fprintln(env.Err(), "OK")
	case env.Session().App == "":
		return outcome.OriginalUse("Current app not specified.")
	default:
		fmt.Fprintf(env.Err(), "Current app: %s\n", env.Session().App)
	}
	return nil
}
