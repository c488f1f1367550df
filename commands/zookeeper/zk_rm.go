package zookeeper

import (
	"context"
	"errors"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

type zkRmOptions struct {
	editOptions
	version int32
}

func zkRmCommand() *command.Command {
	return &command.Command{
		Name:    "zk_rm",
		Plugin:  command.PluginZooKeeper,
		Summary: "remove a znode without children",
		Usage:   "<HOSTS/PATH|PATH> [--version num] " + editUsage,
		Notes:   "It does not ask. `--version` removes the znode only if its data still has this version. A znode with children is refused: zk_rmr removes it with everything below it.\n\n" + editNotes,
		Fields: []command.Field{
			{Path: "zk_rm.znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_rm.result", Type: command.Text, Meaning: "`removed`"},
		},
		Examples: []string{"zk_rm 10.0.0.1:2181/notes/text", "zk_rm /notes/text --version 3"},
		Args:     editArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkRmOptions
			flags.Int32Var(&o.version, "version", -1, "the version that the data must have; -1 is any")
			o.declare(flags, "zk_rm")
			return func(ctx context.Context, env command.Env, args []string) error { return zkRmRun(ctx, env, &o, args) }
		},
	}
}

func zkRmRun(ctx context.Context, env Env, o *zkRmOptions, args []string) error {
	if len(args) != 1 {
		return outcome.WrongArguments("zk_rm", message.New("exactly one HOSTS/PATH or PATH"), len(args))
	}
	if err := checkVersion("zk_rm", o.version); err != nil {
		return err
	}
	return o.edit(ctx, env, "zk_rm", args[0], func(ctx context.Context, e *editing) error {
		if err := e.guard(ctx, e.at.Path, false); err != nil {
			return err
		}
		err := zkcopy.RemoveOne(ctx, e.at, o.version)
		var children *zkcopy.ChildrenError
		switch {
		case errors.As(err, &children):
			return message.Errorf("%w: zk_rmr %s removes it with everything below it", err, e.at)
		case err != nil:
			return err
		}
		env.Evidence("znode", e.at.String())
		return e.print("zk_rm", o.json, "znode", e.at, "result", "removed")
	})
}
