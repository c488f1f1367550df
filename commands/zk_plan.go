package commands

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"pegashell/internal/sorted"
	"pegashell/zkcopy"
	"pegashell/zkcopy/backup"
)

// plan puts the steps of a dry run into the order of the tree. The engine works on many znodes at once and
// tells of them as they come.
type plan struct {
	texts sorted.Texts
	err   error
}

func newPlan() *plan { return &plan{texts: sorted.Texts{Compare: comparePlanned}} }

// A planned step is held as PATH NUL KIND NUL BYTES: no path has a NUL.
const planGap = "\x00"

func comparePlanned(a, b string) int {
	pathA, restA, _ := strings.Cut(a, planGap)
	pathB, restB, _ := strings.Cut(b, planGap)
	return cmp.Or(backup.Compare(pathA, pathB), strings.Compare(restA, restB))
}

// note takes one step; the engine calls it one at a time.
func (p *plan) note(a zkcopy.Action) {
	if p.err == nil {
		p.err = p.texts.Add(a.Path + planGap + string(a.Kind) + planGap + strconv.Itoa(a.Bytes))
	}
}

// noteRemovals takes a step if it removes something.
func (p *plan) noteRemovals(a zkcopy.Action) {
	if a.Kind == zkcopy.ActionRemove {
		p.note(a)
	}
}

// each calls visit for the steps in order.
func (p *plan) each(visit func(kind, path, bytes string) error) error {
	if p.err != nil {
		return p.err
	}
	return p.texts.Each(func(text string) error {
		path, rest, _ := strings.Cut(text, planGap)
		kind, bytes, _ := strings.Cut(rest, planGap)
		return visit(kind, path, bytes)
	})
}

func (p *plan) close() { p.texts.Close() } // files without a name: nothing can be done about an error

// print lists all steps and the report behind them.
func (p *plan) print(w io.Writer, json bool, r *report) error {
	l := listing{w: w, json: json, name: "actions"}
	err := p.each(func(kind, path, bytes string) error {
		n, err := strconv.ParseInt(bytes, 10, 64)
		if err != nil {
			return err
		}
		return l.add(fmt.Sprintf("%s %s (%s)", kind, path, byteSize(n)), "action", kind, "path", path, "bytes", bytes)
	})
	if err != nil {
		return err
	}
	return l.end(r)
}

// maxListed is how many paths are listed where a person reads them.
const maxListed = 20

// showRemovals lists what would go from a tree: on standard error where the output is JSON.
func (p *plan) showRemovals(env *Env, json bool, tree zkcopy.Tree) error {
	w := env.Out
	if json {
		w = env.Err
	}
	fmt.Fprintf(w, "To be removed from %s:\n", tree)
	return p.writeTop(w)
}

// writeTop lists the topmost paths of the steps, the first of them, with how many lie below each.
func (p *plan) writeTop(w io.Writer) error {
	var top string
	var below, listed, more int64
	flush := func() {
		switch {
		case top == "":
		case listed >= maxListed:
			more += 1 + below
		case below > 0:
			listed++
			fmt.Fprintf(w, "    %s and %d below it\n", top, below)
		default:
			listed++
			fmt.Fprintf(w, "    %s\n", top)
		}
		below = 0
	}
	err := p.each(func(_, path, _ string) error {
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
		fmt.Fprintf(w, "    and %d more, which --dry_run lists\n", more)
	}
	return nil
}

// indented lists the first of total texts, a line each.
func indented(texts []string, total int64) string {
	var b strings.Builder
	shown := texts[:min(maxListed, len(texts))]
	for _, text := range shown {
		fmt.Fprintf(&b, "\n    %s", text)
	}
	if rest := total - int64(len(shown)); rest > 0 && len(shown) > 0 {
		fmt.Fprintf(&b, "\n    and %d more, which -j lists", rest)
	}
	return b.String()
}
