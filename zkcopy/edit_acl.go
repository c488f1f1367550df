package zkcopy

import (
	"context"
	"errors"
	"slices"
	"strings"
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
	try := func(l *session.Lane) error {
		stat, err := tr.StatRoot(ctx)
		if err != nil {
			return err
		}
		if version >= 0 && stat.Aversion != version {
			return &VersionError{tr.Path, version, stat.Aversion}
		}
		sent = stat.Aversion
		_, err = l.SetACL(ctx, tr.Path, acl, sent)
		return rejected(op, tr.Path, err)
	}
	aclVersion := func(stat *zk.Stat) int32 { return stat.Aversion }
	err = edit(ctx, tr, op, try, func(l *session.Lane) (verdict, error) {
		return findSet(ctx, tr, sent, version, aclVersion, func() (*zk.Stat, bool, error) {
			answer, err := l.ACL(ctx, tr.Path) // which the new ACL may not let us read
			return answer.Stat, isExpanded(answer.ACL, acl), err
		})
	})
	return sent + 1, err
}

// isExpanded reports whether a server shows an ACL as found that was set as wanted: it keeps an entry of
// scheme auth as one for each credential of the session, and hides the passwords' hashes from sessions
// without the admin permission.
func isExpanded(found, wanted []tree.ACL) bool {
	rest, masked := slices.Clone(found), tree.IsMasked(found)
	var auth []int32 // the permissions of the entries of scheme auth
	for _, entry := range wanted {
		if entry.Scheme == "auth" {
			auth = append(auth, entry.Perms)
			continue
		}
		if user, _, ok := strings.Cut(entry.ID, ":"); ok && masked && entry.Scheme == "digest" {
			entry.ID = user + ":x"
		}
		i := slices.Index(rest, entry)
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	if len(auth) == 0 {
		return len(rest) == 0
	}
	return len(rest) > 0 && !slices.ContainsFunc(rest, func(entry tree.ACL) bool {
		return entry.Scheme == "world" || entry.Scheme == "ip" || !slices.Contains(auth, entry.Perms)
	})
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

// RepeatLost reports whether it is certain that sessions with these credentials cannot set an ACL again of
// a whole tree in which a part has it: they may not set it, or not list what lies below.
func RepeatLost(acl []tree.ACL, auth []session.Auth) bool {
	return PermissionLost(acl, auth) || denies(acl, auth, zk.PermRead)
}
