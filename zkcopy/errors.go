package zkcopy

import (
	"errors"
	"fmt"
	"strings"

	"pegashell/internal/message"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// Relation says how the znodes of two trees overlap.
type Relation int

// Relations of a tree a to a tree b.
const (
	Apart  Relation = iota // no znode in common
	Same                   // the same tree
	Inside                 // a lies inside b
	Around                 // b lies inside a
)

func (r Relation) String() string {
	switch r {
	case Same:
		return "is"
	case Inside:
		return "lies inside"
	case Around:
		return "contains"
	}
	return "lies apart from"
}

// LookError is what kept a copy from its first write: nothing was changed.
type LookError struct{ Err error }

func (e *LookError) Error() string { return e.Err.Error() }

// In returns the error's text in a language.
func (e *LookError) In(l message.Language) string { return message.Of(e.Err, l) }

func (e *LookError) Unwrap() error { return e.Err }

// OverlapError says that source and target of a copy have znodes in common.
type OverlapError struct {
	Source, Target session.Endpoint
	// Relation is that of the target to the source.
	Relation Relation
}

func (e *OverlapError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *OverlapError) In(l message.Language) string {
	switch e.Relation {
	case Inside:
		return message.New("target %s lies inside the source %s on the same servers", e.Target, e.Source).In(l)
	case Around:
		return message.New("target %s contains the source %s on the same servers", e.Target, e.Source).In(l)
	}
	return message.New("target %s is the source %s on the same servers", e.Target, e.Source).In(l)
}

// EphemeralError says that an ephemeral znode, which a living session holds, is at a path that is
// to be written or removed.
type EphemeralError struct {
	Op   string
	Path string
	// Session is the id of the session that holds it.
	Session int64
}

func (e *EphemeralError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *EphemeralError) In(l message.Language) string {
	return message.New("%s: it is ephemeral and held by session %#x", session.Doing(e.Op, e.Path), e.Session).In(l)
}

// ParentACLError says that the ACL of a znode keeps its children from being created or deleted:
// servers check this ACL, not the child's own.
type ParentACLError struct {
	Parent string
	// Op is "create" or "delete".
	Op  string
	Err error
}

func (e *ParentACLError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *ParentACLError) In(l message.Language) string {
	if e.Op == "delete" {
		return message.New("the ACL of %s does not let you delete children", e.Parent).In(l)
	}
	return message.New("the ACL of %s does not let you create children", e.Parent).In(l)
}

func (e *ParentACLError) Unwrap() error { return e.Err }

// forbiddenBy names the ACL that forbids to create or delete a znode, where err
// says that one does.
func forbiddenBy(path, op string, err error) error {
	if !errors.Is(err, session.ErrNotAuthorized) {
		return err
	}
	return &ParentACLError{tree.ParentPath(path), op, err}
}

// blame names a tree in an error about one of its znodes, unless that names one
// already.
func blame(t Tree, err error) error {
	var ephemeral *EphemeralError
	var named *tree.Error
	if errors.As(err, &ephemeral) && !errors.As(err, &named) {
		return t.Blame(err)
	}
	return t.Wrap(err)
}

// SourceChangedError says that the source was changed while it was copied, so
// that the target is not equal to it. Copying again brings it up to date.
type SourceChangedError struct {
	Paths []string // of the source, at most CopyOptions.MaxDifferences
	Total int64
	// Progress of them hold the progress of duplications to other clusters, and Duplications are
	// the paths of these.
	Progress     int64
	Duplications []string
}

// OnlyProgress says that nothing changed but the progress of duplications, which copying again does
// not mend as long as they are under way.
func (e *SourceChangedError) OnlyProgress() bool { return e.Total > 0 && e.Progress == e.Total }

func (e *SourceChangedError) Error() string {
	return fmt.Sprintf("%d znodes of the source changed while it was copied%s", e.Total, sample(e.Paths, e.Total))
}

// restlessSource makes a change of the source of the error that one of its znodes
// was another each time it was read. Before the first write it stays what it is.
func restlessSource(err error) error {
	var look *LookError
	var at *tree.Error
	var path *session.PathError
	if errors.As(err, &look) || !errors.Is(err, session.ErrBusy) || !errors.As(err, &at) || at.Role != "source" || !errors.As(err, &path) {
		return err
	}
	return &SourceChangedError{Paths: []string{path.Path}, Total: 1}
}

// VerifyError says that the target, read back, is not equal to the source.
type VerifyError struct {
	Differences []Difference // at most CopyOptions.MaxDifferences
	Total       int64
}

func (e *VerifyError) Error() string {
	paths := make([]string, len(e.Differences))
	for i, d := range e.Differences {
		paths[i] = d.String()
	}
	return fmt.Sprintf("%d znodes differ from the source after the copy%s", e.Total, sample(paths, e.Total))
}

// sample writes the first few of total items for an error's text.
func sample(items []string, total int64) string {
	const shown = 3
	if len(items) == 0 {
		return ""
	}
	text := ": " + strings.Join(items[:min(shown, len(items))], ", ")
	if total > shown {
		text += ", ..."
	}
	return text
}
