package tree

import (
	"context"

	"pegashell/zkcopy/session"
)

// Tree is the tree below a path, as one client sees it.
type Tree struct {
	Client *session.Client
	Path   string
}

// Endpoint names the tree.
func (t Tree) Endpoint() session.Endpoint {
	return session.Endpoint{Servers: t.Client.Endpoint().Servers, Path: t.Path}
}

func (t Tree) String() string { return t.Client.Endpoint().Hosts() + t.Path }

// Root is the path of the tree's root.
func (t Tree) Root() string { return t.Path }

// Prepare makes what the ensemble has agreed on visible to all sessions of the
// Tree's client, and finds out whether there is such a tree and whether it may
// be read.
func (t Tree) Prepare(ctx context.Context) error {
	if err := session.ValidatePath(t.Path); err != nil {
		return err
	}
	if IsReserved(t.Path) {
		return &ReservedPathError{t.Path}
	}
	if err := t.Client.Sync(ctx, t.Path); err != nil {
		return err
	}
	stat, err := t.Client.Stat(ctx, t.Path)
	if err == nil && stat == nil {
		err = &NotFoundError{t.Endpoint()}
	}
	return err
}

// Read begins to read the tree in the order of a backup file.
func (t Tree) Read(ctx context.Context, want Want, limits Limits, progress Progress) (Stream, error) {
	return NewOrdered(ctx, t, OrderedOptions{Limits: limits, Want: want, Progress: progress}), nil
}
