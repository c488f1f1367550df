package zkcopy

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// ListOptions say what is listed. The zero value lists a znode's children.
type ListOptions struct {
	// Recursive lists everything below, each znode before what lies below it.
	Recursive bool
	// Data reads the znodes' data too.
	Data bool
}

// Entry is one listed znode.
type Entry struct {
	Path  string
	Name  string
	Depth int // 1 for a child of the tree's root
	Stat  tree.Stat
	Data  []byte // nil unless asked for
}

// Kind tells the znode's kind.
func (e Entry) Kind() tree.Kind { return tree.KindOf(e.Stat) }

// listChunk is how many siblings are read at the same time.
const listChunk = 128

// List calls visit for the znodes below a tree's root, one at a time, siblings
// sorted by name. Znodes that vanish meanwhile are passed over. A tree that
// does not exist is a *NotFoundError.
func List(ctx context.Context, tr Tree, o ListOptions, visit func(Entry) error) error {
	if err := session.ValidatePath(tr.Path); err != nil {
		return err
	}
	if err := tr.Client.Sync(ctx, tr.Path); err != nil {
		return err
	}
	root, err := tr.Client.Stat(ctx, tr.Path)
	if err != nil {
		return err
	}
	if root == nil {
		return &tree.NotFoundError{Tree: tr.Endpoint()}
	}
	return list(ctx, tr.Client, tr.Path, 1, o, visit)
}

func list(ctx context.Context, c *session.Client, path string, depth int, o ListOptions, visit func(Entry) error) error {
	names, err := c.Children(ctx, path)
	if err != nil {
		return err
	}
	slices.Sort(names)
	for chunk := range slices.Chunk(names, listChunk) {
		entries, err := readEntries(ctx, c, path, chunk, o)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e == nil {
				continue
			}
			e.Depth = depth
			if err := visit(*e); err != nil {
				return err
			}
			if o.Recursive && e.Stat.NumChildren > 0 && !tree.IsReserved(e.Path) {
				if err := list(ctx, c, e.Path, depth+1, o, visit); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readEntries reads some children of a znode; nil stands for one that is gone.
func readEntries(ctx context.Context, c *session.Client, parent string, names []string, o ListOptions) ([]*Entry, error) {
	entries := make([]*Entry, len(names))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range names {
		group.Go(func() error {
			e := &Entry{Path: tree.ChildPath(parent, name), Name: name}
			if o.Data && !tree.IsReserved(e.Path) {
				d, err := c.Data(ctx, e.Path)
				if err != nil || d.Stat == nil {
					return err
				}
				e.Data, e.Stat = d.Data, *d.Stat
			} else {
				stat, err := c.Stat(ctx, e.Path)
				if err != nil || stat == nil {
					return err
				}
				e.Stat = *stat
			}
			entries[i] = e
			return nil
		})
	}
	return entries, group.Wait()
}
