package tree

import (
	"errors"

	"pegashell/internal/message"
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

func (e *Error) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *Error) In(l message.Language) string {
	switch e.Role {
	case "":
		return message.New("%s: %v", e.Tree, e.Err).In(l)
	case "source":
		return message.New("source %s: %v", e.Tree, e.Err).In(l)
	case "target":
		return message.New("target %s: %v", e.Tree, e.Err).In(l)
	}
	return message.New("%s %s: %v", e.Role, e.Tree, e.Err).In(l)
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

func (e *NotFoundError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *NotFoundError) In(l message.Language) string {
	return message.New("no znode %s on %s", e.Tree.Path, e.Tree.Hosts()).In(l)
}

// ReservedPathError says that a path may not be written or removed: it is /zookeeper, lies below
// it, or is / where that would concern everything.
type ReservedPathError struct{ Path string }

func (e *ReservedPathError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *ReservedPathError) In(l message.Language) string {
	if e.Path == "/" {
		return message.New("/ holds all znodes and is never removed").In(l)
	}
	return message.New("%s belongs to the ZooKeeper servers and is never changed", e.Path).In(l)
}
