package shell

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/render"
)

func versionCommand() *command.Command {
	return &command.Command{
		Name:     "version",
		Plugin:   command.PluginShell,
		Reads:    true,
		Summary:  "show this program's version",
		Examples: []string{"version", "server_info"},
		Ignores:  true,
		Fields:   []command.Field{{Path: "version", Type: command.Text, Meaning: "the release of pegashell"}},
		Prepare: func(flags *command.FlagSet) command.Run {
			json := command.DeclareOwnJSON(flags)
			return func(_ context.Context, env command.Env, _ []string) error {
				if *json {
					return render.WriteIndented(env.Out(), struct {
						Version string `json:"version"`
					}{env.Version()}, "    ")
				}
				fmt.Fprintf(env.Out(), "pegashell %s\n", env.Version())
				return nil
			}
		},
	}
}
