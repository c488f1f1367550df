package migration

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/migration"
)

type statusOptions struct {
	surveyFlags
	by   string
	json bool
}

func statusCommand() *command.Command {
	return &command.Command{
		Name:    "migrate status",
		Plugin:  command.PluginMigration,
		Reads:   true,
		Summary: "show where a migration is and which line to type next",
		Usage:   surveyUsage + "[--by copy|recovery] [--deep] " + ensemble.Usage + " [-j|--json]",
		Notes: "Everything is found out anew from what is there: the meta servers, the configurations that they run with and that they will start with, and the trees in " +
			"both ZooKeepers. So it is right after a crash, on another machine and for another person. Files of earlier commands only suggest a target. Nothing is changed.\n\n" +
			"The trees are compared by numbers and sums; `--deep` compares data and ACLs of every znode. `watch 2 migrate status` follows a migration.\n\n" +
			"What cannot be known is `unknown`. docs/migrate-status.md describes what is looked at, and every field of the JSON.",
		Examples: []string{"migrate status --target 10.0.0.2:2181", "watch 2 migrate status"},
		Exits:    []command.Exit{{Code: 0, When: "the state was found out, whatever it is"}},
		RestArgs: complete.File,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o statusOptions
			o.declare(flags)
			flags.StringVar(&o.by, "by", "", "the procedure: copy or recovery; the default is found out from what is there")
			flags.Complete("by", complete.Procedure.Complete)
			flags.BoolVar(&o.deep, "deep", false, "compare data and ACLs of every znode")
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error { return statusRun(ctx, env, &o, args) }
		},
	}
}

func statusRun(ctx context.Context, env Env, o *statusOptions, args []string) error {
	const name = "migrate status"
	if err := o.words(name, args); err != nil {
		return err
	}
	o.recall(env, &o.by)
	by, err := procedure(name, o.by)
	if err != nil {
		return err
	}
	s, err := o.survey(ctx, env, name, o.by)
	if err != nil {
		return err
	}
	book := migration.NewRunbook(s, by)
	if o.json {
		return writeStatusJSON(env.Out(), s, book)
	}
	return writeStatus(env, s, book, o.describeRecalled())
}
