package tree

import (
	"container/heap"
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/backup"
)

// Ordered reads a tree in the order of a backup file (backup.Compare): a
// znode before what lies below it, siblings sorted by name. Workers read ahead
// of the one who takes the znodes. They always do what comes first in the order
// and is allowed. Whatever is next in line is allowed even when it exceeds a
// bound, so the order never stands still.
type Ordered struct {
	tree     Tree
	want     Want
	limits   Limits
	progress Progress
	maxHeld  int
	cancel   context.CancelFunc
	release  func() bool // ends the watch over the context
	group    *errgroup.Group

	mu   sync.Mutex
	more *sync.Cond // there may be something to do
	come *sync.Cond // the first in line may have come
	// line is a ring in the order of the tree; line itself is no item but
	// stands between the last and the first.
	line item
	// What can be done, each the first in order first: data to be read, lists
	// to be asked for, names to be read.
	reads, lists, rests itemHeap
	held                int   // znodes in line that were not taken yet
	bytes               int64 // of their data
	listBytes           int64 // of lists in line
	found               int64
	err                 error
	stopped             bool
}

// item is a place in line: a znode, or the rest of a list of children.
type item struct {
	prev, next *item
	rel        string // of the znode, or of the parent of the list
	stage      stage
	taken      bool
	node       *Node
	dataBytes  int64 // that are held or wanted
	listBytes  int64 // of the znode's list, or of this one

	list  bool
	names []string // that are still to be read
}

// stage is how far an item has come.
type stage int

const (
	toRead stage = iota
	toReadData
	toList
	complete
)

// heldPerWindow is how many znodes wait in line for each that is being read.
const heldPerWindow = 16

// NewOrdered begins to read. The caller closes it.
func NewOrdered(ctx context.Context, tree Tree, want Want, limits Limits, progress Progress) *Ordered {
	ctx, cancel := context.WithCancel(ctx)
	o := &Ordered{tree: tree, want: want, limits: limits.WithDefaults(tree.Client), progress: progressOr(progress), cancel: cancel}
	o.maxHeld = heldPerWindow * o.limits.Window
	o.more, o.come = sync.NewCond(&o.mu), sync.NewCond(&o.mu)
	o.line.prev, o.line.next = &o.line, &o.line
	root := &item{list: true, names: []string{""}}
	o.insert(root, &o.line)
	heap.Push(&o.rests, root)
	o.count(1)
	o.group, ctx = errgroup.WithContext(ctx)
	o.release = context.AfterFunc(ctx, func() { o.stop(ctx.Err()) })
	for range o.limits.Window {
		o.group.Go(func() error {
			err := o.work(ctx)
			if err != nil {
				o.stop(err)
			}
			return err
		})
	}
	return o
}

// Close ends the reading, and returns when nothing is under way.
func (o *Ordered) Close() {
	o.release()
	o.cancel()
	o.stop(context.Canceled)
	o.group.Wait()
}

// stop makes everyone end; the first cause is kept.
func (o *Ordered) stop(cause error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = cause
	}
	o.stopped = true
	o.more.Broadcast()
	o.come.Broadcast()
}

// Next waits for the znode that is next in line; nil after the last.
func (o *Ordered) Next(ctx context.Context) (rel string, n *Node, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		o.trim()
		first := o.line.next
		switch {
		case first == &o.line:
			return "", nil, nil
		case o.stopped:
			return "", nil, o.err
		case !first.list && !first.taken && first.stage >= toList:
			first.taken = true
			n, first.node = first.node, nil
			o.held--
			o.bytes -= first.dataBytes
			o.trim()
			o.more.Signal()
			return first.rel, n, nil
		}
		o.come.Wait()
	}
}

// trim takes off the line what is done with. What is first then may be done
// whatever the bounds.
func (o *Ordered) trim() {
	for first := o.line.next; first != &o.line; first = o.line.next {
		done := first.taken && first.stage == complete
		if first.list {
			done = len(first.names) == 0
		}
		if !done {
			return
		}
		o.remove(first)
		o.more.Signal()
	}
	o.more.Broadcast() // everything was read
}

func (o *Ordered) insert(it, before *item) {
	it.prev, it.next = before.prev, before
	it.prev.next, before.prev = it, it
}

func (o *Ordered) remove(it *item) {
	it.prev.next, it.next.prev = it.next, it.prev
}

func (o *Ordered) count(znodes int) {
	o.found += int64(znodes)
	o.progress.SetTotal(o.found)
}

// work does what there is to do until there is nothing left.
func (o *Ordered) work(ctx context.Context) error {
	for {
		it := o.take()
		if it == nil {
			return ctx.Err()
		}
		if err := o.advance(ctx, it); err != nil {
			return err
		}
	}
}

// take waits for something that can be done, and counts it in. It is nil at the
// end.
func (o *Ordered) take() *item {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		if o.stopped || o.line.next == &o.line {
			return nil
		}
		if it := o.choose(); it != nil {
			o.more.Signal() // there may be more
			return it
		}
		o.more.Wait()
	}
}

// choose gives the first in order of what can be done.
func (o *Ordered) choose() *item {
	var best *item
	var from *itemHeap
	consider := func(h *itemHeap, allowed func(*item) bool) {
		if len(*h) == 0 || !allowed((*h)[0]) {
			return
		}
		if it := (*h)[0]; best == nil || it.before(best) {
			best, from = it, h
		}
	}
	consider(&o.reads, o.mayRead)
	consider(&o.lists, o.mayList)
	consider(&o.rests, func(it *item) bool { return o.held < o.maxHeld || o.isFirst(it) })
	switch from {
	case nil:
		return nil
	case &o.rests:
		return o.begin(best)
	case &o.reads:
		o.bytes += best.dataBytes
	case &o.lists:
		o.listBytes += best.listBytes
	}
	heap.Pop(from)
	return best
}

func (o *Ordered) isFirst(it *item) bool { return o.line.next == it }

// mayRead tells whether there is room for an item's data.
func (o *Ordered) mayRead(it *item) bool {
	return o.bytes+it.dataBytes <= o.limits.DataBytes || o.isFirst(it)
}

// mayList tells whether there is room for the list of an item's children.
func (o *Ordered) mayList(it *item) bool {
	return o.listBytes+it.listBytes <= o.limits.ListBytes || o.isFirst(it)
}

// begin puts the next znode of a list in line.
func (o *Ordered) begin(rest *item) *item {
	it := &item{rel: rest.first()}
	o.insert(it, rest)
	o.held++
	rest.names = rest.names[1:]
	if len(rest.names) == 0 {
		heap.Pop(&o.rests) // it was the first
		o.listBytes -= rest.listBytes
	}
	return it
}

// first is the path of the first name of a list. The root's has no name.
func (it *item) first() string {
	if it.names[0] == "" {
		return it.rel
	}
	return it.rel + "/" + it.names[0]
}

// before tells whether an item comes before another in the order of the tree.
func (it *item) before(other *item) bool {
	return backup.Compare(it.key(), other.key()) < 0
}

func (it *item) key() string {
	if it.list {
		return it.first()
	}
	return it.rel
}

// itemHeap has the first in order at its head (container/heap).
type itemHeap []*item

func (h itemHeap) Len() int { return len(h) }

func (h itemHeap) Less(i, j int) bool { return h[i].before(h[j]) }

func (h itemHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *itemHeap) Push(x any) { *h = append(*h, x.(*item)) }

func (h *itemHeap) Pop() any {
	last := len(*h) - 1
	it := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return it
}
