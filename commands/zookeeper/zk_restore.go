package zookeeper

import (
	"cmp"
	"context"
	"errors"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/migration"
	"pegashell/zkcopy"
)

type zkRestoreOptions struct {
	delete, dryRun, yes   bool
	noVerify, noACL, json bool
	noProof               bool
	connect               ensemble.Flags
	force                 command.Overrides
}

func zkRestoreCommand() *command.Command {
	return &command.Command{
		Name:    "zk_restore",
		Plugin:  command.PluginZooKeeper,
		Summary: "restore a znode tree from a backup file, and read it back",
		Usage:   "<FILE> <HOSTS[/PATH]|PATH> [--dry_run] [--delete] [-y|--yes] [--no_acl] [--no_verify] [--no_proof] " + ensemble.Usage + " [-j|--json] [--force guard,...]",
		Notes: "The target becomes equal to the tree in the file. The whole file is checked first: nothing is written if it is truncated or was changed. Then the target is compared with it, " +
			"and only differences are written, as by zk_copy: after an interruption, repeat the command. Missing parents are created, ephemeral " +
			"znodes of the backup left out; containers and TTL znodes, which only backups of earlier versions record, become plain znodes. Znodes of the target that are not in the backup stay, unless you use --delete. " +
			"A verified restoration leaves a proof below ~/.local/state/pegashell/proofs, at most 1 MiB: with it the next one of the same backup compares all data again, " +
			"but does not read ACLs that cannot have changed since; `--no_proof` reads everything. With `--dry_run` guards warn instead of refusing.\n\n" +
			"A PATH without HOSTS is one on the connected cluster's ZooKeeper; HOSTS without a path means the path that was backed up.\n\n" +
			"Guards, each overridden by `--force NAME`: `live_target` refuses a target tree that has an ephemeral znode, because living meta servers " +
			"use it; `other_tables` refuses a target tree that has tables that are missing from the backup; `stale_locks` refuses a backup with lock nodes " +
			"that no session held; `newer_tables` refuses a backup without tables or partitions that the replica servers of the connected cluster hold, " +
			"because meta servers would abort on that tree; `unknown_liveness` refuses a target with a cluster whose lock was not found; `two_leaders` refuses while two meta " +
			"servers of the connected cluster lead; `root_target` refuses the target `/`, unless `/` was backed up.",
		Fields: zkRestoreFields,
		Examples: []string{
			"zk_restore c1.zkb.zst 10.0.0.2:2181",
			"zk_restore c1.zkb.zst /pegasus/c1 --dry_run",
		},
		Args:        []complete.Kind{complete.Backup, complete.OwnTarget},
		Interrupted: "nothing was written",
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkRestoreOptions
			flags.BoolVar(&o.dryRun, "dry_run", false, "show what would be done, write nothing")
			flags.BoolVar(&o.delete, "delete", false, "remove from the target what is not in the backup, as the last step")
			flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask before removing")
			flags.BoolVar(&o.noACL, "no_acl", false, "set open ACLs in the target, for ensembles that do not have the same users")
			flags.BoolVar(&o.noVerify, "no_verify", false, "do not read the target back")
			flags.BoolVar(&o.noProof, "no_proof", false, "compare every ACL, even where an earlier verified restoration proves that it has not changed")
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
			o.force.Declare(flags, "force", "zk_restore")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkRestoreRun(ctx, env, &o, args)
			}
		},
	}
}

