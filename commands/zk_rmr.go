package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/bytesize"
	"pegashell/internal/homefile"
	"pegashell/zkcopy"
	"pegashell/zkcopy/tree"
)

type zkRmrOptions struct {
	yes, dryRun, json bool
	backup            string
	connect           zkConnectOptions
	force             forceOptions
}

// Guards of zk_rmr.
const (
	guardLiveTree       = "live_tree"
	guardConnectedTree  = "connected_tree"
	guardUnknownCluster = "unknown_cluster"
)

func zkRmrCommand() *Command {
	return &Command{
		Name:    "zk_rmr",
		Plugin:  PluginZooKeeper,
		Summary: "remove a znode with everything below it",
		Usage:   "<HOSTS/PATH> [--dry_run] [-y|--yes] [--backup FILE] " + zkConnectUsage + " [-j|--json] [--force guard,...]",
		Notes: "Counts first, then asks; a script has to say --yes. `--dry_run` lists every znode that would go; guards then warn instead of refusing. What was removed is gone, unless --backup wrote it to a file first, " +
			"as zk_backup does: nothing is removed before that file was read back and found to be the tree.\n\n" +
			"Guards, each overridden by `--force NAME`: `live_tree` refuses a tree that holds an ephemeral znode, for living servers use it; " +
			"`connected_tree` refuses the tree of the cluster that the shell is connected to; `unknown_cluster` refuses to remove anything while " +
			"that cluster cannot say which tree is its own; `overwrite` keeps --backup from replacing a file.",
		Examples:    []string{"zk_rmr 10.0.0.1:2181/pegasus/c1", "zk_rmr 10.0.0.1:2181/pegasus/c1 --backup c1.zkb.zst --yes"},
		Args:        []Kind{kindTree()},
		Interrupted: "nothing was removed",
		Prepare: func(flags *pflag.FlagSet) Run {
			var o zkRmrOptions
			flags.BoolVar(&o.dryRun, "dry_run", false, "list what would be removed, remove nothing")
			flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
			flags.StringVar(&o.backup, "backup", "", "write the tree to this file first")
			declareKind(flags, "backup", kindNewBackup)
			o.connect.declare(flags)
			flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
			o.force.declare(flags, guardLiveTree, guardConnectedTree, guardUnknownCluster, guardOverwrite)
			return func(ctx context.Context, env *Env, args []string) error { return zkRmrRun(ctx, env, &o, args) }
		},
	}
}

func zkRmrRun(ctx context.Context, env *Env, o *zkRmrOptions, args []string) error {
	if len(args) != 1 {
		return usagef("zk_rmr: one HOSTS/PATH is wanted, %d words were given", len(args))
	}
	if err := o.force.check(o.dryRun); err != nil {
		return err
	}
	env, err := o.connect.with(env)
	if err != nil {
		return err
	}
	if o.backup, err = homefile.Expand(o.backup); err != nil {
		return err
	}
	at, err := env.endpoint(args[0])
	if err != nil {
		return usagef("zk_rmr: %v", err)
	}
	if at.Path == "" {
		return usagef("zk_rmr: %s names no path: HOSTS/PATH is wanted", args[0])
	}
	if at.Path == "/" || at.Path == "/zookeeper" || strings.HasPrefix(at.Path, "/zookeeper/") {
		return &tree.ReservedPathError{Path: at.Path}
	}
	tree, err := env.open(ctx, at)
	if err != nil {
		return err
	}
	defer tree.Client.Close()
	count, err := guardRemoval(ctx, env, o, tree)
	if err != nil {
		return err
	}
	if o.dryRun {
		return planRemoval(ctx, env, o, tree)
	}
	if count, err = prepareRemoval(ctx, env, o, tree, count); err != nil {
		return err
	}
	result, err := zkcopy.Remove(ctx, tree, zkcopy.RemoveOptions{Ephemeral: count.Ephemerals > 0, Progress: env.show("zk_rmr", tree)})
	if err != nil && result.Removed == 0 && !isCanceled(err) {
		return err
	}
	printErr := removalReport(tree, o, count, result, err).print(env, outputOptions{json: o.json})
	if err != nil {
		return cutShort(err, "removal is not complete: %d of %d znodes were removed", result.Removed, max(count.Znodes, result.Removed))
	}
	return printErr
}

func removalReport(tree zkcopy.Tree, o *zkRmrOptions, count *zkcopy.Count, result *zkcopy.RemoveResult, err error) *report {
	out := &report{single: true}
	t := out.add(newList("zk_rmr"))
	t.row("tree", tree)
	if o.backup != "" {
		t.row("backup", o.backup)
	}
	t.row("removed", result.Removed)
	if err == nil { // else it is not known how many of them are gone
		t.row("bytes", count.Bytes)
	}
	t.row("seconds", result.Duration.Seconds())
	if err != nil {
		t.row("result", "NOT complete")
	} else {
		t.row("result", "removed")
	}
	return out
}

