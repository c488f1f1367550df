package look

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"pegashell/internal/message"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// seen is a tree as it was seen.
type seen struct {
	at Address
	// read is when, and zxid the ensemble's transaction up to which nothing has changed since.
	read time.Time
	zxid int64
	// age is when the tree was created, zero where there is none or that is not known.
	age time.Time
	// contents are what it holds; nil while it was not read, and tree what the survey says of it.
	contents *contents
	tree     migration.Tree
	locks    map[string]lockQueue
	// servers are the replica servers of its partitions; nil while nobody has needed them.
	servers []string
}

// trees are those of a look: the candidates, and which of them is the old and which the new one.
type trees struct {
	all     []*candidate
	resolve *resolver
	chosen
}

// findTrees finds out which tree is the old and which is the new one.
func (l *looking) findTrees(ctx context.Context) *trees {
	t := &trees{resolve: newResolver(ctx)}
	l.addSeen(t.add)
	from, target := t.named(l.From), t.named(l.Target)
	for c, at := range map[*candidate]*Address{from: l.From, target: l.Target} {
		if c != nil { // as the operator has written it
			path := c.at.Path
			c.at = *at
			c.at.Path = path
		}
	}
	pastFrom, pastTo := l.past()
	pastSource := t.named(pastFrom)
	var pastTarget *candidate
	if target == nil {
		pastTarget = t.named(pastTo)
	}
	l.openAll(ctx, t)
	l.mergeSame(ctx, t, &target, &from, &pastSource, &pastTarget)
	switch {
	case target == from:
		t.source = from // or neither was named
		if from == nil {
			t.chosen = choose(t.all, pastSource, pastTarget)
		}
	case target == nil:
		t.chosen = chosen{from, t.newerThan(from, pastTarget)}
	case from == nil:
		t.chosen = chosen{t.otherThan(target), target}
	default:
		t.chosen = chosen{from, target}
	}
	return t
}

// add finds the candidate for a place, by its servers and path, or makes one.
func (t *trees) add(at Address) *candidate {
	addresses := t.resolve.all(at.Servers)
	for _, c := range t.all {
		if c.at.Path == at.Path && sharesServer(t.resolve.all(c.at.Servers), addresses) {
			if c.at.Name == "" && c.at.Chroot == "" {
				c.at.Chroot = at.Chroot
			}
			c.servers = append(c.servers, at.Servers...)
			return c
		}
	}
	c := &candidate{at: at, servers: slices.Clone(at.Servers)}
	t.all = append(t.all, c)
	return c
}

// named is the candidate for a place that may have no path: it has that of the others then. nil for
// no place.
func (t *trees) named(at *Address) *candidate {
	if at == nil {
		return nil
	}
	full := *at
	if full.Path == "" {
		full.Path = full.below(t.usualPath())
	}
	if full.Path == "" {
		return nil // the root of all znodes is nobody's tree
	}
	return t.add(full)
}

// addSeen adds the places that leaders, running configurations and configuration files name.
func (l *looking) addSeen(add func(Address) *candidate) {
	for _, m := range l.survey.Meta {
		if at, ok := treeOfLeader(m); ok {
			add(at).leads = true
		}
		if m.Running != nil {
			if at, err := Join(m.Running.HostsList, m.Running.ClusterRoot); err == nil {
				add(at).runs = true
			}
		}
	}
	for _, f := range l.survey.Files {
		if at, err := Join(f.Config.HostsList, f.Config.ClusterRoot); err == nil && f.Known() {
			add(at).configured = true
		}
	}
}

// treeOfLeader is the tree that a leader works with, with the chroot that its configuration has.
func treeOfLeader(m migration.MetaServer) (Address, bool) {
	if !m.State.Leads() {
		return Address{}, false
	}
	hosts, ok := m.Leading.Info.Get("zookeeper_hosts")
	root, _ := m.Leading.Info.Get("zookeeper_root")
	if !ok && m.Running != nil {
		hosts, root = m.Running.HostsList, m.Running.ClusterRoot
	}
	at, err := Join(hosts, root)
	return at, err == nil
}

// past are the trees of the last migration that the journal has, nil where it has none: those that
// a copy was from and to, otherwise those that configurations named before and after a change.
func (l *looking) past() (from, target *Address) {
	h := l.History
	root := l.clusterRoot()
	switch {
	case h.From == "" && h.Target == "":
		return pastHosts(h.HostsBefore, root), pastHosts(h.HostsAfter, root)
	case h.By == migration.ByRecovery: // they are the hosts_list that was configured, so that a path is a chroot
		return pastHosts(h.From, root), pastHosts(h.Target, root)
	}
	return l.pastTree(h.From), l.pastTree(h.Target)
}

// pastHosts is the tree that a configuration with this hosts_list had. The path is missing where
// nobody knows the cluster's root.
func pastHosts(hostsList, root string) *Address {
	at, err := Join(hostsList, root)
	if err != nil || root == "" && at.Chroot != "" {
		return nil
	}
	return &at
}

func (l *looking) pastTree(text string) *Address {
	if text == "" || l.Parse == nil {
		return nil
	}
	at, err := l.Parse(text)
	if err != nil {
		return nil
	}
	return &at
}

// clusterRoot is the path of the metadata without a chroot, by any configuration; "" for unknown.
func (l *looking) clusterRoot() string {
	for _, c := range l.configs() {
		if c.ClusterRoot != "" {
			return c.ClusterRoot
		}
	}
	return ""
}

// usualPath is the path of the cluster's tree, for a ZooKeeper that was named without one.
func (t *trees) usualPath() string {
	if all := t.byWeight(); len(all) > 0 {
		return all[0].at.Path
	}
	return ""
}

