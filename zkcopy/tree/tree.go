package tree

import (
	"context"

	"pegashell/zkcopy/session"
)

// Tree is the tree below a path, as one client sees it.
type Tree struct {
	Client *session.Client
	Path   string
	// Role is what the tree is in a call that has two, such as "source"; errors
	// name it.
	Role string
}

// Endpoint names the tree.
func (t Tree) Endpoint() session.Endpoint {
	return session.Endpoint{Servers: t.Client.Endpoint().Servers, Path: t.Path}
}

func (t Tree) String() string { return t.Client.Endpoint().Hosts() + t.Path }

// Root is the path of the tree's root.
func (t Tree) Root() string { return t.Path }

// Sync makes what the ensemble has agreed on visible to all sessions of the
// Tree's client.
func (t Tree) Sync(ctx context.Context) error { return t.Wrap(t.Client.Sync(ctx, t.Path)) }

// Stat reads the stat of a znode on the Tree's servers; nil when there is no such znode.
func (t Tree) Stat(ctx context.Context, path string) (*Stat, error) {
	stat, err := t.Client.Stat(ctx, path)
	return stat, t.Wrap(err)
}

// StatRoot reads the stat of the tree's root. The error of one that is not there is a *NotFoundError.
func (t Tree) StatRoot(ctx context.Context) (*Stat, error) {
	stat, err := t.Stat(ctx, t.Path)
	if err == nil && stat == nil {
		err = &NotFoundError{t.Endpoint()}
	}
	return stat, err
}

// Ready checks that the tree's path is valid and not one of the servers' own, and makes what the
// ensemble has agreed on visible to all sessions of the Tree's client. There need not be such a tree.
func (t Tree) Ready(ctx context.Context) error {
	if err := session.ValidatePath(t.Path); err != nil {
		return err
	}
	if IsReserved(t.Path) {
		return &ReservedPathError{t.Path}
	}
	return t.Sync(ctx)
}

// Prepare makes the tree Ready, and finds out whether there is such a tree and whether it may be read.
func (t Tree) Prepare(ctx context.Context) error {
	if err := t.Ready(ctx); err != nil {
		return err
	}
	_, err := t.StatRoot(ctx)
	return err
}

// Read begins to read the tree in the order of a backup file.
func (t Tree) Read(ctx context.Context, want Want, limits Limits, progress Progress) (Stream, error) {
	return NewOrdered(ctx, t, OrderedOptions{Limits: limits, Want: want, Progress: progress}), nil
}
