package tree

import (
	"context"

	"pegashell/zkcopy/session"
)

// ReadRoot reads the tree's root whole. The error of one that is not there is a
// *NotFoundError.
func (t Tree) ReadRoot(ctx context.Context) (*Node, error) {
	a, err := t.Client.ACL(ctx, t.Path)
	if err != nil {
		return nil, t.Wrap(err)
	}
	if a.Stat == nil {
		return nil, &NotFoundError{t.Endpoint()}
	}
	d, err := t.Client.Data(ctx, t.Path)
	if err != nil {
		return nil, t.Wrap(err)
	}
	if d.Stat == nil {
		return nil, &NotFoundError{t.Endpoint()}
	}
	return Whole(t.Path, a, d), nil
}

// ReadNode reads a znode whole on one session, nil when it is not there.
func ReadNode(ctx context.Context, l *session.Lane, path string) (*Node, error) {
	a, err := l.ACL(ctx, path)
	if err != nil || a.Stat == nil {
		return nil, err
	}
	d, err := l.Data(ctx, path)
	if err != nil || d.Stat == nil {
		return nil, err
	}
	return Whole(path, a, d), nil
}

// Whole is a znode of which ACL and data were read, in this order.
func Whole(path string, a session.ACLAnswer, d session.DataAnswer) *Node {
	node := &Node{Path: path, ACL: a.ACL, Stat: *a.Stat}
	node.take(d.Data, d.Stat)
	return node
}
