package zkcopy

import (
	"context"
	"fmt"

	"pegashell/zkcopy/tree"
)

// Side is a tree that can be compared: a Tree on servers, or a *BackupFile.
type Side interface {
	fmt.Stringer
	// Read begins to read the side's znodes in the order of a backup file, and
	// so much of each at least.
	Read(ctx context.Context, want tree.Want, limits tree.Limits, progress tree.Progress) (tree.Stream, error)
	// Root is where the side's tree is, or once was, on servers.
	Root() string
}

// prepare is called once before anything is read, to find out whether all of
// the side can be relied upon.
func prepare(ctx context.Context, side Side, progress Progress) error {
	switch side := side.(type) {
	case Tree:
		return side.Prepare(ctx)
	case *BackupFile:
		_, err := side.Check(ctx, progress)
		return err
	}
	return nil
}
