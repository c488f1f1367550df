package zookeeper

import (
	"context"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

type zkSetOptions struct {
	editOptions
	data    dataFlags
	version int32
}

func zkSetCommand() *command.Command {
	return &command.Command{
		Name:    "zk_set",
		Plugin:  command.PluginZooKeeper,
		Summary: "set the data of a znode",
		Usage:   "<HOSTS/PATH|PATH> <DATA | --file FILE> [--version num] " + editUsage,
		Notes: "`--version` sets the data only if it still has this version, as zk_stat shows it. An empty DATA (`\"\"`) leaves the znode without data. " +
			"`--file /dev/stdin` reads what a script pipes in to `pegashell -x`; where the shell reads its lines from the standard input, it is refused.\n\n" + quoteNotes + "\n\n" + editNotes,
		Fields: []command.Field{
			{Path: "zk_set.znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_set.bytes", Type: command.Count, Meaning: "the size of the data"},
			{Path: "zk_set.version", Type: command.Count, Meaning: "the version that the data has now"},
			{Path: "zk_set.result", Type: command.Text, Meaning: "`set`"},
		},
		Examples: []string{"zk_set 10.0.0.1:2181/notes/text \"to be moved\"", "zk_set /notes/text --file note.txt --version 3"},
		Args:     editArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkSetOptions
			o.data.declare(flags)
			flags.Int32Var(&o.version, "version", -1, "the version that the data must have; -1 is any")
			o.declare(flags, "zk_set")
			return func(ctx context.Context, env command.Env, args []string) error { return zkSetRun(ctx, env, &o, args) }
		},
	}
}

// quoteNotes say how data with quotes is typed.
const quoteNotes = "JSON is best typed in single quotes: `'{\"a\": 1}'`. Between double quotes a backslash begins another character, " +
	"such as `\\n` for the end of a line."

func zkSetRun(ctx context.Context, env Env, o *zkSetOptions, args []string) error {
	if len(args) == 0 || len(args) > 2 {
		return outcome.WrongArguments("zk_set", message.New("a HOSTS/PATH or PATH, and DATA"), len(args))
	}
	if err := checkVersion("zk_set", o.version); err != nil {
		return err
	}
	data, err := o.data.read(ctx, env, "zk_set", args[1:])
	if err != nil {
		return err
	}
	if data == nil {
		return outcome.WrongUse("zk_set: the data is missing: write it behind the path, or name a file with --file")
	}
	return o.edit(ctx, env, "zk_set", args[0], func(ctx context.Context, e *editing) error {
		if err := e.guard(ctx, e.at.Path, false); err != nil {
			return err
		}
		version, err := zkcopy.SetData(ctx, e.at, data, o.version)
		if err != nil {
			return err
		}
		env.Evidence("znode", e.at.String())
		env.Evidence("version", version)
		return e.print("zk_set", o.json, "znode", e.at, "bytes", len(data), "version", version, "result", "set")
	})
}

// checkVersion refuses what no version is.
func checkVersion(name string, version int32) error {
	if version < -1 {
		return outcome.WrongUse("%s: --version: %d is below -1, which is any version", name, version)
	}
	return nil
}
