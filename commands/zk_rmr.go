package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/zkcopy"
)

type zkRmrOptions struct {
	yes     bool
	backup  string
	connect zkConnectOptions
	force   forceOptions
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
		Usage:   "<HOSTS/PATH> [-y|--yes] [--backup FILE] " + zkConnectUsage + " [--force guard,...]",
		Notes: "Counts first, then asks; a script has to say --yes. What was removed is gone, unless --backup wrote it to a file first, " +
			"as zk_backup does: nothing is removed before that file was read back and found to be the tree.\n\n" +
			"Guards, each overridden by `--force NAME`: `live_tree` refuses a tree that holds an ephemeral znode, for living servers use it; " +
			"`connected_tree` refuses the tree of the cluster that the shell is connected to; `unknown_cluster` refuses to remove anything while " +
			"that cluster cannot say which tree is its own; `overwrite` keeps --backup from replacing a file.",
		Examples: []string{"zk_rmr 10.0.0.1:2181/pegasus/c1", "zk_rmr 10.0.0.1:2181/pegasus/c1 --backup c1.zkb.zst --yes"},
		Args:     []Kind{kindTree()},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o zkRmrOptions
			flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
			flags.StringVar(&o.backup, "backup", "", "write the tree to this file first")
			declareKind(flags, "backup", kindNewBackup)
			o.connect.declare(flags)
			o.force.declare(flags, guardLiveTree, guardConnectedTree, guardUnknownCluster, guardOverwrite)
			return func(ctx context.Context, env *Env, args []string) error { return zkRmrRun(ctx, env, &o, args) }
		},
	}
}

func zkRmrRun(ctx context.Context, env *Env, o *zkRmrOptions, args []string) error {
	if len(args) != 1 {
		return usagef("zk_rmr: one HOSTS/PATH is wanted, %d words were given", len(args))
	}
	if err := o.force.check(); err != nil {
		return err
	}
	env, err := o.connect.with(env)
	if err != nil {
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
		return &zkcopy.ReservedPathError{Path: at.Path}
	}
	tree, err := env.open(ctx, at)
	if err != nil {
		return err
	}
	defer tree.Client.Close()
	count, err := prepareRemoval(ctx, env, o, tree)
	if err != nil {
		return err
	}
	result, err := zkcopy.Remove(ctx, tree, zkcopy.RemoveOptions{Ephemeral: count.Ephemerals > 0, Progress: env.show("zk_rmr")})
	if err != nil && result.Removed == 0 {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w\n%d of %d znodes were removed; repeat the command to remove the rest", err, result.Removed, count.Znodes)
	}
	r := report{single: true}
	t := r.add(newList("zk_rmr"))
	t.row("tree", tree)
	if o.backup != "" {
		t.row("backup", o.backup)
	}
	t.row("removed", result.Removed)
	t.row("bytes", count.Bytes)
	t.row("seconds", result.Duration.Seconds())
	return r.print(env, outputOptions{})
}

// prepareRemoval counts the tree, looks for what speaks against its removal, asks, and backs it up.
func prepareRemoval(ctx context.Context, env *Env, o *zkRmrOptions, tree zkcopy.Tree) (*zkcopy.Count, error) {
	count, err := zkcopy.CountTree(ctx, tree, zkcopy.CountOptions{Progress: env.show("zk_rmr")})
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
	question := fmt.Sprintf("Remove %d znodes (%s) at and below %s?", count.Znodes, byteSize(count.Bytes), tree)
	if err := env.confirm(ctx, o.yes, question); err != nil {
		return nil, err
	}
	if o.backup != "" {
		if err := backUpFirst(ctx, env, o, tree); err != nil {
			return nil, err
		}
	}
	if !o.yes || o.backup != "" { // somebody may have started a server meanwhile
		if count, err = zkcopy.CountTree(ctx, tree, zkcopy.CountOptions{}); err != nil {
			return nil, err
		}
		if err := guardLive(env, o, tree, count); err != nil {
			return nil, err
		}
	}
	return count, nil
}

// backUpFirst writes the tree to a file, which has to be the very tree that is going to be removed.
func backUpFirst(ctx context.Context, env *Env, o *zkRmrOptions, tree zkcopy.Tree) error {
	_, err := zkcopy.Backup(ctx, tree, o.backup, zkcopy.BackupOptions{Overwrite: o.force.has(guardOverwrite), Progress: env.show("zk_rmr")})
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
