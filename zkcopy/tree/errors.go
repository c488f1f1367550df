package tree

import (
	"fmt"

	"pegashell/zkcopy/session"
)

// NotFoundError says that the root of a tree does not exist.
type NotFoundError struct{ Tree session.Endpoint }

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
