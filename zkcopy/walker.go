package zkcopy

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"pegashell/zkcopy/reader"
)

// want is how much of each znode a walk reads besides the stat.
type want uint8

const (
	wantACL want = 1 << iota
	wantData
	wantStat = 0
	wantAll  = wantACL | wantData
)

// side is one of the trees of a walk.
type side struct {
	tree Tree
	want want
}

// pair is one path of a walk, below the roots of one or two trees.
type pair struct {
	rel    string // empty for the roots, else it begins with a slash
	nodes  [2]*Node
	parent any // what visit returned for the parent
	held   int64
	budget *semaphore.Weighted
}

// release gives back the memory that the data of the pair is accounted with.
func (p *pair) release() {
	if p.held > 0 {
		p.budget.Release(p.held)
		p.held = 0
	}
}

// walker reads one tree, or two side by side, with many requests under way.
type walker struct {
	sides    []side
	limits   Limits
	progress Progress
	// visit is called for every path that either side lists, parents first,
	// by several goroutines at once. A node is nil where it does not exist
	// (any more). It must see to it that the pair is released, and returns
	// what its children are given as their parent, and whether to go on to
	// them.
	visit func(ctx context.Context, p *pair) (state any, descend bool, err error)
	// listed is called, if there is one, when it is known how many children
	// will be visited below a path to which visit said to descend.
	listed func(ctx context.Context, state any, children int) error
	// narrow, if there is one, tells of which paths more than the stat is read.
	narrow func(rel string) bool
	// needsACL, if there is one, tells from what was read of a path whether the
	// first side's ACL must be read too.
	needsACL func(p *pair) bool
	// skip, if there is one, tells which of the listed paths are not visited.
	skip func(rel string, in sideSet) bool
	// noACL leaves ACLs aside on all sides.
	noACL bool
	// seeds are the paths below the root to begin with instead of the root.
	seeds []string

	schedule *schedule
	budget   *semaphore.Weighted
	found    atomic.Int64
}

func (w *walker) run(ctx context.Context) error {
	clients := make([]*Client, len(w.sides))
	for i, s := range w.sides {
		clients[i] = s.tree.Client
	}
	w.limits = w.limits.withDefaults(clients...)
	w.progress = progressOr(w.progress)
	w.schedule = newSchedule(w.sides[0].tree.Path, w.limits)
	w.budget = semaphore.NewWeighted(w.limits.DataBytes)

	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, w.schedule.stop)()
	both := sideSet(1<<len(w.sides) - 1)
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
func (w *walker) begin(ctx context.Context, in sideSet) ([]*expansion, error) {
	if w.seeds == nil {
		w.progress.SetTotal(w.found.Add(1))
		return w.read(ctx, []child{{path: w.sides[0].tree.Path, in: in, list: &children{}}})
	}
	list := &children{}
	for _, rel := range w.seeds {
		list.names = append(list.names, rel[1:])
		list.in = append(list.in, in)
	}
	w.progress.SetTotal(w.found.Add(int64(len(list.names))))
	w.schedule.push(&expansion{}, list)
	return nil, nil
}

// work does jobs until there are none left.
func (w *walker) work(ctx context.Context) error {
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
func (w *walker) read(ctx context.Context, children []child) (expansions []*expansion, err error) {
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

// visitOne visits a path, and tells what is to be listed.
func (w *walker) visitOne(ctx context.Context, p *pair) (*expansion, error) {
	var on sideSet
	var cost int64
	for i := range w.sides {
		if n := p.nodes[i]; n != nil && n.Stat.NumChildren > 0 {
			on |= 1 << i
			cost += int64(n.Stat.NumChildren) * listCost
		}
	}
	rel := p.rel
	state, descend, err := w.visit(ctx, p)
	if err != nil || !descend {
		return nil, err
	}
	if on == 0 {
		return nil, w.tellListed(ctx, state, 0)
	}
	return &expansion{rel: rel, state: state, on: on, cost: cost}, nil
}

// wanted tells whether more than the stat is read at a path.
func (w *walker) wanted(rel string) bool { return w.narrow == nil || w.narrow(rel) }

// onSides calls do for each side of the set, for two of them at the same time.
func (w *walker) onSides(ctx context.Context, set sideSet, do func(ctx context.Context, i int) error) error {
	switch {
	case set.has(0) && set.has(1):
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return do(ctx, 1) })
		group.Go(func() error { return do(ctx, 0) })
		return group.Wait()
	case set.has(0):
		return do(ctx, 0)
	case set.has(1):
		return do(ctx, 1)
	}
	return nil
}

// expand lists the children of some paths on the sides that have any.
func (w *walker) expand(ctx context.Context, expansions []*expansion) error {
	var names [2][][]string
	var on sideSet
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
		if w.skip != nil {
			list.drop(func(name string, in sideSet) bool { return w.skip(e.rel+"/"+name, in) })
		}
		list.rel, list.state = e.rel, e.state
		lists[k] = list
	}
	if err := w.probe(ctx, lists); err != nil {
		return err
	}
	for k, e := range expansions {
		w.progress.SetTotal(w.found.Add(int64(len(lists[k].names))))
		if err := w.tellListed(ctx, e.state, len(lists[k].names)); err != nil {
			return err
		}
		w.schedule.push(e, lists[k])
	}
	return nil
}

// list gives the sorted names of the children on one side.
func (w *walker) list(ctx context.Context, side int, expansions []*expansion) ([][]string, error) {
	tree := w.sides[side].tree
	var requests []reader.Request
	for _, e := range expansions {
		if e.on.has(side) {
			requests = append(requests, reader.Request{Kind: reader.List, Path: joinPath(tree.Path, e.rel)})
		}
	}
	if err := tree.Client.read(ctx, requests); err != nil {
		return nil, wrap("list", requests[0].Path, err)
	}
	names := make([][]string, len(expansions))
	for k, e := range expansions {
		if !e.on.has(side) {
			continue
		}
		r := &requests[0]
		requests = requests[1:]
		if !found(r) && r.Code != codeNoNode {
			return nil, wrap("list", r.Path, answerError(r))
		}
		if r.Path == "/" {
			r.Names = slices.DeleteFunc(r.Names, func(name string) bool { return "/"+name == reservedPath })
		}
		slices.Sort(r.Names)
		names[k] = r.Names
	}
	return names, nil
}

func (w *walker) tellListed(ctx context.Context, state any, children int) error {
	if w.listed == nil {
		return nil
	}
	return w.listed(ctx, state, children)
}

// merge unites two sorted lists of names.
func merge(a, b []string) *children {
	list := &children{names: make([]string, 0, max(len(a), len(b)))}
	for len(a) > 0 || len(b) > 0 {
		var name string
		var in sideSet
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
func (l *children) drop(which func(name string, in sideSet) bool) {
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
