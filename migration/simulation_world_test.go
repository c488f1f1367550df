package migration

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"pegashell/internal/znodepath"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
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
	log      []string
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

// survey is what can be seen of the world.
func (w *simWorld) survey() *Survey {
	s := &Survey{Source: w.seeTree(w.source), Target: w.seeTree(w.target)}
	leaders := w.leaders()
	for _, server := range w.servers {
		s.Meta = append(s.Meta, w.seeServer(server))
	}
	for _, r := range w.replicas {
		seen := ReplicaServer{Address: r.name, Serving: 1}
		if r.inactive {
			seen.Serving, seen.Inactive = 0, 1
		}
		if !r.up {
			seen = ReplicaServer{Address: r.name, Doubt: "connection refused"}
		}
		for _, l := range leaders {
			seen.Alive = seen.Alive || !l.lead.recovering && r.up && r.follows == l.name
		}
		s.Replicas = append(s.Replicas, seen)
	}
	for _, m := range s.Meta {
		if m.File.Name != "" {
			s.Files = append(s.Files, m.File)
		}
	}
	if s.Compared = w.compare(); w.trees[w.target] != nil && w.trees[w.target].written && !s.Compared.Equal {
		s.Target.Changed = []string{"/apps/1/0"}
	}
	if len(s.Meta) > 0 && slices.ContainsFunc(s.Meta, func(m MetaServer) bool { return m.State == ServerLeader && m.Leading.IsHealthy() }) && len(leaders) == 1 {
		return s // as the look does not ask then
	}
	s.Stored.Asked = true
	if slices.ContainsFunc(w.replicas, func(r *simReplica) bool { return !r.up }) {
		s.Stored.Doubt = "a replica server does not answer"
	}
	if slices.ContainsFunc(w.replicas, func(r *simReplica) bool { return r.up }) {
		for _, id := range slices.Sorted(maps.Keys(w.held)) {
			if t := w.held[id]; !t.dropped {
				s.Stored.Tables = append(s.Stored.Tables, metaadmin.AppInfo{ID: id, Name: t.name, CreateSecond: t.created})
			}
		}
	}
	return s
}

func config(f simFile, server string) metaadmin.ServerConfig {
	return metaadmin.ServerConfig{Server: server, ClusterRoot: f.root, LockRoot: f.lock, HostsList: f.hosts, Recovery: f.recovery}
}

func (w *simWorld) seeServer(server *simServer) MetaServer {
	m := MetaServer{Address: server.name, Site: SiteLines{"stop " + server.name, "start " + server.name, "restart " + server.name}}
	if server.seen {
		m.File = ConfigFile{Name: server.name, Config: config(server.file, server.name)}
	}
	switch {
	case server.silent > w.tick:
		m.Doubt = "i/o timeout"
		return m
	case !server.up:
		m.State = ServerDown
		return m
	}
	run := config(server.run, server.name)
	m.State, m.Running = ServerFollower, &run
	if !server.lead.leads {
		return m
	}
	m.State = ServerLeader
	hosts, _ := splitChroot(server.run.hosts)
	m.Leading = Leading{Hosts: hosts, Root: server.run.full(server.run.root), Beacons: -1}
	if server.lead.recovering {
		m.State = ServerRecovering
		return m
	}
	l := &m.Leading
	l.Level, l.Effective = server.lead.level, server.lead.level
	l.Alive, l.Nodes = w.alive(server), len(w.replicas)
	if l.Alive*3 < len(w.replicas)*2 {
		l.Effective = min(l.Effective, 300)
	}
	for _, id := range slices.Sorted(maps.Keys(server.lead.tables)) {
		if t := server.lead.tables[id]; !t.dropped {
			l.Tables = append(l.Tables, metaadmin.AppInfo{ID: id, Name: t.name, CreateSecond: t.created})
		}
	}
	if w.tick < server.lead.healAt {
		l.Unhealthy = len(l.Tables)
	}
	m.Since = time.Unix(int64(server.lead.since)*10, 0)
	return m
}

func (w *simWorld) seeTree(at string) Tree {
	hosts, _, _ := strings.Cut(at, "/")
	t := Tree{Name: at, Path: strings.TrimPrefix(at, hosts), Contents: Contents{Hosts: hosts}}
	// Each lock that a configuration names here can be found.
	locks := map[string]bool{}
	for _, s := range w.servers {
		for _, f := range []simFile{s.file, s.run} {
			if f.zk() == hosts {
				locks[f.full(f.lock)] = true
			}
		}
	}
	for l := range w.locks {
		if strings.HasPrefix(l, hosts) {
			locks[strings.TrimPrefix(l, hosts)] = true
		}
	}
	tree := w.trees[at]
	t.Exists = tree != nil
	root := zkcopy.Cluster{Root: t.Path}
	for above := t.Path; above != "/" && !t.Exists && t.Above == ""; above = path.Dir(above) {
		if w.made[hosts+above] {
			t.Above = above
		}
	}
	if tree != nil {
		root.HasApps, root.AppsState, root.AppsZxid = true, layout.Unlocked, tree.made
		if tree.half {
			root.AppsState = layout.Locked
		}
		for _, id := range slices.Sorted(maps.Keys(tree.tables)) {
			table := zkcopy.Table{ID: id, Name: tree.tables[id].name, CreateSecond: tree.tables[id].created, Status: layout.AppAvailable}
			if tree.tables[id].dropped {
				table.Status = layout.AppDropped
			}
			root.Tables = append(root.Tables, table)
		}
		t.Contents.Znodes = int64(2 + len(tree.tables))
		t.Contents.LastTime = time.Unix(tree.changed, 0)
	}
	for _, path := range slices.Sorted(maps.Keys(locks)) {
		l := w.locks[hosts+path]
		if l == nil || l.changes == 0 && len(l.holders) == 0 {
			continue
		}
		c := zkcopy.Cluster{Root: path, LockPath: layout.LockPath(path), LockChanges: l.changes, LockZxid: l.last}
		for _, h := range l.holders {
			node := zkcopy.EphemeralNode{Path: c.LockPath + "/" + h.node, Value: h.server, Session: 7}
			if h.until < 0 {
				node.Session = 0
			}
			c.Locks = append(c.Locks, node)
		}
		switch {
		case path == t.Path:
			root.LockPath, root.LockChanges, root.LockZxid, root.Locks = c.LockPath, c.LockChanges, c.LockZxid, c.Locks
			t.Exists = true
		case within(t.Path, path):
			t.Clusters = append(t.Clusters, c)
			t.Exists = true
		default:
			t.Outside = append(t.Outside, c)
		}
		if within(t.Path, path) {
			t.Contents.Znodes += 2
			for _, n := range c.Locks {
				if n.Session != 0 {
					t.Ephemerals++
					t.EphemeralNodes = append(t.EphemeralNodes, n)
				}
			}
		}
	}
	if root.HasApps || root.LockPath != "" {
		t.Clusters = append(t.Clusters, root)
	}
	return t
}

func (w *simWorld) compare() Comparison {
	a, b := w.trees[w.source], w.trees[w.target]
	if a == nil {
		return Comparison{Doubt: "there is no old tree"}
	}
	var c Comparison
	if b == nil {
		b = &simTree{}
		c.Missing++
	}
	for id, t := range a.tables {
		if other, ok := b.tables[id]; !ok {
			c.Missing++
		} else if other != t {
			c.Different++
		}
	}
	for id := range b.tables {
		if _, ok := a.tables[id]; !ok {
			c.Extra++
		}
	}
	c.Equal = cmp.Or(c.Missing, c.Extra, c.Different) == 0
	return c
}
