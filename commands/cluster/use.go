package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
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
		Fields:   []command.Field{{Path: "table", Type: command.MaybeText, Meaning: "the current table; null for none"}},
		Prepare: func(flags *command.FlagSet) command.Run {
			json := command.DeclareOwnJSON(flags)
			return func(_ context.Context, env command.Env, args []string) error {
				if len(args) == 0 && *json {
					return writeTable(env)
				}
				return useRun(env, args)
			}
		},
	}
}

// writeTable prints the current table as JSON.
func writeTable(env Env) error {
	var table *string
	if app := env.Session().App; app != "" {
		table = &app
	}
	return render.WriteIndented(env.Out(), struct {
		Table *string `json:"table"`
	}{table}, "    ")
}

func useRun(env Env, args []string) error {
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
