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
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

type zkDiffOptions struct {
	ephemeral, noACL, json bool
	connect                ensemble.Flags
}

func zkDiffCommand() *command.Command {
	return &command.Command{
		Name:    "zk_diff",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "compare two znode trees, or backup files of trees",
		Usage:   "<HOSTS/PATH|PATH|FILE> <HOSTS[/PATH]|PATH|FILE> [--ephemeral] [--no_acl] " + ensemble.Usage + " [-j|--json]",
		Notes: "Prints a line for each difference as it is found, in the order of the trees: `only_in_a`, `only_in_b`, `data`, `acl` or, with --ephemeral, " +
			"`kind` (plain or ephemeral), then the path below the two roots and, of a table or a partition, a second line with its name and the fields that differ, with the values of both; last the numbers of znodes that were equal and that were not. A comparison that could not be " +
			"carried out prints ERROR on standard error, and not `equal` or `different`; the exit states are those of diff. " +
			"Ephemeral znodes are left out and counted. Containers and TTL znodes count as plain ones: ZooKeeper does not show clients which znodes these are.\n\n" +
			"A PATH without HOSTS is one on the connected cluster's ZooKeeper. The second tree has the path of the first unless you name another " +
			"path. An argument is a backup file if such a file exists, or if it ends in .zkb, .gz or .zst.",
		Fields: zkDiffFields,
		Examples: []string{
			"zk_diff 10.0.0.1:2181/pegasus/c1 10.0.0.2:2181",
			"zk_diff /pegasus/c1 c1.zkb.zst",
		},
		Exits:       []command.Exit{{Code: 0, When: "equal"}, {Code: exitDifferent, When: "different"}, {Code: exitTrouble, When: "the comparison could not be carried out, or was used wrongly"}},
		FailCode:    exitTrouble,
		Interrupted: "the comparison is not complete",
		Args:        []complete.Kind{complete.OwnTreeOr(complete.Backup), complete.OwnTreeOr(complete.Backup)},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkDiffOptions
			flags.BoolVar(&o.ephemeral, "ephemeral", false, "compare ephemeral znodes too")
			flags.BoolVar(&o.noACL, "no_acl", false, "do not compare ACLs")
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error { return zkDiffRun(ctx, env, &o, args) }
		},
	}
}

func zkDiffRun(ctx context.Context, env Env, o *zkDiffOptions, args []string) error {
	if len(args) != 2 {
		return outcome.WrongArguments("zk_diff", message.New("two trees or backup files"), len(args))
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return err
	}
	a, shutA, path, err := openSide(ctx, env, zk, "zk_diff", args[0], "")
	if err != nil {
		return err
	}
	defer shutA()
	b, shutB, _, err := openSide(ctx, env, zk, "zk_diff", args[1], path)
	if err != nil {
		return err
	}
	defer shutB()

	list := command.NewListing(env, o.json, "differences")
	onlyProgress := true
	result, err := zkcopy.Diff(ctx, a, b, zkcopy.DiffOptions{
		Ephemeral: o.ephemeral, IgnoreACL: o.noACL, Progress: show(env, "zk_diff", a, b),
		OnDifference: func(d zkcopy.DiffEntry) error {
			if _, ok := layout.DuplicationOf(d.Path); !ok {
				onlyProgress = false
			}
			return addDifference(list, env, &d)
		},
	})
	if err != nil {
		if list.Begun() {
			err = errors.Join(message.Errorf("%w\nThe comparison is not complete", err), list.End(nil))
		}
		return err
	}
	if err := list.End(diffReport(a, b, result, onlyProgress)); err != nil {
		return err
	}
	if !result.Same() {
		return outcome.WithCode(exitDifferent, outcome.Told(errors.New("the trees differ")), true)
	}
	return nil
}

// addDifference prints a difference; of a table or a partition it says whose it is, and what differs.
func addDifference(list *render.Listing, env Env, d *zkcopy.DiffEntry) error {
	add := func(line string, table, partition, fields any) error {
		return list.Add(line, "difference", d.Kind.String(), "path", d.Path, "table", table, "partition", partition, "fields", fields)
	}
	line := d.Kind.String() + " " + d.Path
	if d.Of.ID == 0 {
		return add(line, render.Omitted, render.Omitted, render.Omitted)
	}
	name, partition := cmp.Or(d.Of.Table, fmt.Sprint(d.Of.ID)), render.OrDash("")
	about := message.New("table %s", name)
	if d.Of.Partition >= 0 {
		partition = render.Cell{Text: fmt.Sprint(d.Of.Partition), Value: d.Of.Partition}
		about = message.New("table %s, partition %d", name, d.Of.Partition)
	}
	fields := []string{}
	for _, f := range d.Fields() {
		fields = append(fields, fmt.Sprintf("%s %s, %s", f.Name, fieldValue(f.A), fieldValue(f.B)))
	}
	if d.Kind == zkcopy.ACLDiffers {
		fields = append(fields, aclLines(d.A.ACL)+", "+aclLines(d.B.ACL))
	}
	line += "\n    " + about.In(env.Language()) // below it, so that the line itself stays what a script looks for
	if len(fields) > 0 {
		line += ": " + strings.Join(fields, "; ")
	}
	return add(line, name, partition, render.Cell{Text: strings.Join(fields, "; "), Value: fields})
}

// fieldValue is a field's JSON, cut where it is long, or a dash for none.
func fieldValue(value string) string {
	const most = 80
	if len(value) > most {
		value = strings.ToValidUTF8(value[:most], "") + "..."
	}
	return cmp.Or(value, "-")
}

// aclLines are an ACL's entries with commas between them.
func aclLines(acl []tree.ACL) string {
	var lines []string
	for _, a := range acl {
		lines = append(lines, aclLine(a))
	}
	return strings.Join(lines, ",")
}

func diffReport(a, b zkcopy.Side, r *zkcopy.DiffResult, onlyProgress bool) *render.Report {
	out := &render.Report{Single: true, Typed: true}
	t := out.Add(render.NewList("zk_diff"))
	t.Row("a", a)
	t.Row("b", b)
	t.Row("znodes_a", r.ZnodesA)
	t.Row("znodes_b", r.ZnodesB)
	t.Row("equal", r.Equal)
	t.Row("only_in_a", r.OnlyInA)
	t.Row("only_in_b", r.OnlyInB)
	t.Row("data", r.Data)
	t.Row("acl", r.ACL)
	t.Row("kind", r.Kind)
	t.Row("ephemeral_left_out_a", r.EphemeralsA)
	t.Row("ephemeral_left_out_b", r.EphemeralsB)
	t.Row("seconds", r.Duration.Seconds())
	switch {
	case r.Same():
		t.Row("result", "equal")
	case onlyProgress:
		t.Row("result", "different, but only in the progress of duplications")
	default:
		t.Row("result", "different")
	}
	return out
}
