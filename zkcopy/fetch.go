package zkcopy

import (
	"context"

	"pegashell/zkcopy/reader"
)

// fetch reads some paths of a walk, in as few requests as there can be.
//
// An ACL's answer and a stat tell how long the data is, so that the memory for
// it is reserved before it is asked for, however much it is. Where neither is
// wanted the data is asked for at once, if that of the znodes beside it is
// short: what turns out to be long is told by its length alone, and then read
// like the rest.
type fetch struct {
	w    *walker
	open []*fetched // not returned yet
	// begun: of all that is open the stats are known.
	begun bool
}

// fetched is a path that is being read.
type fetched struct {
	*pair
	child
	need  [2]want // what is still to be read
	tries int
}

const (
	// shortData may be asked for together with the stat.
	shortData = 8 << 10
	// groupsPerBudget is into how many parts the memory for data is divided:
	// so much is read together, unless one znode alone has more.
	groupsPerBudget = 8
)

func newFetch(w *walker, children []child) *fetch {
	f := &fetch{w: w, open: make([]*fetched, len(children))}
	all := make([]fetched, len(children))
	for k, c := range children {
		all[k] = fetched{pair: &pair{rel: c.rel, parent: c.list.state, budget: w.budget}, child: c}
		f.open[k] = &all[k]
	}
	return f
}

// next gives pairs that are read, nil when all were given.
func (f *fetch) next(ctx context.Context) ([]*pair, error) {
	if !f.begun {
		f.begun = true
		if err := f.begin(ctx); err != nil {
			return nil, err
		}
		if whole := f.takeWhole(); len(whole) > 0 {
			return whole, f.readACLs(ctx, whole)
		}
	}
	for len(f.open) > 0 {
		if err := f.readData(ctx); err != nil {
			return nil, err
		}
		if whole := f.takeWhole(); len(whole) > 0 {
			return whole, f.readACLs(ctx, whole)
		}
	}
	return nil, nil
}

// takeWhole takes those of which nothing is left to be read.
func (f *fetch) takeWhole() []*pair {
	whole := make([]*pair, 0, len(f.open))
	rest := f.open[:0]
	for _, p := range f.open {
		if p.need == [2]want{} {
			whole = append(whole, p.pair)
			p.pair = nil // all that is open lies in one piece of memory: the data must not stay with it
		} else {
			rest = append(rest, p)
		}
	}
	f.open = rest
	return whole
}

// path of a pair on a side.
func (f *fetch) path(p *fetched, side int) string {
	if root := f.w.sides[side].tree.Path; root != f.w.sides[0].tree.Path {
		return joinPath(root, p.child.rel)
	}
	return p.child.path
}

// needs tells what is to be read besides the stat.
func (f *fetch) needs(p *fetched, side int) want {
	switch {
	case !f.w.wanted(p.child.rel), side == 1 && !p.in.has(0): // the latter is counted or removed, never compared
		return wantStat
	case f.w.noACL:
		return f.w.sides[side].want &^ wantACL
	}
	return f.w.sides[side].want
}

// question is a request and the pair that it is about.
type question struct {
	most     int // requests there may be
	about    []*fetched
	requests []reader.Request
}

func (q *question) add(p *fetched, r reader.Request) {
	if q.requests == nil {
		q.about, q.requests = make([]*fetched, 0, q.most), make([]reader.Request, 0, q.most)
	}
	q.about, q.requests = append(q.about, p), append(q.requests, r)
}

