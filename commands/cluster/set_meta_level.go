package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

func setMetaLevelCommand() *command.Command {
	return &command.Command{
		Name:     "set_meta_level",
		Plugin:   command.PluginCluster,
		Summary:  "set the function level of the leader",
		Usage:    "<stopped|blind|freezed|steady|lively>",
		Notes:    "The level is only in the leader's memory: after a restart, or with another leader, it is the one in the configuration (meta_function_level_on_start).",
		Examples: []string{"set_meta_level blind", "set_meta_level steady"},
		Args:     []complete.Kind{complete.Level.Complete},
		Ignores:  true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error {
				if freezes(args) { // what is seen now is what the cluster has to be like afterwards
					command.See(ctx, env)
				}
				err := setMetaLevelRun(ctx, env, args)
				if err == nil && !freezes(args) {
					command.See(ctx, env)
				}
				return err
			}
		},
	}
}

// freezes reports whether the words begin the time in which a migration copies the metadata.
func freezes(args []string) bool { return len(args) > 0 && args[0] == "blind" }

func setMetaLevelRun(ctx context.Context, env Env, args []string) error {
	if len(args) == 0 {
		return outcome.Misused()
	}
	level, err := wire.ParseMetaLevel(args[0])
	if err != nil {
		return outcome.Misuse(fmt.Sprintf("parse %s as meta function level failed\n", args[0]), complete.Level.Near(args[0]))
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("level", level.String())
	old, err := admin.SetMetaLevel(ctx, level)
	env.Evidence("server", admin.Leader())
	if err != nil {
		return fail(env, err, "control meta level got error %s", metaadmin.Code(err))
	}
	env.Evidence("old_level", old.String())
	if level != wire.LevelInvalid { // which changes nothing
		env.Session().HasSetLevel(env.Cluster(), &migration.LevelSet{Level: level, Time: env.Now(), Server: admin.Leader()})
	}
	fmt.Fprintf(env.Out(), "control meta level ok, the old level is fl_%s\n", old)
	if level == wire.LevelBlind && env.ForPerson() { // a script knows what it does next
		env.Note("Next: when all followers are stopped, copy the metadata: zk_copy -t HOSTS. migrate status shows what is left to do.")
	}
	return nil
}
