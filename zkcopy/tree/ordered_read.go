package tree

import (
	"context"
	"slices"

	"pegashell/zkcopy/session"
)

// work does what there is to do until there is nothing left.
func (o *Ordered) work(ctx context.Context) error {
	for {
		items := o.take()
		if items == nil {
			return ctx.Err()
		}
		if err := o.advance(ctx, items); err != nil {
			return err
		}
	}
}

// advance brings items of one stage a stage further.
func (o *Ordered) advance(ctx context.Context, items []*item) error {
	switch items[0].stage {
	case toRead:
		return o.readHeads(ctx, items)
	case toReadData:
		return o.readData(ctx, items)
	}
	return o.readLists(ctx, items)
}

// wants returns how much of a znode is read.
func (o *Ordered) wants(it *item) Want {
	if o.o.Narrow != nil && !o.o.Narrow(it.rel) || o.isReserved(it) {
		return WantStat
	}
	if o.o.NeedsACL != nil && !o.o.NeedsACL(it.rel) {
		return o.o.Want &^ WantACL
	}
	return o.o.Want
}

func (o *Ordered) path(it *item) string { return JoinPath(o.tree.Path, it.rel) }

// isReserved reports whether a znode below the root belongs to the servers.
func (o *Ordered) isReserved(it *item) bool {
	return it.rel != "" && (o.tree.Path == "/" || IsReserved(o.tree.Path)) && IsReserved(o.path(it))
}

// readHeads reads the stats of some znodes, the ACLs that are needed, and short data.
func (o *Ordered) readHeads(ctx context.Context, items []*item) error {
	requests := make([]session.Request, len(items))
	o.mu.Lock()
	for i, it := range items {
		requests[i] = o.first(it)
	}
	o.mu.Unlock()
	if err := o.ask(ctx, "read", requests); err != nil {
		return err
	}
	if err := o.askRefused(ctx, items, requests); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, it := range items {
		o.headCame(it, &requests[i])
	}
	return nil
}

// first is the first request for a znode. Data is requested at once where it is likely to be short:
// many reads of data go in one packet, and the stat comes with it.
func (o *Ordered) first(it *item) session.Request {
	r := session.Request{Kind: session.Exists, Path: o.path(it)}
	want, likely := o.wants(it), it.siblings.likely-1
	switch {
	case want&WantACL != 0:
		r.Kind = session.GetACL
	case likely < 0 || likely > shortData:
	case want&WantData == 0:
		r.Kind, r.Likely = session.GetData, int(likely)
	default:
		room := likely + likely/4 + listCost
		if o.bytes+room <= o.o.DataBytes {
			r.Kind, r.Likely, r.Room = session.GetData, int(likely), int(room)
			it.dataBytes = room
			o.bytes += room
		}
	}
	return r
}

func (o *Ordered) ask(ctx context.Context, op string, requests []session.Request) error {
	return session.WrapPath(op, requests[0].Path, o.tree.Client.Read(ctx, requests))
}

// askRefused requests the stats that came with data which may not be read and is not needed.
func (o *Ordered) askRefused(ctx context.Context, items []*item, requests []session.Request) error {
	var about []int
	var again []session.Request
	for i, it := range items {
		if r := &requests[i]; r.Kind == session.GetData && r.Denied() && o.wants(it)&WantData == 0 {
			about, again = append(about, i), append(again, session.Request{Kind: session.Exists, Path: r.Path})
		}
	}
	if about == nil {
		return nil
	}
	if err := o.ask(ctx, "read", again); err != nil {
		return err
	}
	for k, i := range about {
		requests[i] = again[k]
	}
	return nil
}

// headCame handles the answer to the first request for a znode.
func (o *Ordered) headCame(it *item, r *session.Request) {
	o.bytes -= it.dataBytes // of the room for data that was requested at once
	it.dataBytes = 0
	if !o.answered(it, r) {
		return
	}
	it.siblings.saw(r.Stat.DataLength)
	want := o.wants(it)
	if want&WantACL != 0 && IsMasked(r.ACL) {
		o.failed(it, &session.PathError{Op: "read the ACL of", Path: r.Path, Err: session.ErrNotAuthorized})
		return
	}
	it.node = &Node{Path: r.Path, ACL: r.ACL, Stat: r.Stat}
	switch {
	case want&WantData == 0:
	case r.Kind == session.GetData && !r.TooLong():
		o.keep(it, r.Data)
	default:
		it.stage, it.dataBytes = toReadData, int64(r.Stat.DataLength)
		o.push(&o.reads, it)
		return
	}
	o.arrived(it)
}

// answered reports whether the server answered with what was requested. A znode that is not there
// any more, or must not be read, is dealt with.
func (o *Ordered) answered(it *item, r *session.Request) bool {
	switch {
	case r.Found():
		return true
	case r.Missing():
		o.vanished(it)
	default:
		o.failed(it, session.WrapPath("read", r.Path, r.Err()))
	}
	return false
}

// keep stores a znode's data.
func (o *Ordered) keep(it *item, data []byte) {
	it.node.Data, it.dataBytes = data, int64(len(data))
	o.bytes += it.dataBytes
}

