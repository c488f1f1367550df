package metaserver

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// queryTimeout is the timeout of each question to a replica server, as in Pegasus.
const queryTimeout = 5 * time.Second

// maxQueried bounds how many servers are asked at a time.
const maxQueried = 256

// startRecovery rebuilds the metadata from what replica servers hold. It is the only request that a
// leader in recovery executes. Nothing is written unless everything succeeds, so that it can be
// repeated.
func (s *server) startRecovery(ctx context.Context, q *wire.RecoveryRequest) (wire.Message, error) {
	l := s.leader.Load()
	if l == nil {
		return &wire.HintResponse{Err: wire.ErrForwardToOthers}, nil
	}
	answer := make(chan *wire.HintResponse, 1)
	l.group.run(func(ctx context.Context) error {
		defer l.enterRecovery()()
		a, err := l.recoverOnce(ctx, q)
		if err == nil {
			answer <- a
		}
		return err
	})
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done(): // the recovery continues
		return nil, rpc.ErrNoAnswer
	}
}

// enterRecovery counts a call of start_recovery; leave is called when it has ended. A call that
// waits for another one holds a thread of the real server, which hangs once all of them are held:
// the answers of the replica servers that the first call waits for find no thread.
func (l *leader) enterRecovery() (leave func()) {
	if n := l.recoveries.Add(1); l.cfg.hangAtRecoveries > 0 && int(n) >= l.cfg.hangAtRecoveries && !l.hung.Swap(true) {
		l.log.Printf("recovery: %d calls at a time, this server hangs from now on", n)
	}
	return func() { l.recoveries.Add(-1) }
}

// unlessHung returns a handler that no longer answers once the server hangs.
func (s *server) unlessHung(h rpc.Handler) rpc.Handler {
	return func(ctx context.Context, q *wire.Request) (wire.Message, error) {
		if l := s.leader.Load(); l != nil && l.hung.Load() {
			return nil, rpc.ErrNoAnswer
		}
		return h(ctx, q)
	}
}

func (l *leader) recoverOnce(ctx context.Context, q *wire.RecoveryRequest) (*wire.HintResponse, error) {
	l.recoveryLock.Lock()
	defer l.recoveryLock.Unlock()
	l.mu.Lock()
	serving, recovering := l.serving, l.recovering
	l.mu.Unlock()
	switch {
	case serving:
		return &wire.HintResponse{Err: wire.ErrServiceRunning}, nil
	case !recovering:
		return &wire.HintResponse{Err: wire.ErrServiceNotActive}, nil
	}
	l.log.Printf("recovery: from %d replica servers %v", len(q.Nodes), q.Nodes)
	r := recovery{request: q, self: l.cfg.Self, client: l.client, log: l.log, hint: new(strings.Builder), state: newState()}
	code, err := r.rebuild(ctx, l)
	if err != nil || code != wire.OK {
		l.log.Printf("recovery: failed: %s %v", code, err)
		return &wire.HintResponse{Err: code, Hint: r.hint.String()}, err
	}
	if err := l.writeTree(ctx, r.loaded()); err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.state = r.state
	for _, t := range l.tables {
		for range t.partitions {
			t.settle()
		}
	}
	for _, n := range l.nodes {
		n.alive = true
	}
	l.mu.Unlock()
	if err := l.serve(ctx); err != nil {
		return nil, err
	}
	l.log.Printf("recovery: done, %d tables", len(r.state.tables))
	return &wire.HintResponse{Err: wire.OK, Hint: r.hint.String()}, nil
}

// recovery is one attempt to rebuild the metadata.
type recovery struct {
	request *wire.RecoveryRequest
	self    wire.Address
	client  *rpc.Client
	log     *log.Logger
	hint    *strings.Builder
	state   *state
}

func (r *recovery) hintf(format string, args ...any) { fmt.Fprintf(r.hint, format+"\n", args...) }

// holdings are what one replica server reports.
type holdings struct {
	node     wire.Address
	apps     wire.QueryAppInfoResponse
	replicas wire.QueryReplicaInfoResponse
	err      error
}

func (r *recovery) rebuild(ctx context.Context, l *leader) (wire.ErrorCode, error) {
	all := r.ask(ctx)
	if l.hung.Load() {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return wire.ErrTryAgain, err
	}
	failed := 0
	for _, h := range all {
		if h.err == nil {
			continue
		}
		failed++
		if r.request.SkipBadNodes {
			r.hintf("WARNING: collect app and replica info from node(%s) failed with err(%s), skip the bad node",
				h.node, errorName(h.err))
		} else {
			r.hintf("ERROR: collect app and replica info from node(%s) failed with err(%s), "+
				"you can skip it by set skip_bad_nodes option", h.node, errorName(h.err))
		}
	}
	if failed > 0 && !r.request.SkipBadNodes {
		return wire.ErrTryAgain, nil
	}
	if err := r.constructTables(all); err != nil {
		return wire.ErrTryAgain, err
	}
	return r.constructPartitions(l, all)
}

// ask asks all servers for their tables and replicas.
func (r *recovery) ask(ctx context.Context) []*holdings {
	var g errgroup.Group
	g.SetLimit(maxQueried)
	all := make([]*holdings, len(r.request.Nodes))
	for i, a := range r.request.Nodes {
		h := &holdings{node: a}
		all[i] = h
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, queryTimeout)
			defer cancel()
			if h.err = r.client.Call(ctx, a, wire.RPCQueryAppInfo, &wire.NodeRequest{Node: r.self}, &h.apps); h.err == nil {
				h.err = r.client.Call(ctx, a, wire.RPCQueryReplicaInfo, &wire.NodeRequest{Node: a}, &h.replicas)
			}
			return nil // a server that does not answer is reported, but does not stop the recovery
		})
	}
	g.Wait()
	return all
}

