package look

import (
	"context"
	"slices"
	"strings"
	"sync"

	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// mostPaths bounds the paths, and the changed tables, that are listed.
const mostPaths = 20

// compare compares the old tree with the new one, unless neither was read again since that was done.
// changed are znodes of the new one that something else than a copy has written.
func (l *looking) compare(ctx context.Context, t *trees) (found migration.Comparison, changed []string) {
	switch {
	case t.source.doubt != nil:
		found.Doubt = "the old tree could not be read"
	case t.target.doubt != nil:
		found.Doubt = "the new tree could not be read"
	case !t.source.seen.contents.findings.Exists:
		found.Doubt = "there is no old tree"
	}
	if found.Doubt != "" {
		return found, nil
	}
	key := comparedTrees{t.source.key(), t.target.key(), l.Deep}
	now := comparedAt{source: t.source.seen.tree.Contents.Seen, target: t.target.seen.tree.Contents.Seen}
	if known, ok := l.Memory.compared[key]; ok && known.source.Equal(now.source) && known.target.Equal(now.target) {
		return known.found, known.changed
	}
	d := &differences{target: t.target.seen}
	var err error
	if l.Deep && t.target.seen.contents.findings.Exists {
		d.found.Deep = true
		err = l.readAll(ctx, t, d)
	} else {
		err = l.readParts(ctx, t, d)
	}
	if err != nil {
		return migration.Comparison{Doubt: err.Error()}, nil
	}
	now.found, now.changed = d.result()
	l.Memory.compared[key] = now
	return now.found, now.changed
}

// bothOpen connects to both trees.
func (l *looking) bothOpen(ctx context.Context, t *trees) (source, target zkcopy.Tree, err error) {
	if source, err = l.open(ctx, t.source); err != nil {
		return source, target, err
	}
	target, err = l.open(ctx, t.target)
	return source, target, err
}

// differences collects what two trees differ in.
type differences struct {
	target  *seen
	mu      sync.Mutex
	found   migration.Comparison
	paths   []string
	changes []change
	changed []string
}

// readAll compares data and ACL of every znode.
func (l *looking) readAll(ctx context.Context, t *trees, d *differences) error {
	source, target, err := l.bothOpen(ctx, t)
	if err != nil {
		return err
	}
	_, err = zkcopy.Diff(ctx, source, target, zkcopy.DiffOptions{Progress: l.Progress, OnDifference: func(e zkcopy.DiffEntry) error {
		if !layout.IsLockNode(e.Path) {
			d.add(strings.TrimSuffix(e.Path, "/"), e.A, e.B)
		}
		return nil
	}})
	return err
}

// readParts compares the sums of the parts, and reads those that differ or may.
func (l *looking) readParts(ctx context.Context, t *trees, d *differences) error {
	ours, theirs := t.source.seen.contents.parts, t.target.seen.contents.parts
	p := compareParts(ours, theirs, mostRead)
	for _, name := range p.missing {
		d.missing(name, ours[name])
	}
	for _, name := range p.extra {
		d.extra(name, theirs[name])
	}
	for _, name := range p.different {
		d.different(name)
	}
	if d.found.Unread = p.unread; len(p.read) == 0 {
		return nil
	}
	source, target, err := l.bothOpen(ctx, t)
	if err != nil {
		return err
	}
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: source, Want: tree.WantData}, {Tree: target, Want: tree.WantData}},
		Seeds: p.read,
		Visit: func(ctx context.Context, pair *tree.Pair) (any, bool, error) {
			defer pair.Release()
			a, b := withoutLocks(pair.Nodes[0]), withoutLocks(pair.Nodes[1])
			if a != nil && b != nil && a.Stat.DataLength != b.Stat.DataLength {
				if err := readBoth(ctx, source, a, target, b); err != nil { // the walker does not, for they differ
					return nil, false, err
				}
			}
			if (a != nil || b != nil) && (a == nil || b == nil || !tree.SameData(a.Data, b.Data)) {
				d.add(pair.Rel, a, b)
			}
			return nil, true, nil
		},
	}
	return w.Run(ctx)
}

// readBoth reads the data of a znode in both trees.
func readBoth(ctx context.Context, source zkcopy.Tree, a *tree.Node, target zkcopy.Tree, b *tree.Node) error {
	for _, each := range []struct {
		tr zkcopy.Tree
		n  *tree.Node
	}{{source, a}, {target, b}} {
		answer, err := each.tr.Client.Data(ctx, each.n.Path)
		if err != nil {
			return err
		}
		each.n.Data = answer.Data
	}
	return nil
}

// withoutLocks leaves out what is not compared.
func withoutLocks(n *tree.Node) *tree.Node {
	if n != nil && (n.Kind() == tree.Ephemeral || layout.IsLockNode(n.Path)) {
		return nil
	}
	return n
}

func (d *differences) missing(name string, p *part) {
	d.found.Missing += p.znodes
	d.paths = append(d.paths, pathOf(name))
}

func (d *differences) extra(name string, p *part) {
	d.found.Extra += p.znodes
	d.paths = append(d.paths, pathOf(name))
	for _, c := range d.target.contents.findings.Clusters {
		if c.Root != d.target.at.Path {
			continue
		}
		for _, t := range c.Tables {
			if layout.AppPath(c.Root, t.ID) == c.Root+name {
				d.changes = append(d.changes, change{id: layout.GPID{AppID: t.ID, Index: -1}, text: tableCreated(t.ID, t.Name, t.Status == layout.AppDropped)})
			}
		}
	}
}

func (d *differences) different(name string) {
	d.found.Different++
	d.paths = append(d.paths, pathOf(name))
}

// pathOf is a path below the root for people.
func pathOf(rel string) string {
	if rel == "" {
		return "/"
	}
	return rel
}

// add adds a znode that is on one side alone, or that differs.
func (d *differences) add(rel string, a, b *tree.Node) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case b == nil:
		d.found.Missing++
	case a == nil:
		d.found.Extra++
	default:
		d.found.Different++
	}
	if len(d.paths) < mostRead {
		d.paths = append(d.paths, pathOf(rel))
	}
	if b == nil || a != nil && !setLater(a, b) {
		return
	}
	if a != nil {
		d.changed = append(d.changed, d.target.at.Path+rel)
	}
	if c, ok := changeOf(rel, a, b); ok {
		d.changes = append(d.changes, c)
	}
}

// setLater reports whether a znode of the target was set after the copy had created it, and after
// the source's was. (The times are those of two ensembles, so the clocks must agree.)
func setLater(source, target *tree.Node) bool {
	return target.Stat.Version > 0 && target.Stat.Mtime > source.Stat.Mtime
}

// result is what was found, in the order of the paths.
func (d *differences) result() (found migration.Comparison, changed []string) {
	slices.Sort(d.paths)
	slices.Sort(d.changed)
	d.paths = slices.Compact(d.paths)
	d.found.Paths = d.paths[:min(len(d.paths), mostPaths)]
	d.found.Equal = d.found.Missing+d.found.Extra+d.found.Different == 0
	d.found.Tables = words(d.changes)
	return d.found, d.changed[:min(len(d.changed), mostPaths)]
}
