package zkcopy

import (
	"context"
	"fmt"

	"pegashell/zkcopy/backup"
)

// Side is a tree that can be compared: a Tree on servers, or a BackupFile.
type Side interface {
	fmt.Stringer
	// prepare is called once before anything is read, to find out whether all
	// of the side can be relied upon.
	prepare(ctx context.Context, progress Progress) error
	// read begins to give the side's znodes in the order of a backup file, and
	// so much of each at least.
	read(ctx context.Context, amount amount, limits Limits, progress Progress) (stream, error)
	// clusters finds the Pegasus clusters of the side.
	clusters(ctx context.Context, limits Limits) ([]Cluster, error)
	// root is where the side's tree is, or once was, on servers.
	root() string
}

// stream gives znodes in the order of a backup file (backup.Compare).
type stream interface {
	// next gives a znode and its path below the root, empty for the root
	// itself; nil after the last.
	next(ctx context.Context) (rel string, n *Node, err error)
	close()
}

func (t Tree) prepare(ctx context.Context, _ Progress) error {
	if err := ValidatePath(t.Path); err != nil {
		return err
	}
	if isReserved(t.Path) {
		return &ReservedPathError{t.Path}
	}
	if err := t.Client.syncAll(ctx, t.Path); err != nil {
		return err
	}
	stat, err := t.Client.stat(ctx, t.Path)
	if err == nil && stat == nil {
		err = &NotFoundError{t.Endpoint()}
	}
	return err
}

func (t Tree) read(ctx context.Context, amount amount, limits Limits, progress Progress) (stream, error) {
	return newOrdered(ctx, t, amount, limits, progress), nil
}

func (t Tree) clusters(ctx context.Context, limits Limits) ([]Cluster, error) {
	return FindClusters(ctx, t, limits)
}

func (t Tree) root() string { return t.Path }

// sideBySide calls visit for every path of two streams, in order. A node is nil
// where there is none.
func sideBySide(ctx context.Context, a, b stream, visit func(rel string, a, b *Node) error) error {
	relA, nodeA, err := a.next(ctx)
	if err != nil {
		return err
	}
	relB, nodeB, err := b.next(ctx)
	for {
		switch {
		case err != nil:
			return err
		case nodeA == nil && nodeB == nil:
			return ctx.Err()
		}
		order := 0
		switch {
		case nodeA == nil:
			order = 1
		case nodeB == nil:
			order = -1
		default:
			order = backup.Compare(relA, relB)
		}
		switch {
		case order < 0:
			err = visit(relA, nodeA, nil)
		case order > 0:
			err = visit(relB, nil, nodeB)
		default:
			err = visit(relA, nodeA, nodeB)
		}
		if err == nil && order <= 0 {
			relA, nodeA, err = a.next(ctx)
		}
		if err == nil && order >= 0 {
			relB, nodeB, err = b.next(ctx)
		}
	}
}