// errorName is the Pegasus error for a call that failed.
func errorName(err error) wire.ErrorCode {
	var frame rpc.FrameError
	switch {
	case errors.As(err, &frame):
		return frame.Code
	case errors.Is(err, context.DeadlineExceeded):
		return wire.ErrTimeout
	}
	return wire.ErrNetworkFailure
}

// constructTables makes the tables: those that were reported, and a dropped one for each gap in the
// ids. If several tables have the same name, the one with the highest id keeps it.
func (r *recovery) constructTables(all []*holdings) error {
	last := int32(0)
	for _, h := range all {
		if h.err != nil || h.apps.Err != wire.OK {
			continue
		}
		for _, info := range h.apps.Apps {
			if info.ID < 1 || info.PartitionCount < 1 || info.PartitionCount > maxPartitionCount || info.ID > maxAppID {
				return fmt.Errorf("abort: %s reports table %d of %d partitions", h.node, info.ID, info.PartitionCount)
			}
			if t := r.state.tables[info.ID]; t == nil {
				r.state.tables[info.ID] = newTable(info)
				last = max(last, info.ID)
			} else if !sameTable(t.info, info) {
				return fmt.Errorf("abort: conflict app info from (%s) for id(%d): %+v and %+v", h.node, info.ID, info, t.info)
			}
		}
	}
	for id := int32(1); id <= last; id++ {
		t := r.state.tables[id]
		if t == nil {
			info := newAppInfo(fmt.Sprintf("__drop_holder__%d", id), "pegasus", 1, 3, nil)
			info.ID, info.Status, info.InitPartitionCount = id, wire.AppDropping, -1
			info.ExpireSecond = time.Now().Unix()
			r.state.tables[id] = newTable(info)
		} else if t.info.Status == wire.AppAvailable {
			t.info.Status = wire.AppCreating
		} else {
			t.info.Status = wire.AppDropping
		}
	}
	r.renameConflicts(last)
	return nil
}

// maxAppID bounds the ids that a server may report: each gap below becomes a table.
const maxAppID = 1 << 20

func (r *recovery) renameConflicts(last int32) {
	taken := make(map[string]bool)
	for id := last; id >= 1; id-- {
		t := r.state.tables[id]
		old := t.info.Name
		for taken[t.info.Name] {
			t.info.Name = fmt.Sprintf("%s__%d", t.info.Name, id)
		}
		if t.info.Name != old {
			r.hintf("WARNING: app(%d)'s old name(%s) is conflict with others, rename it to (%s)", id, old, t.info.Name)
		}
		taken[t.info.Name] = true
		if t.info.Status == wire.AppCreating {
			r.state.names[t.info.Name] = t
		}
	}
}

// sameTable compares what two servers report about a table; whether it is duplicated differs
// between members in old releases.
func sameTable(a, b wire.AppInfo) bool {
	a.Duplicating, b.Duplicating = nil, nil
	if len(a.Envs) == 0 && len(b.Envs) == 0 {
		a.Envs, b.Envs = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

// constructPartitions chooses each partition's best replica as the primary; the others become
// last_drops.
func (r *recovery) constructPartitions(l *leader, all []*holdings) (wire.ErrorCode, error) {
	for _, h := range all {
		if h.err != nil || h.replicas.Err != wire.OK {
			continue
		}
		for _, info := range h.replicas.Replicas {
			_, p := r.state.partition(info.PID)
			if p == nil {
				return wire.ErrTryAgain, fmt.Errorf("abort: %s reports a replica of the unknown partition %s", h.node, info.PID)
			}
			l.collect(p, h.node, info)
		}
	}
	lost := 0
	for _, id := range slices.Sorted(maps.Keys(r.state.tables)) {
		t := r.state.tables[id]
		if t.info.Status != wire.AppCreating {
			continue
		}
		for _, p := range t.partitions {
			if !r.construct(t, p) {
				lost++
			}
		}
	}
	if lost > 0 && !r.request.SkipLostPartitions {
		return wire.ErrTryAgain, nil
	}
	return wire.OK, nil
}

// construct chooses a partition's primary and returns false if no server has a replica.
func (r *recovery) construct(t *table, p *partition) bool {
	pid := p.config.PID
	n := len(p.dropped)
	if n == 0 {
		if r.request.SkipLostPartitions {
			r.hintf("WARNING: partition(%s) has no replica collected, force recover the lost partition to empty", pid)
		} else {
			r.hintf("ERROR: partition(%s) has no replica collected, "+
				"you can force recover it by set skip_lost_partitions option", pid)
		}
		return false
	}
	best := p.dropped[n-1]
	p.dropped = p.dropped[:n-1]
	p.preferred = len(p.dropped) - 1
	c := p.config
	c.Primary, c.Ballot = best.node, best.ballot
	kept := max(0, len(p.dropped)-int(t.info.MaxReplicaCount)+1)
	for _, d := range p.dropped[kept:] {
		c.LastDrops = append(c.LastDrops, d.node)
	}
	r.state.setConfig(p, c)
	if have := len(c.LastDrops) + 1; have < int(c.MaxReplicaCount) {
		r.hintf("WARNING: partition(%s) only collects %d/%d of replicas, may lost data", pid, have, c.MaxReplicaCount)
	}
	return true
}

// loaded returns the tables in the form in which a tree is written.
func (r *recovery) loaded() []loadedTable {
	var tables []loadedTable
	for _, id := range r.state.ids() {
		t := r.state.tables[id]
		lt := loadedTable{info: t.info}
		lt.info.Status = storedStatus(t.info.Status)
		for _, p := range t.partitions {
			lt.partitions = append(lt.partitions, &p.config)
		}
		tables = append(tables, lt)
	}
	return tables
}
