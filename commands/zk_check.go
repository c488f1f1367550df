package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

type zkCheckOptions struct {
	json    bool
	connect ensemble.Flags
}

func zkCheckCommand() *Command {
	return &Command{
		Name:    "zk_check",
		Plugin:  PluginZooKeeper,
		Reads:   true,
		Summary: "check that a znode tree is a cluster's whole metadata",
		Usage:   "[PATH|HOSTS/PATH] " + ensemble.Usage + " [-j|--json]",
		Notes: "Without an argument the connected cluster's tree is checked, with a PATH one on the same ZooKeeper. Every finding comes with " +
			"its path and what to do, in the order of the tree. A FAULT is what meta servers abort on, or lose what it concerns; then the " +
			"command fails. Living meta servers are those that hold a lock node, the leader first.",
		Examples:    []string{"zk_check", "zk_check 10.0.0.2:2181/pegasus/c1"},
		Args:        []complete.Kind{complete.OwnTree},
		Interrupted: "the check is not complete",
		Prepare: func(flags *FlagSet) Run {
			var o zkCheckOptions
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env *Env, args []string) error { return zkCheckRun(ctx, env, &o, args) }
		},
	}
}

func zkCheckRun(ctx context.Context, env *Env, o *zkCheckOptions, args []string) error {
	if len(args) > 1 {
		return outcome.WrongUse("zk_check: %q is too much", args[1])
	}
	zk, err := env.zooKeepers(&o.connect)
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
	findings := newTreeOrder()
	defer findings.close()
	result, err := zkcopy.Check(ctx, tree, zkcopy.CheckOptions{
		Progress:  env.show("zk_check", tree),
		OnFinding: func(f zkcopy.Finding) { findings.add(f.Path, f.Severity.String(), f.Problem, f.Advice) },
	})
	if err != nil {
		return err
	}
	l := listing{w: env.Out, json: o.json, name: "findings"}
	err = findings.each(func(path string, f []string) error {
		return l.add(fmt.Sprintf("%s: %s\n    %s\n    %s", f[0], path, f[1], f[2]), "severity", f[0], "path", path, "problem", f[1], "advice", f[2])
	})
	if err != nil {
		return err
	}
	if err := l.end(checkReport(tree, result)); err != nil {
		return err
	}
	if result.Faults > 0 {
		return outcome.Told(errors.New("the tree has faults"))
	}
	return nil
}

func checkReport(tree zkcopy.Tree, result *zkcopy.CheckResult) *report {
	var locks []string
	for _, l := range result.Locks {
		locks = append(locks, l.Value)
	}
	r := &report{single: true}
	t := r.add(newList("zk_check"))
	t.row("tree", tree)
	t.row("znodes", result.Znodes)
	t.row("bytes", result.Bytes)
	t.row("available_tables", result.Available)
	t.row("dropped_tables", result.Dropped)
	t.row("tables_in_change", result.Other)
	t.row("partitions", result.Partitions)
	t.row("lock_nodes", len(result.Locks))
	t.row("other_znodes", result.Unknown)
	t.row("living_meta_servers", strings.Join(locks, ","))
	t.row("warnings", result.Warnings)
	t.row("faults", result.Faults)
	return r
}