// readData reads the data of some znodes, for which there is room. Where the ACL
// was changed meanwhile, both are read again: the stat that is kept is that of
// both.
func (o *Ordered) readData(ctx context.Context, items []*item) error {
	requests := make([]session.Request, len(items))
	for i, it := range items {
		length := int(it.dataBytes)
		requests[i] = session.Request{Kind: session.GetData, Path: it.node.Path, Room: length, Likely: length}
	}
	if err := o.ask(ctx, "read", requests); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, it := range items {
		o.dataCame(it, &requests[i])
	}
	return nil
}

// dataCame handles the answer to a request for data.
func (o *Ordered) dataCame(it *item, r *session.Request) {
	o.bytes -= it.dataBytes
	it.dataBytes = 0
	if !o.answered(it, r) {
		return
	}
	n := it.node
	changed := o.wants(it)&WantACL != 0 && (r.Stat.Aversion != n.Stat.Aversion || r.Stat.Czxid != n.Stat.Czxid)
	if !changed && !r.TooLong() {
		n.Stat = r.Stat
		o.keep(it, r.Data)
		o.arrived(it)
		return
	}
	if it.tries++; it.tries >= session.ConflictPatience {
		o.failed(it, &session.PathError{Op: "read", Path: n.Path, Err: session.ErrBusy})
		return
	}
	if changed {
		it.node, it.stage = nil, toRead
		o.push(&o.stale, it)
		return
	}
	it.dataBytes = int64(r.Stat.DataLength)
	o.push(&o.reads, it)
}

// vanished removes a znode from the line that no longer exists.
func (o *Ordered) vanished(it *item) {
	it.node, it.taken, it.stage = nil, true, complete
	o.held--
	o.come.Signal()
	o.more.Signal()
}

// failed makes Next return an error in place of a znode.
func (o *Ordered) failed(it *item, err error) {
	it.node, it.err, it.stage = nil, err, complete
	o.come.Signal()
}

// arrived hands a znode to Next, and has its children listed.
func (o *Ordered) arrived(it *item) {
	o.come.Signal()
	if it.node.Stat.NumChildren == 0 || o.isDeepest(it) {
		it.stage = complete
		return
	}
	it.stage, it.listBytes = toList, int64(it.node.Stat.NumChildren)*listCost
	o.push(&o.lists, it)
}

// isDeepest reports whether nothing below a znode is read.
func (o *Ordered) isDeepest(it *item) bool {
	return o.o.Depth > 0 && depth(it.rel) >= o.o.Depth || o.isReserved(it)
}

// readLists puts the children of some znodes in line after them.
func (o *Ordered) readLists(ctx context.Context, items []*item) error {
	requests := make([]session.Request, len(items))
	for i, it := range items {
		requests[i] = session.Request{Kind: session.GetChildren, Path: o.path(it)}
	}
	if err := o.ask(ctx, "list", requests); err != nil {
		return err
	}
	for i := range requests {
		r := &requests[i]
		if r.Path == "/" && !o.o.Reserved {
			r.Names = slices.DeleteFunc(r.Names, func(name string) bool { return "/"+name == ReservedPath })
		}
		slices.Sort(r.Names)
	}
	likely, err := o.probe(ctx, items, requests)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, it := range items {
		o.listCame(it, &requests[i], likely[i])
	}
	return nil
}

// probe finds out how long the data of some children of each list is, where that helps.
func (o *Ordered) probe(ctx context.Context, items []*item, lists []session.Request) ([]siblings, error) {
	likely := make([]siblings, len(lists))
	if o.o.Want&WantACL != 0 && o.o.Narrow == nil && o.o.NeedsACL == nil {
		return likely, nil // ACLs come with the length
	}
	var of []int
	var requests []session.Request
	for i := range lists {
		for _, at := range sampled(len(lists[i].Names)) {
			of = append(of, i)
			requests = append(requests, session.Request{Kind: session.Exists, Path: JoinPath(o.tree.Path, items[i].rel+"/"+lists[i].Names[at])})
		}
	}
	if len(requests) == 0 {
		return likely, nil
	}
	if err := o.ask(ctx, "read", requests); err != nil {
		return nil, err
	}
	for k := range requests {
		if r := &requests[k]; r.Found() {
			likely[of[k]].saw(r.Stat.DataLength)
		}
	}
	return likely, nil
}

func (o *Ordered) listCame(it *item, r *session.Request, likely siblings) {
	o.listBytes -= it.listBytes
	it.stage = complete
	if !r.Found() && !r.Missing() {
		// Next may have returned the znode itself already: the error follows it.
		bad := &item{rel: it.rel, err: session.WrapPath("list", r.Path, r.Err()), stage: complete}
		o.insert(bad, it.next)
		o.held++
	}
	if len(r.Names) > 0 {
		rest := &item{rel: it.rel, list: true, names: r.Names, siblings: &likely}
		for _, name := range r.Names {
			rest.listBytes += int64(len(name)) + listCost/2
		}
		o.listBytes += rest.listBytes
		o.insert(rest, it.next)
		o.push(&o.rests, rest)
		o.count(len(r.Names))
	}
	o.come.Signal()
	o.more.Signal()
}
