package tree

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"pegashell/zkcopy/session"
)

// Want is how much of each znode a walk reads besides the stat.
type Want uint8

const (
	WantACL Want = 1 << iota
	WantData
	WantStat = 0
	WantAll  = WantACL | WantData
)

// Wanted is one of the trees of a walk.
type Wanted struct {
	Tree Tree
	Want Want
}

// Pair is one path of a walk, below the roots of one or two trees.
type Pair struct {
	Rel    string // empty for the roots, otherwise it begins with a slash
	Nodes  [2]*Node
	Parent any // what visit returned for the parent
	held   int64
	budget *semaphore.Weighted
	names  names
}

// names are those of a znode's children on each side, where they were read with the znode.
type names struct {
	of    [2][]string
	known [2]bool
}

// Hold waits until a budget of most bytes has room for the data of a pair that no walker has read,
// and accounts for it until Release. Data that is longer than the budget needs all of it.
func (p *Pair) Hold(ctx context.Context, budget *semaphore.Weighted, most int64) error {
	var bytes int64
	for _, n := range p.Nodes {
		if n != nil {
			bytes += int64(len(n.Data))
		}
	}
	bytes = min(bytes, most)
	if err := budget.Acquire(ctx, bytes); err != nil {
		return err
	}
	p.budget, p.held = budget, bytes
	return nil
}

// Release returns the memory that the data of the pair is accounted with.
func (p *Pair) Release() {
	if p.held > 0 {
		p.budget.Release(p.held)
		p.held = 0
	}
}

// Walker reads one tree, or two side by side, with many requests under way.
type Walker struct {
	Sides    []Wanted
	Limits   Limits
	Progress Progress
	// Visit is called for every path that either side lists, parents first, by several goroutines
	// at once. A node is nil where it does not exist (any more). It must see to it that the pair is
	// released, and returns what its children get as their parent, and whether to go on to them.
	Visit func(ctx context.Context, p *Pair) (state any, descend bool, err error)
	// Listed is called, if there is one, when it is known how many children
	// will be visited below a path to which visit said to descend.
	Listed func(ctx context.Context, state any, children int) error
	// Narrow, if there is one, reports for which paths more than the stat is read.
	Narrow func(rel string) bool
	// Lone, if there is one, reports for which of the paths that only the second side has the data is
	// read too. Of the others only the stat is.
	Lone func(rel string) bool
	// NeedsACL, if there is one, reports from what was read of a path whether the first side's ACL
	// must be read too.
	NeedsACL func(p *Pair) bool
	// Skip, if there is one, reports which of the listed paths are not visited.
	Skip func(rel string, in SideSet) bool
	// NoACL leaves ACLs aside on all sides.
	NoACL bool
	// Seeds are the paths below the root to begin with instead of the root.
	Seeds []string

	schedule *schedule
	budget   *semaphore.Weighted
	found    atomic.Int64
}

func (w *Walker) Run(ctx context.Context) error {
	clients := make([]*session.Client, len(w.Sides))
	for i, s := range w.Sides {
		clients[i] = s.Tree.Client
	}
	w.Limits = w.Limits.WithDefaults(clients...)
	w.Progress = progressOr(w.Progress)
	w.schedule = newSchedule(w.Sides[0].Tree.Path, w.Limits)
	w.budget = semaphore.NewWeighted(w.Limits.DataBytes)

	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, w.schedule.stop)()
	both := SideSet(1<<len(w.Sides) - 1)
	group.Go(func() error {
		expansions, err := w.begin(ctx, both)
		w.schedule.done(expansions)
		if err != nil {
			return err
		}
		return w.work(ctx)
	})
	for range w.schedule.workers() - 1 {
		group.Go(func() error { return w.work(ctx) })
	}
	return group.Wait()
}

// begin reads the root, or hands out the seeds.
func (w *Walker) begin(ctx context.Context, in SideSet) ([]*expansion, error) {
	if w.Seeds == nil {
		w.Progress.SetTotal(w.found.Add(1))
		return w.read(ctx, []child{{path: w.Sides[0].Tree.Path, in: in, list: &children{}}})
	}
	list := &children{}
	for _, rel := range w.Seeds {
		list.names = append(list.names, rel[1:])
		list.in = append(list.in, in)
	}
	w.Progress.SetTotal(w.found.Add(int64(len(list.names))))
	w.schedule.push(&expansion{}, list)
	return nil, nil
}

// work does jobs until there are none left.
func (w *Walker) work(ctx context.Context) error {
	for {
		j, ok := w.schedule.next()
		if !ok {
			return ctx.Err()
		}
		var expansions []*expansion
		var err error
		if j.expand != nil {
			err = w.expand(ctx, j.expand)
		} else {
			expansions, err = w.read(ctx, j.read)
		}
		w.schedule.done(expansions)
		if err != nil {
			return err
		}
	}
}

// read reads what the sides hold at some paths and visits them; it returns
// those whose children are to be listed.
func (w *Walker) read(ctx context.Context, children []child) (expansions []*expansion, err error) {
	f := newFetch(w, children)
	for {
		pairs, err := f.next(ctx)
		if err != nil || pairs == nil {
			return expansions, err
		}
		for _, p := range pairs {
			e, err := w.visitOne(ctx, p)
			if err != nil {
				return nil, err
			}
			if e != nil {
				expansions = append(expansions, e)
			}
		}
	}
}

