package cluster

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
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
		Fields:   []command.Field{{Path: "escape_all", Type: command.Truth, Meaning: "whether all bytes are escaped"}},
		Prepare: func(flags *command.FlagSet) command.Run {
			json := command.DeclareOwnJSON(flags)
			return func(_ context.Context, env command.Env, args []string) error { return escapeAllRun(env, *json, args) }
		},
	}
}

func escapeAllRun(env Env, json bool, args []string) error {
	switch {
	case len(args) > 1:
		return outcome.Misused()
	case len(args) == 0 && json:
		return render.WriteIndented(env.Out(), struct {
			EscapeAll bool `json:"escape_all"`
		}{env.Session().EscapeAll}, "    ")
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