func zkRestoreRun(ctx context.Context, env Env, o *zkRestoreOptions, args []string) error {
	if len(args) != 2 {
		return outcome.WrongArguments("zk_restore", message.New("a FILE and a target"), len(args))
	}
	if err := o.force.Check(); err != nil {
		return err
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	file, err := openBackup(args[0])
	var damaged *zkcopy.BackupError
	switch {
	case errors.As(err, &damaged):
		return message.Errorf("%w\nNothing was written", err)
	case err != nil:
		return err
	}
	defer file.Close()
	summary, err := file.Check(ctx, show(env, "zk_restore"))
	if err != nil {
		return message.Errorf("%w\nNothing was written", err)
	}
	at, err := treeOrHosts(ctx, env, zk, "zk_restore", args[1])
	if err != nil {
		return err
	}
	at.Path = cmp.Or(at.Path, at.Below(file.Header().Root))
	target, err := zk.Open(ctx, at)
	if err != nil {
		return message.Errorf("target: %w", err)
	}
	defer target.Client.Close()
	if summary.Changed > 0 {
		env.Warn("%s is not the tree as it was at one moment: %d znodes changed while the backup was taken", file, summary.Changed)
	}
	if special := summary.Containers + summary.TTLs; special > 0 {
		env.Warn("%s has %d container or TTL znodes, which an earlier version recorded: they are restored as plain ones, which no server removes automatically", file, special)
	}
	return migration.Execute(ctx, o.force.Change(env, o.dryRun), func(ctx context.Context, pass migration.Pass) error {
		began := env.Now()
		seen, err := passRestore(ctx, env, file, target, pass)
		if err != nil {
			return err
		}
		if err := o.carryOut(ctx, env, file, target, env.Now().Sub(began)); err != nil {
			return err
		}
		if seen.Source.HasClusterAtRoot() && !o.dryRun && env.ForPerson() {
			env.Note("Next: meta servers use this tree when hosts_list in section [zookeeper] of their configurations names %s and they are started. "+
				"migrate status shows what is left to do.", target.Endpoint().Hosts())
		}
		return nil
	})
}

// carryOut asks, restores, and reports the result. looked is how long the guards have looked.
func (o *zkRestoreOptions) carryOut(ctx context.Context, env Env, file *zkcopy.BackupFile, target zkcopy.Tree, looked time.Duration) error {
	env.Evidence("file", file.String())
	env.Evidence("backed_up", file.Header().Source+file.Header().Root)
	t := o.transfer(ctx, env, file, target, looked)
	if o.delete && !o.dryRun {
		if err := t.confirmRemovals(ctx, env, o.yes, "--delete", message.New("Nothing was written yet."), file); err != nil {
			return err
		}
	}
	result, err := t.carryOut(env, o.dryRun)
	if err != nil {
		return err
	}
	warnOfResult(env, o.delete, o.dryRun, result)
	return nil
}

// transfer returns the restoration as what is carried out, planned and asked about.
func (o *zkRestoreOptions) transfer(ctx context.Context, env Env, file *zkcopy.BackupFile, target zkcopy.Tree, looked time.Duration) transfer {
	return transfer{
		name: message.New("restoration"), json: o.json, target: target,
		run: func(plan bool, onAction func(zkcopy.Action)) (*zkcopy.CopyResult, error) {
			r, err := zkcopy.Restore(ctx, file, target, zkcopy.RestoreOptions{
				DryRun: plan, Delete: o.delete, SkipVerify: o.noVerify, NoACL: o.noACL, OnAction: onAction,
				Progress: show(env, "zk_restore", target), MaxDifferences: listedPaths(o.json), Proofs: proofs(env, o.noProof),
			})
			if r != nil {
				r.Duration += looked
			}
			return r, err
		},
		report: func(r *zkcopy.CopyResult, err error) *render.Report { return restoreReport(file, target, r, o, err) },
	}
}

func restoreReport(file *zkcopy.BackupFile, target zkcopy.Tree, r *zkcopy.CopyResult, o *zkRestoreOptions, err error) *render.Report {
	out := &render.Report{Single: true, Typed: true}
	t := out.Add(render.NewList("zk_restore"))
	t.Row("file", file)
	t.Row("backed_up", file.Header().Source+file.Header().Root)
	t.Row("at", render.Cell{Text: file.Header().Time.Format(time.RFC3339), Value: file.Header().Time})
	t.Row("target", target)
	countRows(t, r)
	costRows(t, r)
	verified := "verified: every znode of the backup was read back from the target and is equal"
	if r.ByProof {
		verified = "verified: all data of the backup was read back from the target and is equal, and so is each ACL that may have changed since the last verified restoration"
	}
	t.Row("result", resultOf(r, err, o.dryRun, o.noVerify, verified))
	addFailure(out, err)
	return out
}
