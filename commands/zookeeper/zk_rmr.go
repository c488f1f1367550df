package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/bytesize"
	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/migration"
	"pegashell/migration/look"
	"pegashell/zkcopy"
	"pegashell/zkcopy/tree"
)

type zkRmrOptions struct {
	yes, dryRun, json bool
	backup            string
	connect           ensemble.Flags
	force             command.Overrides

	// began is when the first look began, without the time of the question.
	began time.Time
}

func zkRmrCommand() *command.Command {
	return &command.Command{
		Name:    "zk_rmr",
		Plugin:  command.PluginZooKeeper,
		Summary: "remove a znode with everything below it",
		Usage:   "<HOSTS/PATH> [--dry_run] [-y|--yes] [--backup FILE] " + ensemble.Usage + " [-j|--json] [--force guard,...]",
		Notes: "Counts first, then asks; a script needs --yes. `--dry_run` lists every znode that would be removed; guards then warn instead of refusing. Removed znodes cannot be restored, unless --backup wrote them to a file first, " +
			"as zk_backup does: nothing is removed before that file was read back and is equal to the tree.\n\n" +
			"Guards, each overridden by `--force NAME`: `live_tree` refuses a tree that living servers use: it has an ephemeral znode, or they hold their lock outside of it; " +
			"`connected_tree` refuses the tree and the lock of the cluster that the shell is connected to; `unknown_cluster` refuses to remove anything while " +
			"that cluster cannot report which tree it uses; `unknown_liveness` refuses a tree with a cluster whose lock was not found, " +
			"because living servers would not be detected; `two_leaders` refuses while two meta servers lead; `overwrite` keeps --backup from replacing a file.",
		Fields:      zkRmrFields,
		Examples:    []string{"zk_rmr 10.0.0.1:2181/pegasus/c1", "zk_rmr 10.0.0.1:2181/pegasus/c1 --backup c1.zkb.zst --yes"},
		Args:        []complete.Kind{complete.Target},
		Interrupted: "nothing was removed",
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkRmrOptions
			flags.BoolVar(&o.dryRun, "dry_run", false, "list what would be removed, remove nothing")
			flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
			flags.StringVar(&o.backup, "backup", "", "write the tree to this file first")
			flags.Complete("backup", complete.NewBackup)
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
			o.force.Declare(flags, "force", "zk_rmr")
			return func(ctx context.Context, env command.Env, args []string) error {
				if len(args) == 1 && !o.dryRun { // the cluster as it is while its old tree is still there
					command.See(ctx, env)
				}
				return zkRmrRun(ctx, env, &o, args)
			}
		},
	}
}

