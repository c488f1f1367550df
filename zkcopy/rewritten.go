package zkcopy

import (
	"cmp"
	"context"
	"slices"

	"pegashell/zkcopy/tree"
)

// Rewrite is a znode of a table or a partition whose data was set after it had
// been created. In a tree that was only copied to, that is the work of another
// copy, which found that the source had changed.
type Rewrite struct {
	Path  string
	Mtime int64 // in milliseconds since 1970
}

// mostRewrites bounds how many of them are compared with the source.
const mostRewrites = 16

// rewrites collects those that were set last.
type rewrites []Rewrite

func (r *rewrites) add(n *tree.Node) {
	if n.Stat.Version == 0 {
		return
	}
	if *r = append(*r, Rewrite{n.Path, n.Stat.Mtime}); len(*r) >= 4*mostRewrites {
		*r = r.newest()
	}
}

func (r rewrites) newest() rewrites {
	slices.SortFunc(r, func(a, b Rewrite) int { return cmp.Or(cmp.Compare(b.Mtime, a.Mtime), cmp.Compare(a.Path, b.Path)) })
	return r[:min(len(r), mostRewrites)]
}

// changedInTarget returns those of the rewritten znodes that no copy has left so: they differ from
// the source, and were set after the source's were. What a copy has set and the source has changed
// since is older than the source's. (The times are those of two ensembles, so the clocks must
// agree.)
func changedInTarget(ctx context.Context, source, target Tree, written []Rewrite) ([]string, error) {
	var changed []string
	for _, w := range written {
		ours, err := source.Client.Data(ctx, tree.JoinPath(source.Path, tree.RelativePath(target.Path, w.Path)))
		if err != nil {
			return nil, err
		}
		theirs, err := target.Client.Data(ctx, w.Path)
		if err != nil {
			return nil, err
		}
		if ours.Stat != nil && theirs.Stat != nil && theirs.Stat.Mtime > ours.Stat.Mtime && !tree.SameData(ours.Data, theirs.Data) {
			changed = append(changed, w.Path)
		}
	}
	return changed, nil
}
