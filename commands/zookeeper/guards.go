package zookeeper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"pegashell/commands/ensemble"
	"pegashell/internal/outcome"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// describeEphemerals tells who holds ephemeral znodes, the first few of them.
func describeEphemerals(count *zkcopy.Count) string {
	const shown = 3
	var parts []string
	for _, n := range count.EphemeralNodes[:min(shown, len(count.EphemeralNodes))] {
		parts = append(parts, fmt.Sprintf("%s (%q, session %#x)", n.Path, n.Value, n.Session))
	}
	text := strings.Join(parts, ", ")
	if int(count.Ephemerals) > len(parts) {
		text += ", ..."
	}
	return text
}

// expiryHint is what an operator who has just killed a server needs to know.
const expiryHint = "A meta server that was just killed keeps its lock node until its session expires, " +
	"after timeout_ms of section [zookeeper] in its config.ini: then wait and repeat."

// guardOverwrite keeps files that are there.
const guardOverwrite = "overwrite"

// guardFile refuses a file that exists.
func guardFile(env Env, force *forceOptions, file string) error {
	_, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return force.guard(env, guardOverwrite, "the file %s exists", file)
}

// Guards of zk_copy.
const (
	guardLiveTarget  = "live_target"
	guardOtherTables = "other_tables"
	guardStaleLocks  = "stale_locks"
	guardUsedTarget  = "used_target"
	guardRootTarget  = "root_target"
)

// forceLockNodes is no guard: it has lock nodes copied as plain znodes.
const forceLockNodes = "lock_nodes"

// looked is what was seen before a copy, for what is said behind it.
type looked struct {
	// root is set when the source is the whole tree of one Pegasus cluster.
	root bool
	// unsettled is set when the source may change while followers wait or the meta level is not blind.
	unsettled bool
}

// zkCopyGuards looks before anything is written: it refuses what would spoil a living cluster and warns of
// what may change the source under the copy.
func zkCopyGuards(ctx context.Context, env Env, zk *ensemble.Directory, o *zkCopyOptions, source, target zkcopy.Tree) (looked, error) {
	relation, err := zkcopy.Relate(ctx, target, source)
	if err != nil {
		return looked{}, err
	}
	if relation != zkcopy.Apart {
		return looked{}, &zkcopy.OverlapError{Source: source.Endpoint(), Target: target.Endpoint(), Relation: relation}
	}
	clusters, err := zkcopy.FindClusters(ctx, source, tree.Limits{})
	if err != nil {
		return looked{}, fmt.Errorf("look at the source: %w", err)
	}
	if err := guardStale(env, &o.force, source, clusters); err != nil {
		return looked{}, err
	}
	l := looked{root: slices.ContainsFunc(clusters, func(c zkcopy.Cluster) bool { return c.HasApps && c.Root == source.Path })}
	if err := guardRoot(env, &o.force, source.Path, target, l.root); err != nil {
		return looked{}, err
	}
	there, err := guardTarget(ctx, env, &o.force, source, target)
	if err != nil {
		return looked{}, err
	}
	if err := guardUsed(ctx, env, o, target, there.Clusters); err != nil {
		return looked{}, err
	}
	l.unsettled = warnOfChanges(ctx, env, zk, source, clusters)
	return l, nil
}

// guardRoot refuses to mix a tree with all others, and warns when the tree of a whole cluster gets another path.
func guardRoot(env Env, force *forceOptions, sourcePath string, target zkcopy.Tree, cluster bool) error {
	if target.Path == "/" && sourcePath != "/" {
		return force.guard(env, guardRootTarget, "the target %s is the root of all znodes. Leave its path out to write to %s", target, sourcePath)
	}
	if cluster && target.Path != sourcePath {
		env.Warn("the tree will lie at %s, not at %s: meta servers find it there only with another cluster_root, or another chroot in hosts_list", target.Path, sourcePath)
	}
	return nil
}

