package tree

import (
	"container/heap"
	"strings"

	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/session"
)

// take waits for work that can be done, and counts it: some items of one stage, those that come
// first in the order. It is nil at the end.
func (o *Ordered) take() []*item {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		if o.stopped || o.line.next == &o.line {
			return nil
		}
		if items := o.choose(); items != nil {
			o.more.Signal() // there may be more
			return items
		}
		o.more.Wait()
	}
}

// choose returns what comes first in the order of what can be done, and as much of the same kind as
// may go with it.
func (o *Ordered) choose() []*item {
	var best *item
	var take func() []*item
	consider := func(h itemHeap, allowed func(*item) bool, how func() []*item) {
		if len(h) > 0 && allowed(h[0]) && (best == nil || h[0].before(best)) {
			best, take = h[0], how
		}
	}
	consider(o.stale, func(*item) bool { return true }, o.takeStale)
	consider(o.reads, o.mayRead, o.takeReads)
	consider(o.lists, o.mayList, o.takeLists)
	consider(o.rests, o.mayBegin, o.takeNew)
	if best == nil {
		return nil
	}
	return take()
}

func (o *Ordered) push(h *itemHeap, it *item) {
	heap.Push(h, it)
	o.more.Signal()
}

func (o *Ordered) isFirst(it *item) bool { return o.line.next == it }

// mayRead reports whether there is room for an item's data.
func (o *Ordered) mayRead(it *item) bool {
	return o.bytes+it.dataBytes <= o.o.DataBytes || o.isFirst(it)
}

// mayList reports whether there is room for the list of an item's children.
func (o *Ordered) mayList(it *item) bool {
	return o.listBytes+it.listBytes <= o.o.ListBytes || o.isFirst(it)
}

// mayBegin reports whether another znode of a list may be put in line.
func (o *Ordered) mayBegin(rest *item) bool { return o.held < o.maxHeld || o.isFirst(rest) }

func (o *Ordered) takeStale() (items []*item) {
	for len(o.stale) > 0 && len(items) < o.share {
		items = append(items, heap.Pop(&o.stale).(*item))
	}
	return items
}

// takeReads returns znodes whose data is read, no more than what may be read together.
func (o *Ordered) takeReads() (items []*item) {
	batch := session.Batch{Most: o.o.DataBytes / groupsPerBudget}
	for len(o.reads) > 0 && len(items) < o.share && o.mayRead(o.reads[0]) && batch.Add(o.reads[0].dataBytes) {
		o.bytes += o.reads[0].dataBytes
		items = append(items, heap.Pop(&o.reads).(*item))
	}
	return items
}

// takeLists returns znodes whose children are listed, one worker's share of them.
func (o *Ordered) takeLists() (items []*item) {
	share := min(o.share, 1+len(o.lists)*o.share/o.o.Window)
	for len(o.lists) > 0 && len(items) < share && o.mayList(o.lists[0]) {
		o.listBytes += o.lists[0].listBytes
		items = append(items, heap.Pop(&o.lists).(*item))
	}
	return items
}

// takeNew puts the next znodes of the lists that come first in line.
func (o *Ordered) takeNew() (items []*item) {
	for len(o.rests) > 0 && len(items) < o.share && o.mayBegin(o.rests[0]) {
		items = append(items, o.begin(o.rests[0]))
	}
	return items
}

// begin puts the next znode of a list in line.
func (o *Ordered) begin(rest *item) *item {
	it := &item{rel: rest.first(), siblings: rest.siblings}
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

// before reports whether an item comes before another in the order of the tree.
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

// depth is how far a path lies below the root.
func depth(rel string) int { return strings.Count(rel, "/") }
