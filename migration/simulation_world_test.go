package migration

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pegashell/internal/znodepath"
	"pegashell/metaadmin"
)

// A small model of a cluster: meta servers with their files, two ZooKeepers, replica servers, and
// what time does to them. It knows what kills a cluster, and nothing of the rules under test.

// sessionTicks is how long the lock node of a killed server stays, inactiveTicks after how long
// without a leader replica servers give up.
const (
	sessionTicks  = 6
	inactiveTicks = 3
)

type simTable struct {
	name    string
	created int64
	dropped bool
	conf    int // counts changes of its partitions
}

type simTree struct {
	tables  map[int32]simTable
	half    bool // a server died while it created the tree
	written bool // a meta server has written to it since it was made or copied
	made    int64
	changed int64
}

type simHolder struct {
	server string
	node   string
	until  int // the tick at which the session ends; 0 while the server lives, -1: no session holds it
}

type simLock struct {
	holders []simHolder
	changes int32
	last    int64
}

type simFile struct {
	hosts, root, lock string
	recovery          bool
}

func (f simFile) zk() string { hosts, _ := splitChroot(f.hosts); return hosts }

func (f simFile) full(path string) string {
	_, chroot := splitChroot(f.hosts)
	return znodepath.Join(chroot, path)
}

func (f simFile) tree() string     { return f.zk() + f.full(f.root) }
func (f simFile) lockAt() string   { return f.zk() + f.full(f.lock) }
func (f simFile) chrooted() string { _, c := splitChroot(f.hosts); return c }

type simServer struct {
	name   string
	up     bool
	silent int // until this tick nobody gets an answer
	file   simFile
	run    simFile
	lead   simLeading
	seen   bool // its file can be read here
	hidden bool // it is in no list, and does not answer from here
}

type simLeading struct {
	leads, recovering bool
	level             metaadmin.MetaLevel
	tables            map[int32]simTable
	since             int
	healAt            int
}

type simReplica struct {
	name     string
	up       bool
	follows  string // the leader that it reports to
	alone    int    // since which tick without one
	inactive bool
}

type simWorld struct {
	tick     int
	servers  []*simServer
	replicas []*simReplica
	trees    map[string]*simTree // by HOST:PORT/PATH
	locks    map[string]*simLock
	made     map[string]bool // chroots that exist, HOST:PORT/PATH
	held     map[int32]simTable
	source   string
	target   string
	template bool // a server that finds no tree creates a table
	writes   int  // how often the leader still changes something by itself
	creates  int  // how many tables users still create
	sequence int
	strict   bool   // no server may be started on a copy that is not final
	fate     func() // what fails while the robot works; nil for nothing
	log      []string
	dim      *simSight // how badly all this is seen; nil: well
}

func (w *simWorld) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("%3d ", w.tick)+fmt.Sprintf(format, args...))
}

