package commands

import (
	"context"
	"fmt"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
)

func useCommand() *Command {
	return &Command{
		Name:     "use",
		Plugin:   PluginCluster,
		Summary:  "choose the current table",
		Usage:    "[app_name]",
		Notes:    "The commands on environment variables work on it. Without a name the current table is shown. Whether there is such a table is not asked.",
		Examples: []string{"use temp", "use"},
		Plain:    true,
		Args:     []complete.Kind{complete.Table},
		Prepare:  func(*FlagSet) Run { return useRun },
	}
}

func useRun(_ context.Context, env *Env, args []string) error {
	switch {
	case len(args) > 1:
		return outcome.Misused()
	case len(args) == 1:
		env.Session.App = args[0]
		fmt.Fprintln(env.Err, "OK")
	case env.Session.App == "":
		return outcome.WrongUse("Current app not specified.")
	default:
		fmt.Fprintf(env.Err, "Current app: %s\n", env.Session.App)
	}
	return nil
}