// visitOne visits a path, and returns what is to be listed.
func (w *Walker) visitOne(ctx context.Context, p *Pair) (*expansion, error) {
	var on SideSet
	var cost int64
	for i := range w.Sides {
		if n := p.Nodes[i]; n != nil && n.Stat.NumChildren > 0 {
			on |= 1 << i
			cost += int64(n.Stat.NumChildren) * listCost
		}
	}
	rel, names := p.Rel, p.names
	state, descend, err := w.Visit(ctx, p)
	if err != nil || !descend {
		return nil, err
	}
	if on == 0 {
		return nil, w.tellListed(ctx, state, 0)
	}
	return &expansion{rel: rel, state: state, on: on, cost: cost, names: names}, nil
}

// wanted reports whether more than the stat is read at a path.
func (w *Walker) wanted(rel string) bool { return w.Narrow == nil || w.Narrow(rel) }

// onSides calls do for each side of the set, for two of them at the same time.
// Errors about a znode then name the side.
func (w *Walker) onSides(ctx context.Context, set SideSet, call func(ctx context.Context, i int) error) error {
	do := func(ctx context.Context, i int) error { return w.Sides[i].Tree.Wrap(call(ctx, i)) }
	switch {
	case set.Has(0) && set.Has(1):
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return do(ctx, 1) })
		group.Go(func() error { return do(ctx, 0) })
		return group.Wait()
	case set.Has(0):
		return do(ctx, 0)
	case set.Has(1):
		return do(ctx, 1)
	}
	return nil
}

// expand lists the children of some paths on the sides that have any.
func (w *Walker) expand(ctx context.Context, expansions []*expansion) error {
	var names [2][][]string
	var on SideSet
	for _, e := range expansions {
		on |= e.on
	}
	err := w.onSides(ctx, on, func(ctx context.Context, i int) (err error) {
		names[i], err = w.list(ctx, i, expansions)
		return err
	})
	if err != nil {
		return err
	}
	lists := make([]*children, len(expansions))
	for k, e := range expansions {
		var both [2][]string
		for i := range both {
			if names[i] != nil {
				both[i] = names[i][k]
			}
		}
		list := merge(both[0], both[1])
		if w.Skip != nil {
			list.drop(func(name string, in SideSet) bool { return w.Skip(e.rel+"/"+name, in) })
		}
		list.rel, list.state = e.rel, e.state
		lists[k] = list
	}
	if err := w.probe(ctx, lists); err != nil {
		return err
	}
	for k, e := range expansions {
		w.Progress.SetTotal(w.found.Add(int64(len(lists[k].names))))
		if err := w.tellListed(ctx, e.state, len(lists[k].names)); err != nil {
			return err
		}
		w.schedule.push(e, lists[k])
	}
	return nil
}

// list returns the sorted names of the children on one side.
func (w *Walker) list(ctx context.Context, side int, expansions []*expansion) ([][]string, error) {
	tree := w.Sides[side].Tree
	var requests []session.Request
	for _, e := range expansions {
		if e.on.Has(side) && !e.names.known[side] {
			requests = append(requests, session.Request{Kind: session.GetChildren, Path: JoinPath(tree.Path, e.rel)})
		}
	}
	if len(requests) > 0 {
		if err := tree.Client.Read(ctx, requests); err != nil {
			return nil, session.WrapPath("list", requests[0].Path, err)
		}
	}
	names := make([][]string, len(expansions))
	for k, e := range expansions {
		switch {
		case !e.on.Has(side):
			continue
		case e.names.known[side]:
			names[k] = e.names.of[side]
			continue
		}
		r := &requests[0]
		requests = requests[1:]
		if !r.Found() && !r.Missing() {
			return nil, session.WrapPath("list", r.Path, r.Err())
		}
		names[k] = listed(r)
	}
	return names, nil
}

// listed returns the sorted names of an answer, without what no walk visits.
func listed(r *session.Request) []string {
	if r.Path == "/" {
		r.Names = slices.DeleteFunc(r.Names, func(name string) bool { return "/"+name == ReservedPath })
	}
	slices.Sort(r.Names)
	return r.Names
}

func (w *Walker) tellListed(ctx context.Context, state any, children int) error {
	if w.Listed == nil {
		return nil
	}
	return w.Listed(ctx, state, children)
}

// merge unites two sorted lists of names.
func merge(a, b []string) *children {
	list := &children{names: make([]string, 0, max(len(a), len(b)))}
	for len(a) > 0 || len(b) > 0 {
		var name string
		var in SideSet
		switch order := compareHeads(a, b); {
		case order < 0:
			name, in, a = a[0], 1, a[1:]
		case order > 0:
			name, in, b = b[0], 2, b[1:]
		default:
			name, in, a, b = a[0], 3, a[1:], b[1:]
		}
		list.names = append(list.names, name)
		list.in = append(list.in, in)
		list.bytes += int64(len(name)) + listCost/2
	}
	return list
}

// drop removes names from a list.
func (l *children) drop(which func(name string, in SideSet) bool) {
	names, in := l.names, l.in
	l.names, l.in, l.bytes = names[:0], in[:0], 0
	for i, name := range names {
		if !which(name, in[i]) {
			l.names, l.in = append(l.names, name), append(l.in, in[i])
			l.bytes += int64(len(name)) + listCost/2
		}
	}
}

// compareHeads orders the first names of two lists; an empty list comes last.
func compareHeads(a, b []string) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return strings.Compare(a[0], b[0])
}