// guardTarget looks at what the target holds: it refuses one that living servers use, or another cluster's.
func guardTarget(ctx context.Context, env Env, force *forceOptions, source zkcopy.Side, target zkcopy.Tree) (*zkcopy.Findings, error) {
	there, err := zkcopy.Inspect(ctx, target, zkcopy.CountOptions{})
	if err != nil {
		return nil, fmt.Errorf("look at the target: %w", err)
	}
	if there.Exists && there.Count.Ephemerals > 0 {
		err := force.guard(env, guardLiveTarget, "the target %s holds %d ephemeral znodes, so living servers use it: %s. Are source and target swapped? %s",
			target, there.Count.Ephemerals, describeEphemerals(&there.Count), expiryHint)
		if err != nil {
			return nil, err
		}
	}
	only, err := zkcopy.TablesOnlyIn(ctx, target, source, tree.Limits{})
	if err != nil {
		return nil, err
	}
	if len(only) > 0 {
		if err := force.guard(env, guardOtherTables, "the target %s has tables that the source has not: %s. Is it another cluster's?", target, describeTables(only)); err != nil {
			return nil, err
		}
	}
	return there, nil
}

// guardUsed refuses a target in which meta servers have led. A copy leaves the lock nodes out, so the znode
// above them has never had a child in a tree that was only copied to; ZooKeeper counts that in its cversion.
func guardUsed(ctx context.Context, env Env, o *zkCopyOptions, target zkcopy.Tree, clusters []zkcopy.Cluster) error {
	for _, c := range clusters {
		path := layout.LockPath(c.Root)
		parent, err := zkcopy.Tree{Client: target.Client, Path: path}.ReadRoot(ctx)
		var missing *tree.NotFoundError
		switch {
		case errors.As(err, &missing):
			continue
		case err != nil:
			return fmt.Errorf("look at the target: %w", err)
		case parent.Stat.Cversion == 0:
			continue
		}
		return o.force.guard(env, guardUsedTarget, "meta servers have led in the target %s since it was made (%s had children): what they wrote there would be set back to the source's state. Are source and target swapped?", target, path)
	}
	return nil
}

// guardStale refuses a source that would bring lock nodes along.
func guardStale(env Env, force *forceOptions, source zkcopy.Side, clusters []zkcopy.Cluster) error {
	stale := staleLocks(clusters)
	if len(stale) == 0 {
		return nil
	}
	return force.guard(env, guardStaleLocks, "the source %s has lock nodes that no session holds, as an earlier copy leaves them that took them for plain znodes; meta servers abort on them, or wait behind them for ever: %s. Remove them with zk_rmr",
		source, strings.Join(stale, ", "))
}

// staleLocks gives the lock nodes that no session holds.
func staleLocks(clusters []zkcopy.Cluster) []string {
	var stale []string
	for _, c := range clusters {
		for _, l := range c.Locks {
			if l.Session == 0 {
				stale = append(stale, fmt.Sprintf("%s (%q)", l.Path, l.Value))
			}
		}
	}
	return stale
}

func describeTables(tables []zkcopy.Table) string {
	const shown = 5
	var names []string
	for _, t := range tables[:min(shown, len(tables))] {
		names = append(names, fmt.Sprintf("%s (id %d)", cmp.Or(t.Name, "unreadable"), t.ID))
	}
	text := strings.Join(names, ", ")
	if len(tables) > shown {
		text += fmt.Sprintf(" and %d more", len(tables)-shown)
	}
	return text
}

// warnOfChanges tells what may change the source while it is copied, and reports whether anything may.
func warnOfChanges(ctx context.Context, env Env, zk *ensemble.Directory, source zkcopy.Tree, clusters []zkcopy.Cluster) (unsettled bool) {
	for _, c := range clusters {
		if c.HasApps && c.AppsState == layout.Locked {
			env.Warn("%s/apps says %q: a meta server is creating this tree, or died while it did; servers abort on it", c.Root, layout.Locked)
			unsettled = true
		}
		var holders []string
		for _, l := range c.Locks {
			if l.Session != 0 {
				holders = append(holders, l.Value)
			}
		}
		if len(holders) > 1 {
			wait := "wait"
			if len(holders) == 2 {
				wait = "waits"
			}
			env.Warn("%d meta servers hold lock nodes at %s: %s leads, %s %s to. Stop the followers first, else one of them leads on the old ZooKeeper when the leader restarts",
				len(holders), source, holders[0], strings.Join(holders[1:], ", "), wait)
			unsettled = true
		}
	}
	if len(clusters) == 0 || env.Cluster() == nil {
		return unsettled
	}
	return warnOfLevel(ctx, env, zk, source) || unsettled
}

