package look

import (
	"context"
	"net"
	"slices"
	"time"

	"pegashell/internal/znodepath"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// lockQueue is the lock of meta servers: of those that have a lock node, the one whose number is
// the lowest leads.
type lockQueue struct {
	// first is what the leader calls itself.
	first string
	// since is from when on it has been first at least; zero where the lock nodes do not show that.
	since time.Time
}

// readLockQueue reads a lock. While the transaction that has changed the children last is the one
// that created the youngest, no lock node has vanished since then, so that the first one was the
// first already. Otherwise one has vanished later, at a time that nobody keeps.
func readLockQueue(ctx context.Context, tr zkcopy.Tree, lock string) lockQueue {
	ctx, cancel := bounded(ctx)
	defer cancel()
	names, err := tr.Client.Children(ctx, lock)
	if err != nil || len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return !layout.IsLockNode(layout.Join(lock, name)) }) {
		return lockQueue{}
	}
	number := func(name string) int32 {
		n, _ := layout.ParseLockNodeName(name)
		return n
	}
	slices.SortFunc(names, func(a, b string) int { return int(number(a)) - int(number(b)) })
	first, err := tr.Client.Data(ctx, layout.Join(lock, names[0]))
	if err != nil || first.Stat == nil {
		return lockQueue{}
	}
	q := lockQueue{first: string(first.Data)}
	youngest, err := tr.Client.Stat(ctx, layout.Join(lock, names[len(names)-1]))
	if err != nil || youngest == nil {
		return q
	}
	// It is read last: what has vanished before is in it.
	if parent, err := tr.Client.Stat(ctx, lock); err == nil && parent != nil && parent.Pzxid == youngest.Czxid {
		q.since = time.UnixMilli(youngest.Ctime)
	}
	return q
}

// lockPaths are the locks of the meta servers that use the tree, by their configurations.
func (c *candidate) lockPaths(configs []metaadmin.ServerConfig) []string {
	var paths []string
	for _, config := range configs {
		at, err := Join(config.HostsList, config.ClusterRoot)
		if err != nil || config.LockRoot == "" || at.Path != c.at.Path || !sharesServer(at.Servers, c.servers) {
			continue
		}
		if lock := lockOf(config, at); !slices.Contains(paths, lock) {
			paths = append(paths, lock)
		}
	}
	return paths
}

// lockOf is the full path of the lock of a configuration whose tree is at.
func lockOf(config metaadmin.ServerConfig, at Address) string {
	return layout.LockPath(znodepath.Join(at.Chroot, config.LockRoot))
}

// dateLeaders says since when each leader has led at least: since it was the first at the lock, or
// since an earlier command has seen it lead. A meta server that loses the lock ends, so that one
// that has led and was not started since has led all the time.
func (l *looking) dateLeaders(t *trees) {
	for i := range l.survey.Meta {
		m := &l.survey.Meta[i]
		if !m.State.Leads() {
			continue
		}
		m.Since = t.firstSince(m)
		for _, sight := range l.History.Sights {
			if sight.Leader == m.Address && !m.Started.IsZero() && m.Started.Before(sight.Time) && (m.Since.IsZero() || sight.Time.Before(m.Since)) {
				m.Since = sight.Time
			}
		}
	}
}

// firstSince is since when a leader has been the first at its lock at least; zero for unknown.
func (t *trees) firstSince(m *migration.MetaServer) time.Time {
	if m.Running == nil {
		return time.Time{}
	}
	at, err := Join(m.Running.HostsList, m.Running.ClusterRoot)
	if err != nil {
		return time.Time{}
	}
	for _, c := range t.all {
		if c.seen == nil || c.at.Path != at.Path || !sharesServer(at.Servers, c.servers) {
			continue
		}
		if q, ok := c.seen.locks[lockOf(*m.Running, at)]; ok && samePlace(q.first, m.Address) {
			return q.since
		}
	}
	return time.Time{}
}

// samePlace reports whether a meta server's lock node can be that of the server at an address: it
// may call its host by another name.
func samePlace(name, address string) bool {
	_, a, errA := net.SplitHostPort(name)
	_, b, errB := net.SplitHostPort(address)
	return errA == nil && errB == nil && samePort(a, b)
}
