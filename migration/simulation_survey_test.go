package migration

import (
	"cmp"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// survey is what can be seen of the world.
func (w *simWorld) survey() *Survey {
	s := &Survey{Source: w.seeTree(w.source), Target: w.seeTree(w.target)}
	leaders := w.leaders()
	for _, server := range w.servers {
		if server.hidden {
			continue
		}
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
	w.askStored(s)
	return s
}

// askStored asks the replica servers for their tables, as the look does: unless one leader is seen,
// for which everything is in order.
func (w *simWorld) askStored(s *Survey) {
	leaders := which(s.Meta, func(m MetaServer) bool { return m.State.Leads() })
	if len(leaders) == 1 && leaders[0].State == ServerLeader && leaders[0].Leading.IsHealthy() {
		return
	}
	s.Stored.Asked = true
	if slices.ContainsFunc(w.replicas, func(r *simReplica) bool { return !r.up }) {
		s.Stored.Doubt = errors.New("a replica server does not answer")
	}
	if slices.ContainsFunc(w.replicas, func(r *simReplica) bool { return r.up }) {
		for _, id := range slices.Sorted(maps.Keys(w.held)) {
			if t := w.held[id]; !t.dropped {
				s.Stored.Tables = append(s.Stored.Tables, metaadmin.AppInfo{ID: id, Name: t.name, CreateSecond: t.created})
			}
		}
	}
}

func config(f simFile, server string) metaadmin.ServerConfig {
	return metaadmin.ServerConfig{Server: server, ClusterRoot: f.root, LockRoot: f.lock, HostsList: f.hosts, Recovery: f.recovery}
}

func (w *simWorld) seeServer(server *simServer) MetaServer {
	m := MetaServer{Address: server.name, Listed: true, Site: SiteLines{"stop " + server.name, "start " + server.name, "restart " + server.name}}
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
