package metaserver

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
	"pegashell/onebox/rpc"
)

func (l *leader) createApp(ctx context.Context, q *wire.CreateAppRequest) (wire.Message, error) {
	l.mu.Lock()
	t, code := l.beginCreate(q)
	if code != wire.OK || t.info.Status != wire.AppCreating {
		defer l.mu.Unlock()
		answer := &wire.CreateAppResponse{Err: code}
		if code == wire.OK { // the table exists, which is a success
			answer.AppID = t.info.ID
		}
		return answer, nil
	}
	settled := t.settled
	info := t.info
	l.mu.Unlock()
	l.log.Printf("table %s: creating as %d with %d partitions", info.Name, info.ID, info.PartitionCount)
	l.group.run(func(ctx context.Context) error { return l.create(ctx, t, info) })
	if !waitFor(ctx, settled) {
		return nil, rpc.ErrNoAnswer
	}
	return &wire.CreateAppResponse{Err: wire.OK, AppID: info.ID}, nil
}

// beginCreate checks a request and enters the new table as CREATING. The lock is held.
func (l *leader) beginCreate(q *wire.CreateAppRequest) (*table, wire.ErrorCode) {
	o := q.Options
	switch {
	case l.effectiveLevel() <= wire.LevelFreezed:
		return nil, wire.ErrStateFreezed
	case o.PartitionCount <= 0 || o.PartitionCount > maxPartitionCount || l.replicaCountHint(o.ReplicaCount) != "":
		return nil, wire.ErrInvalidParameters
	case !validRocksDBEnvs(o.Envs):
		return nil, wire.ErrInvalidParameters
	}
	if t := l.names[q.AppName]; t != nil {
		switch {
		case t.info.Status != wire.AppAvailable:
			return nil, busy(t.info.Status)
		case !o.SuccessIfExist:
			return nil, wire.ErrAppExist
		case !sameOptions(o, t.info):
			return nil, wire.ErrInvalidParameters
		}
		return t, wire.OK
	}
	info := newAppInfo(q.AppName, o.AppType, o.PartitionCount, o.ReplicaCount, o.Envs)
	info.Status = wire.AppCreating
	info.Stateful = o.Stateful
	info.ID = l.nextID()
	info.CreateSecond = time.Now().Unix()
	if l.cfg.Release == release.Main {
		info.AtomicIdempotent = o.AtomicIdempotent
	}
	if !storable(info) {
		return nil, wire.ErrInvalidParameters
	}
	t := newTable(info)
	l.tables[info.ID], l.names[info.Name] = t, t
	return t, wire.OK
}

func sameOptions(o wire.CreateAppOptions, info wire.AppInfo) bool {
	if o.PartitionCount != info.PartitionCount || o.AppType != info.AppType || o.Stateful != info.Stateful ||
		o.ReplicaCount != info.MaxReplicaCount || len(o.Envs) != len(info.Envs) {
		return false
	}
	for k, v := range o.Envs {
		if have, found := info.Envs[k]; !found || have != v {
			return false
		}
	}
	return true
}

