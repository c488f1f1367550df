package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/reader"
)

const (
	firstPause = 20 * time.Millisecond
	longPause  = time.Second
	// writeGrace is how long a write's answer is waited for after its context
	// ended, so that an interrupted call knows what it did.
	writeGrace = time.Second
)

// Codes that a server answers with and go-zookeeper/zk has no error for
// (ZooKeeper: KeeperException.Code).
const (
	codeConnectionLoss   = -4
	codeUnimplemented    = -6
	codeOperationTimeout = -7
	codeQuotaExceeded    = -125
	codeThrottled        = -127
)

// errUnimplemented: the server does not know the request, as for TTL nodes
// where zookeeper.extendedTypesEnabled is off.
var errUnimplemented = errors.New("the server does not offer this")

// explain gives the errors of the library the meaning they have here. An error
// that is none of the server's answers becomes ErrConnectionLost: the request
// may have been carried out or not.
func explain(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, zk.ErrNoAuth):
		return ErrNotAuthorized
	case errors.Is(err, zk.ErrInvalidACL):
		return ErrInvalidACL
	case errors.Is(err, zk.ErrClosing), errors.Is(err, ErrClosed):
		return ErrClosed
	case errors.Is(err, zk.ErrShortBuffer):
		return ErrTooLarge
	case isAnswer(err):
		return err
	case errors.Is(err, zk.ErrSessionExpired):
		return fmt.Errorf("%w: the session expired", ErrConnectionLost)
	}
	text, found := strings.CutPrefix(err.Error(), "unknown error: ")
	code, parseErr := strconv.Atoi(text)
	if !found || parseErr != nil {
		return fmt.Errorf("%w: %w", ErrConnectionLost, err)
	}
	switch code {
	case codeQuotaExceeded:
		return ErrQuota
	case codeUnimplemented:
		return errUnimplemented
	case codeConnectionLoss, codeOperationTimeout, codeThrottled:
		return fmt.Errorf("%w: the server answered %d", ErrConnectionLost, code)
	}
	return fmt.Errorf("the server answered with error code %d", code)
}

// isAnswer tells errors with which a server answers a request from those of a
// connection.
func isAnswer(err error) bool {
	for _, answer := range []error{
		zk.ErrNoNode, zk.ErrBadVersion, zk.ErrNodeExists, zk.ErrNotEmpty, zk.ErrNoChildrenForEphemerals,
		zk.ErrAPIError, zk.ErrBadArguments, zk.ErrAuthFailed, zk.ErrInvalidPath, zk.ErrInvalidFlags,
	} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}

// repeat sends a request that may be carried out more than once without harm,
// again and again over lost connections for as long as a session lives.
func repeat[T any](ctx context.Context, c *Client, l *lane, request func(*zk.Conn) (T, error)) (T, error) {
	var firstLoss time.Time
	pause := firstPause
	for {
		value, err := ask(ctx, l, 0, request)
		if err = explain(err); !errors.Is(err, ErrConnectionLost) {
			return value, err
		}
		if firstLoss.IsZero() {
			firstLoss = time.Now()
		}
		if time.Since(firstLoss) > c.options.SessionTimeout {
			return value, fmt.Errorf("%w for %v (%w)", err, c.options.SessionTimeout, l.link.cause())
		}
		if err := sleep(ctx, pause); err != nil {
			return value, err
		}
		pause = min(2*pause, longPause)
	}
}

// sleep waits out a pause between attempts, or the end of ctx.
func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stat reads a znode's numbers; nil when there is no such znode.
func (c *Client) stat(ctx context.Context, path string) (*Stat, error) {
	r, err := c.readOne(ctx, reader.Request{Kind: reader.Exists, Path: path})
	if err != nil || !found(r) {
		return nil, err
	}
	return &r.Stat, nil
}

type aclAnswer struct {
	acl  []ACL
	stat *Stat
}

// acl reads a znode's ACL and its numbers; a nil stat when there is no such
// znode. A nil lane means any session that reads.
func (c *Client) acl(ctx context.Context, on *lane, path string) (aclAnswer, error) {
	if on == nil {
		r, err := c.readOne(ctx, reader.Request{Kind: reader.ACL, Path: path})
		if err != nil || !found(r) {
			return aclAnswer{}, err
		}
		return aclAnswer{r.ACL, &r.Stat}, nil
	}
	a, err := repeat(ctx, c, on, func(conn *zk.Conn) (aclAnswer, error) {
		acl, stat, err := conn.GetACL(path)
		return aclAnswer{acl, stat}, err
	})
	if errors.Is(err, zk.ErrNoNode) {
		return aclAnswer{}, nil
	}
	return a, wrap("read", path, err)
}

type dataAnswer struct {
	data []byte
	stat *Stat
}

// data reads a znode's data and its numbers; a nil stat when there is no such
// znode. A nil lane means any session that reads.
func (c *Client) data(ctx context.Context, on *lane, path string) (dataAnswer, error) {
	if on == nil {
		r, err := c.readOne(ctx, reader.Request{Kind: reader.Data, Path: path, Room: math.MaxInt32})
		if err != nil || !found(r) {
			return dataAnswer{}, err
		}
		return dataAnswer{r.Data, &r.Stat}, nil
	}
	a, err := repeat(ctx, c, on, func(conn *zk.Conn) (dataAnswer, error) {
		data, stat, err := conn.Get(path)
		return dataAnswer{data, stat}, err
	})
	if errors.Is(err, zk.ErrNoNode) {
		return dataAnswer{}, nil
	}
	return a, wrap("read", path, err)
}

// children lists a znode's children; none when there is no such znode.
func (c *Client) children(ctx context.Context, path string) ([]string, error) {
	r, err := c.readOne(ctx, reader.Request{Kind: reader.List, Path: path})
	if err != nil {
		return nil, err
	}
	return r.Names, nil
}

// sync makes what the ensemble has agreed on visible to the session: the
// server that it uses may lag behind the others.
func (c *Client) sync(ctx context.Context, l *lane, path string) error {
	_, err := repeat(ctx, c, l, func(conn *zk.Conn) (string, error) { return conn.Sync(path) })
	return wrap("synchronise", path, err)
}

// syncAll does so for all sessions, and opens those that are not open yet.
func (c *Client) syncAll(ctx context.Context, path string) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, l := range c.lanes {
		group.Go(func() error { return c.sync(ctx, l, path) })
	}
	for _, r := range c.readers {
		group.Go(func() error {
			return wrap("synchronise", path, c.readOn(ctx, r, []reader.Request{{Kind: reader.Sync, Path: path}}))
		})
	}
	return group.Wait()
}

// Read reads one znode whole. The error of one that is not there is a
// *NotFoundError.
func (c *Client) Read(ctx context.Context, path string) (*Node, error) {
	node, err := c.node(ctx, nil, path)
	if err == nil && node == nil {
		return nil, &NotFoundError{Endpoint{Servers: c.endpoint.Servers, Path: path}}
	}
	return node, err
}

// node reads a znode whole, nil when it is not there. A nil lane means any.
func (c *Client) node(ctx context.Context, on *lane, path string) (*Node, error) {
	a, err := c.acl(ctx, on, path)
	if err != nil || a.stat == nil {
		return nil, err
	}
	d, err := c.data(ctx, on, path)
	if err != nil || d.stat == nil {
		return nil, err
	}
	node := &Node{Path: path, ACL: a.acl, Stat: *a.stat}
	node.take(d)
	return node, nil
}

// wrap says what failed on which path; the end of a context is passed on as
// it is.
func wrap(op, path string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &PathError{op, path, err}
}
