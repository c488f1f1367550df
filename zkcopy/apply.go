package zkcopy

import (
	"context"

	"github.com/go-zookeeper/zk"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// apply sends what can share a transaction as one, then the rest one by one.
// What is done is marked. On failure it says which write is at fault, the first where that is unknown.
func (w *writer) apply(ctx context.Context, l *session.Lane, writes []*write) (*write, error) {
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
		if failed, err := l.Multi(ctx, ops); err != nil {
			return shared[max(failed, 0)], err
		}
		for _, each := range shared {
			each.settled = true
		}
	}
	for _, each := range writes {
		if each.alone() {
			if err := applyAlone(ctx, l, each); err != nil {
				return each, err
			}
			each.settled = true
		}
	}
	return nil, nil
}

// applyAlone carries out a write that cannot share a transaction.
func applyAlone(ctx context.Context, l *session.Lane, each *write) error {
	if each.create {
		return l.Create(ctx, each.path, each.data, each.acl)
	}
	setData := func() error {
		if !each.setData {
			return nil
		}
		return l.SetData(ctx, each.path, each.data, each.version)
	}
	setACL := func() error {
		stat, err := l.SetACL(ctx, each.path, each.acl, each.aversion)
		if err == nil {
			each.id = identityOf(stat)
		}
		return err
	}
	// The wider ACL of the two is in force while the data is set.
	steps := []func() error{setData, setACL}
	if tree.LetsAnyoneFill(each.acl) {
		steps = []func() error{setACL, setData}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
