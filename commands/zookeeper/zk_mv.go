package zookeeper

import (
	"context"
	"errors"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

func zkMvCommand() *command.Command {
	return &command.Command{
		Name:    "zk_mv",
		Plugin:  command.PluginZooKeeper,
		Summary: "move a znode and everything below it",
		Usage:   "<HOSTS/PATH|PATH> <HOSTS/PATH|PATH> " + editUsage,
		Notes: "The second path, on the same ensemble, is where the znode is to be; there must be none yet, and its parent must exist. All is moved in one transaction, or nothing is: " +
			"what is too large for one (512 KiB with paths and ACLs) is refused, as is what holds ephemeral znodes.\n\n" + editNotes,
		Fields: []command.Field{
			{Path: "zk_mv.znode", Type: command.Text, Meaning: "HOSTS/PATH before"},
			{Path: "zk_mv.moved_to", Type: command.Text, Meaning: "HOSTS/PATH now"},
			{Path: "zk_mv.moved", Type: command.Count, Meaning: "how many znodes that are"},
			{Path: "zk_mv.result", Type: command.Text, Meaning: "`moved`"},
		},
		Examples: []string{"zk_mv 10.0.0.1:2181/notes/a /notes/b", "zk_mv /notes/a /notes/b"},
		Args:     []complete.Kind{complete.OwnTarget, complete.OwnTarget},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o editOptions
			o.declare(flags, "zk_mv")
			return func(ctx context.Context, env command.Env, args []string) error { return zkMvRun(ctx, env, &o, args) }
		},
	}
}

func zkMvRun(ctx context.Context, env Env, o *editOptions, args []string) error {
	if len(args) != 2 {
		return outcome.WrongArguments("zk_mv", message.New("exactly two HOSTS/PATH or PATH"), len(args))
	}
	return o.edit(ctx, env, "zk_mv", args[0], func(ctx context.Context, e *editing) error {
		to, err := e.second(ctx, "zk_mv", args[1])
		if err != nil {
			return err
		}
		if err := e.guard(ctx, e.at.Path, true); err != nil {
			return err
		}
		if err := e.guard(ctx, to.Path, false); err != nil {
			return err
		}
		moved, err := zkcopy.Move(ctx, e.at, to)
		var large *zkcopy.TooLargeError
		switch {
		case errors.As(err, &large):
			return message.Errorf("%w: zk_cp copies it, then zk_rmr removes the old tree", err)
		case err != nil:
			return parentHint(err)
		}
		env.Evidence("znode", e.at.String())
		env.Evidence("moved_to", to.String())
		return e.print("zk_mv", o.json, "znode", e.at, "moved_to", to, "moved", moved, "result", "moved")
	})
}
