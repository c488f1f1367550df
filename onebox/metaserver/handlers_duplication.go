package metaserver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// duplicationsOff is the answer of a server whose configuration has switched duplication off.
const duplicationsOff = wire.ErrServiceNotActive

// duplicationHandlers answers what concerns duplications.
func (s *server) duplicationHandlers() map[string]rpc.Handler {
	return map[string]rpc.Handler{
		wire.RPCAddDuplication: gated(s, (*leader).addDuplication, func(e wire.ErrorCode) wire.Message {
			return &wire.AddDuplicationResponse{Err: e}
		}),
		wire.RPCModifyDuplication: gated(s, (*leader).modifyDuplication, func(e wire.ErrorCode) wire.Message {
			return &wire.ModifyDuplicationResponse{Err: e}
		}),
		wire.RPCQueryDuplication: gated(s, (*leader).queryDuplication, func(e wire.ErrorCode) wire.Message {
			return &wire.QueryDuplicationResponse{Err: e}
		}),
		wire.RPCDuplicationSync: gated(s, (*leader).duplicationSync, func(e wire.ErrorCode) wire.Message {
			return &wire.DuplicationSyncResponse{Err: e}
		}),
	}
}

// remoteHint returns why tables cannot be duplicated to a cluster; empty if they can.
func (c *config) remoteHint(remote string) string {
	switch {
	case remote == c.Cluster:
		return "illegal operation: adding duplication to itself"
	case remote == "":
		return "get_duplication_cluster_id() failed, error: ERR_INVALID_PARAMETERS: cluster_name is empty"
	case len(c.duplicationIDs) == 0:
		return fmt.Sprintf("get_duplication_cluster_id(%s) failed, error: ERR_OBJECT_NOT_FOUND: `duplication-group` is not configured", remote)
	case !c.duplicationIDs[remote]:
		return fmt.Sprintf("get_duplication_cluster_id(%s) failed, error: ERR_OBJECT_NOT_FOUND: failed to get cluster id for  << %s",
			remote, remote)
	case !c.clusters[remote]:
		return fmt.Sprintf("failed to find cluster[%s] address in config [pegasus.clusters]", remote)
	}
	return ""
}

// available finds a table that duplications can be of. The lock is held.
func (l *leader) available(name string) *table {
	if t := l.names[name]; t != nil && t.info.Status == wire.AppAvailable {
		return t
	}
	return nil
}

// startAgain alters a duplication to the cluster of add_dup that exists: in memory only, since Pegasus
// does not write the data of a node that exists (create_node_recursively). Where the status cannot be
// reached, the answer is ERR_OK without ids. The lock is held.
func (l *leader) startAgain(t *table, d *duplication, target wire.DuplicationStatus) *wire.AddDuplicationResponse {
	if !d.mayBecome(target) {
		return &wire.AddDuplicationResponse{Err: wire.OK}
	}
	changed := *d
	changed.status, changed.failMode = target, wire.FailSlow
	t.duplications[d.id] = &changed
	return &wire.AddDuplicationResponse{Err: wire.OK, AppID: t.info.ID, DuplicationID: d.id}
}

// addDuplication begins a duplication, at every meta level, or starts one to the same cluster again.
func (l *leader) addDuplication(ctx context.Context, q *wire.AddDuplicationRequest) (wire.Message, error) {
	if !l.cfg.duplication {
		return &wire.AddDuplicationResponse{Err: duplicationsOff}, nil
	}
	if hint := l.cfg.remoteHint(q.Remote); hint != "" {
		return &wire.AddDuplicationResponse{Err: wire.ErrInvalidParameters, Hint: &hint}, nil
	}
	return l.inTurn(ctx, func(ctx context.Context) (wire.Message, error) {
		l.mu.Lock()
		t := l.available(q.AppName)
		if t == nil {
			l.mu.Unlock()
			return &wire.AddDuplicationResponse{Err: wire.ErrAppNotExist}, nil
		}
		appID, target := t.info.ID, wire.DuplicationLog
		if q.Checkpoint != nil && *q.Checkpoint {
			target = wire.DuplicationPrepare
		}
		for _, d := range t.duplications {
			if d.remote == q.Remote {
				defer l.mu.Unlock()
				return l.startAgain(t, d, target), nil
			}
		}
		now := time.Now()
		d := &duplication{
			id: t.newDuplicationID(now), remote: q.Remote, createMS: now.UnixMilli(), status: target,
			confirmed: make(map[int32]int64),
		}
		l.mu.Unlock()
		if err := l.store.createDuplication(ctx, appID, d); err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		t.duplications[d.id] = d
		t.refreshDuplicating()
		l.log.Printf("table %s: duplication %d to %s added", q.AppName, d.id, q.Remote)
		return &wire.AddDuplicationResponse{Err: wire.OK, AppID: appID, DuplicationID: d.id}, nil
	})
}

