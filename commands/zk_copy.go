package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

type zkCopyOptions struct {
	source, target      string
	delete, dryRun, yes bool
	noVerify, copyOnly  bool
	batch               int
	connect             zkConnectOptions
	force               forceOptions
	json                bool
}

// Guards of zk_copy.
const (
	guardLiveTarget  = "live_target"
	guardOtherTables = "other_tables"
	guardStaleLocks  = "stale_locks"
)

func zkCopyCommand() *Command {
	return &Command{
		Name:    "zk_copy",
		Plugin:  PluginZooKeeper,
		Summary: "copy a znode tree to another ZooKeeper, and read it back",
		Usage:   "<-t|--target HOSTS[/PATH]> [-s|--source HOSTS/PATH] [--dry_run] [--delete] [-y|--yes] [-w|--workers num] [-b|--batch_size num] [-c|--copy_only] [--no_verify] [--auth SCHEME:ID] [--timeout ms] [-j|--json] [--force guard,...]",
		Notes: "Without -s the connected cluster's own tree is copied. The target's path is the source's unless one is given; missing " +
			"parents are created. Data and ACLs are copied, ephemeral znodes (the lock nodes of living meta servers) are left out. What the " +
			"target has already is compared, and only differences are written: after an interruption, repeat the command. It is reported as " +
			"done only when the target was read back and is equal. HOSTS can be the name of a ZooKeeper in plugins.toml.\n\n" +
			"Guards, each overridden by `--force NAME`: `live_target` refuses a target tree that holds an ephemeral znode, for living meta " +
			"servers use it (are source and target swapped?); `other_tables` refuses a target tree that has tables which the source has not.",
		Examples: []string{
			"zk_copy -t 10.0.0.2:2181,10.0.0.3:2181,10.0.0.4:2181",
			"zk_copy -s 10.0.0.1:2181/pegasus/c1 -t 10.0.0.2:2181/pegasus/c1 --dry_run",
		},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o zkCopyOptions
			flags.StringVarP(&o.target, "target", "t", "", "where to copy to")
			flags.StringVarP(&o.source, "source", "s", "", "what to copy; the connected cluster's tree if left out")
			flags.BoolVar(&o.dryRun, "dry_run", false, "show what would be done, write nothing")
			flags.BoolVar(&o.delete, "delete", false, "remove from the target what the source has not, as the last step")
			flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask before removing")
			flags.BoolVarP(&o.copyOnly, "copy_only", "c", false, "remove nothing; this is the default, the flag is accepted for scripts of other copiers")
			flags.IntVarP(&o.batch, "batch_size", "b", zkcopy.DefaultBatchOps, "znodes in one transaction, at most")
			flags.BoolVar(&o.noVerify, "no_verify", false, "do not read the target back")
			flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
			o.connect.declare(flags)
			o.force.declare(flags, guardLiveTarget, guardOtherTables, guardStaleLocks)
			return func(ctx context.Context, env *Env, args []string) error { return zkCopyRun(ctx, env, &o, args) }
		},
	}
}

func zkCopyRun(ctx context.Context, env *Env, o *zkCopyOptions, args []string) error {
	switch {
	case o.target == "":
		return usagef("zk_copy: -t HOSTS[/PATH] is missing")
	case len(args) > 0:
		return usagef("zk_copy: %q is too much", args[0])
	case o.copyOnly && o.delete:
		return usagef("zk_copy: --copy_only and --delete contradict each other")
	case o.batch < 1:
		return usagef("zk_copy: --batch_size: %d is not at least 1", o.batch)
	}
	if err := o.force.check(); err != nil {
		return err
	}
	env, err := o.connect.with(env)
	if err != nil {
		return err
	}
	source, target, err := openBoth(ctx, env, o)
	if err != nil {
		return err
	}
	defer source.Client.Close()
	defer target.Client.Close()

	clusters, err := zkCopyGuards(ctx, env, o, source, target)
	if err != nil {
		return err
	}
	if o.delete && !o.dryRun {
		if err := confirmDelete(ctx, env, o, source, target); err != nil {
			return err
		}
	}
	options := zkcopy.CopyOptions{
		Batching: zkcopy.Batching{BatchOps: o.batch},
		DryRun:   o.dryRun, Delete: o.delete, SkipVerify: o.noVerify,
		Progress: env.show("zk_copy"),
	}
	if o.dryRun && !o.json {
		options.OnAction = func(a zkcopy.Action) { fmt.Fprintf(env.Out, "%s %s (%s)\n", a.Kind, a.Path, byteSize(int64(a.Bytes))) }
	}
	result, err := zkcopy.Copy(ctx, source, target, options)
	if err != nil && nothingWritten(err) {
		return err
	}
	if printErr := copyReport(source, target, result, o).print(env, outputOptions{json: o.json}); printErr != nil {
		return cmp.Or(err, printErr)
	}
	if err != nil {
		return fmt.Errorf("%w\nThe copy is not complete: repeat the command, it goes on where this one ended", err)
	}
	warnOfResult(env, o, result)
	if len(clusters) > 0 && !o.dryRun && !o.json {
		tellNext(env, source, target)
	}
	return nil
}

