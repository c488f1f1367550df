package look

import (
	"context"
	"slices"
	"sync"
	"time"

	"pegashell/internal/message"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// openTree is a tree whose ZooKeeper lets this program in.
type openTree struct {
	zkcopy.Tree
	contents *contents // what was read of it; nil before
}

// trees are those of a look: the candidates, and which of them is the old and which the new one.
type trees struct {
	all []*candidate
	chosen
	// doubts say of a candidate that is not open why.
	doubts map[*candidate]error
}

func (t *trees) close() {
	var closing sync.WaitGroup
	for _, c := range t.all {
		if c.opened != nil {
			closing.Go(c.opened.Client.Close)
		}
	}
	closing.Wait()
}

// findTrees finds out which tree is the old and which is the new one, and connects to both.
func (l *looking) findTrees(ctx context.Context) *trees {
	t := &trees{doubts: map[*candidate]error{}}
	resolve := newResolver(ctx)
	// add finds the candidate for a place, by its servers and path, or makes one.
	add := func(at Address) *candidate {
		addresses := resolve.all(at.Servers)
		for _, c := range t.all {
			if c.at.Path == at.Path && sharesServer(resolve.all(c.at.Servers), addresses) {
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
	for _, m := range l.survey.Meta {
		if m.State.Leads() && m.Leading.Hosts != "" {
			if at, err := l.addressOf(m); err == nil {
				add(at).leads = true
			}
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
	var target, from, pastSource, pastTarget *candidate
	named := func(at *Address) *candidate {
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
		c := add(full)
		c.at = full // its name and servers as the operator wrote them
		return c
	}
	from, target = named(l.From), named(l.Target)
	if pastSource = named(l.past(l.History.From)); target == nil {
		pastTarget = named(l.past(l.History.Target))
	}
	l.open(ctx, t)
	t.mergeSame(ctx, &target, &from, &pastSource, &pastTarget)
	if target == nil {
		t.chosen = choose(t.all, pastSource, pastTarget)
	} else {
		t.chosen = chosen{t.otherThan(target), target}
	}
	if from != nil {
		t.source = from
		if t.target == from {
			t.target = nil
		}
	}
	return t
}

// addressOf is the tree of a leader, with the chroot that its configuration has.
func (l *looking) addressOf(m migration.MetaServer) (Address, error) {
	if hosts, ok := m.Leading.Info.Get("zookeeper_hosts"); ok {
		root, _ := m.Leading.Info.Get("zookeeper_root")
		return Join(hosts, root)
	}
	return Join(m.Running.HostsList, m.Running.ClusterRoot)
}

// past reads a tree that an earlier command has named; nil for none.
func (l *looking) past(text string) *Address {
	if text == "" || l.Parse == nil {
		return nil
	}
	at, err := l.Parse(text)
	if err != nil {
		return nil
	}
	return &at
}

// usualPath is the path of the cluster's tree, for a ZooKeeper that was named without one.
func (t *trees) usualPath() string {
	for _, c := range t.byWeight() {
		return c.at.Path
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

// mostOpened bounds the ZooKeepers that are connected to.
const mostOpened = 4

// open connects to the candidates, at once.
func (l *looking) open(ctx context.Context, t *trees) {
	var mu sync.Mutex
	var opening sync.WaitGroup
	for i, c := range t.byWeight() {
		if i >= mostOpened {
			t.doubts[c] = message.Errorf("not connected: more than %d ZooKeepers are named by configurations", mostOpened)
			continue
		}
		opening.Go(func() {
			short, cancel := bounded(ctx)
			defer cancel()
			opened, age, err := l.openOne(short, c.at)
			mu.Lock()
			defer mu.Unlock()
			c.opened, c.age = opened, age
			if err != nil {
				t.doubts[c] = err
			}
		})
	}
	opening.Wait()
}

// openOne connects to a tree and finds out when it was created.
func (l *looking) openOne(ctx context.Context, at Address) (*openTree, time.Time, error) {
	opened, err := l.Open(ctx, at)
	if err != nil {
		return nil, time.Time{}, err
	}
	if err := opened.Sync(ctx); err != nil {
		opened.Client.Close()
		return nil, time.Time{}, err
	}
	o := &openTree{Tree: opened}
	// The root may be older than the tree, made for it or for its lock; the apps node is not.
	stat, err := opened.Stat(ctx, layout.AppsPath(at.Path))
	if err != nil || stat == nil {
		return o, time.Time{}, nil // what keeps it from being read is said when it is read
	}
	return o, time.UnixMilli(stat.Ctime), nil
}

// mergeSame takes candidates for one that are one tree by their znodes, though their servers have
// different names.
func (t *trees) mergeSame(ctx context.Context, also ...**candidate) {
	for i := 0; i < len(t.all); i++ {
		for k := i + 1; k < len(t.all); k++ {
			a, b := t.all[i], t.all[k]
			if !a.sameAs(ctx, b) {
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
			b.opened.Client.Close()
			t.all = slices.Delete(t.all, k, k+1)
			k--
		}
	}
}

// aliases are the names of the ensemble's servers besides those by which it is shown.
func (c *candidate) aliases() []string {
	others := slices.Compact(slices.Sorted(slices.Values(c.servers)))
	return slices.DeleteFunc(others, func(server string) bool { return slices.Contains(c.at.Servers, server) })
}

// sameAs reports whether znodes prove that two candidates are the same tree.
func (c *candidate) sameAs(ctx context.Context, other *candidate) bool {
	if c.opened == nil || other.opened == nil || c.at.Path != other.at.Path {
		return false
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	a, b := c.opened.Tree, other.opened.Tree
	// The trees may not be there yet: then their parents or the children of / show it.
	for path := c.at.Path; ; path = tree.ParentPath(path) {
		a.Path, b.Path = path, path
		if relation, err := zkcopy.Relate(ctx, a, b); err == nil && relation == zkcopy.Same {
			return true
		} else if err != nil || path == "/" {
			return false
		}
	}
}
