package tree

import (
	"errors"
	"fmt"

	"pegashell/zkcopy/session"
)

// Error says on which tree something failed.
type Error struct {
	// Role is that of the tree, such as "source"; empty where there is only one.
	Role string
	Tree session.Endpoint
	// Err names the znode.
	Err error
}

func (e *Error) Error() string {
	if e.Role == "" {
		return fmt.Sprintf("%s: %v", e.Tree, e.Err)
	}
	return fmt.Sprintf("%s %s: %v", e.Role, e.Tree, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Wrap names the tree in an error about a znode, unless that names one already.
func (t Tree) Wrap(err error) error {
	var path *session.PathError
	var named *Error
	if !errors.As(err, &path) || errors.As(err, &named) {
		return err
	}
	return t.Blame(err)
}

// Blame names the tree in an error of any kind.
func (t Tree) Blame(err error) error { return &Error{t.Role, t.Endpoint(), err} }

// NotFoundError says that the root of a tree does not exist.
type NotFoundError struct{ Tree session.Endpoint }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("no znode %s on %s", e.Tree.Path, e.Tree.Hosts())
}

// ReservedPathError says that a path may not be written or removed: it is /zookeeper, lies below
// it, or is / where that would concern everything.
type ReservedPathError struct{ Path string }

func (e *ReservedPathError) Error() string {
	if e.Path == "/" {
		return "/ holds all znodes and is never removed"
	}
	return fmt.Sprintf("%s belongs to the ZooKeeper servers and is never changed", e.Path)
}
