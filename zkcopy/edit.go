package zkcopy

import (
	"context"
	"errors"
	"slices"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/message"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// VersionError says that a znode has another version than the one that was to be changed.
type VersionError struct {
	Path          string
	Wanted, Found int32
}

func (e *VersionError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *VersionError) In(l message.Language) string {
	return message.New("%s has version %d, not %d: it was changed since", e.Path, e.Found, e.Wanted).In(l)
}

// ExistsError says that there is a znode already where one was to be created.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *ExistsError) In(l message.Language) string {
	return message.New("there is a znode %s already", e.Path).In(l)
}

// NoParentError says that the znode is missing below which one was to be created.
type NoParentError struct{ Parent string }

func (e *NoParentError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *NoParentError) In(l message.Language) string {
	return message.New("there is no znode %s to create it below", e.Parent).In(l)
}

// ChildrenError says that a znode cannot be removed alone.
type ChildrenError struct {
	Path     string
	Children int32
}

func (e *ChildrenError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *ChildrenError) In(l message.Language) string {
	return message.New("%s has %d children", e.Path, e.Children).In(l)
}

// edit carries out one change until its outcome is known. try looks at what there is and sends the
// change; lost says that the answer to what it sent before was lost, so that it may have been
// carried out. What others change meanwhile is looked at again.
func edit(ctx context.Context, tr Tree, op string, try func(l *session.Lane, lost bool) error) error {
	l := tr.Client.Lane()
	losses, conflicts, lost := 0, tr.Client.Retry(), false
	for {
		err := try(l, lost)
		switch {
		case errors.Is(err, session.ErrConnectionLost):
			if losses++; losses > session.LossPatience {
				return blame(tr, session.WrapPath(op, tr.Path, err))
			}
			lost = true
		case session.IsConflict(err), errors.Is(err, zk.ErrNotEmpty):
			if conflicts.Failed(); conflicts.Failures() > session.ConflictPatience {
				return blame(tr, &session.PathError{Op: op, Path: tr.Path, Err: errors.Join(session.ErrBusy, err)})
			}
			if err := conflicts.WaitShortly(ctx); err != nil {
				return err
			}
			lost = false
		default:
			return blame(tr, err)
		}
		if err := l.Sync(ctx, tr.Path); err != nil {
			return blame(tr, err)
		}
	}
}

// SetData sets the data of a tree's root, if it has this version; -1 is any. It returns the version
// that the data has then. Another version is a *VersionError. A change whose answer was lost counts as
// done where the next version has this data.
func SetData(ctx context.Context, tr Tree, data []byte, version int32) (after int32, err error) {
	const op = "set data of"
	if err := tr.Ready(ctx); err != nil {
		return 0, err
	}
	var sent int32
	err = edit(ctx, tr, op, func(l *session.Lane, lost bool) error {
		stat, err := tr.StatRoot(ctx)
		if err != nil {
			return err
		}
		if lost && stat.Version == sent+1 {
			answer, err := l.Data(ctx, tr.Path)
			if err != nil {
				return err
			}
			if answer.Stat != nil && answer.Stat.Version == sent+1 && tree.SameData(answer.Data, data) {
				return nil
			}
		}
		if version >= 0 && stat.Version != version {
			return &VersionError{tr.Path, version, stat.Version}
		}
		sent = stat.Version
		return rejected(op, tr.Path, l.SetData(ctx, tr.Path, data, sent))
	})
	return sent + 1, perhapsTooLarge(err, data)
}

// perhapsTooLarge says of a lost connection that the server may not accept packets that large.
func perhapsTooLarge(err error, data []byte) error {
	if len(data) > suspicious && errors.Is(err, session.ErrConnectionLost) {
		return errors.Join(session.ErrTooLarge, err)
	}
	return err
}

// rejected says what was refused on which path. What edit tries again stays as it is.
func rejected(op, path string, err error) error {
	if err == nil || errors.Is(err, session.ErrConnectionLost) || session.IsConflict(err) || errors.Is(err, zk.ErrNotEmpty) {
		return err
	}
	return session.WrapPath(op, path, err)
}

