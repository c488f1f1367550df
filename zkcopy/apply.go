package zkcopy

import (
	"context"
	"errors"

	"github.com/go-zookeeper/zk"
)

// apply sends what can share a transaction as one, then the rest one by one.
// On failure it says which write is at fault, the first where that is unknown.
func (w *writer) apply(ctx context.Context, l *lane, writes []*write) (*write, error) {
	var shared []*write
	var ops []any
	for _, each := range writes {
		if each.alone() {
			continue
		}
		shared = append(shared, each)
		if each.create {
			ops = append(ops, &zk.CreateRequest{Path: each.path, Data: each.data, Acl: each.acl})
		} else {
			ops = append(ops, &zk.SetDataRequest{Path: each.path, Data: each.data, Version: each.version})
		}
	}
	if len(ops) > 0 {
		if failed, err := multi(ctx, l, ops); err != nil {
			return shared[max(failed, 0)], err
		}
	}
	for _, each := range writes {
		if each.alone() {
			if err := w.applyAlone(ctx, l, each); err != nil {
				return each, err
			}
		}
	}
	return nil, nil
}

// applyAlone carries out a write that the library's Multi cannot hold.
func (w *writer) applyAlone(ctx context.Context, l *lane, each *write) error {
	if each.create {
		err := w.create(ctx, l, each)
		if errors.Is(err, errUnimplemented) {
			// The target keeps no TTL znodes: better a persistent one than none.
			w.degraded.Add(1)
			each.source.EphemeralOwner = 0
			err = w.create(ctx, l, each)
		}
		return err
	}
	setData := func() error {
		if !each.setData {
			return nil
		}
		_, err := ask(ctx, l, writeGrace, func(conn *zk.Conn) (*Stat, error) {
			return conn.Set(each.path, each.data, each.version)
		})
		return explain(err)
	}
	setACL := func() error {
		stat, err := ask(ctx, l, writeGrace, func(conn *zk.Conn) (*Stat, error) {
			return conn.SetACL(each.path, each.acl, each.aversion)
		})
		if err == nil {
			each.id = identityOf(stat)
		}
		return explain(err)
	}
	// The wider ACL of the two is in force while the data is set.
	steps := []func() error{setData, setACL}
	if letsAnyoneFill(each.acl) {
		steps = []func() error{setACL, setData}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) create(ctx context.Context, l *lane, each *write) error {
	_, err := ask(ctx, l, writeGrace, func(conn *zk.Conn) (string, error) {
		switch KindOf(each.source) {
		case Container:
			return conn.CreateContainer(each.path, each.data, zk.FlagContainer, each.acl)
		case TTL:
			return conn.CreateTTL(each.path, each.data, zk.FlagTTL, each.acl, TTLOf(each.source))
		}
		return conn.Create(each.path, each.data, zk.FlagPersistent, each.acl)
	})
	return explain(err)
}
