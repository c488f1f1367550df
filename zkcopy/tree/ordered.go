package tree

import (
	"container/heap"
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
)

// OrderedOptions say what an Ordered reads. The zero value reads stats alone.
type OrderedOptions struct {
	Limits
	// Want is how much of each znode is read besides its stat.
	Want Want
	// Narrow, if there is one, reports for which paths below the root more than the stat is read.
	Narrow func(rel string) bool
	// NeedsACL, if there is one, reports for which paths ACLs are read where Want has them.
	NeedsACL func(rel string) bool
	// Depth bounds how far below the root is read: 1 for its children. Zero means
	// no bound.
	Depth int
	// Reserved has the znode /zookeeper read too, by its stat; what lies below
	// it never is.
	Reserved bool
	Progress Progress
}

// Ordered reads a tree in the order of a backup file (backup.Compare): a znode before what lies
// below it, siblings sorted by name. Workers read ahead of the reader of the stream, many in one
// packet. They always do what comes first in the order and is allowed. Whatever is next in line is
// allowed even when it exceeds a bound, so the work never stops.
type Ordered struct {
	tree     Tree
	o        OrderedOptions
	progress Progress
	maxHeld  int
	share    int // znodes that one worker reads at the same time
	cancel   context.CancelFunc
	release  func() bool // ends the watch over the context
	group    *errgroup.Group

	mu   sync.Mutex
	more *sync.Cond // there may be something to do
	come *sync.Cond // the first in line may have come
	// line is a ring in the order of the tree; line itself is not an item but is between the last
	// and the first.
	line item
	// What can be done, each the first in order first: znodes to be read again, data to be read,
	// lists to be requested, names to be read.
	stale, reads, lists, rests itemHeap
	held                       int   // znodes in line that Next has not returned yet
	bytes                      int64 // of their data
	listBytes                  int64 // of lists in line
	found                      int64
	err                        error
	stopped                    bool
}

// item is a place in line: a znode, or the rest of a list of children.
type item struct {
	prev, next *item
	rel        string // of the znode, or of the parent of the list
	stage      stage
	taken      bool
	node       *Node
	err        error // why it cannot be read: returned by Next in its place
	tries      int   // how often its data was requested
	siblings   *siblings
	dataBytes  int64 // that are held or requested
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

// siblings is what is known of the children of one znode.
type siblings struct {
	// likely is the length of the longest data that was seen among them, plus
	// one; zero while nothing is known.
	likely int64
}

// saw notes the length of a child's data.
func (s *siblings) saw(length int32) { s.likely = max(s.likely, int64(length)+1) }

// heldPerWindow is how many znodes wait in line for each that is being read.
const heldPerWindow = 16

// NewOrdered begins to read. The caller closes it.
func NewOrdered(ctx context.Context, tree Tree, options OrderedOptions) *Ordered {
	options.Limits = options.Limits.WithDefaults(tree.Client)
	o := newLine(tree, options)
	ctx, o.cancel = context.WithCancel(ctx)
	o.group, ctx = errgroup.WithContext(ctx)
	o.release = context.AfterFunc(ctx, func() { o.stop(ctx.Err()) })
	for range max(1, options.Window/o.share) {
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

// newLine has the root in line, and no workers yet.
func newLine(tree Tree, options OrderedOptions) *Ordered {
	o := &Ordered{tree: tree, o: options, progress: progressOr(options.Progress), share: shareOf(options.Window)}
	o.maxHeld = min(heldPerWindow*options.Window, mostHeld)
	o.more, o.come = sync.NewCond(&o.mu), sync.NewCond(&o.mu)
	o.line.prev, o.line.next = &o.line, &o.line
	root := &item{list: true, names: []string{""}, siblings: &siblings{}}
	o.insert(root, &o.line)
	heap.Push(&o.rests, root)
	o.count(1)
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
			return "", nil, o.tree.Wrap(o.err)
		case first.err != nil:
			return "", nil, o.tree.Wrap(first.err)
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

// PassOver goes on after a znode that may not be read, or whose children may not be listed, and for which
// Next has returned err. It returns false where the reading has ended.
func (o *Ordered) PassOver(err error) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := o.line.next
	if o.stopped || first.err == nil || !errors.Is(err, session.ErrNotAuthorized) {
		return false
	}
	first.err, first.taken = nil, true
	o.held--
	return true
}

// trim removes from the line what is complete. What is then first may be done regardless of the
// bounds.
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
