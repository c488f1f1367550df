package cluster

import (
	"context"
	"fmt"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
)

func timeoutCommand() *command.Command {
	return &command.Command{
		Name:    "timeout",
		Plugin:  command.PluginCluster,
		Inward:  true,
		Summary: "show or set the timeout of reads and writes of data",
		Usage:   "[time_in_ms]",
		Notes: "Kept for scripts: as in the original it does not limit the commands on clusters, which have 10 s for a call and " +
			"5 s for a remote command, and this shell does not read or write data.",
		Examples: []string{"timeout", "timeout 2000"},
		Plain:    true,
		Args:     []complete.Kind{complete.Free},
		Fields:   []command.Field{{Path: "timeout_ms", Type: command.Count, Meaning: "milliseconds"}},
		Prepare: func(flags *command.FlagSet) command.Run {
			json := command.DeclareOwnJSON(flags)
			return func(_ context.Context, env command.Env, args []string) error { return timeoutRun(env, *json, args) }
		},
	}
}

// defaultTimeout is the original's.
const defaultTimeout = 5 * time.Second

func timeoutRun(env Env, json bool, args []string) error {
	if len(args) > 1 {
		return outcome.Misused()
	}
	if len(args) == 0 {
		current := env.Session().Timeout
		if current == 0 {
			current = defaultTimeout
		}
		if json {
			return render.WriteIndented(env.Out(), struct {
				Timeout int64 `json:"timeout_ms"`
			}{current.Milliseconds()}, "    ")
		}
		fmt.Fprintf(env.Err(), "Current timeout: %d ms.\n", current.Milliseconds())
		return nil
	}
	ms, ok := command.ParseNumber(args[0])
	if !ok {
		return outcome.OriginalUse("ERROR: parse %s as timeout failed", args[0])
	}
	if ms <= 0 {
		return outcome.OriginalUse("ERROR: invalid timeout %s", args[0])
	}
	env.Session().Timeout = time.Duration(ms) * time.Millisecond
	fmt.Fprintln(env.Err(), "OK")
	return nil
}