// warnOfResult tells in what a target whose znodes are all right still differs from the source.
func warnOfResult(env *Env, o *zkCopyOptions, r *zkcopy.CopyResult) {
	switch kept := keptExtras(o, r); {
	case kept > 0 && o.delete:
		env.warn("%d znodes of the target that the source has not were kept: they are ephemeral, or hold an ephemeral one", kept)
	case kept > 0:
		env.warn("%d znodes of the target are not in the source; --delete removes them", kept)
	}
	if r.Degraded > 0 {
		env.warn("%d TTL znodes were created as plain ones: the target's servers have no TTL znodes (extendedTypesEnabled)", r.Degraded)
	}
}

// keptExtras is how many znodes of the target stay that the source has not.
func keptExtras(o *zkCopyOptions, r *zkcopy.CopyResult) int64 {
	if o.dryRun {
		return r.Extra - r.Removed
	}
	return r.Extra
}

// tellNext says what comes behind a copy in a migration.
func tellNext(env *Env, source, target zkcopy.Tree) {
	fmt.Fprintf(env.Out, "\nNext: set hosts_list = %s in section [zookeeper] of every meta server's config.ini, then restart the leader.\n", target.Endpoint().Hosts())
	if source.Path != target.Path {
		fmt.Fprintf(env.Out, "The path is another one too: set cluster_root = %s in section [meta_server], and distributed_lock_service_parameters where it lies below %s.\n", target.Path, source.Path)
	}
}

// nothingWritten reports whether the copy was refused before its first write.
func nothingWritten(err error) bool {
	var missing *zkcopy.NotFoundError
	var overlap *zkcopy.OverlapError
	var reserved *zkcopy.ReservedPathError
	return errors.As(err, &missing) || errors.As(err, &overlap) || errors.As(err, &reserved)
}

func openBoth(ctx context.Context, env *Env, o *zkCopyOptions) (source, target zkcopy.Tree, err error) {
	to, err := env.endpoint(o.target)
	if err != nil {
		return source, target, usagef("zk_copy: -t: %v", err)
	}
	var from zkcopy.Endpoint
	if o.source == "" {
		from, err = env.clusterTree(ctx)
		if err != nil {
			return source, target, fmt.Errorf("%w\nWithout -s HOSTS/PATH the connected cluster's tree is copied", err)
		}
	} else if from, err = env.endpoint(o.source); err != nil {
		return source, target, usagef("zk_copy: -s: %v", err)
	}
	if from.Path == "" {
		return source, target, usagef("zk_copy: -s %s names no path: HOSTS/PATH is wanted", o.source)
	}
	to.Path = cmp.Or(to.Path, from.Path)
	if source, err = env.open(ctx, from); err != nil {
		return source, target, fmt.Errorf("source: %w", err)
	}
	if target, err = env.open(ctx, to); err != nil {
		source.Client.Close()
		return source, target, fmt.Errorf("target: %w", err)
	}
	return source, target, nil
}

