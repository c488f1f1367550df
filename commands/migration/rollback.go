package migration

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/migration"
)

type returnOptions struct {
	surveyFlags
	by   string
	json bool
}

// declare adds the flags to those of a command.
func (o *returnOptions) declare(flags *command.FlagSet) {
	o.surveyFlags.declare(flags)
	flags.StringVar(&o.by, "by", "", "the procedure: copy or recovery; the default is found out from what is there")
	flags.Complete("by", complete.Procedure.Complete)
	flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
}

const returnUsage = surveyUsage + "[--by copy|recovery] " + ensemble.Usage + " [-j|--json]"

func rollbackCommand() *command.Command {
	return &command.Command{
		Name:    "migrate rollback",
		Plugin:  command.PluginMigration,
		Reads:   true,
		Summary: "show the way back to the old ZooKeeper, and what it loses",
		Usage:   returnUsage,
		Notes: "Like migrate status it finds everything out anew and changes nothing: type the lines below Next, then repeat the command until it says that nothing is left to do. " +
			"What was created, dropped, renamed or moved on the new ZooKeeper since the copy is missing from the old tree: it is listed as lost. " +
			"It is too late when the old tree was removed, and when replica servers hold tables or partitions that it does not have: meta servers that start on it abort.",
		Examples: []string{"migrate rollback", "migrate rollback --from 10.0.0.1:2181 --target 10.0.0.2:2181"},
		Exits: []command.Exit{{Code: 0, When: "there is a way back, or the cluster is back"},
			{Code: 1, When: "it is too late, or the state was not found out"}},
		RestArgs: complete.File,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o returnOptions
			o.declare(flags)
			o.stored = true // before the leader is stopped
			return func(ctx context.Context, env command.Env, args []string) error {
				return returnRun(ctx, env, "migrate rollback", &o, args, migration.WayBack)
			}
		},
	}
}

// returnRun looks, and prints what follows from it.
func returnRun(ctx context.Context, env Env, name string, o *returnOptions, args []string, decide func(*migration.Survey, migration.Procedure) migration.Return) error {
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
	r := decide(s, by)
	if o.json {
		err = writeReturnJSON(env.Out(), r)
	} else {
		err = writeReturn(env, s, r, o.describeRecalled())
	}
	if err == nil && !r.TooLate.IsZero() {
		return tooLate(name, r)
	}
	return err
}
