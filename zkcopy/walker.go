package zkcopy

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// want is how much of each znode a walk reads.
type want int

const (
	wantStat want = iota
	wantACL       // and the stat
	wantAll       // and the data
	wantData      // and the stat: one request, but the data's length is not known before
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
	// guess is the memory to reserve for a znode's data on a side that wants
	// only that.
	guess int64
	// narrow, if there is one, tells of which paths more than the stat is read.
	narrow func(rel string) bool
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
	w.schedule = newSchedule(w.limits)
	w.budget = semaphore.NewWeighted(w.limits.DataBytes)

	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, w.schedule.stop)()
	both := sideSet(1<<len(w.sides) - 1)
	group.Go(func() error {
		err := w.begin(ctx, both)
		w.schedule.done()
		if err != nil {
			return err
		}
		return w.work(ctx)
	})
	for range w.limits.Window - 1 {
		group.Go(func() error { return w.work(ctx) })
	}
	return group.Wait()
}

// begin reads the root, or hands out the seeds.
func (w *walker) begin(ctx context.Context, in sideSet) error {
	if w.seeds == nil {
		w.progress.SetTotal(w.found.Add(1))
		return w.read(ctx, job{in: in})
	}
	list := &children{}
	for _, rel := range w.seeds {
		list.names = append(list.names, rel[1:])
		list.in = append(list.in, in)
	}
	w.progress.SetTotal(w.found.Add(int64(len(list.names))))
	w.schedule.push(&expansion{}, list)
	return nil
}

// work does jobs until there are none left.
func (w *walker) work(ctx context.Context) error {
	for {
		j, ok := w.schedule.next()
		if !ok {
			return ctx.Err()
		}
		var err error
		if j.expand != nil {
			err = w.expand(ctx, j.expand)
		} else {
			err = w.read(ctx, j)
		}
		w.schedule.done()
		if err != nil {
			return err
		}
	}
}

// read reads what the sides hold at a path, visits it and lists its children.
func (w *walker) read(ctx context.Context, j job) error {
	p := &pair{rel: j.rel, parent: j.parent, budget: w.budget}
	if err := w.fill(ctx, p, j.in); err != nil {
		p.release()
		return err
	}
	e := &expansion{rel: j.rel}
	for i := range w.sides {
		if n := p.nodes[i]; n != nil && n.Stat.NumChildren > 0 {
			e.on |= 1 << i
			e.cost += int64(n.Stat.NumChildren) * listCost
		}
	}
	state, descend, err := w.visit(ctx, p)
	if err != nil || !descend {
		return err
	}
	e.state = state
	if e.on == 0 {
		return w.tellListed(ctx, state, 0)
	}
	if !w.schedule.admit(e) {
		return nil
	}
	return w.expand(ctx, e)
}

// fill reads the nodes of a pair. An ACL's answer has the stat with the length
// of the data in it, so the memory for the data is reserved before it is asked
// for, however large it is.
func (w *walker) fill(ctx context.Context, p *pair, in sideSet) error {
	if w.sides[0].want == wantData {
		return w.fillData(ctx, p)
	}
	err := w.onSides(ctx, in, func(ctx context.Context, i int) (err error) {
		p.nodes[i], err = w.head(ctx, p, i, in)
		return err
	})
	if err != nil {
		return err
	}
	var toRead sideSet
	var bytes int64
	for i, s := range w.sides {
		if p.nodes[i] != nil && s.want == wantAll && w.wanted(p.rel) && !w.differInLength(p, i) && !w.aloneOnTarget(i, in) {
			toRead |= 1 << i
			bytes += int64(p.nodes[i].Stat.DataLength)
		}
	}
	if toRead == 0 {
		return nil
	}
	held := min(bytes, w.limits.DataBytes)
	if err := w.budget.Acquire(ctx, held); err != nil {
		return err
	}
	p.held = held
	return w.onSides(ctx, toRead, func(ctx context.Context, i int) error {
		d, err := w.sides[i].tree.Client.data(ctx, nil, p.nodes[i].Path)
		if err != nil || d.stat == nil {
			p.nodes[i] = nil
			return err
		}
		p.nodes[i].take(d)
		return nil
	})
}

