package zkcopy

import "sync"

// listCost is what one name of a list is taken to cost before the list was
// read, in bytes: the string and its header.
const listCost = 64

// children is a list of names that is being handed out, one side's or the
// union of two sides'.
type children struct {
	rel   string // of the parent
	state any    // of the parent, as visit returned it
	names []string
	in    []sideSet // which sides listed the name
	next  int
	bytes int64
}

// sideSet has bit i set for side i.
type sideSet uint8

func (s sideSet) has(i int) bool { return s&(1<<i) != 0 }

// expansion is a znode that was visited and whose children are to be listed.
type expansion struct {
	rel   string
	state any
	on    sideSet // sides on which it has children
	cost  int64
}

// job is what a worker does next: read one child, or list children.
type job struct {
	rel    string
	in     sideSet
	parent any // state of the parent
	expand *expansion
}

// schedule hands out the work of a walk. It goes into the depth first, so that
// few lists are held at a time; while the lists exceed their bound, further
// ones wait, and when too many wait, no more children are handed out. Progress
// is certain all the same: when nothing else can go on, the newest of the
// waiting is let in, so the bound is exceeded by at most the lists on one way
// from the root.
type schedule struct {
	mu      sync.Mutex
	more    *sync.Cond
	lists   []*children // with names left, the deepest last
	waiting []*expansion
	running int
	bytes   int64
	limit   int64
	window  int
	stopped bool
}

// newSchedule makes a schedule that counts one job as running: the root's.
func newSchedule(limits Limits) *schedule {
	s := &schedule{limit: limits.ListBytes, window: limits.Window, running: 1}
	s.more = sync.NewCond(&s.mu)
	return s
}

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
			last := len(s.waiting) - 1
			e := s.waiting[last]
			s.waiting[last] = nil
			s.waiting = s.waiting[:last]
			s.bytes += e.cost
			return s.take(job{expand: e}), true
		case s.mayRead():
			return s.take(s.child()), true
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

// child takes the next name of the deepest list.
func (s *schedule) child() job {
	last := len(s.lists) - 1
	list := s.lists[last]
	i := list.next
	j := job{rel: list.rel + "/" + list.names[i], in: list.in[i], parent: list.state}
	list.next++
	if list.next == len(list.names) {
		s.lists[last] = nil
		s.lists = s.lists[:last]
		s.bytes -= list.bytes
	}
	return j
}

// done gives a job back.
func (s *schedule) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	s.more.Signal()
}

// admit tells whether children may be listed right now; if not, they are
// listed later.
func (s *schedule) admit(e *expansion) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes < s.limit {
		s.bytes += e.cost
		return true
	}
	s.waiting = append(s.waiting, e)
	return false
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