func (w *simWorld) server(name string) *simServer {
	for _, s := range w.servers {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (w *simWorld) lock(at string) *simLock {
	if w.locks[at] == nil {
		w.locks[at] = &simLock{}
	}
	return w.locks[at]
}

// leaders are the servers that lead.
func (w *simWorld) leaders() []*simServer {
	var found []*simServer
	for _, s := range w.servers {
		if s.up && s.lead.leads {
			found = append(found, s)
		}
	}
	return found
}

func (w *simWorld) chrootExists(f simFile) bool {
	if f.chrooted() == "" || w.made[f.zk()+f.chrooted()] {
		return true
	}
	for at := range w.trees {
		if strings.HasPrefix(at, f.zk()+f.chrooted()+"/") {
			return true
		}
	}
	return false
}

func (w *simWorld) start(s *simServer) {
	if s.up {
		return
	}
	s.run, s.lead = s.file, simLeading{}
	if !w.chrootExists(s.run) {
		w.note("%s: no chroot %s", s.name, s.run.chrooted())
		return
	}
	s.up = true
}

// end ends a server; killed leaves its session to expire.
func (w *simWorld) end(s *simServer, killed bool) {
	if !s.up {
		return
	}
	s.up, s.lead, s.silent = false, simLeading{}, 0
	for _, l := range w.locks {
		for i := range l.holders {
			if h := &l.holders[i]; h.server == s.name && h.until == 0 {
				h.until = w.tick + 1
				if killed {
					h.until = w.tick + sessionTicks
				}
			}
		}
	}
	w.expire()
}

func (w *simWorld) expire() {
	for _, l := range w.locks {
		before := len(l.holders)
		l.holders = slices.DeleteFunc(l.holders, func(h simHolder) bool { return h.until > 0 && h.until <= w.tick })
		if len(l.holders) != before {
			l.changes, l.last = l.changes+1, w.clock()
		}
	}
}

func (w *simWorld) clock() int64 { return int64(w.tick) * 10 }

// pass lets time pass.
func (w *simWorld) pass() {
	w.tick++
	w.expire()
	for _, s := range w.servers {
		if s.up {
			w.elect(s)
		}
	}
	w.report()
	for _, s := range w.leaders() {
		w.live(s)
	}
}

// elect has a server take its lock node, and lead if it is the first.
func (w *simWorld) elect(s *simServer) {
	l := w.lock(s.run.lockAt())
	if !slices.ContainsFunc(l.holders, func(h simHolder) bool { return h.server == s.name && h.until == 0 }) {
		if slices.ContainsFunc(l.holders, func(h simHolder) bool { return h.until < 0 }) {
			w.note("%s aborts: a lock node that no session holds", s.name)
			w.end(s, true)
			return
		}
		w.sequence++
		l.holders = append(l.holders, simHolder{server: s.name, node: fmt.Sprintf("LOCKNODE%010d", w.sequence)})
		l.changes, l.last = l.changes+1, w.clock()
		return // it leads at the next tick at the earliest
	}
	if l.holders[0].server != s.name || l.holders[0].until != 0 || s.lead.leads {
		return
	}
	t := w.trees[s.run.tree()]
	switch {
	case t != nil && t.half:
		w.note("%s aborts: half a tree", s.name)
		w.end(s, true)
		return
	case s.run.recovery && t != nil && len(t.tables) > 0:
		w.note("%s aborts: recovery with tables", s.name)
		w.end(s, true)
		return
	case t == nil && !s.run.recovery:
		t = &simTree{tables: map[int32]simTable{}, made: w.clock(), changed: w.clock(), written: true}
		if w.template {
			t.tables[1] = simTable{name: "t1", created: w.clock()}
		}
		w.plant(s.run.tree(), t)
	}
	s.lead = simLeading{leads: true, recovering: s.run.recovery, level: metaadmin.LevelSteady, since: w.tick, healAt: w.tick + 2}
	if t != nil {
		s.lead.tables = maps.Clone(t.tables)
	}
	w.note("%s leads on %s", s.name, s.run.tree())
}

// report has replica servers report to a leader, which aborts on tables that it does not know.
func (w *simWorld) report() {
	leaders := w.leaders()
	for _, r := range w.replicas {
		if !r.up {
			continue
		}
		follows := slices.ContainsFunc(leaders, func(s *simServer) bool { return s.name == r.follows })
		if !follows {
			r.follows = ""
			if len(leaders) > 0 {
				r.follows = leaders[0].name
			}
		}
		leader := w.server(r.follows)
		switch {
		case leader == nil:
			if r.alone++; r.alone >= inactiveTicks {
				r.inactive = true
			}
		case leader.lead.recovering:
			r.alone++
		default:
			r.alone, r.inactive = 0, false
		}
	}
	for _, s := range leaders {
		reports := slices.ContainsFunc(w.replicas, func(r *simReplica) bool { return r.up && r.follows == s.name })
		if s.lead.recovering || !reports || s.lead.level <= metaadmin.LevelBlind {
			continue
		}
		for id, t := range w.held {
			if _, ok := s.lead.tables[id]; !ok && !t.dropped {
				w.note("%s aborts: table %d is not known", s.name, id)
				w.end(s, true)
				break
			}
		}
	}
}

func (w *simWorld) alive(s *simServer) int {
	n := 0
	for _, r := range w.replicas {
		if r.up && r.follows == s.name {
			n++
		}
	}
	return n
}

// live is what a leader does by itself: it writes, and one without replica servers damages its tree.
func (w *simWorld) live(s *simServer) {
	if s.lead.recovering {
		return
	}
	t := w.trees[s.run.tree()]
	if t == nil {
		return // its tree was removed
	}
	switch {
	case w.alive(s) == 0 && w.tick > s.lead.since+1 && s.lead.level > metaadmin.LevelBlind:
		s.lead.healAt = w.tick + 2
		if s.lead.tables[1].conf < 1000 { // once
			for id, table := range t.tables {
				table.conf += 1000
				t.tables[id] = table
			}
			t.changed, t.written = w.clock(), true
		}
	case s.lead.level >= metaadmin.LevelSteady && w.writes > 0:
		w.writes--
		for id, table := range t.tables {
			table.conf++
			t.tables[id] = table
		}
		t.changed, t.written = w.clock(), true
	case s.lead.level >= metaadmin.LevelSteady && w.creates > 0 && w.tick > s.lead.since+2 && w.alive(s) > 0:
		w.creates--
		id := slices.Max(append(slices.Collect(maps.Keys(w.held)), 0)) + 1
		t.tables[id] = simTable{name: fmt.Sprint("t", id), created: w.clock()}
		w.held[id] = t.tables[id]
		t.changed, t.written = w.clock(), true
	}
	s.lead.tables = maps.Clone(t.tables)
	if s.lead.level < metaadmin.LevelSteady || w.alive(s) < len(w.replicas) {
		s.lead.healAt = max(s.lead.healAt, w.tick+1)
	}
}
