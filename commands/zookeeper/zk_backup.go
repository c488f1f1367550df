package zookeeper

import (
	"context"
	"errors"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/backup"
)

type zkBackupOptions struct {
	json    bool
	connect ensemble.Flags
	force   command.Overrides
}

func zkBackupCommand() *command.Command {
	return &command.Command{
		Name:    "zk_backup",
		Plugin:  command.PluginZooKeeper,
		Summary: "write a znode tree to a file, and read it back",
		Usage:   "[HOSTS/PATH|PATH] <FILE> " + ensemble.Usage + " [-j|--json] [--force guard,...]",
		Notes: "The file holds every znode as a line of JSON (docs/backup-format.md), compressed if its name ends in .gz or .zst; it appears only when it " +
			"is complete. While it is read back, the tree is read a second time: the command succeeds when nothing changed in between but ephemeral " +
			"znodes, so that the file is the tree as it was at one moment. Otherwise the file is still written and records that the tree changed, and the command fails.\n\n" +
			"A PATH without HOSTS is one on the connected cluster's ZooKeeper. Without both it is the tree of that cluster; FILE must then end in " +
			".zkb, .gz or .zst. `--force overwrite` replaces a file that exists.",
		Fields: zkBackupFields,
		Examples: []string{
			"zk_backup c1.zkb.zst",
			"zk_backup 10.0.0.1:2181/pegasus/c1 c1.zkb.gz",
		},
		Interrupted: "no file was written",
		Args:        []complete.Kind{complete.OwnTreeOr(complete.NewBackup), complete.NewBackup},
		Exits:       []command.Exit{{Code: exitChanged, When: "the tree changed while it was saved; the file was still written"}},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkBackupOptions
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
			o.force.Declare(flags, "force", "zk_backup")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkBackupRun(ctx, env, &o, args)
			}
		},
	}
}

func zkBackupRun(ctx context.Context, env Env, o *zkBackupOptions, args []string) error {
	var from, file string
	switch {
	case len(args) == 2:
		from, file = args[0], args[1]
	case len(args) == 1 && backup.HasSuffix(args[0]):
		file = args[0]
	default:
		return outcome.WrongArguments("zk_backup", message.New("a tree and a FILE, or only a FILE that ends in .zkb, .gz or .zst"), len(args))
	}
	if err := o.force.Check(); err != nil {
		return err
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	if file, err = homefile.Expand(file); err != nil {
		return err
	}
	exists, err := existingFile(file)
	if err != nil {
		return err
	}
	return migration.Execute(ctx, o.force.Change(env, false), func(ctx context.Context, pass migration.Pass) error {
		if err := pass(&migration.Survey{ExistingFile: exists}); err != nil {
			return err
		}
		return o.carryOut(ctx, env, zk, from, file)
	})
}

// carryOut backs a tree up and reports the result.
func (o *zkBackupOptions) carryOut(ctx context.Context, env Env, zk *ensemble.Directory, from, file string) error {
	at, err := treeAt(ctx, env, zk, "zk_backup", from)
	if err != nil {
		return err
	}
	tree, err := zk.Open(ctx, at)
	if err != nil {
		return err
	}
	defer tree.Client.Close()
	result, err := zkcopy.Backup(ctx, tree, file, zkcopy.BackupOptions{
		Overwrite: o.force.Has(migration.GuardOverwrite), Progress: show(env, "zk_backup", tree), MaxDifferences: listedPaths(o.json),
	})
	var changed *zkcopy.SourceChangedError
	if err != nil && !errors.As(err, &changed) {
		return err
	}
	env.Evidence("source", tree.String())
	env.Evidence("file", file)
	env.Evidence("znodes", result.Znodes)
	env.Evidence("bytes", result.Bytes)
	env.Evidence("verified", result.Changed == 0)
	env.Evidence("source_zxid", fmt.Sprintf("%#x", result.Zxid))
	out := backupReport(tree, file, result)
	addFailure(out, err)
	printErr := command.Print(env, out, command.OutputOptions{JSON: o.json})
	if changed != nil {
		return outcome.WithCode(exitChanged, outcome.Worded(message.New("%d znodes of the source changed while it was saved:%s\n"+
			"The backup %s is whole, but it is not the tree as it was at one moment. %s", changed.Total, indented(changed.Paths, changed.Total), file,
			untilUnchanged(withDuplications(ctx, tree, err), message.New("Repeat the command; if a living cluster uses the tree, run set_meta_level blind first"))), err), true)
	}
	return printErr
}

func backupReport(tree zkcopy.Tree, file string, r *zkcopy.BackupResult) *render.Report {
	out := &render.Report{Single: true, Typed: true}
	t := out.Add(render.NewList("zk_backup"))
	t.Row("tree", tree)
	t.Row("file", file)
	t.Row("znodes", r.Znodes)
	t.Row("ephemeral", r.Ephemerals)
	t.Row("bytes", r.Bytes)
	t.Row("file_bytes", r.FileBytes)
	t.Row("zxid", fmt.Sprintf("%#x", r.Zxid))
	t.Row("seconds", r.Duration.Seconds())
	lost := r.ConnectionLosses + r.SessionLosses
	t.RowIf(lost > 0, "connections_lost", lost)
	t.RowIf(r.Changed > 0, "changed_meanwhile", r.Changed)
	if r.Changed > 0 {
		t.Row("result", "the file is whole, but the tree changed while it was read")
	} else {
		t.Row("result", "verified: the file was read back, and is the tree as it was at one moment")
	}
	return out
}