// zkCopyGuards looks before anything is written: it refuses what would spoil a living cluster and warns of
// what may change the source under the copy. It gives the Pegasus clusters in the source.
func zkCopyGuards(ctx context.Context, env *Env, o *zkCopyOptions, source, target zkcopy.Tree) ([]zkcopy.Cluster, error) {
	relation, err := zkcopy.Relate(ctx, target, source)
	if err != nil {
		return nil, err
	}
	if relation != zkcopy.Apart {
		return nil, &zkcopy.OverlapError{Source: source.Endpoint(), Target: target.Endpoint(), Relation: relation}
	}
	clusters, err := zkcopy.FindClusters(ctx, source, zkcopy.Limits{})
	if err != nil {
		return nil, fmt.Errorf("look at the source: %w", err)
	}
	if stale := staleLocks(clusters); len(stale) > 0 {
		err := o.force.guard(env, guardStaleLocks, "the source %s has lock nodes that no session holds, as an earlier copy leaves them that took them for plain znodes; meta servers abort on them, or wait behind them for ever: %s. Remove them with zk_rmr",
			source, strings.Join(stale, ", "))
		if err != nil {
			return nil, err
		}
	}
	there, err := zkcopy.Inspect(ctx, target, zkcopy.CountOptions{})
	if err != nil {
		return nil, fmt.Errorf("look at the target: %w", err)
	}
	if there.Exists && there.Count.Ephemerals > 0 {
		err := o.force.guard(env, guardLiveTarget, "the target %s holds %d ephemeral znodes, so living servers use it: %s. Are source and target swapped? %s",
			target, there.Count.Ephemerals, describeEphemerals(&there.Count), expiryHint)
		if err != nil {
			return nil, err
		}
	}
	only, err := zkcopy.TablesOnlyIn(ctx, target, source, zkcopy.Limits{})
	if err != nil {
		return nil, err
	}
	if len(only) > 0 {
		if err := o.force.guard(env, guardOtherTables, "the target %s has tables that the source has not: %s. Is it another cluster's?", target, describeTables(only)); err != nil {
			return nil, err
		}
	}
	warnOfChanges(ctx, env, source, clusters)
	return clusters, nil
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

// warnOfChanges tells what may change the source while it is copied.
func warnOfChanges(ctx context.Context, env *Env, source zkcopy.Tree, clusters []zkcopy.Cluster) {
	for _, c := range clusters {
		if c.HasApps && c.AppsState == layout.Locked {
			env.warn("%s/apps says %q: a meta server is creating this tree, or died while it did; servers abort on it", c.Root, layout.Locked)
		}
		var holders []string
		for _, l := range c.Locks {
			if l.Session != 0 {
				holders = append(holders, l.Value)
			}
		}
		if len(holders) > 1 {
			env.warn("%d meta servers wait at %s (%s): stop the followers first, else one of them leads on the old ZooKeeper when the leader restarts", len(holders), source, strings.Join(holders, ", "))
		}
	}
	if len(clusters) == 0 || env.Cluster == nil {
		return
	}
	at, err := env.clusterTree(ctx)
	if err != nil {
		env.warn("cannot tell the meta level of the cluster, which should be blind while its tree is copied: %v", err)
		return
	}
	own, err := env.open(ctx, at)
	if err != nil {
		env.warn("cannot tell whether this is the connected cluster's tree: %v", err)
		return
	}
	defer own.Client.Close()
	if relation, err := zkcopy.Relate(ctx, source, own); err != nil || relation == zkcopy.Apart {
		return
	}
	level, err := env.Cluster.Admin.MetaLevel(ctx)
	switch {
	case err != nil:
		env.warn("cannot tell the meta level of the cluster, which should be blind while its tree is copied: %v", err)
	case level > wire.LevelBlind:
		env.warn("the meta level is %s: the cluster may change its tree under the copy; set_meta_level blind first", level)
	}
}

// confirmDelete asks before znodes of the target are removed.
func confirmDelete(ctx context.Context, env *Env, o *zkCopyOptions, source, target zkcopy.Tree) error {
	plan, err := zkcopy.Copy(ctx, source, target, zkcopy.CopyOptions{DryRun: true, Delete: true})
	if err != nil || plan.Extra == 0 {
		return err
	}
	return env.confirm(ctx, o.yes, fmt.Sprintf("--delete removes %d znodes of %s that are not in %s.", plan.Extra, target, source))
}

func copyReport(source, target zkcopy.Tree, r *zkcopy.CopyResult, o *zkCopyOptions) *report {
	out := &report{single: true}
	t := out.add(newList("zk_copy"))
	t.row("source", source)
	t.row("target", target)
	t.row("read", r.Read)
	t.row("created", r.Created)
	t.row("changed", r.Changed)
	t.row("equal", r.Equal)
	t.row("extra", r.Extra)
	t.row("removed", r.Removed)
	t.row("ephemeral_left_out", r.LeftOut)
	t.row("bytes", r.Bytes)
	t.row("seconds", r.Duration.Seconds())
	if r.ConnectionLosses > 0 || r.SessionLosses > 0 {
		t.row("connections_lost", r.ConnectionLosses+r.SessionLosses)
	}
	switch {
	case o.dryRun:
		t.row("result", "a plan, nothing was written")
	case r.Verified && keptExtras(o, r) > 0:
		t.row("result", "verified: every znode of the source was read back from the target and is equal")
	case r.Verified:
		t.row("result", "verified: the target was read back and is equal")
	case o.noVerify:
		t.row("result", "NOT verified: the target was not read back, as told")
	default:
		t.row("result", "NOT verified")
	}
	return out
}