func zkRmrRun(ctx context.Context, env Env, o *zkRmrOptions, args []string) error {
	if len(args) != 1 {
		return outcome.WrongArguments("zk_rmr", message.New("exactly one HOSTS/PATH"), len(args))
	}
	if err := o.force.Check(); err != nil {
		return err
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	if o.backup, err = homefile.Expand(o.backup); err != nil {
		return err
	}
	var at ensemble.Address
	if zk.IsRelative(args[0]) {
		at, err = treeOrHosts(ctx, env, zk, "zk_rmr", args[0])
	} else {
		at, err = named(zk, "zk_rmr", args[0])
	}
	if err != nil {
		return err
	}
	if at.Path == "" {
		return outcome.WrongUse("zk_rmr: %s has no path: use HOSTS/PATH", args[0])
	}
	if at.Path == "/" || at.Path == "/zookeeper" || strings.HasPrefix(at.Path, "/zookeeper/") {
		return &tree.ReservedPathError{Path: at.Path}
	}
	tree, err := zk.Open(ctx, at)
	if err != nil {
		return err
	}
	defer tree.Client.Close()
	return migration.Execute(ctx, o.force.Change(env, o.dryRun), func(ctx context.Context, pass migration.Pass) error {
		o.began = env.Now()
		survey, count, err := o.look(ctx, env, zk, tree)
		if err != nil {
			return err
		}
		if err := pass(survey); err != nil {
			return err
		}
		if err := warnOfParent(ctx, env, zk, at, tree); err != nil {
			return err
		}
		if o.dryRun {
			return planRemoval(ctx, env, o, tree)
		}
		if count, err = o.prepare(ctx, env, tree, survey, count, pass); err != nil {
			return err
		}
		return o.carryOut(ctx, env, tree, count)
	})
}

// warnOfParent says before anything is removed that the last znode cannot go, where that is
// certain.
func warnOfParent(ctx context.Context, env Env, zk *ensemble.Directory, at ensemble.Address, tree zkcopy.Tree) error {
	options, err := zk.OptionsFor(at)
	if err != nil {
		return err
	}
	parent, err := zkcopy.KeptBy(ctx, tree, options.Auth)
	if parent != "" {
		env.Warn("the ACL of %s does not let you delete children: %s itself will stay, but everything below it will be removed", parent, tree)
	}
	return err
}

// carryOut removes the tree and reports the result.
func (o *zkRmrOptions) carryOut(ctx context.Context, env Env, tree zkcopy.Tree, count *zkcopy.Count) error {
	result, err := zkcopy.Remove(ctx, tree, zkcopy.RemoveOptions{Ephemeral: count.Ephemerals > 0, Progress: show(env, "zk_rmr", tree)})
	env.Evidence("target", tree.String())
	env.Evidence("znodes", count.Znodes)
	env.Evidence("bytes", count.Bytes)
	env.Evidence("removed", result.Removed)
	if err != nil && result.Removed == 0 && !outcome.IsCanceled(err) {
		return err
	}
	printErr := command.Print(env, removalReport(tree, o, count, result, env.Now().Sub(o.began), err), command.OutputOptions{JSON: o.json})
	if err != nil {
		return cutShort(err, message.New("the removal is not complete: %d of %d znodes were removed", result.Removed, max(count.Znodes, result.Removed)))
	}
	if copied := env.Session().Work(env.Cluster()).Copy; copied != nil && copied.Source == tree.String() && env.ForPerson() {
		env.Note("Next: this was the tree that was copied to %s. migrate status shows whether anything is left to do.", copied.Target)
	}
	return printErr
}

func removalReport(tree zkcopy.Tree, o *zkRmrOptions, count *zkcopy.Count, result *zkcopy.RemoveResult, took time.Duration, err error) *render.Report {
	out := &render.Report{Single: true, Typed: true}
	t := out.Add(render.NewList("zk_rmr"))
	t.Row("tree", tree)
	t.RowIf(o.backup != "", "backup", render.OrDash(o.backup))
	t.Row("removed", result.Removed)
	if err == nil {
		t.Row("bytes", count.Bytes)
	} else { // it is not known how many of them are gone
		t.RowIf(false, "bytes", nil)
	}
	t.Row("seconds", took.Seconds())
	if err != nil {
		t.Row("result", "NOT complete")
	} else {
		t.Row("result", "removed")
	}
	return out
}

// planRemoval lists what would go, in the order of the tree.
func planRemoval(ctx context.Context, env Env, o *zkRmrOptions, tree zkcopy.Tree) error {
	began := env.Now()
	l := command.NewListing(env, o.json, "actions")
	var znodes, bytes int64
	add := func(path string, size int32) error {
		znodes++
		bytes += int64(size)
		return l.Add(fmt.Sprintf("%s %s (%s)", zkcopy.ActionRemove, path, bytesize.String(int64(size))),
			"action", string(zkcopy.ActionRemove), "path", path, "bytes", size)
	}
	root, err := tree.ReadRoot(ctx)
	if err != nil {
		return err
	}
	if err := add(tree.Path, root.Stat.DataLength); err != nil {
		return err
	}
	err = zkcopy.List(ctx, tree, zkcopy.ListOptions{Recursive: true}, func(e zkcopy.Entry) error { return add(e.Path, e.Stat.DataLength) })
	if err != nil {
		return errors.Join(err, l.End(nil))
	}
	out := &render.Report{Single: true, Typed: true}
	t := out.Add(render.NewList("zk_rmr"))
	t.Row("tree", tree)
	t.Row("znodes", znodes)
	t.Row("bytes", bytes)
	t.Row("seconds", env.Now().Sub(began).Seconds())
	t.Row("result", "a plan, nothing was removed")
	return l.End(out)
}

// look counts the tree, and finds out how it lies to that of the connected cluster.
func (o *zkRmrOptions) look(ctx context.Context, env Env, zk *ensemble.Directory, tree zkcopy.Tree) (*migration.Survey, *zkcopy.Count, error) {
	cluster := lookBeforeRemoval(ctx, env, zk, tree)
	defer cluster.wait()
	there, err := inspectRemoved(ctx, tree, zkcopy.CountOptions{Progress: show(env, "zk_rmr", tree)})
	if err != nil {
		return nil, nil, err
	}
	exists, err := existingFile(o.backup)
	if err != nil {
		return nil, nil, err
	}
	if cluster.wait(); ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	s := removalSurvey(ctx, tree, there, cluster)
	s.ExistingFile = exists
	return s, &there.Count, ctx.Err()
}

// inspectRemoved is zkcopy.Inspect of a tree that has to exist.
func inspectRemoved(ctx context.Context, at zkcopy.Tree, o zkcopy.CountOptions) (*zkcopy.Findings, error) {
	there, err := zkcopy.Inspect(ctx, at, o)
	if err == nil && !there.Exists {
		err = &tree.NotFoundError{Tree: at.Endpoint()}
	}
	return there, err
}

// prepare asks, and backs the tree up. It returns a new count, and looks again for living servers:
// somebody may have started one meanwhile.
func (o *zkRmrOptions) prepare(ctx context.Context, env Env, tree zkcopy.Tree, seen *migration.Survey, count *zkcopy.Count, pass migration.Pass) (*zkcopy.Count, error) {
	question := message.New("Remove %d znodes (%s) at and below %s?", count.Znodes, bytesize.String(count.Bytes), tree)
	if tables := namedTables(seen.Target.Clusters); tables != "" {
		question = message.New("Remove %d znodes (%s) at and below %s, with the tables %s?", count.Znodes, bytesize.String(count.Bytes), tree, tables)
	}
	asked := env.Now()
	if err := env.Confirm(ctx, o.yes, question); err != nil {
		return nil, err
	}
	o.began = o.began.Add(env.Now().Sub(asked)) // who answers does not wait
	if o.backup != "" {
		if err := backUpFirst(ctx, env, o, tree); err != nil {
			return nil, err
		}
	}
	if o.yes && o.backup == "" {
		return count, nil
	}
	again, err := inspectRemoved(ctx, tree, zkcopy.CountOptions{})
	if err != nil {
		return nil, err
	}
	now := *seen
	now.ExistingFile = "" // what is there now is the backup
	now.Target = seenTarget(tree, again)
	look.Locate(ctx, &now.Target, tree, configsOf(ctx, env))
	return &again.Count, pass(&now)
}

// namedTables names the tables of the clusters that a tree has, the first of them; "" for none.
func namedTables(clusters []zkcopy.Cluster) string {
	var names []string
	for _, c := range clusters {
		for _, t := range c.Tables {
			if t.Unreadable == nil {
				names = append(names, t.Name)
			}
		}
	}
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed], fmt.Sprintf("... (%d)", len(names)))
	}
	return strings.Join(names, ", ")
}

// maxNamed is how many tables a question names.
const maxNamed = 8

// backUpFirst writes the tree to a file, which has to be the very tree that is going to be removed.
func backUpFirst(ctx context.Context, env Env, o *zkRmrOptions, tree zkcopy.Tree) error {
	saved, err := zkcopy.Backup(ctx, tree, o.backup, zkcopy.BackupOptions{Overwrite: o.force.Has(migration.GuardOverwrite), Progress: show(env, "zk_rmr", tree)})
	if err != nil {
		return message.Errorf("%w\nNothing was removed", err)
	}
	env.Evidence("backup", o.backup)
	env.Evidence("backup_zxid", fmt.Sprintf("%#x", saved.Zxid))
	return nil
}
