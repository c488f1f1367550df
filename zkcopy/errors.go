package zkcopy

import (
	"errors"
	"fmt"
	"strings"
)

// Causes that a caller may ask for with errors.Is; the errors that wrap them
// name the path and what was being done to it.
var (
	// ErrNotAuthorized: the session lacks a permission that a znode's ACL asks
	// for. To create and delete, it is the parent's ACL that counts.
	ErrNotAuthorized = errors.New("not authorised by the znode's ACL")
	// ErrInvalidACL: the server does not know a scheme or an id of an ACL.
	ErrInvalidACL = errors.New("the server does not accept the ACL")
	// ErrQuota: a quota on the target is used up.
	ErrQuota = errors.New("quota exceeded")
	// ErrConnectionLost: no server answered for as long as the options allow.
	ErrConnectionLost = errors.New("connection lost")
	// ErrClosed: the client was closed.
	ErrClosed = errors.New("client is closed")
	// ErrBusy: others write to the same znodes so often that no write came
	// through.
	ErrBusy = errors.New("changed by others each time it was written")
	// ErrTooLarge: a packet is larger than the server accepts
	// (jute.maxbuffer, by default 1,048,575 bytes).
	ErrTooLarge = errors.New("larger than the server's jute.maxbuffer")
)

// UnreachableError says that no session could be opened in time.
type UnreachableError struct {
	Servers []string
	// Err is the last cause, by server where it is known.
	Err error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no session with ZooKeeper %s: %v", strings.Join(e.Servers, ","), e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// AuthError says that the servers refused credentials. It does not hold them.
type AuthError struct {
	Servers []string
	Scheme  string
	Err     error
}

func (e *AuthError) Error() string {
	return fmt.Sprintf("ZooKeeper %s refuses the credentials of scheme %s: %v", strings.Join(e.Servers, ","), e.Scheme, e.Err)
}

func (e *AuthError) Unwrap() error { return e.Err }

// PathError says what failed on which znode.
type PathError struct {
	Op   string // "read", "create", "set data of", ...
	Path string
	Err  error
}

func (e *PathError) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Path, e.Err) }

func (e *PathError) Unwrap() error { return e.Err }

// NotFoundError says that the root of a tree does not exist.
type NotFoundError struct{ Tree Endpoint }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("no znode %s on %s", e.Tree.Path, e.Tree.Hosts())
}

// ReservedPathError says that a path may not be written or removed: it is
// /zookeeper, lies below it, or is / where that would take everything.
type ReservedPathError struct{ Path string }

func (e *ReservedPathError) Error() string {
	if e.Path == "/" {
		return "/ holds everything and is not removed"
	}
	return fmt.Sprintf("%s belongs to the ZooKeeper servers and is never touched", e.Path)
}

// Relation tells how two trees lie to each other.
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

// OverlapError says that source and target of a copy have znodes in common.
type OverlapError struct {
	Source, Target Endpoint
	// Relation is that of the target to the source.
	Relation Relation
}

func (e *OverlapError) Error() string {
	return fmt.Sprintf("target %s %s the source %s on the same servers", e.Target, e.Relation, e.Source)
}

// EphemeralError says that an ephemeral znode, which a living session holds,
// stands where a tree is to be written or removed.
type EphemeralError struct {
	Op   string
	Path string
	// Session is the id of the session that holds it.
	Session int64
}

func (e *EphemeralError) Error() string {
	return fmt.Sprintf("%s %s: it is ephemeral and held by session %#x", e.Op, e.Path, e.Session)
}

// SourceChangedError says that the source was changed while it was copied, so
// that the target is not equal to it. Copying again brings it up to date.
type SourceChangedError struct {
	Paths []string // of the source, at most CopyOptions.MaxDifferences
	Total int64
}

func (e *SourceChangedError) Error() string {
	return fmt.Sprintf("%d znodes of the source changed while it was copied%s", e.Total, sample(e.Paths, e.Total))
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
