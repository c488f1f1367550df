package metaserver

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// election is the queue of the meta servers for leadership: an ephemeral sequential node for each,
// the lowest leads (Pegasus: lock_struct of distributed_lock_service_zookeeper). What Pegasus does
// on a queue with nodes that do not belong there is simulated too, because operators meet it when
// they copy a tree.
type election struct {
	session *session
	dir     string // LOCKROOT/dsn.meta.server.leader
	self    wire.Address
	log     *log.Logger

	// owner is the lowest node's value, the leader as far as this server knows; 0 if unknown.
	owner atomic.Uint64
}

func newElection(s *session, lockRoot string, self wire.Address, logger *log.Logger) *election {
	return &election{session: s, dir: layout.LockPath(lockRoot), self: self, log: logger}
}

// leader returns the leader as this server knows it: while it waits, the one that it waits for.
func (e *election) leader() wire.Address { return wire.Address(e.owner.Load()) }

// lockNode is this server's place in the queue.
type lockNode struct {
	name     string
	sequence int64
}

// acquire waits until this server leads. It fails when ctx ends, when the session is lost, and on a
// conflicting lock node: the last two end a Pegasus meta server.
func (e *election) acquire(ctx context.Context) (lockNode, error) {
	if err := e.retry(ctx, func() error { return ensureNode(e.session, e.dir) }); err != nil {
		return lockNode{}, fmt.Errorf("create lock node %s: %w", e.dir, err)
	}
	var own lockNode
	for {
		if own.name == "" {
			var err error
			if own, err = e.enqueue(ctx); err != nil {
				return lockNode{}, err
			}
		}
		first, found, err := e.first(ctx, own)
		switch {
		case err != nil:
			return lockNode{}, err
		case !found:
			e.log.Printf("lock node %s is gone, queueing again", own.name)
			own = lockNode{}
		case first == own:
			e.owner.Store(uint64(e.self))
			e.log.Printf("leader: got the lock %s", path.Join(e.dir, own.name))
			return own, nil
		default:
			if err := e.waitFor(ctx, first, own); err != nil {
				return lockNode{}, err
			}
		}
	}
}

// enqueue creates this server's lock node. ZooKeeper takes the number from how often the
// directory's children changed, so after a copy it can be one that exists already: then a Pegasus
// server aborts.
func (e *election) enqueue(ctx context.Context) (lockNode, error) {
	var created string
	err := e.retry(ctx, func() error {
		var err error
		created, err = e.session.create(path.Join(e.dir, layout.LockNodePrefix), []byte(e.self.String()),
			zk.FlagEphemeral|zk.FlagSequence)
		return err
	})
	if errors.Is(err, zk.ErrNodeExists) {
		return lockNode{}, fmt.Errorf("abort: create an ephemeral sequential node below %s: %w: "+
			"lock nodes were copied there as persistent ones", e.dir, err)
	}
	if err != nil {
		return lockNode{}, fmt.Errorf("create a lock node below %s: %w", e.dir, err)
	}
	own := lockNode{name: created}
	own.sequence, _ = lockSequence(own.name)
	return own, nil
}

// first finds the head of the queue, and whether own is still in it.
func (e *election) first(ctx context.Context, own lockNode) (first lockNode, found bool, err error) {
	var children []string
	err = e.retry(ctx, func() error {
		var err error
		children, err = e.session.children(e.dir)
		return err
	})
	if err != nil {
		return first, false, fmt.Errorf("abort: list the lock nodes below %s: %w", e.dir, err)
	}
	first.sequence = -1
	for _, name := range children {
		sequence, ok := lockSequence(name)
		if !ok {
			e.log.Printf("%s below %s is no lock node, ignored", name, e.dir)
			continue
		}
		if first.sequence < 0 || sequence < first.sequence {
			first = lockNode{name: name, sequence: sequence}
		}
		found = found || name == own.name
	}
	return first, found, nil
}

