package session

import (
	"context"
	"errors"

	"github.com/go-zookeeper/zk"
)

// Defaults of the bounds of transactions.
const (
	// DefaultBatchBytes is half of what a server accepts by default.
	DefaultBatchBytes = 512 << 10
	DefaultBatchOps   = 256
	// transactionsPerLane are under way on each session at the same time.
	transactionsPerLane = 2
)

// Batching bounds the transactions that a call writes with. The zero value is
// usable.
type Batching struct {
	// BatchBytes bounds the length of a transaction, well below the server's
	// jute.maxbuffer. A znode that is larger alone goes alone.
	BatchBytes int
	// BatchOps bounds how many znodes one transaction writes.
	BatchOps int
	// InFlight is how many transactions are under way at the same time.
	InFlight int
}

func (b Batching) WithDefaults(c *Client) Batching {
	if b.BatchBytes <= 0 {
		b.BatchBytes = DefaultBatchBytes
	}
	if b.BatchOps <= 0 {
		b.BatchOps = DefaultBatchOps
	}
	if b.InFlight <= 0 {
		b.InFlight = transactionsPerLane * c.Connections()
	}
	return b
}

// Lengths in a request besides paths, data and ACLs (ZooKeeper: zookeeper.jute).
const (
	opOverhead    = 32 // the operation's header, lengths, version and flags
	entryOverhead = 12 // of one entry
)

// OpSize is the length of a create or set in a transaction.
func OpSize(path string, data []byte, acl []zk.ACL) int {
	size := opOverhead + len(path) + len(data)
	for _, entry := range acl {
		size += entryOverhead + len(entry.Scheme) + len(entry.ID)
	}
	return size
}

// Multi carries out operations as one transaction, all or none. When the
// server refused it, failed is the index of the operation at fault. The error
// is ErrConnectionLost when it is not known whether it was carried out.
func (l *Lane) Multi(ctx context.Context, ops []any) (failed int, err error) {
	if err := waitForRate(ctx, len(ops)-1); err != nil { // ask waits for one
		return -1, err
	}
	answers, err := ask(ctx, l, writeGrace, func(conn *zk.Conn) ([]zk.MultiResponse, error) {
		return conn.Multi(ops...)
	})
	if err == nil {
		return -1, nil
	}
	for i, answer := range answers {
		if answer.Error != nil {
			return i, explain(answer.Error)
		}
	}
	return -1, explain(err)
}

// IsConflict reports whether others changed a znode between its being read and written, so that it
// is worth reading it again.
func IsConflict(err error) bool {
	return errors.Is(err, zk.ErrNodeExists) || errors.Is(err, zk.ErrNoNode) || errors.Is(err, zk.ErrBadVersion)
}
