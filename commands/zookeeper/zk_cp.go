package zookeeper

import (
	"context"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

func zkCpCommand() *command.Command {
	return &command.Command{
		Name:    "zk_cp",
		Plugin:  command.PluginZooKeeper,
		Summary: "copy a znode and everything below it",
		Usage:   "<HOSTS/PATH|PATH> <HOSTS/PATH|PATH> " + editUsage,
		Notes: "The second path, on the same ensemble, is that of the copy; there must be no such znode yet, and its parent must exist. The copy has the data and the ACLs, and is read back. " +
			"Ephemeral znodes are left out. zk_copy copies to another ensemble, and brings a copy up to date.\n\n" + editNotes,
		Fields: []command.Field{
			{Path: "zk_cp.znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_cp.copy", Type: command.Text, Meaning: "HOSTS/PATH of the copy"},
			{Path: "zk_cp.created", Type: command.Count, Meaning: "how many znodes were created"},
			{Path: "zk_cp.ephemeral_left_out", Type: command.Count, Meaning: "ephemeral znodes that were left out"},
			{Path: "zk_cp.result", Type: command.Text, Meaning: "`copied, read back and equal`"},
		},
		Examples: []string{"zk_cp 10.0.0.1:2181/notes/a /notes/b", "zk_cp /notes/a /notes/b"},
		Args:     []complete.Kind{complete.OwnTree, complete.OwnTarget},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o editOptions
			o.declare(flags, "zk_cp")
			return func(ctx context.Context, env command.Env, args []string) error { return zkCpRun(ctx, env, &o, args) }
		},
	}
}

func zkCpRun(ctx context.Context, env Env, o *editOptions, args []string) error {
	if len(args) != 2 {
		return outcome.WrongArguments("zk_cp", message.New("exactly two HOSTS/PATH or PATH"), len(args))
	}
	return o.edit(ctx, env, "zk_cp", args[0], func(ctx context.Context, e *editing) error {
		to, err := e.second(ctx, "zk_cp", args[1])
		if err != nil {
			return err
		}
		if err := e.guard(ctx, to.Path, false); err != nil {
			return err
		}
		if err := to.Sync(ctx); err != nil {
			return err
		}
		if err := zkcopy.CheckFree(ctx, to); err != nil {
			return parentHint(err)
		}
		result, err := zkcopy.Copy(ctx, e.at, to, zkcopy.CopyOptions{Progress: show(env, "zk_cp", e.at)})
		if err != nil {
			if result.Created == 0 {
				return err
			}
			return outcome.Worded(message.New("%v\nThe copy is not complete: %d znodes were created. zk_rmr %s removes them", err, result.Created, to), err)
		}
		env.Evidence("znode", e.at.String())
		env.Evidence("copy", to.String())
		return e.print("zk_cp", o.json, "znode", e.at, "copy", to, "created", result.Created, "ephemeral_left_out", result.LeftOut, "result", "copied, read back and equal")
	})
}
