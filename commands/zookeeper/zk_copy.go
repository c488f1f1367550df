package zookeeper

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/suggestion"
	"pegashell/internal/znodepath"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// forceLockNodes is not a guard: it makes zk_copy copy lock nodes as plain znodes.
const forceLockNodes = "lock_nodes"

type zkCopyOptions struct {
	source, target      string
	delete, dryRun, yes bool
	noVerify, copyOnly  bool
	noProof             bool
	batch, rate         int
	exclude             []string
	noACL               bool
	ignoreEphemeral     bool
	mtime               int64
	connect             ensemble.Flags
	force               command.Overrides
	json                bool
	follow, asFallback  bool
	until               string
}

func zkCopyCommand() *command.Command {
	return &command.Command{
		Name:    "zk_copy",
		Plugin:  command.PluginZooKeeper,
		Summary: "copy a znode tree to another ZooKeeper, and read it back",
		Usage:   "<-t|--target HOSTS[/PATH]> [-s|--source HOSTS/PATH] [--dry_run] [--delete] [-y|--yes] [-b|--batch_size num] [-c|--copy_only] [-i|--ignore_ephemeral true|false] [-m|--mtime ms] [--exclude glob] [--no_acl] [--rate_limit num] [--no_verify] [--no_proof] [--follow [--until blind|never] [--as_fallback]] " + ensemble.Usage + " [-j|--json] [--force guard,...]",
		Notes: "Without -s the tree of the connected cluster is copied. The target gets the path of the source unless you name another path; missing " +
			"parents are created. A path is the full path on the ZooKeeper servers: it includes the chroot that hosts_list of the meta servers may have. The printed next steps keep the chroot. " +
			"Data and ACLs are copied, ephemeral znodes (the lock nodes of living meta servers) are left out; " +
			"containers and TTL znodes become plain ones, because ZooKeeper does not show clients which znodes these are. What the " +
			"target already has is compared, and only differences are written: after an interruption, repeat the command. The result is " +
			"`verified` only if every znode of the target was read after it was last written and is equal, and the source, checked again after that, had not changed up to the " +
			"transaction in `source_zxid`. If warnings say that the source may still change, or that the target is not what a meta " +
			"server needs, the result is `equal now, NOT final`. A verified copy leaves a proof below ~/.local/state/pegashell/proofs, at most 1 MiB: with it the next copy " +
			"compares all data again, but does not read ACLs that cannot have changed since, and reads back only what it wrote; `--no_proof` reads everything. HOSTS can be the name of a ZooKeeper in plugins.toml, which also has the TLS files and credentials " +
			"of each ensemble; flags for these apply to both sides.\n\n" +
			"`--follow` copies, and then applies every change of the source to the target within a fraction of a second, so that little is left to do when the cluster is frozen. It " +
			"hears of changes by a watch (ZooKeeper 3.6 and later; older servers are compared again and again), and reads the stats of all znodes of both sides once a minute, because changes of ACLs are not reported. Keep it running and type " +
			"`set_meta_level blind` in another shell. With `--until blind`, the default for the connected cluster's tree, it ends by itself: when the level is blind, no follower waits for the lock and nothing has changed for a moment, it " +
			"takes a last look, and prints `verified: equal at the source's transaction 0x...`, for how long the source was frozen, and the next steps. The last look reads nothing again if every transaction of both ensembles since the stats were read " +
			"last is known: each is a change that was applied, or a write of this command. Otherwise (sessions were opened, an ACL was set, others write elsewhere) it reads the stats of all znodes of that side once more, and compares what has another " +
			"one. `--until never` goes on: it warns when the source changes after that, and " +
			"never writes again once somebody else has written to the target. Ctrl-C ends it at any time and says up to where both sides were equal. What the source deletes is removed from the target; if the target already has znodes that the " +
			"source does not have, `--delete` is needed. Servers that do not answer are waited for. If another program writes to the target, it ends with an error.\n\n" +
			"`--follow --as_fallback` is for the time after a migration: while the cluster works on the new ZooKeeper, it keeps the tree on the old one current, so that going back loses nothing. The target, which meta servers have used, must be a tree of this cluster " +
			"that nobody uses now (guard `former_tree`); it gets the state of the source, and what only it has is removed after a question. Lock nodes are never touched. To go back, run `migrate rollback`: it has the level set to blind, and waits until this " +
			"command has verified both sides.\n\n" +
			"`--dry_run` lists what would be done in the order of the tree; guards then warn instead of refusing. `--delete` shows what it will remove before it asks. With `-j` every path " +
			"is listed; of paths that changed or differ at the end, up to 10,000 are listed, and `..._total` is the number of all. Without `-j` only the first ones are listed.\n\n" +
			"Guards, each overridden by `--force NAME`: `live_target` refuses a target tree that has an ephemeral znode, because living meta " +
			"servers use it (are source and target swapped?); `other_tables` refuses a target tree that has tables that are missing from the source; " +
			"`used_target` refuses a target that meta servers have used, as their lock or the znodes they wrote show; `unknown_liveness` refuses a target " +
			"with a cluster whose lock was not found; `two_leaders` refuses while two meta servers of the connected cluster lead; `root_target` refuses the target `/`, unless the source is `/` too; " +
			"`stale_locks` refuses a source with lock nodes that no session holds. `--force lock_nodes` with `-i false` copies lock nodes as plain " +
			"znodes: meta servers abort on them.",
		Fields: zkCopyFields,
		Examples: []string{
			"zk_copy -t 10.0.0.2:2181,10.0.0.3:2181,10.0.0.4:2181",
			"zk_copy -s 10.0.0.1:2181/pegasus/c1 -t 10.0.0.2:2181/pegasus/c1 --dry_run",
			"zk_copy -t 10.0.0.2:2181,10.0.0.3:2181,10.0.0.4:2181 --follow",
		},
		Exits: []command.Exit{
			{Code: exitChanged, When: "the source changed while it was copied: repeat the command"},
			{Code: exitNotFinal, When: "equal now but not final: the source may still change, or the target is not what a meta server needs (see the warnings)"},
		},
		Interrupted: "nothing was written",
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkCopyOptions
			flags.StringVarP(&o.target, "target", "t", "", "where to copy to")
			flags.Complete("target", complete.Target)
			flags.StringVarP(&o.source, "source", "s", "", "what to copy; by default the tree of the connected cluster")
			flags.Complete("source", complete.Tree)
			flags.BoolVar(&o.dryRun, "dry_run", false, "show what would be done, write nothing")
			flags.BoolVar(&o.delete, "delete", false, "remove from the target what is not in the source, as the last step")
			flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask before removing")
			flags.BoolVarP(&o.copyOnly, "copy_only", "c", false, "remove nothing; this is the default, the flag is accepted for scripts of other copiers")
			flags.IntVarP(&o.batch, "batch_size", "b", session.DefaultBatchOps, "znodes in one transaction, at most")
			flags.BoolVar(&o.noVerify, "no_verify", false, "do not read the target back")
			flags.BoolVar(&o.noProof, "no_proof", false, "compare every ACL, even where an earlier verified copy proves that it has not changed, and read everything back")
			flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
			flags.StringArrayVar(&o.exclude, "exclude", nil, "leave out znodes that match this glob, and all znodes below them; relative to the source or absolute; * ? [a-z] match within one name, ** across names, {a,b} either one")
			flags.Complete("exclude", complete.Below)
			flags.BoolVar(&o.noACL, "no_acl", false, "set open ACLs in the target, for ensembles that do not have the same users")
			flags.BoolVarP(&o.ignoreEphemeral, "ignore_ephemeral", "i", true, "leave ephemeral znodes out; with `-i false` they become plain ones")
			flags.Complete("ignore_ephemeral", complete.EphemeralChoice.Complete)
			flags.Lookup("ignore_ephemeral").NoOptDefVal = "" // it takes a value, as with other copiers
			flags.Int64VarP(&o.mtime, "mtime", "m", 0, "leave out what was last changed before this time, in milliseconds since 1970")
			flags.IntVar(&o.rate, "rate_limit", 0, "at most this many operations per second, on both sides together; 0 is no limit")
			declareConnection(flags, &o.connect)
			flags.BoolVar(&o.follow, "follow", false, "after the copy, apply every further change of the source, until it is frozen and both sides are verified")
			flags.StringVar(&o.until, "until", "", "when --follow ends: blind, after the last look once the level is blind and no follower lives; never, which goes on until Ctrl-C")
			flags.Complete("until", complete.Words{{Text: untilBlind, Description: "end after the last look, once the level is blind"}, {Text: untilNever, Description: "go on until Ctrl-C"}}.Complete)
			flags.BoolVar(&o.asFallback, "as_fallback", false, "with --follow: keep the tree current that the cluster used before, so that going back loses nothing")
			o.force.Declare(flags, "force", "zk_copy", suggestion.Suggestion{Text: forceLockNodes, Description: "with -i false: copy lock nodes as plain znodes too"})
			return func(ctx context.Context, env command.Env, args []string) error { return zkCopyRun(ctx, env, &o, args) }
		},
	}
}

