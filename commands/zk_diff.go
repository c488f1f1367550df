package commands

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"pegashell/zkcopy"
)

type zkDiffOptions struct {
	ephemeral, noACL, json bool
	connect                zkConnectOptions
}

func zkDiffCommand() *Command {
	return &Command{
		Name:    "zk_diff",
		Plugin:  PluginZooKeeper,
		Summary: "compare two znode trees, or backup files of such",
		Usage:   "<HOSTS/PATH|PATH|FILE> <HOSTS[/PATH]|PATH|FILE> [--ephemeral] [--no_acl] " + zkConnectUsage + " [-j|--json]",
		Notes: "Prints a line for each difference as it is found, in the order of the trees: `only_in_a`, `only_in_b`, `data`, `acl` or `kind` (plain, " +
			"container, TTL), then the path below the two roots; last how many znodes were equal and were not. Equal trees succeed, different ones " +
			"fail, and so does a comparison that could not be carried out: that one says ERROR, and its table does not say `equal` or `different`. " +
			"Ephemeral znodes are left out and counted.\n\n" +
			"A PATH without HOSTS is one on the connected cluster's ZooKeeper. The second tree lies at the path of the first unless another is " +
			"given. A word is taken for a backup file if there is such a file, or if it ends in .zkb, .gz or .zst.",
		Examples: []string{
			"zk_diff 10.0.0.1:2181/pegasus/c1 10.0.0.2:2181",
			"zk_diff /pegasus/c1 c1.zkb.zst",
		},
		Exits:    []Exit{{0, "equal"}, {exitDifferent, "different"}, {exitTrouble, "the comparison could not be carried out, or was used wrongly"}},
		FailCode: exitTrouble,
		Args:     []Kind{kindTree(orOwn, orBackup), kindTree(orOwn, orBackup)},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o zkDiffOptions
			flags.BoolVar(&o.ephemeral, "ephemeral", false, "compare ephemeral znodes too")
			flags.BoolVar(&o.noACL, "no_acl", false, "do not compare ACLs")
			o.connect.declare(flags)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env *Env, args []string) error { return zkDiffRun(ctx, env, &o, args) }
		},
	}
}

func zkDiffRun(ctx context.Context, env *Env, o *zkDiffOptions, args []string) error {
	if len(args) != 2 {
		return usagef("zk_diff: two trees or files are wanted, %d words were given", len(args))
	}
	env, err := o.connect.with(env)
	if err != nil {
		return err
	}
	a, shutA, path, err := env.side(ctx, "zk_diff", args[0], "")
	if err != nil {
		return err
	}
	defer shutA()
	b, shutB, _, err := env.side(ctx, "zk_diff", args[1], path)
	if err != nil {
		return err
	}
	defer shutB()

	var list diffList = &diffLines{w: env.Out}
	if o.json {
		list = &diffJSON{w: env.Out}
	}
	result, err := zkcopy.Diff(ctx, a, b, zkcopy.DiffOptions{
		Ephemeral: o.ephemeral, IgnoreACL: o.noACL, Progress: env.show("zk_diff"),
		OnDifference: func(d zkcopy.DiffEntry) error { return list.add(d) },
	})
	if err != nil {
		if list.begun() {
			err = errors.Join(fmt.Errorf("%w\nThe comparison is not complete", err), list.end(nil))
		}
		return err
	}
	if err := list.end(diffReport(a, b, result)); err != nil {
		return err
	}
	if !result.Same() {
		return reported(errors.New("the trees differ"))
	}
	return nil
}

func diffReport(a, b zkcopy.Side, r *zkcopy.DiffResult) *report {
	out := &report{single: true}
	t := out.add(newList("zk_diff"))
	t.row("a", a)
	t.row("b", b)
	t.row("znodes_a", r.ZnodesA)
	t.row("znodes_b", r.ZnodesB)
	t.row("equal", r.Equal)
	t.row("only_in_a", r.OnlyInA)
	t.row("only_in_b", r.OnlyInB)
	t.row("data", r.Data)
	t.row("acl", r.ACL)
	t.row("kind", r.Kind)
	t.row("ephemeral_left_out_a", r.EphemeralsA)
	t.row("ephemeral_left_out_b", r.EphemeralsB)
	t.row("seconds", r.Duration.Seconds())
	if r.Same() {
		t.row("result", "equal")
	} else {
		t.row("result", "different")
	}
	return out
}

// diffList prints differences as they come.
type diffList interface {
	add(d zkcopy.DiffEntry) error
	// begun tells that something was printed.
	begun() bool
	// end prints the counts, nil where there are none to be relied upon.
	end(counts *report) error
}

type diffLines struct {
	w io.Writer
	n int64
}

func (l *diffLines) add(d zkcopy.DiffEntry) error {
	l.n++
	_, err := fmt.Fprintln(l.w, d.Kind, d.Path)
	return err
}

func (l *diffLines) begun() bool { return l.n > 0 }

func (l *diffLines) end(counts *report) error {
	if counts == nil {
		return nil
	}
	if l.begun() {
		fmt.Fprintln(l.w)
	}
	return counts.writeText(l.w)
}

// diffJSON prints one object, with the differences in an array.
type diffJSON struct {
	w io.Writer
	n int64
}

func (l *diffJSON) add(d zkcopy.DiffEntry) error {
	start := ","
	if l.n == 0 {
		start = "{\n    \"differences\": ["
	}
	l.n++
	_, err := fmt.Fprintf(l.w, "%s\n        {\"difference\": %s, \"path\": %s}", start, quoteJSON(d.Kind.String()), quoteJSON(d.Path))
	return err
}

func (l *diffJSON) begun() bool { return l.n > 0 }

func (l *diffJSON) end(counts *report) error {
	start := "\n    ]"
	if !l.begun() {
		start = "{\n    \"differences\": []"
	}
	if _, err := io.WriteString(l.w, start); err != nil {
		return err
	}
	if counts == nil {
		_, err := io.WriteString(l.w, "\n}\n")
		return err
	}
	var j jsonWriter
	j.depth = 1
	for _, t := range counts.tables {
		j.open(t.name)
		for _, row := range t.rows {
			j.pair(row[0], row[1])
		}
		j.close()
	}
	j.close()
	_, err := io.WriteString(l.w, j.b.String()+"\n")
	return err
}
