package look

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"pegashell/internal/message"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

const (
	// mostRead bounds the znodes whose data is read where sums and times do not show that parts are
	// equal.
	mostRead = 50_000
	// mostPaths bounds the paths, and the changed tables, that are listed.
	mostPaths = 20
)

// compare compares the old tree with the new one. changed are znodes of the new one that something
// else than a copy has written.
func (l *looking) compare(ctx context.Context, t *trees) (found migration.Comparison, changed []string) {
	source, target := t.source.opened, t.target.opened
	switch {
	case source == nil || source.contents == nil:
		found.Doubt = "the old tree could not be read: " + l.survey.Source.Contents.Doubt
	case target == nil || target.contents == nil:
		found.Doubt = "the new tree could not be read: " + l.survey.Target.Contents.Doubt
	case !source.contents.findings.Exists:
		found.Doubt = "there is no old tree"
	}
	if found.Doubt != "" {
		return found, nil
	}
	d := &differences{}
	var err error
	switch {
	case l.Deep && target.contents.findings.Exists:
		d.found.Deep = true
		err = d.readAll(ctx, source.Tree, target.Tree, l.Progress)
	default:
		err = d.readParts(ctx, source, target)
	}
	if err != nil {
		return migration.Comparison{Doubt: err.Error()}, nil
	}
	return d.result()
}

// differences collects what two trees differ in.
type differences struct {
	mu      sync.Mutex
	found   migration.Comparison
	paths   []string
	changes []change
	changed []string
}

// readAll compares data and ACL of every znode.
func (d *differences) readAll(ctx context.Context, source, target zkcopy.Tree, progress zkcopy.Progress) error {
	_, err := zkcopy.Diff(ctx, source, target, zkcopy.DiffOptions{Progress: progress, OnDifference: func(e zkcopy.DiffEntry) error {
		rel := e.Path
		if rel == "/" {
			rel = ""
		}
		if !layout.IsLockNode(e.Path) {
			d.add(rel, e.A, e.B, target.Path)
		}
		return nil
	}})
	var missing *tree.NotFoundError
	if errors.As(err, &missing) {
		return message.Errorf("a tree was removed meanwhile: %w", err)
	}
	return err
}

// readParts compares the sums of the parts, and reads those that differ or may.
func (d *differences) readParts(ctx context.Context, source, target *openTree) error {
	ours, theirs := source.contents.parts, target.contents.parts
	var differing, suspects []string
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		a, b := ours[name], theirs[name]
		switch {
		case b == nil:
			d.missing(name, a)
		case !a.sameSum(b) && isSingle(name):
			d.different(name)
		case !a.sameSum(b):
			differing = append(differing, name)
		case !isSingle(name) && suspect(a, b):
			suspects = append(suspects, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		if ours[name] == nil {
			d.extra(name, theirs[name], target)
		}
	}
	slices.SortStableFunc(suspects, func(a, b string) int { return int(theirs[b].rewritten - theirs[a].rewritten) })
	var seeds []string
	room := int64(mostRead)
	for _, name := range differing {
		if room -= max(ours[name].znodes, theirs[name].znodes); room < 0 {
			d.different(name)
			continue
		}
		seeds = append(seeds, name)
	}
	for _, name := range suspects {
		if room -= max(ours[name].znodes, theirs[name].znodes); room < 0 {
			break
		}
		seeds = append(seeds, name)
	}
	if len(seeds) == 0 {
		return nil
	}
	w := tree.Walker{
		Sides: []tree.Wanted{{Tree: source.Tree, Want: tree.WantData}, {Tree: target.Tree, Want: tree.WantData}},
		Seeds: seeds,
		Visit: func(_ context.Context, p *tree.Pair) (any, bool, error) {
			defer p.Release()
			a, b := withoutLocks(p.Nodes[0]), withoutLocks(p.Nodes[1])
			if (a != nil || b != nil) && (a == nil || b == nil || !tree.SameData(a.Data, b.Data)) {
				d.add(p.Rel, a, b, target.Path)
			}
			return nil, true, nil
		},
	}
	return w.Run(ctx)
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

func (d *differences) extra(name string, p *part, target *openTree) {
	d.found.Extra += p.znodes
	d.paths = append(d.paths, pathOf(name))
	for _, c := range target.contents.findings.Clusters {
		if c.Root != target.Path {
			continue
		}
		for _, t := range c.Tables {
			if layout.AppPath(target.Path, t.ID) == target.Path+name {
				d.changes = append(d.changes, change{id: layout.GPID{AppID: t.ID, Index: -1}, text: message.New("table %d (%s) created", t.ID, t.Name)})
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
func (d *differences) add(rel string, a, b *tree.Node, targetRoot string) {
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
		d.changed = append(d.changed, targetRoot+rel)
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
