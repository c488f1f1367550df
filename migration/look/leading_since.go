package look

import (
	"context"
	"net"
	"time"

	"pegashell/internal/znodepath"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// dateLeaders finds out since when each leader has led at least, by the lock on its ZooKeeper.
func (l *looking) dateLeaders(ctx context.Context, t *trees) {
	for i := range l.survey.Meta {
		m := &l.survey.Meta[i]
		if !m.State.Leads() || m.Running == nil {
			continue
		}
		at, err := Join(m.Running.HostsList, m.Running.ClusterRoot)
		if err != nil {
			continue
		}
		for _, c := range t.all {
			if c.opened != nil && c.at.Path == at.Path && (c.leads || c.runs) {
				lock := layout.LockPath(znodepath.Join(at.Chroot, m.Running.LockRoot))
				if since := ledSince(ctx, c.opened.Tree, lock, m); since.After(m.Since) {
					m.Since = since
				}
			}
		}
	}
}

// ledSince is since when the meta server has led at least, by the lock nodes; zero where they do
// not show that. The one with the lowest number leads. While the transaction that changed the
// children last is the one that created the youngest, none has vanished since: the leader's was the
// lowest then already.
func ledSince(ctx context.Context, tr zkcopy.Tree, lock string, m *migration.MetaServer) time.Time {
	ctx, cancel := bounded(ctx)
	defer cancel()
	nodes, err := tr.Client.Children(ctx, lock)
	if err != nil || len(nodes) == 0 {
		return time.Time{}
	}
	parent, err := tr.Client.Stat(ctx, lock)
	if err != nil || parent == nil {
		return time.Time{}
	}
	var lowest string
	var leader, youngest int32 = -1, -1
	var created time.Time
	for _, name := range nodes {
		sequence, ok := layout.ParseLockNodeName(name)
		if !ok {
			return time.Time{}
		}
		if leader < 0 || sequence < leader {
			leader, lowest = sequence, name
		}
		if sequence <= youngest {
			continue
		}
		stat, err := tr.Client.Stat(ctx, layout.Join(lock, name))
		if err != nil || stat == nil {
			return time.Time{}
		}
		if youngest = sequence; stat.Czxid == parent.Pzxid {
			created = time.UnixMilli(stat.Ctime)
		} else {
			created = time.Time{}
		}
	}
	holder, err := tr.Client.Data(ctx, layout.Join(lock, lowest))
	if err != nil || holder.Stat == nil || !isServer(m, string(holder.Data)) {
		return time.Time{}
	}
	return created
}

// isServer reports whether a lock node's value can be a meta server's name for itself, which may be
// another one of its host.
func isServer(m *migration.MetaServer, name string) bool {
	_, port, _ := net.SplitHostPort(m.Address)
	_, own, err := net.SplitHostPort(name)
	return err == nil && samePort(port, own)
}
