package zkcopy

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// SetACL sets the ACL of a tree's root, if its ACL has this version (aversion); -1 is any. It returns
// the version that the ACL has then. Another version is a *VersionError.
func SetACL(ctx context.Context, tr Tree, acl []tree.ACL, version int32) (after int32, err error) {
	if err := tr.Ready(ctx); err != nil {
		return 0, err
	}
	return setACL(ctx, tr, acl, version)
}

func setACL(ctx context.Context, tr Tree, acl []tree.ACL, version int32) (after int32, err error) {
	const op = "set ACL of"
	var sent int32
	err = edit(ctx, tr, op, func(l *session.Lane, lost bool) error {
		stat, err := tr.StatRoot(ctx)
		if err != nil {
			return err
		}
		if lost && stat.Aversion == sent+1 {
			answer, err := l.ACL(ctx, tr.Path)
			if err != nil {
				return err
			}
			if answer.Stat != nil && answer.Stat.Aversion == sent+1 && tree.SameACL(answer.ACL, acl) {
				return nil
			}
		}
		if version >= 0 && stat.Aversion != version {
			return &VersionError{tr.Path, version, stat.Aversion}
		}
		sent = stat.Aversion
		_, err = l.SetACL(ctx, tr.Path, acl, sent)
		return rejected(op, tr.Path, err)
	})
	return sent + 1, err
}

// aclsAtOnce is how many ACLs are set at the same time.
const aclsAtOnce = 64

// SetACLs sets the ACL of a tree's root and of every znode below it, each after what lies below it, so
// that an ACL which forbids to list children keeps none from being reached. Znodes that vanish
// meanwhile are passed over; / is refused with a *tree.ReservedPathError. It returns how many were set,
// also beside an error.
func SetACLs(ctx context.Context, tr Tree, acl []tree.ACL, progress Progress) (set int64, err error) {
	if tr.Path == "/" || tree.IsReserved(tr.Path) {
		return 0, &tree.ReservedPathError{Path: tr.Path}
	}
	var done atomic.Int64
	progress = progressOr(progress)
	progress.Start(PhaseACL)
	defer progress.Done()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(aclsAtOnce)
	put := func(path string) {
		group.Go(func() error {
			_, err := setACL(ctx, Tree{Client: tr.Client, Path: path, Role: tr.Role}, acl, anyVersion)
			var vanished *tree.NotFoundError
			if errors.As(err, &vanished) && path != tr.Path {
				return nil
			}
			if err == nil {
				done.Add(1)
				progress.Add(1, 0)
			}
			return err
		})
	}
	open := []string{tr.Path} // znodes whose list has begun and may have more
	err = List(ctx, tr, ListOptions{Recursive: true}, func(e Entry) error {
		for len(open) > e.Depth {
			put(open[len(open)-1])
			open = open[:len(open)-1]
		}
		open = append(open, e.Path)
		return ctx.Err()
	})
	for i := len(open) - 1; err == nil && i >= 0; i-- {
		put(open[i])
	}
	if failed := group.Wait(); failed != nil {
		err = failed
	}
	return done.Load(), err
}

// PermissionLost reports whether it is certain that sessions with these credentials may not set an
// ACL again once it is set.
func PermissionLost(acl []tree.ACL, auth []session.Auth) bool { return denies(acl, auth, zk.PermAdmin) }
