package session

import (
	"context"
	"errors"
	"math"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"
)

// ACLAnswer is a znode's ACL and stat; a nil stat means that there is no such znode.
type ACLAnswer struct {
	ACL  []zk.ACL
	Stat *zk.Stat
}

// DataAnswer is a znode's data and stat; a nil stat means that there is no such znode.
type DataAnswer struct {
	Data []byte
	Stat *zk.Stat
}

// Stat reads a znode's stat; nil when there is no such znode.
func (c *Client) Stat(ctx context.Context, path string) (*zk.Stat, error) {
	r, err := c.readOne(ctx, Request{Kind: Exists, Path: path})
	if err != nil || !r.Found() {
		return nil, err
	}
	return &r.Stat, nil
}

// ACL reads a znode's ACL.
func (c *Client) ACL(ctx context.Context, path string) (ACLAnswer, error) {
	r, err := c.readOne(ctx, Request{Kind: GetACL, Path: path})
	if err != nil || !r.Found() {
		return ACLAnswer{}, err
	}
	return ACLAnswer{r.ACL, &r.Stat}, nil
}

// Data reads a znode's data.
func (c *Client) Data(ctx context.Context, path string) (DataAnswer, error) {
	r, err := c.readOne(ctx, Request{Kind: GetData, Path: path, Room: math.MaxInt32})
	if err != nil || !r.Found() {
		return DataAnswer{}, err
	}
	return DataAnswer{r.Data, &r.Stat}, nil
}

// Children lists a znode's children; none when there is no such znode.
func (c *Client) Children(ctx context.Context, path string) ([]string, error) {
	r, err := c.readOne(ctx, Request{Kind: GetChildren, Path: path})
	if err != nil {
		return nil, err
	}
	return r.Names, nil
}

// Sync makes what the ensemble has agreed on visible to all sessions that read,
// and opens those that are not open yet.
func (c *Client) Sync(ctx context.Context, path string) error {
	if c.lanes.alone.Load() {
		return WrapPath("synchronise", path, c.Read(ctx, []Request{{Kind: Sync, Path: path}}))
	}
	if err := c.syncReaders(ctx, path, func(*reader) bool { return true }); err != nil {
		return err
	}
	c.noticeReaders()
	// A server that has lost the ensemble's others answers all the same. What the
	// other sessions saw just now shows that it is old.
	known := c.Zxid()
	return c.syncReaders(ctx, path, func(r *reader) bool { return r.zxid.Load() < known })
}

// syncReaders synchronises some sessions, except those that the servers refuse.
func (c *Client) syncReaders(ctx context.Context, path string, which func(*reader) bool) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, r := range c.readers {
		if r.refused.Load() || !which(r) {
			continue
		}
		group.Go(func() error {
			err := c.readOn(ctx, r, []Request{{Kind: Sync, Path: path}})
			if errors.Is(err, errRefused) {
				return nil
			}
			return WrapPath("synchronise", path, err)
		})
	}
	return group.Wait()
}

// Sync waits until what was sent on the session before is carried out or never will be, and makes
// the result visible to the sessions that read.
func (l *Lane) Sync(ctx context.Context, path string) error {
	_, err := repeat(ctx, l, func(conn *zk.Conn) (string, error) { return conn.Sync(path) })
	if err != nil {
		return WrapPath("synchronise", path, err)
	}
	return l.client.Sync(ctx, path)
}

// Stat reads a znode's stat; nil when there is no such znode. Like the other reads here it uses one
// of the sessions that read: they use no answer that is older than what Sync made visible.
func (l *Lane) Stat(ctx context.Context, path string) (*zk.Stat, error) {
	return l.client.Stat(ctx, path)
}

// ACL reads a znode's ACL.
func (l *Lane) ACL(ctx context.Context, path string) (ACLAnswer, error) {
	return l.client.ACL(ctx, path)
}

// Data reads a znode's data.
func (l *Lane) Data(ctx context.Context, path string) (DataAnswer, error) {
	return l.client.Data(ctx, path)
}

// Create makes a persistent znode. Like the other writes of one znode it is sent
// once: when its answer is lost the error is ErrConnectionLost, and whether it
// was carried out is not known.
func (l *Lane) Create(ctx context.Context, path string, data []byte, acl []zk.ACL) error {
	_, err := ask(ctx, l, writeGrace, func(conn *zk.Conn) (string, error) {
		return conn.Create(path, data, zk.FlagPersistent, acl)
	})
	return explain(err)
}

// SetData changes the data of a znode that has this version of it.
func (l *Lane) SetData(ctx context.Context, path string, data []byte, version int32) error {
	_, err := ask(ctx, l, writeGrace, func(conn *zk.Conn) (*zk.Stat, error) {
		return conn.Set(path, data, version)
	})
	return explain(err)
}

// SetACL changes the ACL of a znode that has this version of it, any for -1.
func (l *Lane) SetACL(ctx context.Context, path string, acl []zk.ACL, version int32) (*zk.Stat, error) {
	stat, err := ask(ctx, l, writeGrace, func(conn *zk.Conn) (*zk.Stat, error) {
		return conn.SetACL(path, acl, version)
	})
	return stat, explain(err)
}
