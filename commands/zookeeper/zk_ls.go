package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

type zkLsOptions struct {
	recursive, detailed, json bool
	connect                   ensemble.Flags
}

func zkLsCommand() *command.Command {
	return &command.Command{
		Name:    "zk_ls",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "list the children of a znode",
		Usage:   "[HOSTS/PATH|PATH] [-r|--recursive] [-d|--detailed] " + ensemble.Usage + " [-j|--json]",
		Notes: "Prints one name per line, as a path from the znode with -r; with -d also kind (`persistent` or `ephemeral`; containers and TTL znodes look persistent to every client), size, number of children, version and time of the last change. " +
			unreadableNotes + nodeNotes,
		Fields: zkLsFields,
		Examples: []string{
			"zk_ls -r",
			"zk_ls /pegasus",
			"zk_ls 10.0.0.1:2181/pegasus/c1 -d",
		},
		Args: []complete.Kind{complete.OwnTree},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkLsOptions
			flags.BoolVarP(&o.recursive, "recursive", "r", false, "list everything below")
			flags.BoolVarP(&o.detailed, "detailed", "d", false, "show what the znodes are")
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error { return zkLsRun(ctx, env, &o, args) }
		},
	}
}

func zkLsRun(ctx context.Context, env Env, o *zkLsOptions, args []string) error {
	if len(args) > 1 {
		return outcome.WrongArguments("zk_ls", message.New("at most one HOSTS/PATH or PATH"), len(args))
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	at, err := treeOrHosts(ctx, env, zk, "zk_ls", strings.Join(args, ""))
	if err != nil {
		return err
	}
	if at.Path == "" {
		at.Path = "/"
	}
	tree, err := zk.Open(ctx, at)
	if err != nil {
		return err
	}
	defer tree.Client.Close()
	if o.json || !env.Format().IsPlain() {
		return o.list(ctx, env, tree)
	}
	var unread unreadable
	if err := o.lines(ctx, env, tree, &unread); err != nil {
		return err
	}
	return unread.report(env)
}

// lines prints the znodes as they come, a line each.
func (o *zkLsOptions) lines(ctx context.Context, env Env, tree zkcopy.Tree, unread *unreadable) error {
	options := zkcopy.ListOptions{Recursive: o.recursive, NamesOnly: !o.detailed, Unreadable: unread.add}
	if !o.detailed {
		return zkcopy.List(ctx, tree, options, func(e zkcopy.Entry) error {
			_, err := fmt.Fprintln(env.Out(), below(tree.Path, e.Path))
			return err
		})
	}
	// Lines of fixed columns, the name last, can be printed as they come, whatever the number of
	// znodes.
	const line = "%-10s  %9s  %8s  %7s  %-19s  %s\n"
	if _, err := fmt.Fprintf(env.Out(), line, "kind", "bytes", "children", "version", "changed", "name"); err != nil {
		return err
	}
	return zkcopy.List(ctx, tree, options, func(e zkcopy.Entry) error {
		_, err := fmt.Fprintf(env.Out(), line, e.Kind(), fmt.Sprint(e.Stat.DataLength), fmt.Sprint(e.Stat.NumChildren),
			fmt.Sprint(e.Stat.Version), env.Seconds(time.UnixMilli(e.Stat.Mtime).Unix()), below(tree.Path, e.Path))
		return err
	})
}

// list prints the znodes as they come, in JSON or as a table: only their paths where nothing more is wanted, since a znode's
// other values cost a request each.
func (o *zkLsOptions) list(ctx context.Context, env Env, tree zkcopy.Tree) error {
	list := command.NewListing(env, o.json, "list")
	list.Alone = true
	var znodes int64
	var unread unreadable
	err := zkcopy.List(ctx, tree, zkcopy.ListOptions{Recursive: o.recursive, NamesOnly: !o.detailed, Unreadable: unread.add}, func(e zkcopy.Entry) error {
		znodes++
		name := below(tree.Path, e.Path)
		if !o.detailed {
			return list.Add("", "path", name)
		}
		changed := time.UnixMilli(e.Stat.Mtime)
		return list.Add("", "path", name, "kind", e.Kind(), "bytes", e.Stat.DataLength, "children", e.Stat.NumChildren,
			"version", e.Stat.Version, "changed", render.Cell{Text: env.Seconds(changed.Unix()), Value: changed})
	})
	if err != nil {
		if list.Begun() {
			err = errors.Join(err, list.End(nil))
		}
		return err
	}
	var out *render.Report
	if o.json {
		out = &render.Report{Typed: true}
		t := out.Add(render.NewList("zk_ls"))
		t.Row("tree", tree)
		t.Row("znodes", znodes)
		t.Row("unreadable", unread.total)
	}
	if err := list.End(out); err != nil {
		return err
	}
	return unread.report(env)
}

// below returns a path relative to the root that it lies below.
func below(root, path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, root), "/")
}