// NewNode says what is created.
type NewNode struct {
	Data []byte
	ACL  []tree.ACL
	// Parents creates the znodes above that are missing, without data and with the same ACL.
	Parents bool
}

// Create creates a tree's root, in one transaction with its parents where the options ask for these.
// It returns the paths of what was created, the highest first. One that exists is an *ExistsError, a
// parent that does not a *NoParentError.
func Create(ctx context.Context, tr Tree, o NewNode) (created []string, err error) {
	const op = "create"
	if err := tr.Ready(ctx); err != nil {
		return nil, err
	}
	var before int64
	err = edit(ctx, tr, op, func(l *session.Lane, lost bool) error {
		stat, err := tr.Stat(ctx, tr.Path)
		if err != nil {
			return err
		}
		if stat != nil {
			if lost && stat.Czxid > before { // within the moment in which the answer was lost
				answer, err := l.Data(ctx, tr.Path)
				if err == nil && tree.SameData(answer.Data, o.Data) {
					return nil
				}
			}
			return &ExistsError{tr.Path}
		}
		created = []string{tr.Path}
		for parent := tree.ParentPath(tr.Path); ; parent = tree.ParentPath(parent) {
			if stat, err = tr.Stat(ctx, parent); err != nil {
				return err
			}
			if stat != nil {
				break
			}
			if !o.Parents {
				return &NoParentError{parent}
			}
			created = append(created, parent)
		}
		slices.Reverse(created)
		ops := make([]any, len(created))
		for i, path := range created {
			ops[i] = &zk.CreateRequest{Path: path, Acl: o.ACL}
		}
		ops[len(ops)-1] = &zk.CreateRequest{Path: tr.Path, Data: o.Data, Acl: o.ACL}
		before = tr.Client.Zxid()
		failed, err := l.Multi(ctx, ops)
		at := created[max(failed, 0)]
		return rejected(op, at, forbiddenBy(at, "create", err))
	})
	return created, perhapsTooLarge(err, o.Data)
}

// CheckFree checks that a tree's root can be created: there is no such znode yet, else the error is an
// *ExistsError, and its parent is there, else it is a *NoParentError.
func CheckFree(ctx context.Context, tr Tree) error {
	stat, err := tr.Stat(ctx, tr.Path)
	if err != nil {
		return err
	}
	if stat != nil {
		return &ExistsError{tr.Path}
	}
	parent := tree.ParentPath(tr.Path)
	above, err := tr.Stat(ctx, parent)
	if err == nil && above == nil {
		err = &NoParentError{parent}
	}
	return err
}

// RemoveOne removes a tree's root, if it has this version (-1 is any) and no children. Another version
// is a *VersionError, children are a *ChildrenError.
func RemoveOne(ctx context.Context, tr Tree, version int32) error {
	const op = "remove"
	if tr.Path == "/" {
		return &tree.ReservedPathError{Path: tr.Path}
	}
	if err := tr.Ready(ctx); err != nil {
		return err
	}
	var sent int64
	return edit(ctx, tr, op, func(l *session.Lane, lost bool) error {
		stat, err := tr.Stat(ctx, tr.Path)
		switch {
		case err != nil:
			return err
		case lost && (stat == nil || stat.Czxid != sent):
			return nil
		case stat == nil:
			return &tree.NotFoundError{Tree: tr.Endpoint()}
		case version >= 0 && stat.Version != version:
			return &VersionError{tr.Path, version, stat.Version}
		case stat.NumChildren > 0:
			return &ChildrenError{tr.Path, stat.NumChildren}
		}
		sent = stat.Czxid
		_, err = l.Multi(ctx, []any{&zk.DeleteRequest{Path: tr.Path, Version: version}})
		return rejected(op, tr.Path, forbiddenBy(tr.Path, "delete", err))
	})
}