// warnOfLevel warns when the connected cluster works with the source at a level at which it changes its tree.
func warnOfLevel(ctx context.Context, env Env, zk *ensemble.Directory, source zkcopy.Tree) (unsettled bool) {
	doubt := func(what string, err error) bool {
		if !outcome.IsCanceled(err) { // the command is about to tell of that
			env.Warn("cannot tell %s: %v", what, err)
		}
		return true
	}
	const ofLevel = "the meta level of the cluster, which should be blind while its tree is copied"
	at, err := env.ClusterTree(ctx)
	if err != nil {
		return doubt(ofLevel, err)
	}
	own, err := zk.Open(ctx, at)
	if err != nil {
		return doubt("whether this is the connected cluster's tree", err)
	}
	defer own.Client.Close()
	if relation, err := zkcopy.Relate(ctx, source, own); err != nil || relation == zkcopy.Apart {
		return false
	}
	level, err := env.Cluster().Admin.MetaLevel(ctx)
	if err != nil {
		return doubt(ofLevel, err)
	}
	if level > wire.LevelBlind {
		env.Warn("the meta level is %s: the cluster may change its tree under the copy; set_meta_level blind first", level)
		return true
	}
	return false
}

// zkRestoreGuards looks before anything is written, as the guards of zk_copy do.
func zkRestoreGuards(ctx context.Context, env Env, o *zkRestoreOptions, file *zkcopy.BackupFile, target zkcopy.Tree) error {
	clusters, err := file.Clusters(ctx)
	if err != nil {
		return err
	}
	if err := guardStale(env, &o.force, file, clusters); err != nil {
		return err
	}
	root := file.Header().Root
	cluster := slices.ContainsFunc(clusters, func(c zkcopy.Cluster) bool { return c.HasApps && c.Root == root })
	if err := guardRoot(env, &o.force, root, target, cluster); err != nil {
		return err
	}
	_, err = guardTarget(ctx, env, &o.force, file, target)
	return err
}

// Guards of zk_rmr.
const (
	guardLiveTree       = "live_tree"
	guardConnectedTree  = "connected_tree"
	guardUnknownCluster = "unknown_cluster"
)

// guardLive refuses a tree that living servers use.
func guardLive(env Env, o *zkRmrOptions, tree zkcopy.Tree, count *zkcopy.Count) error {
	if count.Ephemerals == 0 {
		return nil
	}
	return o.force.guard(env, guardLiveTree, "%s holds %d ephemeral znodes, so living servers use it: %s. %s",
		tree, count.Ephemerals, describeEphemerals(count), expiryHint)
}

// guardConnected refuses the tree that the connected cluster works with, or one that overlaps it.
func guardConnected(ctx context.Context, env Env, zk *ensemble.Directory, o *zkRmrOptions, tree zkcopy.Tree) error {
	at, err := env.ClusterTree(ctx)
	if err == nil {
		var own zkcopy.Tree
		if own, err = zk.Open(ctx, at); err == nil {
			defer own.Client.Close()
			var relation zkcopy.Relation
			if relation, err = zkcopy.Relate(ctx, tree, own); err == nil && relation != zkcopy.Apart {
				return o.force.guard(env, guardConnectedTree, "%s %s the tree of the connected cluster (%s)", tree, relation, own)
			}
		}
	}
	if err != nil {
		if outcome.IsCanceled(err) {
			return err
		}
		return o.force.guard(env, guardUnknownCluster, "cannot tell whether %s is the tree of the connected cluster: %v", tree, err)
	}
	return nil
}
