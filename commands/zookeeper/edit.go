package zookeeper

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/migration"
	"pegashell/migration/look"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// editUsage is the part of a usage line that editOptions read.
const editUsage = ensemble.Usage + " [-j|--json] [--force guard,...]"

// editNotes say what keeps a znode from being changed.
const editNotes = "Without HOSTS the connected cluster's ZooKeeper is used.\n\n" +
	"Guards, each overridden by `--force NAME`: `live_tree` refuses a znode of a tree that living servers use, who would not see the change; " +
	"`unknown_liveness` refuses one of a cluster whose lock was not found; `two_leaders` refuses while two meta servers lead."

// editArgs are the kinds of the words of a command that changes one znode.
var editArgs = []complete.Kind{complete.OwnTarget}

// editOptions are those of every command that changes single znodes.
type editOptions struct {
	json    bool
	connect ensemble.Flags
	force   command.Overrides
}

func (o *editOptions) declare(flags *command.FlagSet, name string) {
	declareConnection(flags, &o.connect)
	flags.BoolVarP(&o.json, "json", "j", false, "print the result as JSON")
	o.force.Declare(flags, "force", name)
}

// editing is one change of a znode: its place, opened, and what it is to pass.
type editing struct {
	env    Env
	zk     *ensemble.Directory
	pass   migration.Pass
	at     zkcopy.Tree
	opened ensemble.Address
}

// edit opens the znode that a word names and calls do, which passes the guards before it changes anything.
func (o *editOptions) edit(ctx context.Context, env Env, name, word string, do func(ctx context.Context, e *editing) error) error {
	if err := o.force.Check(); err != nil {
		return err
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	at, err := treeAt(ctx, env, zk, name, word)
	if err != nil {
		return err
	}
	opened, err := zk.Open(ctx, at)
	if err != nil {
		return err
	}
	defer opened.Client.Close()
	return migration.Execute(ctx, o.force.Change(env, false), func(ctx context.Context, pass migration.Pass) error {
		return do(ctx, &editing{env, zk, pass, opened, at})
	})
}

// guard has a place pass the guards: the znode at a path alone, or with everything below it.
func (e *editing) guard(ctx context.Context, path string, whole bool) error {
	at := e.at
	at.Path = path
	if tree.IsReserved(path) {
		return &tree.ReservedPathError{Path: path}
	}
	cluster := lookBeforeRemoval(ctx, e.env, e.zk, at)
	defer cluster.wait()
	around, err := zkcopy.ClustersAround(ctx, at)
	if err != nil {
		return err
	}
	target := unseen(at)
	if whole {
		there, err := zkcopy.Inspect(ctx, at, zkcopy.CountOptions{})
		if err != nil {
			return err
		}
		target = seenTarget(at, there)
		around = slices.DeleteFunc(around, func(c zkcopy.Cluster) bool {
			return slices.ContainsFunc(target.Clusters, func(inside zkcopy.Cluster) bool { return inside.Root == c.Root })
		})
	} else if stat, err := at.Stat(ctx, path); err != nil {
		return err
	} else if stat != nil && stat.EphemeralOwner != 0 {
		target.Ephemerals, target.EphemeralNodes = 1, []zkcopy.EphemeralNode{{Path: path, Session: stat.EphemeralOwner}}
	}
	target.Clusters = slices.Concat(around, target.Clusters)
	cluster.wait()
	s := &migration.Survey{Target: target, Own: cluster.own, Leaders: cluster.leaders}
	if !whole && s.Own.Relation == zkcopy.Around {
		s.Own = migration.Own{} // a znode above the cluster's tree is none of it
	}
	look.LocateAround(ctx, &s.Target, at, cluster.configs())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return e.pass(s)
}

// otherEnsemble is what is said of two places that do not have a server in common: they may be on one ensemble.
const otherEnsemble = "%s: %s and %s are named by different servers: if they are of one ensemble, use the PATH alone; zk_copy copies to another ZooKeeper"

// second is the place that the second word of a line names, on the ensemble of the first.
func (e *editing) second(ctx context.Context, name, word string) (zkcopy.Tree, error) {
	word = ensemble.WithoutSlash(word)
	to := zkcopy.Tree{Client: e.at.Client, Path: word}
	if strings.HasPrefix(word, "/") {
		if err := session.ValidatePath(word); err != nil {
			return to, outcome.WrongUse("%s: %v", name, err)
		}
		return to, nil
	}
	at, err := treeAt(ctx, e.env, e.zk, name, word)
	if err != nil {
		return to, err
	}
	if !at.SharesServer(e.opened.Servers) {
		return to, outcome.WrongUse(otherEnsemble, name, e.opened.Hosts(), at.Hosts())
	}
	to.Path = at.Path
	return to, nil
}

// parentHint adds to the failure of creating a znode what creates the one above it.
func parentHint(err error) error {
	var noParent *zkcopy.NoParentError
	if errors.As(err, &noParent) {
		return message.Errorf("%w: zk_create -p creates it", err)
	}
	return err
}

// print reports what was done, a row each.
func (e *editing) print(name string, inJSON bool, rows ...any) error {
	out := &render.Report{Single: true, Typed: true}
	t := out.Add(render.NewList(name))
	for i := 0; i < len(rows); i += 2 {
		t.Row(rows[i], rows[i+1])
	}
	return command.Print(e.env, out, command.OutputOptions{JSON: inJSON})
}
