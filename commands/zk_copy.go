package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"pegashell/zkcopy"
)

type zkCopyOptions struct {
	source, target      string
	delete, dryRun, yes bool
	noVerify, copyOnly  bool
	batch, rate         int
	exclude             []string
	noACL               bool
	ignoreEphemeral     bool
	mtime               int64
	connect             zkConnectOptions
	force               forceOptions
	json                bool
}

func zkCopyCommand() *Command {
	return &Command{
		Name:    "zk_copy",
		Plugin:  PluginZooKeeper,
		Summary: "copy a znode tree to another ZooKeeper, and read it back",
		Usage:   "<-t|--target HOSTS[/PATH]> [-s|--source HOSTS/PATH] [--dry_run] [--delete] [-y|--yes] [-b|--batch_size num] [-c|--copy_only] [-i|--ignore_ephemeral true|false] [-m|--mtime ms] [--exclude glob] [--no_acl] [--rate_limit num] [--no_verify] " + zkConnectUsage + " [-j|--json] [--force guard,...]",
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
			declareKind(flags, "target", kindTree())
			flags.StringVarP(&o.source, "source", "s", "", "what to copy; the connected cluster's tree if left out")
			declareKind(flags, "source", kindTree())
			flags.BoolVar(&o.dryRun, "dry_run", false, "show what would be done, write nothing")
			flags.BoolVar(&o.delete, "delete", false, "remove from the target what the source has not, as the last step")
			flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask before removing")
			flags.BoolVarP(&o.copyOnly, "copy_only", "c", false, "remove nothing; this is the default, the flag is accepted for scripts of other copiers")
			flags.IntVarP(&o.batch, "batch_size", "b", zkcopy.DefaultBatchOps, "znodes in one transaction, at most")
			flags.BoolVar(&o.noVerify, "no_verify", false, "do not read the target back")
			flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
			flags.StringArrayVar(&o.exclude, "exclude", nil, "leave out what matches this glob, with what lies below; relative to the source, * within one name, ** across names")
			declareKind(flags, "exclude", kindBelow)
			flags.BoolVar(&o.noACL, "no_acl", false, "give the target open ACLs, for ensembles without the same users")
			flags.BoolVarP(&o.ignoreEphemeral, "ignore_ephemeral", "i", true, "leave ephemeral znodes out; with =false they become plain ones")
			declareKind(flags, "ignore_ephemeral", kindBoolean)
			flags.Lookup("ignore_ephemeral").NoOptDefVal = "" // it takes a value, as with other copiers
			flags.Int64VarP(&o.mtime, "mtime", "m", 0, "leave out what was last changed before this time, in milliseconds since 1970")
			flags.IntVar(&o.rate, "rate_limit", 0, "operations per second on both sides together, at most; 0 is no limit")
			o.connect.declare(flags)
			o.force.declare(flags, guardLiveTarget, guardOtherTables, guardStaleLocks, guardUsedTarget, guardRootTarget, forceLockNodes)
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
	case o.rate < 0:
		return usagef("zk_copy: --rate_limit: %d is below 0", o.rate)
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

	if !o.ignoreEphemeral {
		env.warn("ephemeral znodes of the source become plain ones at the target, which nobody removes when their sessions end")
	}
	looked, err := zkCopyGuards(ctx, env, o, source, target)
	if err != nil {
		return err
	}
	if o.delete && !o.dryRun {
		if err := confirmDelete(ctx, env, o, source, target); err != nil {
			return err
		}
	}
	options := zkcopy.CopyOptions{
		Batching: zkcopy.Batching{BatchOps: o.batch}, Selection: o.selection(), RateLimit: o.rate,
		DryRun: o.dryRun, Delete: o.delete, SkipVerify: o.noVerify,
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
	if !o.dryRun && !o.json {
		looked.tellNext(env, source, target)
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
	var from place
	if o.source == "" {
		if err := env.refuseTwoLeaders(ctx); err != nil {
			return source, target, err
		}
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

// selection says what is copied of the source.
func (o *zkCopyOptions) selection() zkcopy.Selection {
	s := zkcopy.Selection{NoACL: o.noACL, Exclude: o.exclude, KeepEphemeral: !o.ignoreEphemeral, KeepLocks: o.force.has(forceLockNodes)}
	if o.mtime > 0 {
		s.MinMtime = time.UnixMilli(o.mtime)
	}
	return s
}

// confirmDelete asks before znodes of the target are removed.
func confirmDelete(ctx context.Context, env *Env, o *zkCopyOptions, source, target zkcopy.Tree) error {
	plan, err := zkcopy.Copy(ctx, source, target, zkcopy.CopyOptions{DryRun: true, Delete: true, Selection: o.selection()})
	if err != nil || plan.Extra == 0 {
		return err
	}
	return env.confirm(ctx, o.yes, fmt.Sprintf("Nothing was copied yet. Let --delete remove %d znodes of %s that are not in %s?", plan.Extra, target, source))
}

func copyReport(source, target zkcopy.Tree, r *zkcopy.CopyResult, o *zkCopyOptions) *report {
	out := &report{single: true}
	t := out.add(newList("zk_copy"))
	t.row("source", source)
	t.row("target", target)
	countRows(t, r)
	if len(o.exclude) > 0 {
		t.row("excluded", r.Excluded)
	}
	if o.mtime > 0 {
		t.row("older_left_out", r.Older)
	}
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

// countRows tells what a copy or a restoration did with znodes.
func countRows(t *table, r *zkcopy.CopyResult) {
	t.row("read", r.Read)
	t.row("created", r.Created)
	t.row("changed", r.Changed)
	t.row("equal", r.Equal)
	t.row("extra", r.Extra)
	t.row("removed", r.Removed)
	t.row("ephemeral_left_out", r.LeftOut)
}