// waitFor returns when the head of the queue may have changed. The head may have this server's own
// address: then it is the node of an earlier run of this server, and is removed.
func (e *election) waitFor(ctx context.Context, first, own lockNode) error {
	node := path.Join(e.dir, first.name)
	var value []byte
	var changed <-chan zk.Event
	err := e.retry(ctx, func() error {
		var err error
		value, changed, err = e.session.getWatched(node)
		return err
	})
	if errors.Is(err, zk.ErrNoNode) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("abort: read lock node %s: %w", node, err)
	}
	if string(value) == e.self.String() {
		e.log.Printf("lock node %s is this server's own of earlier, removing it", node)
		err := e.retry(ctx, func() error { return e.session.remove(node) })
		if err != nil && !errors.Is(err, zk.ErrNoNode) {
			return fmt.Errorf("remove own lock node %s: %w", node, err)
		}
	} else {
		owner, _ := wire.ParseAddress(string(value)) // a value that is not an address names no leader
		e.owner.Store(uint64(owner))
		e.log.Printf("follower: %s leads (%s), waiting as %s", value, first.name, own.name)
	}
	select {
	case event := <-changed:
		if event.Type == zk.EventNodeDataChanged {
			return fmt.Errorf("abort: lock node %s was written to", node)
		}
		return nil
	case <-e.session.expired:
		return errSessionExpired
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keep watches over the leader's own lock node and returns when it is lost, or when ctx ends.
func (e *election) keep(ctx context.Context, own lockNode) error {
	node := path.Join(e.dir, own.name)
	for {
		var value []byte
		var changed <-chan zk.Event
		err := e.retry(ctx, func() error {
			var err error
			value, changed, err = e.session.getWatched(node)
			return err
		})
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, zk.ErrNoNode):
			return fmt.Errorf("abort: own lock node %s was removed", node)
		case err != nil:
			return fmt.Errorf("abort: read own lock node %s: %w", node, err)
		case string(value) != e.self.String():
			return fmt.Errorf("abort: own lock node %s has the value %q", node, value)
		}
		select {
		case event := <-changed:
			if event.Type == zk.EventNodeDeleted {
				return fmt.Errorf("abort: own lock node %s was removed", node)
			}
		case <-e.session.expired:
			return errSessionExpired
		case <-ctx.Done():
			return nil
		}
	}
}

// retry repeats an operation while there is no connection, until ctx ends or the session has
// expired.
func (e *election) retry(ctx context.Context, operation func() error) error {
	return retry(ctx, e.session, operation)
}

// retryPause is Pegasus's pause before it repeats an operation that ZooKeeper did not answer.
const retryPause = time.Second

// retry repeats operation while it fails because there is no connection. operation must be
// repeatable: the lost answer may have been a success.
func retry(ctx context.Context, s *session, operation func() error) error {
	for {
		err := operation()
		select {
		case <-s.expired:
			return errSessionExpired
		default:
		}
		if !errors.Is(err, zk.ErrConnectionClosed) && !errors.Is(err, zk.ErrNoServer) && !errors.Is(err, zk.ErrSessionMoved) {
			return err
		}
		if pause(ctx, retryPause) != nil {
			return ctx.Err()
		}
	}
}

// pause waits, and returns the context's error if it ends before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ensureNode creates an empty persistent node unless it exists.
func ensureNode(s *session, node string) error {
	_, err := s.create(node, nil, 0)
	if errors.Is(err, zk.ErrNodeExists) {
		return nil
	}
	return err
}

// lockSequence reads the number at the end of a lock node's name, however many digits it has
// (Pegasus: lock_struct::parse_seq_path).
func lockSequence(name string) (int64, bool) {
	prefix := strings.TrimRight(name, "0123456789")
	if !strings.HasSuffix(prefix, layout.LockNodePrefix) || prefix == name {
		return 0, false
	}
	n, err := strconv.ParseInt(name[len(prefix):], 10, 64)
	return n, err == nil
}