func (t *trees) byWeight() []*candidate {
	return slices.SortedStableFunc(slices.Values(t.all), func(a, b *candidate) int { return b.weight() - a.weight() })
}

// otherThan is the old tree where the new one was named: the one that a leader uses, otherwise a
// running server, otherwise a configuration.
func (t *trees) otherThan(target *candidate) *candidate {
	for _, c := range t.byWeight() {
		if c != target {
			return c
		}
	}
	return nil
}

// newerThan is the new tree where only the old one was named: what something that can be seen names
// besides, otherwise what an earlier command has named.
func (t *trees) newerThan(from, pastTarget *candidate) *candidate {
	if other := t.otherThan(from); other != nil && other.weight() > 0 {
		return other
	}
	if pastTarget == from {
		return nil
	}
	return pastTarget
}

// mostOpened bounds the ZooKeepers that are connected to.
const mostOpened = 4

// openAll connects to the candidates, at once, except those that need not be read again.
func (l *looking) openAll(ctx context.Context, t *trees) {
	var opening sync.WaitGroup
	for i, c := range t.byWeight() {
		if i >= mostOpened {
			c.doubt = message.Errorf("not connected, because configurations name more than %d ZooKeepers", mostOpened)
			continue
		}
		if c.seen = l.recallTree(c); c.seen == nil {
			opening.Go(func() { l.look(ctx, c) })
		}
	}
	opening.Wait()
}

// open connects to a candidate's ZooKeeper, unless that was done.
func (l *looking) open(ctx context.Context, c *candidate) (zkcopy.Tree, error) {
	c.opening.Lock()
	defer c.opening.Unlock()
	if c.client != nil {
		return zkcopy.Tree{Client: c.client, Path: c.at.Path}, nil
	}
	if c.doubt != nil {
		return zkcopy.Tree{}, c.doubt
	}
	short, cancel := context.WithTimeout(ctx, 2*Patience) // it gives up by itself before
	defer cancel()
	opened, err := l.Open(short, c.at)
	if err != nil {
		c.doubt = err
		return zkcopy.Tree{}, err
	}
	c.client = opened.Client
	return opened, nil
}

// look connects to a candidate and finds out when its tree was created. What keeps that from being
// known is why the candidate is in doubt.
func (l *looking) look(ctx context.Context, c *candidate) {
	opened, err := l.open(ctx, c)
	if err != nil {
		return
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := opened.Sync(ctx); err != nil {
		c.doubt = err
		return
	}
	c.seen = &seen{at: c.at}
	// The root may be older than the tree, made for it or for its lock; the apps node is not. What
	// keeps it from being read is said when the tree is read.
	if stat, err := opened.Stat(ctx, layout.AppsPath(c.at.Path)); err == nil && stat != nil {
		c.seen.age = time.UnixMilli(stat.Ctime)
	}
}

// closeAll ends the connections, and remembers what was read.
func (l *looking) closeAll(ctx context.Context, t *trees) {
	var closing sync.WaitGroup
	for _, c := range t.all {
		if c.client == nil {
			continue
		}
		closing.Go(func() {
			keep := l.remembers && ctx.Err() == nil && c.seen != nil && c.seen.contents != nil && c.seen.read.IsZero()
			var left leave
			if keep {
				left = leaveTree(ctx, c.client, c.at.Path, c.seen.contents.zxid)
			}
			c.client.Close()
			if keep {
				c.seen.read = l.Now()
				l.keepTree(ctx, c, left)
			}
		})
	}
	closing.Wait()
}

// mergeSame takes candidates for one that are one tree by their znodes, though their servers have
// different names.
func (l *looking) mergeSame(ctx context.Context, t *trees, also ...**candidate) {
	for i := 0; i < len(t.all); i++ {
		for k := i + 1; k < len(t.all); k++ {
			a, b := t.all[i], t.all[k]
			if a.at.Path != b.at.Path || !l.areSame(ctx, a, b) {
				continue
			}
			a.servers = append(a.servers, b.servers...)
			a.leads, a.runs, a.configured = a.leads || b.leads, a.runs || b.runs, a.configured || b.configured
			for _, p := range also {
				if *p == b {
					*p = a
					a.at = b.at // as the operator wrote it
				}
			}
			if b.client != nil {
				b.client.Close()
			}
			t.all = slices.Delete(t.all, k, k+1)
			k--
		}
	}
}

// areSame reports whether znodes prove that two candidates are the same tree.
func (l *looking) areSame(ctx context.Context, a, b *candidate) bool {
	key := [2]string{a.key(), b.key()}
	if same, known := l.Memory.same[key]; known {
		return same
	}
	if a.doubt != nil || b.doubt != nil {
		return false
	}
	treeA, errA := l.open(ctx, a)
	treeB, errB := l.open(ctx, b)
	if errA != nil || errB != nil {
		return false
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	// The trees may not be there yet: then their parents show it, or the children of /.
	for path := a.at.Path; ; path = tree.ParentPath(path) {
		treeA.Path, treeB.Path = path, path
		relation, err := zkcopy.Relate(ctx, treeA, treeB)
		switch {
		case err != nil:
			return false
		case relation == zkcopy.Same || path == "/":
			l.Memory.same[key] = relation == zkcopy.Same
			return relation == zkcopy.Same
		}
	}
}

// aliases are the names of the ensemble's servers besides those by which it is shown.
func (c *candidate) aliases() []string {
	others := slices.Compact(slices.Sorted(slices.Values(c.servers)))
	return slices.DeleteFunc(others, func(server string) bool { return slices.Contains(c.at.Servers, server) })
}

// key names a candidate from look to look.
func (c *candidate) key() string {
	return strings.Join(slices.Sorted(slices.Values(c.at.Servers)), ",") + c.at.Path
}
