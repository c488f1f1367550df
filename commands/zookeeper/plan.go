package zookeeper

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/bytesize"
	"pegashell/internal/message"
	"pegashell/zkcopy"
)

// plan are the steps of a dry run.
type plan struct{ *treeOrder }

func newPlan() plan { return plan{newTreeOrder()} }

// note takes one step; the engine calls it one at a time.
func (p plan) note(a zkcopy.Action) { p.add(a.Path, string(a.Kind), strconv.Itoa(a.Bytes)) }

// noteRemovals takes a step if it removes something.
func (p plan) noteRemovals(a zkcopy.Action) {
	if a.Kind == zkcopy.ActionRemove {
		p.note(a)
	}
}

// Print lists all steps, then the report.
func (p plan) print(env Env, json bool, r *render.Report) error {
	l := command.NewListing(env, json, "actions")
	err := p.each(func(path string, step []string) error {
		kind, bytes := step[0], step[1]
		n, err := strconv.ParseInt(bytes, 10, 64)
		if err != nil {
			return err
		}
		return l.Add(fmt.Sprintf("%s %s (%s)", kind, path, bytesize.String(n)), "action", kind, "path", path, "bytes", n)
	})
	if err != nil {
		return err
	}
	return l.End(r)
}

// maxListed is how many paths are listed where a person reads them.
const maxListed = 20

// showRemovals lists what would go from a tree: on standard error where the output is JSON.
func (p plan) showRemovals(env Env, json bool, tree zkcopy.Tree) error {
	w := env.Out()
	if json {
		w = env.Err()
	}
	l := env.Language()
	fmt.Fprintln(w, message.New("To be removed from %s:", tree).In(l))
	return p.writeTop(w, l)
}

// writeTop lists the topmost paths of the steps, the first of them, with how many lie below each.
func (p plan) writeTop(w io.Writer, l message.Language) error {
	var top string
	var below, listed, more int64
	flush := func() {
		switch {
		case top == "":
		case listed >= maxListed:
			more += 1 + below
		case below > 0:
			listed++
			fmt.Fprintln(w, "    "+message.New("%s and %d below it", top, below).In(l))
		default:
			listed++
			fmt.Fprintf(w, "    %s\n", top)
		}
		below = 0
	}
	err := p.each(func(path string, _ []string) error {
		if top != "" && strings.HasPrefix(path, top+"/") {
			below++
			return nil
		}
		flush()
		top = path
		return nil
	})
	if err != nil {
		return err
	}
	flush()
	if more > 0 {
		fmt.Fprintln(w, "    "+message.New("and %d more, which --dry_run lists", more).In(l))
	}
	return nil
}

// indented lists the first of total texts, a line each.
func indented(texts []string, total int64) message.Text {
	var b strings.Builder
	shown := texts[:min(maxListed, len(texts))]
	for _, text := range shown {
		fmt.Fprintf(&b, "\n    %s", text)
	}
	switch rest := total - int64(len(shown)); {
	case rest <= 0 || len(shown) == 0:
		return message.Verbatim(b.String())
	case total > maxInJSON:
		return message.New("%s\n    and %d more; -j lists the first %d", b.String(), rest, maxInJSON)
	default:
		return message.New("%s\n    and %d more, which -j lists", b.String(), rest)
	}
}