// create writes a new table: its own node first, so that its partitions can be created below it.
func (l *leader) create(ctx context.Context, t *table, info wire.AppInfo) error {
	if err := l.store.createTable(ctx, info, wire.AppAvailable); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	for _, p := range t.partitions {
		g.Go(func() error { return l.createPartition(ctx, t, p) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	l.cureSoon()
	return nil
}

// maxHoldSeconds keeps the time until which a table can be recalled within the range of its type.
const maxHoldSeconds = 1 << 40

func (l *leader) dropApp(ctx context.Context, q *wire.DropAppRequest) (wire.Message, error) {
	l.mu.Lock()
	t := l.names[q.AppName]
	if t == nil || t.info.Status != wire.AppAvailable {
		defer l.mu.Unlock()
		switch {
		case t != nil:
			return &wire.ErrorResponse{Err: busy(t.info.Status)}, nil
		case q.Options.SuccessIfNotExist:
			return &wire.ErrorResponse{Err: wire.OK}, nil
		}
		return &wire.ErrorResponse{Err: wire.ErrAppNotExist}, nil
	}
	hold := int64(l.cfg.holdDropped / time.Second)
	if r := q.Options.ReserveSeconds; r != nil && *r > 0 {
		hold = min(*r, maxHoldSeconds)
	}
	t.unsettle(wire.AppDropping)
	t.info.DropSecond = time.Now().Unix()
	t.info.ExpireSecond = t.info.DropSecond + hold
	settled := t.settled
	l.mu.Unlock()
	l.log.Printf("table %s: dropping, kept for %d s", q.AppName, hold)
	l.changeTable(t, nil, func() {
		delete(l.names, t.info.Name)
		for _, p := range t.partitions {
			l.dropPartition(t, p)
		}
	})
	if !waitFor(ctx, settled) {
		return nil, rpc.ErrNoAnswer // at level blind the drop ends only after the level is raised
	}
	return &wire.ErrorResponse{Err: wire.OK}, nil
}

func (s *server) recallApp(ctx context.Context, q *wire.RecallAppRequest) (wire.Message, error) {
	refusal := func(code wire.ErrorCode) wire.Message {
		return &wire.RecallAppResponse{Err: code, Info: emptyAppInfo()}
	}
	if !s.tableExists(q.AppID) {
		return refusal(wire.ErrAppNotExist), nil
	}
	l, code := s.gate()
	if l == nil {
		return refusal(code), nil
	}
	t, settled, code := l.beginRecall(q)
	if code != wire.OK {
		return refusal(code), nil
	}
	if !waitFor(ctx, settled) {
		return nil, rpc.ErrNoAnswer
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return &wire.RecallAppResponse{Err: wire.OK, Info: t.info}, nil
}

// emptyAppInfo is the app_info of a refusal: Pegasus fills these fields even then.
func emptyAppInfo() wire.AppInfo {
	return wire.AppInfo{Duplicating: new(bool), InitPartitionCount: -1, BulkLoading: new(bool)}
}

// beginRecall checks a request and begins to recall the table. Its expire and drop times stay, as
// in Pegasus.
func (l *leader) beginRecall(q *wire.RecallAppRequest) (*table, <-chan struct{}, wire.ErrorCode) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tables[q.AppID]
	name := q.NewName
	switch {
	case t == nil:
		return nil, nil, wire.ErrAppNotExist
	case t.staging():
		return nil, nil, busy(t.info.Status)
	case t.info.Status != wire.AppDropped:
		return nil, nil, wire.ErrAppExist
	case t.info.ExpireSecond <= time.Now().Unix():
		return nil, nil, wire.ErrAppNotExist
	case name == "":
		name = t.info.Name
	}
	renamed := t.info
	renamed.Name = name
	if l.names[name] != nil || !storable(renamed) {
		return nil, nil, wire.ErrInvalidParameters
	}
	t.unsettle(wire.AppRecalling)
	t.info.Name = name
	l.names[name] = t
	l.log.Printf("table %d: recalling as %s", t.info.ID, name)
	l.changeTable(t, nil, func() {
		for _, p := range t.partitions {
			l.recallPartition(t, p)
		}
	})
	return t, t.settled, wire.OK
}

func (l *leader) renameApp(ctx context.Context, q *wire.RenameAppRequest) (wire.Message, error) {
	l.mu.Lock()
	t := l.names[q.OldName]
	refusal := &wire.HintResponse{}
	switch {
	case t == nil:
		refusal = &wire.HintResponse{Err: wire.ErrAppNotExist, Hint: fmt.Sprintf("ERROR: app(%s) not exist!", q.OldName)}
	case t.info.Status != wire.AppAvailable:
		refusal = &wire.HintResponse{
			Err: busy(t.info.Status), Hint: fmt.Sprintf("ERROR: app(%s) status can't execute rename.", q.OldName),
		}
	case l.names[q.NewName] != nil:
		refusal = &wire.HintResponse{
			Err: wire.ErrInvalidParameters, Hint: fmt.Sprintf("ERROR: app(%s) already exist!", q.NewName),
		}
	}
	if refusal.Err == "" {
		renamed := t.info
		if renamed.Name = q.NewName; !storable(renamed) {
			refusal.Err = wire.ErrInvalidParameters
		}
	}
	if refusal.Err != "" {
		l.mu.Unlock()
		return refusal, nil
	}
	l.names[q.NewName] = t
	l.mu.Unlock()
	l.log.Printf("table %s: renaming to %s", q.OldName, q.NewName)
	done := l.changeTable(t,
		func(info *wire.AppInfo) { info.Name = q.NewName },
		func() { delete(l.names, q.OldName) })
	if !waitFor(ctx, done) {
		return nil, rpc.ErrNoAnswer
	}
	return &wire.HintResponse{Err: wire.OK}, nil
}

// changeTable writes a table's node with a change and then applies it to memory; change may be nil
// if memory has it already. applied is called with the lock held. The result is closed when
// everything is done. Changes of one table follow each other.
func (l *leader) changeTable(t *table, change func(*wire.AppInfo), applied func()) <-chan struct{} {
	done := make(chan struct{})
	l.group.run(func(ctx context.Context) error {
		t.writing.Lock()
		defer t.writing.Unlock()
		l.mu.Lock()
		info := t.info
		l.mu.Unlock()
		if change != nil {
			change(&info)
		}
		if err := l.store.setTable(ctx, info, storedStatus(info.Status)); err != nil {
			return err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if change != nil {
			change(&t.info)
		}
		if applied != nil {
			applied()
		}
		close(done)
		return nil
	})
	return done
}

// storedStatus is what ZooKeeper stores for a table with a status.
func storedStatus(s wire.AppStatus) wire.AppStatus {
	if s == wire.AppDropping || s == wire.AppDropped {
		return wire.AppDropped
	}
	return wire.AppAvailable
}

// waitFor waits for a change to be done and reports false when ctx ends before.
func waitFor(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}
