package session

import (
	"errors"

	"github.com/go-zookeeper/zk"
)

// RequestKind is what is read of a znode. All but GetChildren
// and Sync answer with the stat.
type RequestKind uint8

// Kinds of requests.
const (
	// GetData is at most Request.Room bytes; of longer data only the stat comes.
	GetData RequestKind = iota
	// GetACL is the access control list. It is shared between answers and must
	// not be changed.
	GetACL
	// Exists is the stat alone.
	Exists
	// GetChildren is the names of the children, in no order.
	GetChildren
	// Sync makes what the ensemble has agreed on visible to the session.
	Sync
)

// Request is one thing to be read, and what the server answered.
type Request struct {
	Kind RequestKind
	Path string
	// Room bounds the data that is read, in bytes, and Likely is how much of it the server is
	// expected to send: it bounds what is requested at once.
	Room, Likely int

	// Answered: the rest is the server's answer.
	Answered bool
	// Code is zero or says why the server refused (ZooKeeper:
	// KeeperException.Code).
	Code int32
	Stat zk.Stat
	// Data is nil where the znode has none, or more than there is Room for.
	Data  []byte
	ACL   []zk.ACL
	Names []string
}

// TooLong reports whether there is more data than there was room for.
func (r *Request) TooLong() bool {
	return r.Kind == GetData && r.Code == 0 && int(r.Stat.DataLength) > r.Room
}

// Found reports whether there is such a znode.
func (r *Request) Found() bool { return r.Code == codeOK }

// Missing reports whether there is no such znode.
func (r *Request) Missing() bool { return r.Code == codeNoNode }

// Denied reports whether the znode's ACL keeps the session from reading it.
func (r *Request) Denied() bool { return r.Code == codeNoAuth }

// Err is why the server refused the request.
func (r *Request) Err() error {
	switch r.Code {
	case codeOK:
		return nil
	case codeNoNode:
		return zk.ErrNoNode
	case codeNoAuth:
		return ErrNotAuthorized
	case codeUnimplemented:
		return ErrUnimplemented
	}
	return errors.New(codeText(r.Code))
}
