package migration

import (
	"cmp"
	"slices"
	"strings"

	"pegashell/internal/znodepath"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// side is the ZooKeeper tree that a server or a configuration uses.
type side int

const (
	unknownSide side = iota
	oldSide
	newSide
	otherSide // neither of the two trees
)

// Hosts are the servers of the tree's ensemble, HOST:PORT,..., without a chroot.
func (t Tree) Hosts() string {
	if t.Contents.Hosts != "" {
		return t.Contents.Hosts
	}
	hosts, _, _ := strings.Cut(t.Name, "/")
	return hosts
}

// named reports whether it is known where the tree is, or is going to be.
func (t Tree) named() bool { return t.Path != "" }

// isAt reports whether the tree is at a full path on an ensemble. A ZooKeeper server belongs to one
// ensemble, so one server in common is enough.
func (t Tree) isAt(hosts, path string) bool {
	if !t.named() || path != t.Path {
		return false
	}
	own := append(splitList(t.Hosts()), t.Contents.Aliases...)
	return slices.ContainsFunc(splitList(hosts), func(h string) bool { return slices.Contains(own, h) })
}

// splitList splits a list with commas, without blanks around its words.
func splitList(list string) []string {
	var words []string
	for w := range strings.SplitSeq(list, ",") {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// splitChroot splits hosts_list into its servers and the chroot after them, "" for none.
func splitChroot(hostsList string) (hosts, chroot string) {
	hosts, chroot, found := strings.Cut(strings.TrimSpace(hostsList), "/")
	if !found || chroot == "" {
		return hosts, ""
	}
	return hosts, "/" + strings.TrimSuffix(chroot, "/")
}

// sideOf is the tree that a configuration names.
func (s *Survey) sideOf(c metaadmin.ServerConfig) side {
	if c.HostsList == "" {
		return unknownSide
	}
	hosts, chroot := splitChroot(c.HostsList)
	return s.sideAt(hosts, znodepath.Join(chroot, c.ClusterRoot))
}

func (s *Survey) sideAt(hosts, path string) side {
	switch {
	case s.Target.isAt(hosts, path):
		return newSide
	case s.Source.isAt(hosts, path):
		return oldSide
	}
	return otherSide
}

// tree is the tree of a side; the zero one for none.
func (s *Survey) tree(at side) Tree {
	switch at {
	case oldSide:
		return s.Source
	case newSide:
		return s.Target
	}
	return Tree{}
}

// sideOfServer is the tree that a running meta server uses: by its running configuration, by what a
// leader says of itself, or by the lock node that it holds.
func (s *Survey) sideOfServer(m MetaServer) side {
	switch {
	case !m.State.Runs():
		return unknownSide
	case m.State.Leads() && m.Leading.Hosts != "":
		hosts, _ := splitChroot(m.Leading.Hosts)
		return s.sideAt(hosts, m.Leading.Root)
	case m.Running != nil:
		return s.sideOf(*m.Running)
	}
	for _, at := range []side{newSide, oldSide} {
		for _, l := range s.tree(at).heldLocks() {
			if m.IsNamed(l.Value) {
				return at
			}
		}
	}
	return unknownSide
}

// lockOf is the full path of the lock root of a configuration.
func lockOf(c metaadmin.ServerConfig) string {
	_, chroot := splitChroot(c.HostsList)
	return znodepath.Join(chroot, c.LockRoot)
}

// settings are what a configuration must say to use a tree.
type settings struct {
	hostsList, clusterRoot, lockRoot string
	// guessed: no configuration was seen, so that the chroot and the lock root are not known; the
	// roots are empty then where they need not change.
	guessed bool
}

// config is a configuration with these settings.
func (t settings) config() metaadmin.ServerConfig {
	return metaadmin.ServerConfig{HostsList: t.hostsList, ClusterRoot: t.clusterRoot, LockRoot: t.lockRoot}
}

// settingsFor are what a configuration must say to use the tree at a side. That of a leader there is
// the model; otherwise one of the other tree, in which what must change is changed: if the path ends
// with cluster_root, the part before it is the chroot; if it does not, there is no chroot, and
// cluster_root moves, and with it a lock that is at it or below.
func (s *Survey) settingsFor(at side) settings {
	tree, other := s.tree(at), otherOf(at)
	if c, found := s.configOfLeader(at); found {
		return settings{c.HostsList, c.ClusterRoot, c.LockRoot, false}
	}
	if len(tree.heldLocks()) > 0 { // by servers whose configuration is not known
		if lock, found := lockRootIn(tree); found && !s.runsAt(at) {
			return settings{tree.Hosts(), tree.Path, lock, true}
		}
	}
	if c, found := s.configAt(other); found {
		return moved(c, tree).below(tree)
	}
	if c, found := s.configAt(at); found {
		return settings{c.HostsList, c.ClusterRoot, c.LockRoot, false}.below(tree)
	}
	return s.guessedFor(tree, s.tree(other))
}

// guessedFor are the settings for a tree where no configuration was seen. Where the tree is yet to
// be made, the full path is right whatever the chroot is, and so it is where its lock was found.
func (s *Survey) guessedFor(tree, from Tree) settings {
	made := settings{hostsList: tree.Hosts(), guessed: true}
	if lock, found := lockRootIn(tree); found {
		made.clusterRoot, made.lockRoot = tree.Path, lock
		return made
	}
	if !tree.Exists {
		made.clusterRoot = tree.Path
	}
	if !from.named() || from.Path == tree.Path {
		return made
	}
	made.clusterRoot = tree.Path
	if lock, found := lockRootIn(from); found {
		made.lockRoot = movedLock(lock, from.Path, tree.Path)
	}
	return made
}

func otherOf(at side) side {
	if at == oldSide {
		return newSide
	}
	return oldSide
}

// moved is a configuration after its tree has moved to another one.
func moved(c metaadmin.ServerConfig, to Tree) settings {
	if chroot, ok := znodepath.Chroot(to.Path, c.ClusterRoot); ok {
		return settings{to.Hosts() + strings.TrimSuffix(chroot, "/"), c.ClusterRoot, c.LockRoot, false}
	}
	return settings{to.Hosts(), to.Path, movedLock(c.LockRoot, c.ClusterRoot, to.Path), false}
}

// below puts the chroot before the roots where the tree is yet to be made: neither ZooKeeper nor a
// meta server creates the chroot, but meta servers create their roots.
func (t settings) below(tree Tree) settings {
	hosts, chroot := splitChroot(t.hostsList)
	if chroot == "" || tree.hasChroot(chroot) {
		return t
	}
	return settings{hosts, znodepath.Join(chroot, t.clusterRoot), znodepath.Join(chroot, t.lockRoot), t.guessed}
}

// hasChroot reports whether it is certain that the znode of a chroot exists.
func (t Tree) hasChroot(chroot string) bool { return t.Exists || within(chroot, t.Above) }

// movedLock is a lock root after the cluster root has moved: one at it or below moves with it.
func movedLock(lock, root, to string) string {
	if root == "/" || !within(root, lock) {
		return lock
	}
	return to + strings.TrimPrefix(lock, root)
}

// lockRootIn is the lock root of the cluster in a tree, by the znode of its lock: of several, the
// only one that sessions hold.
func lockRootIn(t Tree) (string, bool) {
	var held, all []string
	for _, c := range t.locked() {
		if c.LockPath == "" || slices.Contains(all, c.LockPath) {
			continue
		}
		all = append(all, c.LockPath)
		if len(heldOf([]zkcopy.Cluster{c})) > 0 {
			held = append(held, c.LockPath)
		}
	}
	if len(held) > 0 {
		all = held
	}
	if len(all) != 1 {
		return "", false
	}
	return cmp.Or(strings.TrimSuffix(all[0], "/"+layout.LockName), "/"), true
}

// runsAt reports whether it is known with which configuration a server runs that uses the tree at a
// side.
func (s *Survey) runsAt(at side) bool {
	return slices.ContainsFunc(s.Meta, func(m MetaServer) bool {
		return m.State.Runs() && m.Running != nil && s.sideOf(*m.Running) == at
	})
}

// configOfLeader is the running configuration of the leader at a side.
func (s *Survey) configOfLeader(at side) (metaadmin.ServerConfig, bool) {
	for _, m := range s.Meta {
		if m.State.Leads() && m.Running != nil && s.sideOf(*m.Running) == at {
			return *m.Running, true
		}
	}
	return metaadmin.ServerConfig{}, false
}

// configAt finds a configuration that uses the tree at a side: that of its leader, of another
// server that runs, or of a file.
func (s *Survey) configAt(at side) (metaadmin.ServerConfig, bool) {
	if c, found := s.configOfLeader(at); found {
		return c, true
	}
	var all []metaadmin.ServerConfig
	for _, m := range s.Meta {
		if m.Running != nil {
			all = append(all, *m.Running)
		}
	}
	for _, f := range s.allFiles() {
		if f.Known() {
			all = append(all, f.Config)
		}
	}
	for _, c := range all {
		if c.ClusterRoot != "" && c.LockRoot != "" && s.sideOf(c) == at {
			return c, true
		}
	}
	return metaadmin.ServerConfig{}, false
}

// allFiles are the configuration files of the servers, then those of which it is not known whose
// they are.
func (s *Survey) allFiles() []ConfigFile {
	var all []ConfigFile
	for _, m := range s.Meta {
		if m.File.Name != "" {
			all = append(all, m.File)
		}
	}
	for _, f := range s.Files {
		if !slices.ContainsFunc(all, func(a ConfigFile) bool { return a.Name == f.Name }) {
			all = append(all, f)
		}
	}
	return all
}
