package zookeeper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

type zkCheckOptions struct {
	json     bool
	lockRoot string
	connect  ensemble.Flags
}

func zkCheckCommand() *command.Command {
	return &command.Command{
		Name:    "zk_check",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "check that a znode tree is a cluster's whole metadata",
		Usage:   "[PATH|HOSTS/PATH] [--lock_root path] " + ensemble.Usage + " [-j|--json]",
		Notes: "Without an argument the tree of the connected cluster is checked, with a PATH a tree on the same ZooKeeper. Every finding has " +
			"its path and what to do, in the order of the tree. A FAULT makes meta servers abort, or lose the data that it is about; the " +
			"command then fails. Znodes of duplications, backups, bulk loads and partition splits are known and counted; other znodes are " +
			"reported as unknown, which is not a fault.\n\n" +
			"Living meta servers are those that hold a lock node, the leader first. Lock nodes are searched everywhere in the tree. If " +
			"`distributed_lock_service_parameters` of the meta servers is a path outside of the tree, name it with `--lock_root`; otherwise living meta " +
			"servers are unknown.",
		Fields:      zkCheckFields,
		Examples:    []string{"zk_check", "zk_check 10.0.0.2:2181/pegasus/c1"},
		Args:        []complete.Kind{complete.OwnTree},
		Interrupted: "the check is not complete",
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkCheckOptions
			declareConnection(flags, &o.connect)
			flags.StringVar(&o.lockRoot, "lock_root", "", "where the meta servers create their lock nodes, if not in the tree")
			flags.Complete("lock_root", complete.OwnTree)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkCheckRun(ctx, env, &o, args)
			}
		},
	}
}

func zkCheckRun(ctx context.Context, env Env, o *zkCheckOptions, args []string) error {
	if len(args) > 1 {
		return outcome.WrongUse("zk_check: unexpected argument %q", args[1])
	}
	o.lockRoot = ensemble.WithoutSlash(o.lockRoot)
	if err := session.ValidatePath(o.lockRoot); o.lockRoot != "" && err != nil {
		return outcome.WrongUse("zk_check: --lock_root: %v", err)
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	at, err := treeAt(ctx, env, zk, "zk_check", strings.Join(args, ""))
	if err != nil {
		return err
	}
	tree, err := zk.Open(ctx, at)
	if err != nil {
		return err
	}
	defer tree.Client.Close()
	lockRoot, reported := o.lockRoot, false
	if lockRoot == "" {
		lockRoot, reported = reportedLockRoot(ctx, env, tree)
	}
	findings := newTreeOrder()
	defer findings.close()
	result, err := zkcopy.Check(ctx, tree, zkcopy.CheckOptions{
		LockRoot: lockRoot,
		Progress: show(env, "zk_check", tree),
		OnFinding: func(f zkcopy.Finding) {
			findings.add(f.Path, f.Severity.String(), f.Problem.String(), f.Advice.String(), f.Problem.In(env.Language()), f.Advice.In(env.Language()))
		},
	})
	if err != nil {
		return err
	}
	l := command.NewListing(env, o.json, "findings")
	err = findings.each(func(path string, f []string) error {
		return l.Add(fmt.Sprintf("%s: %s\n    %s\n    %s", f[0], path, f[3], f[4]), "severity", f[0], "path", path,
			"problem", render.Cell{Text: f[3], Value: f[1]}, "advice", render.Cell{Text: f[4], Value: f[2]}) // JSON is in English
	})
	if err != nil {
		return err
	}
	if err := l.End(checkReport(tree, result, livingServers(result, reported, len(args) == 0))); err != nil {
		return err
	}
	if result.Faults > 0 {
		return outcome.Told(errors.New("the tree has faults"))
	}
	return nil
}

// livingServers names the meta servers that live; reported means that a meta server has reported
// where the lock is, led that the tree is that of a cluster whose leader has just answered.
func livingServers(result *zkcopy.CheckResult, reported, led bool) render.Cell {
	servers := []string{}
	for _, l := range result.Locks {
		servers = append(servers, l.Value)
	}
	switch {
	case len(servers) > 0:
	case reported && !led:
	case result.LockPath == "":
		return render.Cell{Text: "unknown: no lock nodes were found; name their path with --lock_root"}
	case led:
		return render.Cell{Text: "unknown: the leader's lock node is not in the tree; name its path with --lock_root"}
	}
	return render.Cell{Text: cmp.Or(strings.Join(servers, ","), "-"), Value: servers}
}

func checkReport(tree zkcopy.Tree, result *zkcopy.CheckResult, living render.Cell) *render.Report {
	r := &render.Report{Single: true, Typed: true}
	t := r.Add(render.NewList("zk_check"))
	t.Row("tree", tree)
	t.Row("znodes", result.Znodes)
	t.Row("bytes", result.Bytes)
	t.Row("available_tables", result.Available)
	t.Row("dropped_tables", result.Dropped)
	t.Row("tables_in_change", result.Other)
	t.Row("tables_in_split", result.Splitting)
	t.Row("partitions", result.Partitions)
	t.Row("duplications", result.Duplications)
	t.Row("bulk_loads", result.BulkLoads)
	t.Row("backup_policies", result.Policies)
	t.Row("lock_nodes", len(result.Locks))
	t.Row("unknown_znodes", result.Unknown)
	t.Row("living_meta_servers", living)
	t.Row("warnings", result.Warnings)
	t.Row("faults", result.Faults)
	return r
}
