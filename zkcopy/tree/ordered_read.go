package tree

import (
	"container/heap"
	"context"
	"slices"

	"pegashell/zkcopy/session"
)

// advance brings an item as far as the bounds let it.
func (o *Ordered) advance(ctx context.Context, it *item) error {
	if it.stage == toRead {
		if goOn, err := o.readHead(ctx, it); err != nil || !goOn {
			return err
		}
	}
	if it.stage == toReadData {
		if goOn, err := o.readData(ctx, it); err != nil || !goOn {
			return err
		}
	}
	return o.readList(ctx, it)
}

// readHead reads all of a znode but its data, and tells whether to go on.
func (o *Ordered) readHead(ctx context.Context, it *item) (goOn bool, err error) {
	n, err := o.head(ctx, JoinPath(o.tree.Path, it.rel))
	if err != nil || n == nil {
		o.vanished(it, err)
		return false, err
	}
	it.node = n
	if o.want == WantStat {
		return o.arrived(it), nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	it.stage, it.dataBytes = toReadData, int64(n.Stat.DataLength)
	if len(o.reads) == 0 && o.mayRead(it) {
		o.bytes += it.dataBytes
		return true, nil
	}
	heap.Push(&o.reads, it)
	o.more.Signal()
	return false, nil
}

// head gives a znode without its data, nil where there is none.
func (o *Ordered) head(ctx context.Context, path string) (*Node, error) {
	client := o.tree.Client
	if o.want != WantAll {
		stat, err := client.Stat(ctx, path)
		if err != nil || stat == nil {
			return nil, err
		}
		return &Node{Path: path, Stat: *stat}, nil
	}
	a, err := client.ACL(ctx, path)
	switch {
	case err != nil || a.Stat == nil:
		return nil, err
	case IsMasked(a.ACL):
		return nil, &session.PathError{Op: "read the ACL of", Path: path, Err: session.ErrNotAuthorized}
	}
	return &Node{Path: path, ACL: a.ACL, Stat: *a.Stat}, nil
}

// readData completes a znode. Its ACL is read again if it was changed meanwhile:
// the stat that is kept is that of both.
func (o *Ordered) readData(ctx context.Context, it *item) (goOn bool, err error) {
	n := it.node
	for range session.ConflictPatience {
		d, err := o.tree.Client.Data(ctx, n.Path)
		if err != nil || d.Stat == nil {
			o.vanished(it, err)
			return false, err
		}
		if o.want == WantData || d.Stat.Aversion == n.Stat.Aversion && d.Stat.Czxid == n.Stat.Czxid {
			n.Data, n.Stat = d.Data, *d.Stat
			it.node = n
			return o.arrived(it), nil
		}
		if n, err = o.head(ctx, n.Path); err != nil || n == nil {
			o.vanished(it, err)
			return false, err
		}
	}
	return false, &session.PathError{Op: "read", Path: n.Path, Err: session.ErrBusy}
}

// vanished takes a znode off the line that is no longer there, unless the
// reading failed.
func (o *Ordered) vanished(it *item, err error) {
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if it.stage == toReadData {
		o.bytes -= it.dataBytes
	}
	it.node, it.taken, it.stage = nil, true, complete
	o.held--
	o.come.Signal()
	o.more.Signal()
}

// arrived hands a znode to the one who takes, and tells whether to list its
// children at once.
func (o *Ordered) arrived(it *item) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.come.Signal()
	if it.node.Stat.NumChildren == 0 {
		it.stage = complete
		return false
	}
	it.stage, it.listBytes = toList, int64(it.node.Stat.NumChildren)*listCost
	if len(o.lists) == 0 && o.mayList(it) {
		o.listBytes += it.listBytes
		return true
	}
	heap.Push(&o.lists, it)
	o.more.Signal()
	return false
}

// readList puts a znode's children in line behind it.
func (o *Ordered) readList(ctx context.Context, it *item) error {
	path := JoinPath(o.tree.Path, it.rel)
	names, err := o.tree.Client.Children(ctx, path)
	if err != nil {
		return err
	}
	if path == "/" {
		names = slices.DeleteFunc(names, func(name string) bool { return "/"+name == ReservedPath })
	}
	slices.Sort(names)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.listBytes -= it.listBytes
	it.stage = complete
	if len(names) > 0 {
		rest := &item{rel: it.rel, list: true, names: names}
		for _, name := range names {
			rest.listBytes += int64(len(name)) + listCost/2
		}
		o.listBytes += rest.listBytes
		o.insert(rest, it.next)
		heap.Push(&o.rests, rest)
		o.count(len(names))
	}
	o.come.Signal()
	o.more.Signal()
	return nil
}
