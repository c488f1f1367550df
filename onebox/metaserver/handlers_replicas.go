package metaserver

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

func (l *leader) getReplicaCount(_ context.Context, q *wire.AppNameRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, refusal := l.consistentTable(q.AppName)
	if t == nil {
		return refusal, nil
	}
	return &wire.ReplicaCountResponse{Err: wire.OK, Count: t.info.MaxReplicaCount}, nil
}

// consistentTable returns a table all of whose partitions have the table's replica count, or the
// refusal. The lock is held.
func (l *leader) consistentTable(name string) (*table, *wire.ReplicaCountResponse) {
	t := l.names[name]
	if t == nil {
		return nil, &wire.ReplicaCountResponse{Err: wire.ErrAppNotExist, Hint: fmt.Sprintf("app(%s) does not exist", name)}
	}
	for i, p := range t.partitions {
		if p.config.MaxReplicaCount != t.info.MaxReplicaCount {
			return nil, &wire.ReplicaCountResponse{
				Err: errInconsistent,
				Hint: fmt.Sprintf("partition_max_replica_count(%d) != app_max_replica_count(%d) for partition %d",
					p.config.MaxReplicaCount, t.info.MaxReplicaCount, i),
			}
		}
	}
	return t, nil
}

// replicaCountHint returns why a table cannot have so many replicas, "" if it can. The lock is
// held.
func (l *leader) replicaCountHint(count int32) string {
	switch {
	case count > l.cfg.maxReplicas || count < l.cfg.minReplicas:
		return fmt.Sprintf("requested replica count(%d) must be within the range of [min=%d, max=%d]",
			count, l.cfg.minReplicas, l.cfg.maxReplicas)
	case int(count) > len(l.alive):
		return fmt.Sprintf("there are not enough alive replica servers(%d) for the requested replica count(%d)",
			len(l.alive), count)
	}
	return ""
}

func (l *leader) setReplicaCount(ctx context.Context, q *wire.SetReplicaCountRequest) (wire.Message, error) {
	l.mu.Lock()
	t, refusal := l.beginSetReplicaCount(q)
	if refusal != nil {
		l.mu.Unlock()
		return refusal, nil
	}
	answer := &wire.ReplicaCountResponse{Err: wire.OK, Count: t.info.MaxReplicaCount}
	// The mark is in memory at once: a second request is refused from now on.
	t.info.Envs = maps.Clone(t.info.Envs)
	t.info.Envs[replicaCountEnv] = fmt.Sprintf("updating;%d", q.Count)
	l.mu.Unlock()
	l.log.Printf("table %s: changing the replica count from %d to %d", q.AppName, answer.Count, q.Count)
	done := make(chan struct{})
	l.group.run(func(ctx context.Context) error {
		if !waitFor(ctx, l.changeTable(t, nil, nil)) {
			return nil
		}
		if err := l.changeReplicaCount(ctx, t, q.Count); err != nil {
			return err
		}
		close(done)
		return nil
	})
	if !waitFor(ctx, done) {
		return nil, rpc.ErrNoAnswer
	}
	return answer, nil
}

func (l *leader) beginSetReplicaCount(q *wire.SetReplicaCountRequest) (*table, *wire.ReplicaCountResponse) {
	t, refusal := l.consistentTable(q.AppName)
	if t == nil {
		return nil, refusal
	}
	refuse := func(code wire.ErrorCode, hint string) (*table, *wire.ReplicaCountResponse) {
		return nil, &wire.ReplicaCountResponse{Err: code, Count: t.info.MaxReplicaCount, Hint: hint}
	}
	if t.info.Status != wire.AppAvailable {
		return refuse(wire.ErrInvalidParameters, fmt.Sprintf("app(%s) is not in available status", q.AppName))
	}
	if l.effectiveLevel() <= wire.LevelFreezed {
		return refuse(wire.ErrStateFreezed, "current meta function level is freezed, since there are too few alive nodes")
	}
	if hint := l.replicaCountHint(q.Count); hint != "" {
		return refuse(wire.ErrInvalidParameters, hint)
	}
	if q.Count == t.info.MaxReplicaCount {
		return refuse(wire.OK, "no need to update max_replica_count since it's not changed")
	}
	if strings.HasPrefix(t.info.Envs[replicaCountEnv], "updating") {
		return refuse(wire.ErrOperationDisabled, fmt.Sprintf(
			"max_replica_count of app(%s) is being updated, thus this request would be rejected", q.AppName))
	}
	return t, nil
}

// changeReplicaCount sets the new replica count, first of every partition and then of the table,
// which is marked as being changed.
func (l *leader) changeReplicaCount(ctx context.Context, t *table, count int32) error {
	g, partitions := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	for _, p := range t.partitions {
		g.Go(func() error { return l.changePartitionReplicaCount(partitions, t, p, count) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	done := l.changeTable(t, func(info *wire.AppInfo) {
		info.MaxReplicaCount = count
		info.Envs = maps.Clone(info.Envs)
		delete(info.Envs, replicaCountEnv)
	}, nil)
	if !waitFor(ctx, done) {
		return ctx.Err()
	}
	l.cureSoon()
	return nil
}

func (l *leader) changePartitionReplicaCount(ctx context.Context, t *table, p *partition, count int32) error {
	for ctx.Err() == nil {
		l.mu.Lock()
		if p.config.MaxReplicaCount == count {
			l.mu.Unlock()
			return nil
		}
		under := p.update
		if under == nil {
			c := p.config
			c.MaxReplicaCount = count
			c.Ballot++
			under = &update{kind: wire.ConfigInvalid, config: c, applied: func() {}}
			l.begin(t, p, under)
		}
		l.mu.Unlock()
		if !waitFor(ctx, under.finished) {
			break
		}
	}
	return ctx.Err()
}