// planRemoval lists what would go, in the order of the tree.
func planRemoval(ctx context.Context, env *Env, o *zkRmrOptions, tree zkcopy.Tree) error {
	began := env.Now()
	l := listing{w: env.Out, json: o.json, name: "actions"}
	var znodes, bytes int64
	add := func(path string, size int32) error {
		znodes++
		bytes += int64(size)
		return l.add(fmt.Sprintf("%s %s (%s)", zkcopy.ActionRemove, path, bytesize.String(int64(size))),
			"action", string(zkcopy.ActionRemove), "path", path, "bytes", fmt.Sprint(size))
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
		return errors.Join(err, l.end(nil))
	}
	out := &report{single: true}
	t := out.add(newList("zk_rmr"))
	t.row("tree", tree)
	t.row("znodes", znodes)
	t.row("bytes", bytes)
	t.row("seconds", env.Now().Sub(began).Seconds())
	t.row("result", "a plan, nothing was removed")
	return l.end(out)
}

// guardRemoval counts the tree and looks for what speaks against its removal.
func guardRemoval(ctx context.Context, env *Env, o *zkRmrOptions, tree zkcopy.Tree) (*zkcopy.Count, error) {
	count, err := zkcopy.CountTree(ctx, tree, zkcopy.CountOptions{Progress: env.show("zk_rmr", tree)})
	if err != nil {
		return nil, err
	}
	if err := guardLive(env, o, tree, count); err != nil {
		return nil, err
	}
	if err := guardConnected(ctx, env, o, tree); err != nil {
		return nil, err
	}
	if o.backup != "" {
		if err := guardFile(env, &o.force, o.backup); err != nil {
			return nil, err
		}
	}
	return count, nil
}

// prepareRemoval asks, and backs the tree up. It gives the count anew, and looks again for living servers:
// somebody may have started one meanwhile.
func prepareRemoval(ctx context.Context, env *Env, o *zkRmrOptions, tree zkcopy.Tree, count *zkcopy.Count) (*zkcopy.Count, error) {
	question := fmt.Sprintf("Remove %d znodes (%s) at and below %s?", count.Znodes, bytesize.String(count.Bytes), tree)
	if err := env.confirm(ctx, o.yes, question); err != nil {
		return nil, err
	}
	if o.backup != "" {
		if err := backUpFirst(ctx, env, o, tree); err != nil {
			return nil, err
		}
	}
	if o.yes && o.backup == "" {
		return count, nil
	}
	again, err := zkcopy.CountTree(ctx, tree, zkcopy.CountOptions{})
	if err != nil {
		return nil, err
	}
	return again, guardLive(env, o, tree, again)
}

// backUpFirst writes the tree to a file, which has to be the very tree that is going to be removed.
func backUpFirst(ctx context.Context, env *Env, o *zkRmrOptions, tree zkcopy.Tree) error {
	_, err := zkcopy.Backup(ctx, tree, o.backup, zkcopy.BackupOptions{Overwrite: o.force.has(guardOverwrite), Progress: env.show("zk_rmr", tree)})
	if err != nil {
		return fmt.Errorf("%w\nNothing was removed", err)
	}
	return nil
}

// guardLive refuses a tree that living servers use.
func guardLive(env *Env, o *zkRmrOptions, tree zkcopy.Tree, count *zkcopy.Count) error {
	if count.Ephemerals == 0 {
		return nil
	}
	return o.force.guard(env, guardLiveTree, "%s holds %d ephemeral znodes, so living servers use it: %s. %s",
		tree, count.Ephemerals, describeEphemerals(count), expiryHint)
}

// guardConnected refuses the tree that the connected cluster works with, or one that overlaps it.
func guardConnected(ctx context.Context, env *Env, o *zkRmrOptions, tree zkcopy.Tree) error {
	at, err := env.clusterTree(ctx)
	if err == nil {
		var own zkcopy.Tree
		if own, err = env.open(ctx, at); err == nil {
			defer own.Client.Close()
			var relation zkcopy.Relation
			if relation, err = zkcopy.Relate(ctx, tree, own); err == nil && relation != zkcopy.Apart {
				return o.force.guard(env, guardConnectedTree, "%s %s the tree of the connected cluster (%s)", tree, relation, own)
			}
		}
	}
	if err != nil {
		if isCanceled(err) {
			return err
		}
		return o.force.guard(env, guardUnknownCluster, "cannot tell whether %s is the tree of the connected cluster: %v", tree, err)
	}
	return nil
}
