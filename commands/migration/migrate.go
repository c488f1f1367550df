package migration

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/nearmiss"
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
	below := env.Registry().Below("migrate")
	if len(args) > 0 {
		return unknownWord(args[0], below)
	}
	for _, c := range below {
		fmt.Fprintf(env.Out(), "%-20s %s\n", c.Name, env.Language().Whole(c.Summary))
	}
	return nil
}

// unknownWord says which words there are below `migrate`, and which of them may have been meant.
func unknownWord(typed string, below []*command.Command) error {
	known := make([]string, len(below))
	for i, c := range below {
		_, known[i], _ = strings.Cut(c.Name, " ")
	}
	if question := nearmiss.Question(typed, known); !question.IsZero() {
		return outcome.WrongUse("migrate: unknown word %q: %s The words are %s", typed, question, strings.Join(known, ", "))
	}
	return outcome.WrongUse("migrate: unknown word %q: the words are %s", typed, strings.Join(known, ", "))
}
