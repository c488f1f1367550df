package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/bytesize"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

func zkTreeCommand() *command.Command {
	return &command.Command{
		Name:    "zk_tree",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "draw a tree of znodes",
		Usage:   "[HOSTS/PATH|PATH] [-d|--depth num] " + ensemble.Usage + " [-j|--json]",
		Notes:   "A name a line, indented by its depth; behind it the number of children, and `ephemeral` where that is the case. " + unreadableNotes + nodeNotes,
		Fields: []command.Field{
			{Path: "znodes[].path", Type: command.Text, Meaning: "below the tree"},
			{Path: "znodes[].depth", Type: command.Count, Meaning: "1 for a child of the tree's root"},
			{Path: "znodes[].children", Type: command.Count, Meaning: "how many children it has"},
			{Path: "znodes[].ephemeral", Type: command.Truth, Meaning: "whether it is ephemeral"},
			{Path: "zk_tree.tree", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_tree.znodes", Type: command.Count, Meaning: "how many are listed"},
			unreadableField("zk_tree"),
		},
		Examples: []string{"zk_tree -d 2", "zk_tree 10.0.0.1:2181/pegasus"},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			depth := flags.IntP("depth", "d", 0, "how many levels are shown; 0 for all")
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkTreeRun(ctx, env, &connect, *depth, *inJSON, args)
			}
		},
	}
}

func zkTreeRun(ctx context.Context, env Env, connect *ensemble.Flags, depth int, inJSON bool, args []string) error {
	if depth < 0 {
		return outcome.WrongUse("zk_tree: -d: %d is below 0", depth)
	}
	at, err := openNode(ctx, env, connect, "zk_tree", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	if inJSON {
		return treeInJSON(ctx, env, at, depth)
	}
	var unread unreadable
	err = zkcopy.List(ctx, at, zkcopy.ListOptions{Recursive: true, Root: true, Depth: depth, Unreadable: unread.add}, func(e zkcopy.Entry) error {
		if e.Depth == 0 {
			_, err := fmt.Fprintln(env.Out(), at.Path)
			return err
		}
		more := ""
		if e.Stat.NumChildren > 0 {
			more = fmt.Sprintf(" (%d)", e.Stat.NumChildren)
		}
		if e.Stat.EphemeralOwner != 0 {
			more += " ephemeral"
		}
		_, err := fmt.Fprintf(env.Out(), "%s%s%s\n", strings.Repeat("  ", e.Depth), e.Name, more)
		return err
	})
	if err != nil {
		return err
	}
	return unread.report(env)
}

// treeInJSON prints the znodes of a tree as they come.
func treeInJSON(ctx context.Context, env Env, at zkcopy.Tree, depth int) error {
	list := command.NewListing(env, true, "znodes")
	var znodes int64
	var unread unreadable
	err := zkcopy.List(ctx, at, zkcopy.ListOptions{Recursive: true, Depth: depth, Unreadable: unread.add}, func(e zkcopy.Entry) error {
		znodes++
		return list.Add("", "path", below(at.Path, e.Path), "depth", e.Depth, "children", e.Stat.NumChildren, "ephemeral", e.Stat.EphemeralOwner != 0)
	})
	if err != nil {
		if list.Begun() {
			err = errors.Join(err, list.End(nil))
		}
		return err
	}
	r := &render.Report{Typed: true}
	t := r.Add(render.NewList("zk_tree"))
	t.Row("tree", at)
	t.Row("znodes", znodes)
	t.Row("unreadable", unread.total)
	if err := list.End(r); err != nil {
		return err
	}
	return unread.report(env)
}

func zkDuCommand() *command.Command {
	return &command.Command{
		Name:    "zk_du",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "show how much the trees below a znode hold",
		Usage:   "[HOSTS/PATH|PATH] " + ensemble.Usage + " [-j|--json]",
		Notes:   "A line for each child with everything below it, and a last one for the whole tree. Bytes are those of data. A line of which something is missing says `(not complete)`. " + unreadableNotes + nodeNotes,
		Fields: []command.Field{
			{Path: "children[].name", Type: command.Text, Meaning: "the child"},
			{Path: "children[].znodes", Type: command.Count, Meaning: "how many znodes are at and below it"},
			{Path: "children[].bytes", Type: command.Count, Meaning: "bytes of their data"},
			{Path: "children[].unreadable", Type: command.Count, Meaning: "of these the session may not read: where it is not 0, what is below them is missing"},
			{Path: "zk_du.tree", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_du.znodes", Type: command.Count, Meaning: "of the whole tree, with its root"},
			{Path: "zk_du.bytes", Type: command.Count, Meaning: "of the whole tree"},
			unreadableField("zk_du"),
		},
		Examples: []string{"zk_du", "zk_du 10.0.0.1:2181/"},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkDuRun(ctx, env, &connect, *inJSON, args)
			}
		},
	}
}

// held is what a tree holds.
type held struct {
	name                      string
	znodes, bytes, unreadable int64
}

// add prints the sums as a line of a list.
func (h held) add(list *render.Listing) error {
	return list.Add(duLine(h), "name", h.name, "znodes", h.znodes, "bytes", h.bytes, "unreadable", h.unreadable)
}

func zkDuRun(ctx context.Context, env Env, connect *ensemble.Flags, inJSON bool, args []string) error {
	at, err := openNode(ctx, env, connect, "zk_du", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	root, err := readNode(ctx, at)
	if err != nil {
		return err
	}
	list := command.NewListing(env, inJSON, "children")
	list.Alone = true
	total := held{name: at.Path, znodes: 1, bytes: int64(root.Stat.DataLength)}
	var child held
	flush := func() error {
		if child.znodes == 0 {
			return nil
		}
		return child.add(list)
	}
	var unread unreadable
	forbidden := func(path string) error { // the child it is, or lies in, was visited before
		child.unreadable++
		total.unreadable++
		return unread.add(path)
	}
	err = zkcopy.List(ctx, at, zkcopy.ListOptions{Recursive: true, Unreadable: forbidden}, func(e zkcopy.Entry) error {
		if e.Depth == 1 {
			if err := flush(); err != nil {
				return err
			}
			child = held{name: e.Name}
		}
		for _, sum := range []*held{&child, &total} {
			sum.znodes++
			sum.bytes += int64(e.Stat.DataLength)
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	var r *render.Report
	if inJSON {
		r = &render.Report{Typed: true}
		t := r.Add(render.NewList("zk_du"))
		t.Row("tree", at)
		t.Row("znodes", total.znodes)
		t.Row("bytes", total.bytes)
		t.Row("unreadable", total.unreadable)
	} else {
		err = total.add(list)
	}
	if err = errors.Join(err, list.End(r)); err != nil {
		return err
	}
	return unread.report(env)
}

// duLine has columns of a fixed width, the name last, so that lines can be printed as they come.
func duLine(h held) string {
	line := fmt.Sprintf("%10s  %8d znodes  %s", bytesize.String(h.bytes), h.znodes, h.name)
	if h.unreadable > 0 {
		line += " (not complete)"
	}
	return line
}
