package migration

import (
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// The znode of the meta servers' lock is a fact to be asked for: [meta_server]
// distributed_lock_service_parameters names it, and need not have anything in common with
// cluster_root. Pegasus's own configuration has ROOT/lock, onebox the root itself.

// LockPlaces are the znodes outside of a tree at path that can be the lock of a cluster in it; with an empty
// path those anywhere.
// configs are what the connected cluster's meta servers say of themselves.
func LockPlaces(path string, clusters []zkcopy.Cluster, configs []metaadmin.ServerConfig) []string {
	var places []string
	for _, root := range metadataRoots(clusters) {
		for _, lock := range slices.Concat(ReportedLocks(root, configs), guessedLocks(root, configs), usualLocks(root)) {
			if (path == "" || !within(path, lock)) && !slices.Contains(places, lock) {
				places = append(places, lock)
			}
		}
	}
	return places
}

// Unlocated are the roots of those clusters in a tree of whose lock nothing is known: no meta
// server has said where it is, and none was found in the tree or, as outside, elsewhere.
func Unlocated(clusters, outside []zkcopy.Cluster, configs []metaadmin.ServerConfig) []string {
	return slices.DeleteFunc(Unfound(clusters, outside), func(root string) bool { return len(ReportedLocks(root, configs)) > 0 })
}

// Unfound are the roots of those clusters in a tree whose lock was not found in the tree or, as outside, elsewhere.
// What meta servers say of their lock does not count: a cluster on other servers can have the same root.
func Unfound(clusters, outside []zkcopy.Cluster) []string {
	roots := metadataRoots(clusters)
	var locks, strays []string // strays are the locks of no root in particular
	for _, c := range slices.Concat(clusters, outside) {
		if c.LockPath == "" {
			continue
		}
		locks = append(locks, c.LockPath)
		if !slices.ContainsFunc(roots, func(root string) bool { return within(root, c.LockPath) }) {
			strays = append(strays, c.LockPath)
		}
	}
	return slices.DeleteFunc(roots, func(root string) bool {
		return len(strays) > 0 || slices.ContainsFunc(locks, func(lock string) bool { return within(root, lock) })
	})
}

// metadataRoots are the roots of the clusters whose tables are in a tree. An `apps` node without tables and without the
// word that a meta server writes there is not taken for a cluster's.
func metadataRoots(clusters []zkcopy.Cluster) []string {
	var roots []string
	for _, c := range clusters {
		if c.HasApps && c.AppsState != "" || len(c.Tables) > 0 {
			roots = append(roots, c.Root)
		}
	}
	return roots
}

// usualLocks are where the lock of a cluster is unless somebody has configured it otherwise.
func usualLocks(root string) []string {
	return []string{layout.LockPath(root), layout.LockPath(layout.Join(root, "lock"))}
}

// ReportedLocks are where meta servers say that the lock of the cluster at root is. The paths in a
// configuration leave out the chroot that hosts_list may have.
func ReportedLocks(root string, configs []metaadmin.ServerConfig) []string {
	var locks []string
	for _, c := range configs {
		_, chroot, _ := strings.Cut(c.HostsList, "/")
		for _, above := range []string{"", strings.TrimSuffix("/"+chroot, "/")} {
			if root == above+c.ClusterRoot {
				locks = append(locks, layout.LockPath(above+c.LockRoot))
				break
			}
		}
	}
	return locks
}

// guessedLocks are where the lock of the cluster at root is if it is the connected one on a
// ZooKeeper with another chroot, as before or after a migration.
func guessedLocks(root string, configs []metaadmin.ServerConfig) []string {
	var locks []string
	for _, c := range configs {
		if chroot, ok := strings.CutSuffix(root, c.ClusterRoot); ok {
			locks = append(locks, layout.LockPath(chroot+c.LockRoot))
		}
	}
	return locks
}

// within says whether a path is that of a root or lies below it.
func within(root, path string) bool {
	return path == root || strings.HasPrefix(path, strings.TrimSuffix(root, "/")+"/")
}

// locked are the clusters in a tree and the locks that belong to them and lie elsewhere.
func (t Tree) locked() []zkcopy.Cluster { return slices.Concat(t.Clusters, t.Outside) }

// Holders are the servers, HOST:PORT, that hold lock nodes of the clusters in the tree, as the nodes
// name them.
func (t Tree) Holders() []string {
	var holders []string
	for _, l := range t.heldLocks() {
		holders = append(holders, l.Value)
	}
	return holders
}

// heldLocks are the lock nodes of the clusters in the tree, in it and elsewhere, that sessions hold.
func (t Tree) heldLocks() []zkcopy.EphemeralNode { return heldOf(t.locked()) }

// unused says whether it is certain that no meta server uses the tree: its locks are known, and no session holds one.
func (t Tree) unused() bool {
	known := slices.ContainsFunc(t.locked(), func(c zkcopy.Cluster) bool { return c.LockPath != "" })
	return known && len(t.Unlocated) == 0 && len(t.heldLocks()) == 0
}

// HeldOutside are the lock nodes outside of the tree that sessions hold.
func (t Tree) HeldOutside() []zkcopy.EphemeralNode { return heldOf(t.Outside) }

func heldOf(clusters []zkcopy.Cluster) []zkcopy.EphemeralNode {
	var held []zkcopy.EphemeralNode
	for _, c := range clusters {
		for _, l := range c.Locks {
			if l.Session != 0 {
				held = append(held, l)
			}
		}
	}
	return held
}

// hasLockInside says whether the lock of the cluster at the tree's root is in the tree. Then it is
// there in a copy of the tree too, and a copy that was interrupted before it has never had a
// leader.
func (t Tree) hasLockInside() bool {
	for _, c := range t.Clusters {
		if c.LockPath != "" && within(t.Path, c.LockPath) {
			return true
		}
	}
	return false
}

// inUse says by which ephemeral znodes living servers use the tree, nothing where there are none.
func (t Tree) inUse() message.Text {
	outside := t.HeldOutside()
	switch {
	case t.Ephemerals > 0:
		return message.New("holds %d ephemeral znodes, so living servers use it: %s", t.Ephemerals, describeHolders(t.Ephemerals, t.EphemeralNodes))
	case len(outside) > 0:
		return message.New("is used by living servers, which hold %d lock nodes outside of it: %s", len(outside), describeHolders(int64(len(outside)), outside))
	}
	return message.Text{}
}