// modifyDuplication starts, pauses or removes a duplication, or sets its fail mode, at every meta
// level.
func (l *leader) modifyDuplication(ctx context.Context, q *wire.ModifyDuplicationRequest) (wire.Message, error) {
	if !l.cfg.duplication {
		return &wire.ModifyDuplicationResponse{Err: duplicationsOff}, nil
	}
	return l.inTurn(ctx, func(ctx context.Context) (wire.Message, error) {
		l.mu.Lock()
		t, changed, code := l.alter(q)
		l.mu.Unlock()
		if code != wire.OK || changed == nil {
			return &wire.ModifyDuplicationResponse{Err: code}, nil
		}
		appID, err := t.info.ID, error(nil) // an id never changes
		if changed.status == wire.DuplicationRemoved {
			err = l.store.removeWithChildren(ctx, l.store.duplicationPath(appID, changed.id))
		} else {
			err = l.store.setDuplication(ctx, appID, changed)
		}
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if changed.status == wire.DuplicationRemoved {
			delete(t.duplications, changed.id)
		} else {
			t.duplications[changed.id] = changed
		}
		t.refreshDuplicating()
		l.log.Printf("table %s: duplication %d is %s, %s", q.AppName, changed.id, changed.status, changed.failMode)
		return &wire.ModifyDuplicationResponse{Err: wire.OK, AppID: appID}, nil
	})
}

// alter returns the duplication with the changes; nil if nothing changes. The lock is held.
func (l *leader) alter(q *wire.ModifyDuplicationRequest) (*table, *duplication, wire.ErrorCode) {
	t := l.available(q.AppName)
	if t == nil {
		return nil, nil, wire.ErrAppNotExist
	}
	d := t.duplications[q.DuplicationID]
	if d == nil {
		return nil, nil, wire.ErrObjectNotFound
	}
	changed := *d
	if q.Status != nil {
		changed.status = wire.DuplicationStatus(*q.Status)
	}
	if q.FailMode != nil {
		changed.failMode = wire.DuplicationFailMode(*q.FailMode)
	}
	_, err := wire.ParseDuplicationFailMode(changed.failMode.String())
	switch {
	case !d.mayBecome(changed.status), err != nil:
		return nil, nil, wire.ErrInvalidParameters
	case changed.status == d.status && changed.failMode == d.failMode:
		return nil, nil, wire.OK
	}
	return t, &changed, wire.OK
}

// inTurn executes a change of a duplication or bulk load once no other is running. It continues if
// the client stops waiting.
func (l *leader) inTurn(ctx context.Context, change func(ctx context.Context) (wire.Message, error)) (wire.Message, error) {
	answer := make(chan wire.Message, 1)
	l.group.run(func(ctx context.Context) error {
		l.extras.Lock()
		defer l.extras.Unlock()
		m, err := change(ctx)
		if err == nil {
			answer <- m
		}
		return err
	})
	select {
	case m := <-answer:
		return m, nil
	case <-ctx.Done():
		return nil, rpc.ErrNoAnswer
	}
}

// queryDuplication lists the duplications of a table.
func (l *leader) queryDuplication(_ context.Context, q *wire.AppNameRequest) (wire.Message, error) {
	if !l.cfg.duplication {
		return &wire.QueryDuplicationResponse{Err: duplicationsOff}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.available(q.AppName)
	if t == nil {
		return &wire.QueryDuplicationResponse{Err: wire.ErrAppNotExist}, nil
	}
	answer := &wire.QueryDuplicationResponse{Err: wire.OK, AppID: t.info.ID}
	for _, id := range slices.Sorted(maps.Keys(t.duplications)) {
		answer.Duplications = append(answer.Duplications, t.duplications[id].entry(false))
	}
	return answer, nil
}

// duplicationSync reports to a replica server the duplications of the tables that it has primaries
// of. The leader invents what simulated replica servers have confirmed.
func (l *leader) duplicationSync(_ context.Context, q *wire.DuplicationSyncRequest) (wire.Message, error) {
	if !l.cfg.duplication {
		return &wire.DuplicationSyncResponse{Err: duplicationsOff}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.nodes[q.Node]
	if n == nil {
		return &wire.DuplicationSyncResponse{Err: wire.ErrObjectNotFound}, nil
	}
	answer := &wire.DuplicationSyncResponse{Err: wire.OK, Duplications: make(map[int32]map[int32]wire.Duplication)}
	for _, t := range l.existing() {
		if n.primaries.byApp[t.info.ID] == 0 || len(t.duplications) == 0 {
			continue
		}
		of := make(map[int32]wire.Duplication)
		for id, d := range t.duplications {
			of[id] = d.entry(true)
		}
		answer.Duplications[t.info.ID] = of
	}
	return answer, nil
}
