package session

import (
	"context"
	"errors"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"
)

// Where the servers let in one connection alone, the session that writes reads too: the one that
// did is closed (see makeRoom).

// readsWide is how many requests are under way then.
const readsWide = 64

// read carries out requests on this session. The order is kept if it has to be.
func (l *Lane) read(ctx context.Context, requests []Request, ordered bool) error {
	if err := l.usable(ctx); err != nil {
		return err
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(readsWide)
	if ordered {
		group.SetLimit(1)
	}
	for i := range requests {
		group.Go(func() error { return l.readOne(gctx, &requests[i]) })
	}
	return group.Wait()
}

func (l *Lane) readOne(ctx context.Context, r *Request) error {
	answer, err := send(ctx, l, 0, func(conn *zk.Conn) (Request, error) { return readWith(conn, *r) })
	switch err = explain(err); {
	case err == nil:
	case errors.Is(err, zk.ErrNoNode):
		answer.Code = codeNoNode
	case errors.Is(err, ErrNotAuthorized):
		answer.Code = codeNoAuth
	default:
		return err
	}
	answer.Answered = true
	*r = answer
	return nil
}

// readWith fills a request with what the library reads.
func readWith(conn *zk.Conn, r Request) (answer Request, err error) {
	var stat *zk.Stat
	switch r.Kind {
	case GetData:
		if r.Data, stat, err = conn.Get(r.Path); len(r.Data) > r.Room {
			r.Data = nil
		}
	case GetACL:
		r.ACL, stat, err = conn.GetACL(r.Path)
	case Exists:
		var found bool
		if found, stat, err = conn.Exists(r.Path); err == nil && !found {
			err = zk.ErrNoNode
		}
	case GetChildren:
		r.Names, _, err = conn.Children(r.Path)
	case Sync:
		_, err = conn.Sync(r.Path)
	}
	if err != nil {
		return Request{Kind: r.Kind, Path: r.Path, Room: r.Room, Likely: r.Likely}, err
	}
	if stat != nil {
		r.Stat = *stat
	}
	return r, nil
}