// begin reads all stats, the ACLs that are wanted, and short data.
func (f *fetch) begin(ctx context.Context) error {
	ask := [2]question{{most: len(f.open)}, {most: len(f.open)}}
	var on sideSet
	var room int64
	most := f.w.limits.DataBytes / groupsPerBudget
	for _, p := range f.open {
		for i := range f.w.sides {
			if !p.in.has(i) {
				continue
			}
			on |= 1 << i
			p.need[i] = f.needs(p, i)
			r := f.first(p, i)
			if room+int64(r.Room) > most {
				r = reader.Request{Kind: reader.Exists, Path: r.Path}
			}
			room += int64(r.Room)
			ask[i].add(p, r)
		}
	}
	if err := f.w.budget.Acquire(ctx, room); err != nil {
		return err
	}
	err := f.w.onSides(ctx, on, func(ctx context.Context, i int) error {
		if err := f.ask(ctx, i, &ask[i]); err != nil {
			return err
		}
		return f.askRefused(ctx, i, &ask[i])
	})
	if err != nil {
		return err
	}
	for _, p := range f.open {
		f.weigh(p)
		room -= p.held
	}
	f.w.budget.Release(room)
	return nil
}

// first is the first request for a znode.
func (f *fetch) first(p *fetched, side int) reader.Request {
	r := reader.Request{Path: f.path(p, side)}
	likely := p.list.likely[side].Load() - 1
	switch {
	case p.need[side]&wantACL != 0:
		r.Kind = reader.ACL
	case likely < 0 || likely > shortData:
		r.Kind = reader.Exists
	default:
		r.Kind, r.Likely = reader.Data, int(likely)
		if p.need[side]&wantData != 0 {
			r.Room = int(likely + likely/4 + listCost)
		}
	}
	return r
}

// ask carries out requests on one side and fills the nodes.
func (f *fetch) ask(ctx context.Context, side int, q *question) error {
	if err := f.w.sides[side].tree.Client.read(ctx, q.requests); err != nil {
		return wrap("read", q.requests[0].Path, err)
	}
	for k, p := range q.about {
		if err := f.take(p, side, &q.requests[k]); err != nil {
			return err
		}
	}
	return nil
}

// take fills a node with what was answered.
func (f *fetch) take(p *fetched, side int, r *reader.Request) error {
	switch {
	case r.Code == codeNoNode:
		p.nodes[side], p.need[side] = nil, wantStat
		return nil
	case r.Code == codeNoAuth && r.Kind == reader.Data && p.need[side]&wantData == 0:
		return nil // askRefused follows
	case !found(r):
		return wrap("read", r.Path, answerError(r))
	}
	p.list.saw(side, r.Stat.DataLength)
	n := p.nodes[side]
	if n == nil {
		n = &Node{Path: r.Path, Stat: r.Stat}
		p.nodes[side] = n
	}
	switch {
	case r.Kind == reader.ACL:
		n.ACL = r.ACL
		p.need[side] &^= wantACL
	case r.Kind != reader.Data || p.need[side]&wantData == 0:
	case r.TooLong():
		n.Stat.DataLength = r.Stat.DataLength
	default:
		n.take(dataAnswer{r.Data, &r.Stat})
		p.need[side] &^= wantData
	}
	return nil
}

// askRefused asks for the stats that came with data which may not be read.
func (f *fetch) askRefused(ctx context.Context, side int, q *question) error {
	again := question{most: len(q.about)}
	for k, p := range q.about {
		if r := &q.requests[k]; r.Code == codeNoAuth {
			again.add(p, reader.Request{Kind: reader.Exists, Path: r.Path})
		}
	}
	if again.about == nil {
		return nil
	}
	return f.ask(ctx, side, &again)
}

// weigh accounts for the data of a pair if it is whole. Else it is read anew
// on both sides: whoever holds memory must not wait for more.
func (f *fetch) weigh(p *fetched) {
	if p.nodes[0] != nil && p.nodes[1] != nil && p.nodes[0].Stat.DataLength != p.nodes[1].Stat.DataLength {
		p.need[1] &^= wantData // it differs, whatever it is
	}
	if p.need != [2]want{} {
		for i, n := range p.nodes {
			if n != nil && n.Data != nil {
				n.Data = nil
				p.need[i] |= wantData
			}
		}
		return
	}
	for _, n := range p.nodes {
		if n != nil {
			p.held += int64(len(n.Data))
		}
	}
}

