package zkcopy

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// ListOptions say what is listed. The zero value lists a znode's children.
type ListOptions struct {
	// Recursive lists everything below, each znode before what lies below it.
	Recursive bool
	// Depth ends a Recursive list at this many levels below the root; 0 is all of them.
	Depth int
	// Root lists the root too, before all others.
	Root bool
	// Data reads the znodes' data too.
	Data bool
	// NamesOnly lists a znode's children by one request, and reads no stats. It has no effect on a
	// Recursive list, for which stats show what has children.
	NamesOnly bool
	// Unreadable, if there is one, is called in place of visit for each znode below the root that the
	// session may not read. It and what lies below it are passed over. Otherwise it ends the list.
	// Where only the children may not be read, visit was called for the znode before.
	Unreadable func(path string) error
}

// Entry is one listed znode.
type Entry struct {
	Path  string
	Name  string
	Depth int       // 0 for the tree's root, 1 for a child of it
	Stat  tree.Stat // empty if only names were requested
	Data  []byte    // nil unless it was requested
}

// Kind returns the znode's kind.
func (e Entry) Kind() tree.Kind { return tree.KindOf(e.Stat) }

// List calls visit for the znodes below a tree's root, one at a time, siblings
// sorted by name. Znodes that vanish meanwhile are passed over. Of /zookeeper
// there is the stat alone. A tree that does not exist is a *NotFoundError.
func List(ctx context.Context, tr Tree, o ListOptions, visit func(Entry) error) error {
	if err := session.ValidatePath(tr.Path); err != nil {
		return err
	}
	if err := tr.Sync(ctx); err != nil {
		return err
	}
	if _, err := tr.StatRoot(ctx); err != nil {
		return err
	}
	if o.NamesOnly && !o.Recursive {
		return listNames(ctx, tr, visit)
	}
	options := tree.OrderedOptions{
		Depth: 1, Reserved: true,
		Narrow: func(rel string) bool { return o.Data && (o.Root || rel != "") },
		Want:   tree.WantData,
	}
	if o.Recursive {
		options.Depth = o.Depth
	}
	in := tree.NewOrdered(ctx, tr, options)
	defer in.Close()
	for {
		rel, n, err := in.Next(ctx)
		if path := forbidden(err); o.Unreadable != nil && path != "" && path != tr.Path && in.PassOver(err) {
			if err := o.Unreadable(path); err != nil {
				return err
			}
			continue
		}
		if err != nil || n == nil {
			return err
		}
		if rel == "" && !o.Root {
			continue
		}
		e := Entry{Path: n.Path, Name: path.Base(n.Path), Depth: strings.Count(rel, "/"), Stat: n.Stat, Data: n.Data}
		if err := visit(e); err != nil {
			return err
		}
	}
}

// forbidden returns the path of the znode that a session may not read; empty where err says something else.
func forbidden(err error) string {
	var at *session.PathError
	if !errors.Is(err, session.ErrNotAuthorized) || !errors.As(err, &at) {
		return ""
	}
	return at.Path
}

// listNames calls visit for the children of a tree's root.
func listNames(ctx context.Context, tr Tree, visit func(Entry) error) error {
	names, err := tr.Client.Children(ctx, tr.Path)
	if err != nil {
		return tr.Wrap(err)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := visit(Entry{Path: tree.JoinPath(tr.Path, "/"+name), Name: name, Depth: 1}); err != nil {
			return err
		}
	}
	return nil
}
