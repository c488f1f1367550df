package tree

import (
	"context"
	"strings"

	"pegashell/zkcopy/session"
)

// fetch reads some paths of a walk, in as few requests as there can be.
//
// An ACL's answer and a stat show how long the data is, so that the memory for it is reserved
// before it is requested, however much it is. Where neither is needed the data is requested at
// once, if that of the znodes beside it is short: for data that turns out to be long only the
// length is read, and then the data like the rest. So it is for a few znodes of which nothing is known:
// near the root of a tree there are no more, and each request in a row costs a round trip.
type fetch struct {
	w    *Walker
	open []*fetched // not returned yet
	// begun: of all that is open the stats are known.
	begun bool
}

// fetched is a path that is being read.
type fetched struct {
	*Pair
	child
	need  [2]Want // what is still to be read
	tries int
}

const (
	// shortData may be requested together with the stat.
	shortData = 8 << 10
	// few znodes are not worth another request to find out how long their data is.
	few = 8
	// listedDepth is how many levels below the root a few znodes are listed when they are read.
	listedDepth = 2
	// groupsPerBudget is into how many parts the memory for data is divided:
	// so much is read together, unless one znode alone has more.
	groupsPerBudget = 8
)

func newFetch(w *Walker, children []child) *fetch {
	f := &fetch{w: w, open: make([]*fetched, len(children))}
	all := make([]fetched, len(children))
	for k, c := range children {
		all[k] = fetched{Pair: &Pair{Rel: c.rel, Parent: c.list.state, budget: w.budget}, child: c}
		f.open[k] = &all[k]
	}
	return f
}

