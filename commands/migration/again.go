package migration

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/migration"
)

func againCommand() *command.Command {
	return &command.Command{
		Name:    "migrate again",
		Plugin:  command.PluginMigration,
		Reads:   true,
		Summary: "show how to begin a migration again after going back",
		Usage:   returnUsage,
		Notes: "After going back, the tree on the new ZooKeeper was used by meta servers: zk_copy refuses to write over it (guard used_target), and a recovery needs an empty place. " +
			"The command shows the lines that make room, with a backup, and then the one to begin with. It changes nothing itself.",
		Examples: []string{"migrate again", "migrate again --target 10.0.0.2:2181 --by copy"},
		Exits: []command.Exit{{Code: 0, When: "the lines are shown"},
			{Code: 1, When: "the cluster works on the new ZooKeeper, or the state was not found out"}},
		RestArgs: complete.File,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o returnOptions
			o.declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return returnRun(ctx, env, "migrate again", &o, args, migration.Again)
			}
		},
	}
}
