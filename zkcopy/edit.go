package zkcopy

import (
	"cmp"
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
	return message.New("%s has children (%d)", e.Path, e.Children).In(l)
}

// UnknownOutcomeError says that a change was sent, and that it could not be found out whether it was
// carried out.
type UnknownOutcomeError struct {
	Path string
	// Err is what kept it from being found out.
	Err error
}

func (e *UnknownOutcomeError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *UnknownOutcomeError) In(l message.Language) string {
	return message.New("%v: it is not known whether the change of %s was carried out: look with zk_stat before you repeat it", e.Err, e.Path).In(l)
}

func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// sentError is how the sending of a change failed without showing whether it was carried out.
type sentError struct{ error }

func (e sentError) Unwrap() error { return e.error }

// verdict is what reading shows of a change whose answer was lost.
type verdict int

const (
	unclear verdict = iota
	carriedOut
	notCarriedOut
)

// edit carries out one change until its outcome is known. try looks at what there is and sends the
// change, whose failure rejected words; find looks whether the change that was sent last was carried out.
// What others change meanwhile is looked at again.
func edit(ctx context.Context, tr Tree, op string, try func(l *session.Lane) error, find func(l *session.Lane) (verdict, error)) error {
	l := tr.Client.Lane()
	losses, conflicts := 0, tr.Client.Retry()
	for {
		err := try(l)
		var sent sentError
		switch {
		case errors.As(err, &sent):
			if done, cause := findSent(ctx, tr, l, find); done == carriedOut {
				return nil
			} else if done == unclear {
				return &UnknownOutcomeError{tr.Path, blame(tr, session.WrapPath(op, tr.Path, cmp.Or(cause, sent.error)))}
			}
			if losses++; losses > session.LossPatience {
				return blame(tr, session.WrapPath(op, tr.Path, sent.error))
			}
		case session.IsConflict(err), errors.Is(err, zk.ErrNotEmpty):
			if conflicts.Failed(); conflicts.Failures() > session.ConflictPatience {
				return blame(tr, &session.PathError{Op: op, Path: tr.Path, Err: errors.Join(session.ErrBusy, err)})
			}
			if err := conflicts.WaitShortly(ctx); err != nil {
				return err
			}
			if err := l.Sync(ctx, tr.Path); err != nil {
				return blame(tr, err)
			}
		default:
			return blame(tr, err)
		}
	}
}

// findSent looks whether what was sent was carried out, once the session has carried out all of it that
// it ever will.
func findSent(ctx context.Context, tr Tree, l *session.Lane, find func(l *session.Lane) (verdict, error)) (verdict, error) {
	if err := l.Sync(ctx, tr.Path); err != nil {
		return unclear, err
	}
	return find(l)
}

// SetData sets the data of a tree's root, if it has this version; -1 is any. It returns the version
// that the data has then. Another version is a *VersionError. A change whose answer was lost counts as
// done where the next version has this data, and is an *UnknownOutcomeError where that cannot be read.
func SetData(ctx context.Context, tr Tree, data []byte, version int32) (after int32, err error) {
	const op = "set data of"
	if err := tr.Ready(ctx); err != nil {
		return 0, err
	}
	var sent int32
	try := func(l *session.Lane) error {
		stat, err := tr.StatRoot(ctx)
		if err != nil {
			return err
		}
		if version >= 0 && stat.Version != version {
			return &VersionError{tr.Path, version, stat.Version}
		}
		sent = stat.Version
		return rejected(op, tr.Path, l.SetData(ctx, tr.Path, data, sent))
	}
	dataVersion := func(stat *zk.Stat) int32 { return stat.Version }
	err = edit(ctx, tr, op, try, func(l *session.Lane) (verdict, error) {
		return findSet(ctx, tr, sent, version, dataVersion, func() (*zk.Stat, bool, error) {
			answer, err := l.Data(ctx, tr.Path)
			return answer.Stat, tree.SameData(answer.Data, data), err
		})
	})
	return sent + 1, perhapsTooLarge(err, data)
}

// findSet looks whether data, or an ACL, was set that was sent to version sent. versionOf is the version of it that a
// stat has; read tells whether it is now what was sent, with its stat. What others have set since is set again if
// any version was wanted.
func findSet(ctx context.Context, tr Tree, sent, wanted int32, versionOf func(*zk.Stat) int32, read func() (stat *zk.Stat, same bool, err error)) (verdict, error) {
	stat, err := tr.Stat(ctx, tr.Path)
	if err == nil && stat != nil && versionOf(stat) == sent+1 {
		var same bool
		if stat, same, err = read(); err == nil && stat != nil && versionOf(stat) == sent+1 {
			if same {
				return carriedOut, nil
			}
			return notCarriedOut, nil
		}
	}
	switch {
	case err != nil || stat == nil:
		return unclear, err
	case versionOf(stat) == sent || wanted < 0:
		return notCarriedOut, nil
	}
	return unclear, nil
}

// perhapsTooLarge says of a lost connection that the server may not accept packets that large.
func perhapsTooLarge(err error, data []byte) error {
	if len(data) > suspicious && errors.Is(err, session.ErrConnectionLost) {
		return errors.Join(session.ErrTooLarge, err)
	}
	return err
}

// rejected says what was refused on which path. What edit looks at again is not worded.
func rejected(op, path string, err error) error {
	switch {
	case session.MayBeDone(err):
		return sentError{err}
	case session.IsConflict(err), errors.Is(err, zk.ErrNotEmpty):
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
	try := func(l *session.Lane) error {
		stat, err := tr.Stat(ctx, tr.Path)
		if err != nil {
			return err
		}
		if stat != nil {
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
	}
	err = edit(ctx, tr, op, try, func(l *session.Lane) (verdict, error) {
		stat, err := tr.Stat(ctx, tr.Path)
		switch {
		case err != nil:
			return unclear, err
		case stat == nil || stat.Czxid <= before:
			return notCarriedOut, nil
		}
		// It was created in the moment in which the answer was lost.
		answer, err := l.Data(ctx, tr.Path)
		switch {
		case errors.Is(err, session.ErrNotAuthorized): // its ACL may let nobody read it
			if int(stat.DataLength) == len(o.Data) {
				return carriedOut, nil
			}
		case err != nil || answer.Stat == nil:
			return unclear, err
		case tree.SameData(answer.Data, o.Data):
			return carriedOut, nil
		}
		return notCarriedOut, nil
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
	try := func(l *session.Lane) error {
		stat, err := tr.Stat(ctx, tr.Path)
		switch {
		case err != nil:
			return err
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
	}
	return edit(ctx, tr, op, try, func(*session.Lane) (verdict, error) {
		stat, err := tr.Stat(ctx, tr.Path)
		switch {
		case err != nil:
			return unclear, err
		case stat == nil || stat.Czxid != sent:
			return carriedOut, nil
		}
		return notCarriedOut, nil
	})
}
