package tree

import (
	"sync"
	"sync/atomic"
)

// listCost is the assumed cost of one name of a list before the list was read, in bytes: the string
// and its header.
const listCost = 64

// children is a list of names that is being handed out, one side's or the
// union of two sides'.
type children struct {
	rel   string // of the parent
	state any    // of the parent, as visit returned it
	names []string
	in    []SideSet // which sides listed the name
	next  int
	bytes int64
	// likely is the length of the longest data that was seen among them, by
	// side, plus one; zero while nothing is known.
	likely [2]atomic.Int64
}

// saw notes the length of a child's data.
func (l *children) saw(side int, length int32) {
	for {
		longest := l.likely[side].Load()
		if int64(length) < longest || l.likely[side].CompareAndSwap(longest, int64(length)+1) {
			return
		}
	}
}

// SideSet has bit i set for side i.
type SideSet uint8

func (s SideSet) Has(i int) bool { return s&(1<<i) != 0 }

// expansion is a znode that was visited and whose children are to be listed.
type expansion struct {
	rel   string
	state any
	on    SideSet // sides on which it has children
	cost  int64
	names names
}

// child is one name of a list.
type child struct {
	path string // on the first side
	rel  string // a part of path
	in   SideSet
	list *children
}

// pathPrefix is what comes before the paths below a root.
func pathPrefix(root string) string {
	if root == "/" {
		return ""
	}
	return root
}

// job is what a worker does next: read some children, or list those of some
// znodes.
type job struct {
	read   []child
	expand []*expansion
}

// schedule hands out the work of a walk. It goes into the depth first, so that few lists are held
// at a time; while the lists exceed their bound, further ones wait, and when too many wait, no more
// children are handed out. Progress is certain all the same: when nothing else can proceed, the
// newest of the waiting is let in, so the bound is exceeded by at most the lists on one way from
// the root.
type schedule struct {
	prefix  string // of the first side's paths
	mu      sync.Mutex
	more    *sync.Cond
	lists   []*children // with names left, the deepest last
	waiting []*expansion
	running int
	bytes   int64
	limit   int64
	window  int
	share   int // of the window, that one job uses
	stopped bool
}

const (
	// jobsPerWindow are under way at the same time, so that one is answered while another is busy.
	jobsPerWindow = 8
	// largestShare of the window gains nothing by being larger.
	largestShare = 128
)

// shareOf is how much of a window one job uses.
func shareOf(window int) int { return min(max(1, window/jobsPerWindow), largestShare) }

// newSchedule makes a schedule that counts one job as running: the root's.
func newSchedule(root string, limits Limits) *schedule {
	s := &schedule{prefix: pathPrefix(root), limit: limits.ListBytes, window: limits.Window, running: 1}
	s.share = shareOf(limits.Window)
	s.more = sync.NewCond(&s.mu)
	return s
}

// workers is how many jobs may be under way.
func (s *schedule) workers() int { return max(1, s.window/s.share) }

// next waits for a job; false when all is done or stop was called. Each job
// that was taken must be followed by done.
func (s *schedule) next() (job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.stopped:
			return job{}, false
		case s.mayExpand():
			return s.take(job{expand: s.expansions()}), true
		case s.mayRead():
			return s.take(job{read: s.children()}), true
		case s.running == 0:
			s.stopped = true
			s.more.Broadcast()
			return job{}, false
		}
		s.more.Wait()
	}
}

func (s *schedule) mayExpand() bool {
	if len(s.waiting) == 0 {
		return false
	}
	stuck := s.running == 0 && !s.mayRead()
	return s.bytes < s.limit || stuck
}

func (s *schedule) mayRead() bool { return len(s.lists) > 0 && len(s.waiting) < s.window }

// take counts a job as running and wakes another worker if there is more.
func (s *schedule) take(j job) job {
	s.running++
	if s.mayExpand() || s.mayRead() {
		s.more.Signal()
	}
	return j
}

// expansions removes the newest of those that wait, one worker's share of them.
func (s *schedule) expansions() (taken []*expansion) {
	share := min(s.share, 1+len(s.waiting)/s.workers())
	for len(taken) < share && len(s.waiting) > 0 && (len(taken) == 0 || s.bytes < s.limit) {
		last := len(s.waiting) - 1
		e := s.waiting[last]
		s.waiting[last] = nil
		s.waiting = s.waiting[:last]
		s.bytes += e.cost
		taken = append(taken, e)
	}
	return taken
}

// children removes the next names of the deepest list, and of those above it.
func (s *schedule) children() []child {
	taken := make([]child, 0, s.share)
	for len(taken) < s.share && len(s.lists) > 0 {
		last := len(s.lists) - 1
		list := s.lists[last]
		for len(taken) < s.share && list.next < len(list.names) {
			i := list.next
			path := s.prefix + list.rel + "/" + list.names[i]
			taken = append(taken, child{path: path, rel: path[len(s.prefix):], in: list.in[i], list: list})
			list.next++
		}
		if list.next == len(list.names) {
			s.lists[last] = nil
			s.lists = s.lists[:last]
			s.bytes -= list.bytes
			list.names, list.in = nil, nil // its children lead to it
		}
	}
	return taken
}

// done ends a job, with what is to be listed because of it.
func (s *schedule) done(expansions []*expansion) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	s.waiting = append(s.waiting, expansions...)
	s.more.Signal()
}

// push hands out a list in the place of the expansion that it came from.
func (s *schedule) push(e *expansion, list *children) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes -= e.cost
	if len(list.names) == 0 {
		return
	}
	s.bytes += list.bytes
	s.lists = append(s.lists, list)
	s.more.Signal()
}

// stop ends the walk; jobs under way are finished by their workers.
func (s *schedule) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	s.more.Broadcast()
}
