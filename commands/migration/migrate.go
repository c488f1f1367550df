package migration

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
)

// migrateCommand is the first word of the commands `migrate status` and so on.
func migrateCommand() *command.Command {
	return &command.Command{
		Name:     "migrate",
		Plugin:   command.PluginMigration,
		Reads:    true,
		Summary:  "list the commands on a whole migration",
		Usage:    "<WHAT> ...",
		Examples: []string{"migrate", "migrate > migrate.txt"},
		Prepare: func(*command.FlagSet) command.Run {
			return func(_ context.Context, env command.Env, args []string) error { return migrateRun(env, args) }
		},
	}
}

func migrateRun(env Env, args []string) error {
	if len(args) > 0 {
		return outcome.WrongUse("migrate: unknown word %q; see help migrate", args[0])
	}
	for _, c := range env.Registry().Below("migrate") {
		fmt.Fprintf(env.Out(), "%-20s %s\n", c.Name, env.Language().Whole(c.Summary))
	}
	return nil
}