// readData reads data of known lengths, as much as may be read together.
func (f *fetch) readData(ctx context.Context) error {
	ask := [2]question{{most: len(f.open)}, {most: len(f.open)}}
	var on sideSet
	var bytes int64
	most := f.w.limits.DataBytes / groupsPerBudget
	held := make([]int64, 0, len(f.open))
	for _, p := range f.open {
		var own int64
		for i := range p.need {
			if p.need[i] != wantStat {
				own += int64(p.nodes[i].Stat.DataLength)
			}
		}
		if len(held) > 0 && bytes+own > most {
			break
		}
		if p.tries++; p.tries > conflictPatience {
			return &PathError{"read", f.path(p, 0), ErrBusy}
		}
		bytes += own
		held = append(held, own)
		for i := range p.need {
			if p.need[i] != wantStat {
				on |= 1 << i
				length := int(p.nodes[i].Stat.DataLength)
				ask[i].add(p, reader.Request{Kind: reader.Data, Path: p.nodes[i].Path, Room: length, Likely: length})
			}
		}
	}
	reserved := min(bytes, f.w.limits.DataBytes)
	if err := f.w.budget.Acquire(ctx, reserved); err != nil {
		return err
	}
	if err := f.w.onSides(ctx, on, func(ctx context.Context, i int) error { return f.ask(ctx, i, &ask[i]) }); err != nil {
		return err
	}
	for k, p := range f.open[:len(held)] {
		if p.need != [2]want{} {
			f.weigh(p)
			continue
		}
		p.held = min(held[k], reserved)
		reserved -= p.held
	}
	f.w.budget.Release(reserved)
	return nil
}

// readACLs reads the ACLs that turned out to be needed.
func (f *fetch) readACLs(ctx context.Context, pairs []*pair) error {
	if f.w.needsACL == nil {
		return nil
	}
	var about []*pair
	var requests []reader.Request
	for _, p := range pairs {
		if p.nodes[0] != nil && f.w.needsACL(p) {
			about = append(about, p)
			requests = append(requests, reader.Request{Kind: reader.ACL, Path: p.nodes[0].Path})
		}
	}
	if about == nil {
		return nil
	}
	if err := f.w.sides[0].tree.Client.read(ctx, requests); err != nil {
		return wrap("read", requests[0].Path, err)
	}
	for k, p := range about {
		r := &requests[k]
		switch {
		case found(r):
			p.nodes[0].ACL = r.ACL
		case r.Code != codeNoNode:
			return wrap("read", r.Path, answerError(r))
		}
	}
	return nil
}

// probe finds out how long the data of some children of a list is likely to be,
// where that would be of use: a few are taken for all.
func (w *walker) probe(ctx context.Context, lists []*children) error {
	const (
		few  = 8 // are not worth a request more
		many = 64
	)
	for i, s := range w.sides {
		if s.want&wantACL != 0 && !w.noACL && w.narrow == nil {
			continue // which tell the length
		}
		var of []*children
		var requests []reader.Request
		for _, l := range lists {
			probes := 0
			switch {
			case len(l.names) >= many:
				probes = 4
			case len(l.names) >= few:
				probes = 1
			}
			for k := range probes {
				at := k * (len(l.names) - 1) / max(1, probes-1)
				if l.in[at].has(i) {
					of = append(of, l)
					requests = append(requests, reader.Request{Kind: reader.Exists, Path: joinPath(s.tree.Path, l.rel+"/"+l.names[at])})
				}
			}
		}
		if len(requests) == 0 {
			continue
		}
		if err := s.tree.Client.read(ctx, requests); err != nil {
			return wrap("read", requests[0].Path, err)
		}
		for k := range requests {
			if r := &requests[k]; found(r) {
				of[k].saw(i, r.Stat.DataLength)
			}
		}
	}
	return nil
}
