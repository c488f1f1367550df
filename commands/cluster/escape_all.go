package cluster

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
)

func escapeAllCommand() *command.Command {
	return &command.Command{
		Name:     "escape_all",
		Plugin:   command.PluginCluster,
		Inward:   true,
		Summary:  "show or set whether all bytes are escaped",
		Usage:    "[true|false]",
		Notes:    "Kept for scripts: it is about the commands that read and write data, which this shell does not have.",
		Examples: []string{"escape_all", "escape_all true"},
		Plain:    true,
		Args:     []complete.Kind{complete.Boolean.Complete},
		Prepare: func(*command.FlagSet) command.Run {
			return func(_ context.Context, env command.Env, args []string) error { return escapeAllRun(env, args) }
		},
	}
}

func escapeAllRun(env Env, args []string) error {
	switch {
	case len(args) > 1:
		return outcome.Misused()
	case len(args) == 0:
		fmt.Fprintf(env.Err(), "Current escape_all: %t.\n", env.Session().EscapeAll)
		return nil
	case strings.EqualFold(args[0], "true"):
		env.Session().EscapeAll = true
	case strings.EqualFold(args[0], "false"):
		env.Session().EscapeAll = false
	default:
		return outcome.OriginalUse("ERROR: invalid parameter.")
	}
	fmt.Fprintln(env.Err(), "OK")
	return nil
}
