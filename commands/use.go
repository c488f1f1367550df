package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"
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
		Args:     []Kind{kindTable},
		Prepare:  func(*pflag.FlagSet) Run { return useRun },
	}
}

func useRun(_ context.Context, env *Env, args []string) error {
	switch {
	case len(args) > 1:
		return &UsageError{}
	case len(args) == 1:
		env.Session.App = args[0]
		fmt.Fprintln(env.Err, "OK")
	case env.Session.App == "":
		return usagef("Current app not specified.")
	default:
		fmt.Fprintf(env.Err, "Current app: %s\n", env.Session.App)
	}
	return nil
}