// fillData reads the data of a walk's one side, in memory that is reserved by
// a guess.
func (w *walker) fillData(ctx context.Context, p *pair) error {
	held := min(w.guess, w.limits.DataBytes)
	if err := w.budget.Acquire(ctx, held); err != nil {
		return err
	}
	p.held = held
	tree := w.sides[0].tree
	path := joinPath(tree.Path, p.rel)
	d, err := tree.Client.data(ctx, nil, path)
	if err != nil || d.stat == nil {
		return err
	}
	p.nodes[0] = &Node{Path: path, Data: d.data, Stat: *d.stat}
	return nil
}

// take adds the data to a node whose ACL was read before. The stat keeps the
// ACL's version as it was then, so that a later change of the ACL is noticed.
func (n *Node) take(d dataAnswer) {
	aversion := n.Stat.Aversion
	if n.Stat.Czxid != d.stat.Czxid {
		aversion = staleACL
	}
	n.Data, n.Stat = d.data, *d.stat
	n.Stat.Aversion = aversion
}

// staleACL is the ACL's version in the stat of a node that was deleted and
// created anew between the reading of its ACL and its data: no ACL has it.
const staleACL = -2

// head reads all of a node but its data.
func (w *walker) head(ctx context.Context, p *pair, i int, in sideSet) (*Node, error) {
	tree := w.sides[i].tree
	path := joinPath(tree.Path, p.rel)
	if w.sides[i].want == wantStat || !w.wanted(p.rel) || w.noACL || w.aloneOnTarget(i, in) {
		stat, err := tree.Client.stat(ctx, path)
		if err != nil || stat == nil {
			return nil, err
		}
		return &Node{Path: path, Stat: *stat}, nil
	}
	a, err := tree.Client.acl(ctx, nil, path)
	if err != nil || a.stat == nil {
		return nil, err
	}
	return &Node{Path: path, ACL: a.acl, Stat: *a.stat}, nil
}

// wanted tells whether more than the stat is read at a path.
func (w *walker) wanted(rel string) bool { return w.narrow == nil || w.narrow(rel) }

// aloneOnTarget tells that a node stands on the second side only: it is
// counted or removed there, never compared.
func (w *walker) aloneOnTarget(i int, in sideSet) bool { return i == 1 && !in.has(0) }

// differInLength tells that the target's data need not be read to see that it
// is not the source's.
func (w *walker) differInLength(p *pair, i int) bool {
	return i == 1 && p.nodes[0] != nil && p.nodes[0].Stat.DataLength != p.nodes[1].Stat.DataLength
}

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

// expand lists the children of a path on the sides that have any.
func (w *walker) expand(ctx context.Context, e *expansion) error {
	var names [2][]string
	err := w.onSides(ctx, e.on, func(ctx context.Context, i int) error {
		tree := w.sides[i].tree
		path := joinPath(tree.Path, e.rel)
		list, err := tree.Client.children(ctx, path)
		if path == "/" {
			list = slices.DeleteFunc(list, func(name string) bool { return "/"+name == reservedPath })
		}
		slices.Sort(list)
		names[i] = list
		return err
	})
	if err != nil {
		return err
	}
	list := merge(names[0], names[1])
	if w.skip != nil {
		list.drop(func(name string, in sideSet) bool { return w.skip(e.rel+"/"+name, in) })
	}
	list.rel, list.state = e.rel, e.state
	w.progress.SetTotal(w.found.Add(int64(len(list.names))))
	if err := w.tellListed(ctx, e.state, len(list.names)); err != nil {
		return err
	}
	w.schedule.push(e, list)
	return nil
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
