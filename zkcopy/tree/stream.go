package tree

import (
	"context"

	"pegashell/zkcopy/backup"
)

// Stream returns znodes in the order of a backup file (backup.Compare).
type Stream interface {
	// Next returns a znode and its path below the root, empty for the root itself; nil after the
	// last.
	Next(ctx context.Context) (rel string, n *Node, err error)
	Close()
}

// SideBySide calls visit for every path of two streams, in order. A node is nil
// where there is none.
func SideBySide(ctx context.Context, a, b Stream, visit func(rel string, a, b *Node) error) error {
	relA, nodeA, err := a.Next(ctx)
	if err != nil {
		return err
	}
	relB, nodeB, err := b.Next(ctx)
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
			relA, nodeA, err = a.Next(ctx)
		}
		if err == nil && order >= 0 {
			relB, nodeB, err = b.Next(ctx)
		}
	}
}
