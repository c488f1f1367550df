package reader

import (
	"errors"
	"sync/atomic"

	"github.com/go-zookeeper/zk"
)

// Kind is what is read of a znode. All but List and Sync answer with the stat.
type Kind uint8

// Kinds of requests.
const (
	// Data is at most Request.Room bytes; of longer data only the stat comes.
	Data Kind = iota
	// ACL is the access control list. It is shared between answers and must
	// not be changed.
	ACL
	// Exists is the stat alone.
	Exists
	// List is the names of the children, in no order.
	List
	// Sync makes what the ensemble has agreed on visible to the session.
	Sync
)

// Request is one thing to be read, and what the server answered.
type Request struct {
	Kind Kind
	Path string
	// Room bounds the data that is wanted, in bytes, and Likely is how much of it
	// the server is expected to send: it bounds what is asked for at once.
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

// TooLong tells that there is more data than there was room for.
func (r *Request) TooLong() bool {
	return r.Kind == Data && r.Code == 0 && int(r.Stat.DataLength) > r.Room
}

// Codes that matter to this package (ZooKeeper: KeeperException.Code).
const (
	codeOK            = 0
	codeUnimplemented = -6
)

// ErrLost: the connection was lost, or there was none, before everything was
// answered. What is Answered remains so.
var ErrLost = errors.New("connection lost")

// ErrHungUp: a server ended the connection before a session was opened on it.
var ErrHungUp = errors.New("it closed the connection before a session was opened (not serving yet, or not without TLS, or too many connections)")

// ErrClosed: the session was closed.
var ErrClosed = errors.New("session is closed")

// Abilities are what is known of an ensemble's servers; its sessions share
// them. The zero value supposes servers of today.
type Abilities struct{ noMultiRead atomic.Bool }

// MultiRead tells whether data is asked for by read transactions.
func (a *Abilities) MultiRead() bool { return !a.noMultiRead.Load() }