// next returns pairs that are read, nil after the last.
func (f *fetch) next(ctx context.Context) ([]*Pair, error) {
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

// takeWhole removes those of which nothing is left to be read.
func (f *fetch) takeWhole() []*Pair {
	whole := make([]*Pair, 0, len(f.open))
	rest := f.open[:0]
	for _, p := range f.open {
		if p.need == [2]Want{} {
			whole = append(whole, p.Pair)
			p.Pair = nil // all that is open lies in one piece of memory: the data must not stay with it
		} else {
			rest = append(rest, p)
		}
	}
	f.open = rest
	return whole
}

// path of a pair on a side.
func (f *fetch) path(p *fetched, side int) string {
	if root := f.w.Sides[side].Tree.Path; root != f.w.Sides[0].Tree.Path {
		return JoinPath(root, p.child.rel)
	}
	return p.child.path
}

// needs returns what is to be read besides the stat.
func (f *fetch) needs(p *fetched, side int) Want {
	switch {
	case !f.w.wanted(p.child.rel):
		return WantStat
	case side == 1 && !p.in.Has(0): // it is counted or removed, never compared
		if f.w.Lone != nil && f.w.Lone(p.child.rel) {
			return f.w.Sides[side].Want & WantData
		}
		return WantStat
	case f.w.NoACL:
		return f.w.Sides[side].Want &^ WantACL
	}
	return f.w.Sides[side].Want
}

// question is a request and the pair that it is about.
type question struct {
	most     int // requests there may be
	about    []*fetched
	requests []session.Request
}

func (q *question) add(p *fetched, r session.Request) {
	if q.requests == nil {
		q.about, q.requests = make([]*fetched, 0, q.most), make([]session.Request, 0, q.most)
	}
	q.about, q.requests = append(q.about, p), append(q.requests, r)
}

// begin reads all stats, the ACLs that are needed, and short data.
func (f *fetch) begin(ctx context.Context) error {
	ask := [2]question{{most: len(f.open)}, {most: len(f.open)}}
	var on SideSet
	var room int64
	most := f.w.Limits.DataBytes / groupsPerBudget
	for _, p := range f.open {
		for i := range f.w.Sides {
			if !p.in.Has(i) {
				continue
			}
			on |= 1 << i
			p.need[i] = f.needs(p, i)
			r := f.first(p, i)
			if room+int64(r.Room) > most {
				r = session.Request{Kind: session.Exists, Path: r.Path}
			}
			room += int64(r.Room)
			ask[i].add(p, r)
			if f.isFew() && r.Kind == session.GetACL && p.need[i]&WantData != 0 && room+shortData <= most {
				room += shortData
				ask[i].add(p, session.Request{Kind: session.GetData, Path: r.Path, Room: shortData, Likely: shortData})
			}
			if f.isFew() && strings.Count(p.child.rel, "/") <= listedDepth {
				ask[i].add(p, session.Request{Kind: session.GetChildren, Path: r.Path})
			}
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
func (f *fetch) first(p *fetched, side int) session.Request {
	r := session.Request{Path: f.path(p, side)}
	likely := p.list.likely[side].Load() - 1
	switch {
	case p.need[side]&WantACL != 0:
		r.Kind = session.GetACL
	case likely < 0 && f.isFew() && p.need[side]&WantData != 0:
		r.Kind, r.Room, r.Likely = session.GetData, shortData, shortData
	case likely < 0 || likely > shortData:
		r.Kind = session.Exists
	default:
		r.Kind, r.Likely = session.GetData, int(likely)
		if p.need[side]&WantData != 0 {
			r.Room = int(likely + likely/4 + listCost)
		}
	}
	return r
}

// isFew reports whether so few znodes are read that what is not needed of them costs nothing.
func (f *fetch) isFew() bool { return len(f.open) < few }

// ask carries out requests on one side and fills the nodes.
func (f *fetch) ask(ctx context.Context, side int, q *question) error {
	if err := f.w.Sides[side].Tree.Client.Read(ctx, q.requests); err != nil {
		return session.WrapPath("read", q.requests[0].Path, err)
	}
	for k, p := range q.about {
		if err := f.take(p, side, &q.requests[k]); err != nil {
			return err
		}
	}
	return nil
}

// take fills a node from the answer.
func (f *fetch) take(p *fetched, side int, r *session.Request) error {
	switch {
	case r.Kind == session.GetChildren:
		if r.Found() { // otherwise it is asked for again if it is needed
			p.names.of[side], p.names.known[side] = listed(r), true
		}
		return nil
	case r.Missing():
		p.Nodes[side], p.need[side] = nil, WantStat
		return nil
	case r.Denied() && r.Kind == session.GetData && p.need[side]&WantData == 0:
		return nil // askRefused follows
	case !r.Found():
		return session.WrapPath("read", r.Path, r.Err())
	}
	p.list.saw(side, r.Stat.DataLength)
	n := p.Nodes[side]
	if n == nil {
		n = &Node{Path: r.Path, Stat: r.Stat}
		p.Nodes[side] = n
	}
	switch {
	case r.Kind == session.GetACL:
		n.ACL = r.ACL
		p.need[side] &^= WantACL
	case r.Kind != session.GetData || p.need[side]&WantData == 0:
	case r.TooLong():
		n.Stat.DataLength = r.Stat.DataLength
	default:
		n.take(r.Data, &r.Stat)
		p.need[side] &^= WantData
	}
	return nil
}

// askRefused requests the stats that came with data which may not be read.
func (f *fetch) askRefused(ctx context.Context, side int, q *question) error {
	again := question{most: len(q.about)}
	for k, p := range q.about {
		if r := &q.requests[k]; r.Denied() && r.Kind != session.GetChildren {
			again.add(p, session.Request{Kind: session.Exists, Path: r.Path})
		}
	}
	if again.about == nil {
		return nil
	}
	return f.ask(ctx, side, &again)
}

// weigh accounts for the data of a pair if it is whole. Otherwise it is read again on both sides:
// whoever holds memory must not wait for more.
func (f *fetch) weigh(p *fetched) {
	if p.Nodes[0] != nil && p.Nodes[1] != nil && p.Nodes[0].Stat.DataLength != p.Nodes[1].Stat.DataLength {
		p.need[1] &^= WantData // it differs, whatever it is
	}
	if p.need != [2]Want{} {
		for i, n := range p.Nodes {
			if n != nil && n.Data != nil {
				n.Data = nil
				p.need[i] |= WantData
			}
		}
		return
	}
	for _, n := range p.Nodes {
		if n != nil {
			p.held += int64(len(n.Data))
		}
	}
}

// dataBytes is the length of the data that is still to be read.
func (p *fetched) dataBytes() (bytes int64) {
	for i := range p.need {
		if p.need[i] != WantStat {
			bytes += int64(p.Nodes[i].Stat.DataLength)
		}
	}
	return bytes
}

// busy is the error of a pair that is changed again and again.
func (f *fetch) busy(p *fetched) error {
	side := 0
	if p.need[0] == WantStat {
		side = 1
	}
	return f.w.Sides[side].Tree.Wrap(&session.PathError{Op: "read", Path: f.path(p, side), Err: session.ErrBusy})
}

// readData reads data of known lengths, as much as may be read together.
func (f *fetch) readData(ctx context.Context) error {
	ask := [2]question{{most: len(f.open)}, {most: len(f.open)}}
	var on SideSet
	var bytes int64
	n := session.Cut(len(f.open), f.w.Limits.DataBytes/groupsPerBudget, func(k int) int64 { return f.open[k].dataBytes() })
	held := make([]int64, n)
	for k, p := range f.open[:n] {
		if p.tries++; p.tries > session.ConflictPatience {
			return f.busy(p)
		}
		held[k] = p.dataBytes()
		bytes += held[k]
		for i := range p.need {
			if p.need[i] != WantStat {
				on |= 1 << i
				length := int(p.Nodes[i].Stat.DataLength)
				ask[i].add(p, session.Request{Kind: session.GetData, Path: p.Nodes[i].Path, Room: length, Likely: length})
			}
		}
	}
	reserved := min(bytes, f.w.Limits.DataBytes)
	if err := f.w.budget.Acquire(ctx, reserved); err != nil {
		return err
	}
	if err := f.w.onSides(ctx, on, func(ctx context.Context, i int) error { return f.ask(ctx, i, &ask[i]) }); err != nil {
		return err
	}
	for k, p := range f.open[:len(held)] {
		if p.need != [2]Want{} {
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
func (f *fetch) readACLs(ctx context.Context, pairs []*Pair) error {
	if f.w.NeedsACL == nil {
		return nil
	}
	var about []*Pair
	var requests []session.Request
	for _, p := range pairs {
		if p.Nodes[0] != nil && f.w.NeedsACL(p) {
			about = append(about, p)
			requests = append(requests, session.Request{Kind: session.GetACL, Path: p.Nodes[0].Path})
		}
	}
	if about == nil {
		return nil
	}
	side := f.w.Sides[0].Tree
	if err := side.Client.Read(ctx, requests); err != nil {
		return side.Wrap(session.WrapPath("read", requests[0].Path, err))
	}
	for k, p := range about {
		r := &requests[k]
		switch {
		case r.Found():
			p.Nodes[0].ACL = r.ACL
		case !r.Missing():
			return side.Wrap(session.WrapPath("read", r.Path, r.Err()))
		}
	}
	return nil
}

// probe finds out how long the data of some children of a list is likely to be, where that helps: a
// few are used as a sample of all.
func (w *Walker) probe(ctx context.Context, lists []*children) error {
	for i, s := range w.Sides {
		if s.Want&WantACL != 0 && !w.NoACL && w.Narrow == nil {
			continue // which hold the length
		}
		var of []*children
		var requests []session.Request
		for _, l := range lists {
			for _, at := range sampled(len(l.names)) {
				if l.in[at].Has(i) {
					of = append(of, l)
					requests = append(requests, session.Request{Kind: session.Exists, Path: JoinPath(s.Tree.Path, l.rel+"/"+l.names[at])})
				}
			}
		}
		if len(requests) == 0 {
			continue
		}
		if err := s.Tree.Client.Read(ctx, requests); err != nil {
			return s.Tree.Wrap(session.WrapPath("read", requests[0].Path, err))
		}
		for k := range requests {
			if r := &requests[k]; r.Found() {
				of[k].saw(i, r.Stat.DataLength)
			}
		}
	}
	return nil
}

// sampled are the places of the names of a list that stand for all of them.
func sampled(names int) []int {
	const many = 64
	switch last := names - 1; {
	case names < few:
		return nil
	case names < many:
		return []int{0}
	default:
		return []int{0, last / 3, 2 * last / 3, last}
	}
}