func zkCopyRun(ctx context.Context, plain Env, o *zkCopyOptions, args []string) error {
	env := &recorder{Env: plain}
	switch {
	case o.target == "":
		return outcome.WrongUse("zk_copy: -t HOSTS[/PATH] is missing")
	case len(args) > 0:
		return outcome.WrongUse("zk_copy: unexpected argument %q", args[0])
	case o.copyOnly && o.delete:
		return outcome.WrongUse("zk_copy: --copy_only and --delete contradict each other")
	case o.rate < 0:
		return outcome.WrongUse("zk_copy: --rate_limit: %d is below 0", o.rate)
	case o.batch < 1:
		return outcome.WrongUse("zk_copy: --batch_size: %d is not at least 1", o.batch)
	}
	if err := o.checkFollow(); err != nil {
		return err
	}
	for _, glob := range o.exclude {
		if err := zkcopy.ValidateGlob(glob); err != nil {
			return message.Errorf("zk_copy: --exclude: %w", err)
		}
	}
	if err := o.force.Check(); err != nil {
		return err
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	ends, err := o.ends(ctx, env, zk)
	if err != nil {
		return err
	}
	source, target, err := ends.open(ctx, zk)
	if err != nil {
		return err
	}
	defer closeBoth(source, target)

	if !o.ignoreEphemeral {
		env.Warn("ephemeral znodes of the source become plain ones in the target, which are not removed when their sessions end")
	}
	env.Evidence("source", source.String())
	env.Evidence("target", target.String())
	if o.asFallback {
		env.Evidence("fallback", true)
	}
	cluster := lookBeforeCopy(ctx, env, zk, source)
	defer cluster.wait()
	if o.follow {
		return o.followRun(ctx, env, zk, ends, source, target, cluster)
	}
	return migration.Execute(ctx, o.force.Change(env, o.dryRun), func(ctx context.Context, pass migration.Pass) error {
		if err := pass(&migration.Survey{Source: unseen(source), Target: unseen(target)}); err != nil {
			return err // by the paths alone
		}
		var survey *migration.Survey
		before := func(seen *zkcopy.Seen) error {
			if survey = copySurvey(ctx, source, target, seen, cluster); ctx.Err() != nil {
				return ctx.Err()
			}
			return pass(survey)
		}
		result, err := o.carryOut(ctx, env, ends, source, target, before, func() *migration.Survey { return survey })
		if result != nil {
			o.remember(env, zk, ends, target, survey, result)
		}
		return err
	})
}

// closeBoth ends the sessions with both sides at the same time.
func closeBoth(source, target zkcopy.Tree) {
	var closing sync.WaitGroup
	closing.Go(source.Client.Close)
	closing.Go(target.Client.Close)
	closing.Wait()
}

// remember keeps a verified copy of the connected cluster's whole tree in mind, so that the shell
// can say when the tree is written again.
func (o *zkCopyOptions) remember(env Env, zk *ensemble.Directory, e ends, target zkcopy.Tree, seen *migration.Survey, r *zkcopy.CopyResult) {
	whole := r.Verified && !o.dryRun && r.Excluded == 0 && r.Older == 0
	if !whole || seen == nil || seen.Own.Relation != zkcopy.Same || seen.Own.Lock {
		return
	}
	quiet := *zk
	quiet.Exposed, quiet.Options.Notice, quiet.Options.Connections = nil, nil, 1
	env.Session().HasCopied(env.Cluster(), &command.Copied{
		CopyMade: migration.CopyMade{Time: env.Now(), Source: seen.Own.Name, Target: target.String(), Zxid: r.SourceZxid},
		Open:     func(ctx context.Context) (zkcopy.Tree, error) { return quiet.Open(ctx, e.from) },
	})
}

// carryOut asks, copies, and reports the result and the next steps. The result is nil where it failed.
func (o *zkCopyOptions) carryOut(ctx context.Context, env *recorder, e ends, source, target zkcopy.Tree, before func(*zkcopy.Seen) error, seen func() *migration.Survey) (*zkcopy.CopyResult, error) {
	t := o.transfer(ctx, env, source, target, before)
	t.report = func(r *zkcopy.CopyResult, err error) *render.Report {
		doubt := o.doubtOf(seen(), r)
		out, table := copyReport(source, target, r, o, err, doubt)
		if o.json {
			for _, name := range []string{"written_while_following", "removed_while_following", "sweeps", "frozen_seconds"} {
				table.RowIf(false, name, nil) // it does not follow
			}
			warnings := slices.Concat(env.warnings, english(warningsOf(o.delete, o.dryRun, r)))
			next := ""
			if !o.dryRun {
				next = nextText(ctx, env, seen(), e, source, target, r)
			}
			addFinal(out, table, r, doubt, warnings, next)
		}
		return out
	}
	if o.delete && !o.dryRun {
		if err := t.confirmRemovals(ctx, env, o.yes, "--delete", message.New("Nothing was copied yet."), source); err != nil {
			return nil, err
		}
	}
	result, err := t.carryOut(env, o.dryRun)
	if err != nil {
		return nil, err
	}
	warnOfResult(env, o.delete, o.dryRun, result)
	if whole := result.Excluded == 0 && result.Older == 0; whole && !o.dryRun && !o.json {
		printNext(ctx, env, seen(), e, source, target, result.Verified)
	}
	doubt := o.doubtOf(seen(), result)
	env.Evidence("final", result.Verified && doubt == "")
	if doubt != "" && !o.dryRun {
		return result, notFinal(doubt)
	}
	return result, nil
}

// transfer returns the copy as what is carried out, planned and asked about.
func (o *zkCopyOptions) transfer(ctx context.Context, env Env, source, target zkcopy.Tree, before func(*zkcopy.Seen) error) transfer {
	return transfer{
		name: message.New("copy"), json: o.json, target: target,
		run: func(plan bool, onAction func(zkcopy.Action)) (*zkcopy.CopyResult, error) {
			r, err := zkcopy.Copy(ctx, source, target, zkcopy.CopyOptions{
				Batching: session.Batching{BatchOps: o.batch}, Selection: o.selection(), RateLimit: o.rate,
				DryRun: plan, Delete: o.delete, SkipVerify: o.noVerify, OnAction: onAction, Before: before,
				Proofs: o.proofs(env), Progress: show(env, "zk_copy", source, target), MaxDifferences: listedPaths(o.json),
			})
			return r, withDuplications(ctx, source, err)
		},
	}
}

// ends finds out what is copied where. A target without a path gets the source's: below its own
// chroot as the meta servers see it, where it is the name of a ZooKeeper with one.
func (o *zkCopyOptions) ends(ctx context.Context, env Env, zk *ensemble.Directory) (e ends, err error) {
	if e.to, err = named(zk, "zk_copy: -t", o.target); err != nil {
		return e, err
	}
	if o.source == "" {
		if err := env.RefuseTwoLeaders(ctx); err != nil {
			return e, err
		}
		if e.from, err = env.ClusterTree(ctx); err != nil {
			return e, message.Errorf("%w\nWithout -s the connected cluster's tree is copied: if no meta server answers, name the tree with -s HOSTS/PATH", err)
		}
	} else if e.from, err = named(zk, "zk_copy: -s", o.source); err != nil {
		return e, err
	}
	if e.from.Path == "" {
		return e, outcome.WrongUse("zk_copy: -s %s has no path: use HOSTS/PATH", o.source)
	}
	switch {
	case e.to.Path != "":
	case e.to.Chroot != "":
		root, _ := e.clusterRoot(ctx, env)
		e.to.Path = znodepath.Join(e.to.Chroot, root)
	default:
		e.to.Path = e.from.Path
	}
	return e, nil
}

// open connects to both sides at once.
func (e ends) open(ctx context.Context, zk *ensemble.Directory) (source, target zkcopy.Tree, err error) {
	var opening sync.WaitGroup
	var sourceErr, targetErr error
	opening.Go(func() { source, sourceErr = zk.Open(ctx, e.from) })
	opening.Go(func() { target, targetErr = zk.Open(ctx, e.to) })
	opening.Wait()
	switch {
	case sourceErr == nil && targetErr == nil:
		return source, target, nil
	case sourceErr == nil:
		source.Client.Close()
		return source, target, message.Errorf("target: %w", targetErr)
	case targetErr == nil:
		target.Client.Close()
	}
	return source, target, message.Errorf("source: %w", sourceErr)
}

// proofs is where the copy may find and leave proofs.
func (o *zkCopyOptions) proofs(env Env) string { return proofs(env, o.noProof) }

// proofs is where verified copies and restorations leave their proofs, empty where none is wanted.
func proofs(env Env, none bool) string {
	if none || env.State() == "" {
		return ""
	}
	return filepath.Join(env.State(), "proofs")
}

// selection says what is copied of the source.
func (o *zkCopyOptions) selection() zkcopy.Selection {
	s := zkcopy.Selection{NoACL: o.noACL, Exclude: o.exclude, KeepEphemeral: !o.ignoreEphemeral, KeepLocks: o.force.Has(forceLockNodes)}
	if o.mtime > 0 {
		s.MinMtime = time.UnixMilli(o.mtime)
	}
	return s
}

func copyReport(source, target zkcopy.Tree, r *zkcopy.CopyResult, o *zkCopyOptions, err error, doubt string) (*render.Report, *render.Table) {
	out := &render.Report{Single: true, Typed: true}
	t := out.Add(render.NewList("zk_copy"))
	t.Row("source", source)
	t.Row("target", target)
	countRows(t, r)
	t.RowIf(len(o.exclude) > 0, "excluded", r.Excluded)
	t.RowIf(o.mtime > 0, "older_left_out", r.Older)
	costRows(t, r)
	verified := verifiedBy(o, r)
	if doubt != "" {
		verified = "equal now, NOT final" + strings.TrimPrefix(verified, "verified") + ", but " + doubt + " (see the warnings)"
	}
	if r.Verified {
		t.Row("source_zxid", fmt.Sprintf("%#x", r.SourceZxid))
	} else {
		t.RowIf(false, "source_zxid", nil)
	}
	t.Row("result", resultOf(r, err, o.dryRun, o.noVerify, verified))
	addFailure(out, err)
	return out, t
}

// verifiedBy says what the result of a verified copy rests on.
func verifiedBy(o *zkCopyOptions, r *zkcopy.CopyResult) string {
	some, extras := r.Excluded > 0 || r.Older > 0, keptExtras(o.dryRun, r) > 0
	if r.Followed {
		other := "no other znode"
		if some {
			other += " that was not left out"
		}
		return "verified: every change was written and read back; " + other + ", nor an ACL, has changed since it was found to be equal"
	}
	if r.ByProof {
		data := "all data"
		switch {
		case some:
			data = "all data that was not left out"
		case extras:
			data = "all data of the source"
		}
		if r.Created+r.Changed+r.Removed > 0 {
			return "verified: what was written was read back and is equal; " + data + " was compared, and so was each ACL that may have changed since the last verified copy"
		}
		return "verified: " + data + " is equal, and so is each ACL that may have changed since the last verified copy"
	}
	switch {
	case some:
		return "verified: what was not left out was read back from the target and is equal"
	case extras:
		return "verified: every znode of the source was read back from the target and is equal"
	}
	return "verified: the target was read back and is equal"
}
