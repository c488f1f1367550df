package zkcopy

import (
	"context"
	"slices"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/bytesize"
	"pegashell/internal/message"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// TooLargeError says that a tree does not fit into one transaction.
type TooLargeError struct {
	Tree session.Endpoint
	// Most is how many bytes a transaction may have.
	Most int64
}

func (e *TooLargeError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *TooLargeError) In(l message.Language) string {
	return message.New("%s is too large for one transaction (%s)", e.Tree, bytesize.String(e.Most)).In(l)
}

// Move moves a tree to a path where there is no znode yet, on the same client, in one transaction: at
// no time is there a part of it at either path, or the whole at both. It returns how many znodes that
// are. A target that exists is an *ExistsError, one without a parent a *NoParentError, one that
// overlaps an *OverlapError; an ephemeral znode cannot be moved and is an *EphemeralError, and a tree
// that does not fit into one transaction a *TooLargeError.
func Move(ctx context.Context, source, target Tree) (moved int64, err error) {
	const op = "move"
	if source.Path == "/" || tree.IsReserved(source.Path) {
		return 0, &tree.ReservedPathError{Path: source.Path}
	}
	if relation := relationOf(target.Path, source.Path); relation != Apart {
		return 0, &OverlapError{source.Endpoint(), target.Endpoint(), relation}
	}
	if err := target.Ready(ctx); err != nil {
		return 0, err
	}
	var before int64
	try := func(l *session.Lane) error {
		if err := CheckFree(ctx, target); err != nil {
			return err
		}
		ops, err := moveOps(ctx, source, target)
		if err != nil {
			return err
		}
		moved = int64(len(ops) / 2)
		before = source.Client.Zxid()
		failed, err := l.Multi(ctx, ops)
		at := source.Path
		if failed >= 0 {
			switch o := ops[failed].(type) {
			case *zk.CreateRequest:
				at, err = o.Path, forbiddenBy(o.Path, "create", err)
			case *zk.DeleteRequest:
				at, err = o.Path, forbiddenBy(o.Path, "delete", err)
			}
		}
		return rejected(op, at, err)
	}
	err = edit(ctx, source, op, try, func(*session.Lane) (verdict, error) {
		from, there, err := statBoth(ctx, source, source.Path, target, target.Path)
		switch {
		case err != nil:
			return unclear, err
		case from == nil && there != nil && there.Czxid > before:
			return carriedOut, nil
		case from == nil:
			return unclear, nil
		}
		return notCarriedOut, nil
	})
	return moved, err
}

// moveOps are the operations of a move: the creation of every znode, parents first, and then the
// removal of every znode as it was read, children first.
func moveOps(ctx context.Context, source, target Tree) ([]any, error) {
	nodes := tree.NewOrdered(ctx, source, tree.OrderedOptions{Want: tree.WantAll})
	defer nodes.Close()
	var creates, deletes []any
	room := int64(session.DefaultBatchBytes)
	for {
		rel, n, err := nodes.Next(ctx)
		switch {
		case err != nil:
			return nil, err
		case n == nil && len(creates) == 0:
			return nil, &tree.NotFoundError{Tree: source.Endpoint()}
		case n == nil:
			slices.Reverse(deletes)
			return append(creates, deletes...), nil
		case n.Kind() == tree.Ephemeral:
			return nil, &EphemeralError{"move", n.Path, n.Stat.EphemeralOwner}
		}
		to := tree.JoinPath(target.Path, rel)
		if room -= int64(session.OpSize(to, n.Data, n.ACL) + session.OpSize(n.Path, nil, nil)); room < 0 {
			return nil, &TooLargeError{source.Endpoint(), session.DefaultBatchBytes}
		}
		creates = append(creates, &zk.CreateRequest{Path: to, Data: n.Data, Acl: n.ACL})
		deletes = append(deletes, &zk.DeleteRequest{Path: n.Path, Version: n.Stat.Version})
	}
}
