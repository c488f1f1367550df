package metaserver

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
	"pegashell/zkcopy/layout"
)

// maxPartitionCount bounds a table's partitions: a hostile request must not exhaust the memory.
const maxPartitionCount = 1 << 16

// leader is a meta server from the moment it holds the lock: the metadata in memory, what is known
// of the replica servers, and everything that changes them. Changes go to ZooKeeper first.
type leader struct {
	cfg    *config
	log    *log.Logger
	store  *store
	client *rpc.Client
	group  *group
	// wake requests an early check of all partitions.
	wake chan struct{}
	// recoveryLock lets one recovery run at a time; it is taken before mu.
	recoveryLock sync.Mutex
	// recoveries is the number of running calls of start_recovery; hung is set once there are too
	// many.
	recoveries atomic.Int32
	hung       atomic.Bool
	// extras is held while a duplication, its progress, a bulk load, a backup policy or a backup is
	// written; it is taken before mu.
	extras sync.Mutex

	mu sync.Mutex // guards all that follows
	*state
	detector
	// serving is set when the metadata is loaded; before, and in recovery, requests are refused.
	serving, recovering bool
	level               wire.MetaLevel
	assignDelay         time.Duration
	avoid               map[wire.Address]bool // servers that get no secondaries (remote command)
	undecided           map[wire.GPID]wire.DiagnosedPartition
	balance             balanceCounts
}

// group runs a server's goroutines: they end with its context, or end it with an error, which ends
// the server as an abort ends a Pegasus server.
type group struct {
	ctx   context.Context
	abort context.CancelCauseFunc
	wg    sync.WaitGroup
}

// run starts a goroutine; its error aborts the server, unless the server is ending already.
func (g *group) run(f func(ctx context.Context) error) {
	g.wg.Go(func() {
		if err := f(g.ctx); err != nil && g.ctx.Err() == nil {
			g.abort(err)
		}
	})
}

func newLeader(cfg *config, logger *log.Logger, st *store, client *rpc.Client, g *group) *leader {
	l := &leader{
		cfg: cfg, log: logger, store: st, client: client, group: g,
		wake:        make(chan struct{}, 1),
		state:       newState(),
		detector:    newDetector(),
		recovering:  cfg.recover,
		level:       cfg.levelOnStart,
		assignDelay: cfg.assignDelay,
		avoid:       make(map[wire.Address]bool),
		undecided:   make(map[wire.GPID]wire.DiagnosedPartition),
	}
	if l.recovering {
		l.level = min(l.level, wire.LevelSteady)
	}
	return l
}

// takeOver loads the metadata and begins to serve. In recovery mode it does so only after
// start_recovery.
func (l *leader) takeOver(ctx context.Context) error {
	loaded, err := l.store.load(ctx)
	switch {
	case errors.Is(err, errNoTables) && l.cfg.recover:
		l.log.Printf("leader: no tables in ZooKeeper, waiting for start_recovery")
		return nil
	case errors.Is(err, errNoTables):
		l.log.Printf("leader: no tables in ZooKeeper, creating %d by configuration", len(l.cfg.defaultTables))
		loaded, err = l.createDefaultTables(ctx)
	case err == nil && l.cfg.recover:
		return fmt.Errorf("abort: recover_from_replica_server is true, but there are %d tables in ZooKeeper", len(loaded))
	}
	if err != nil {
		return err
	}
	l.log.Printf("leader: loaded %d tables from ZooKeeper", len(loaded))
	l.mu.Lock()
	l.adopt(loaded)
	l.mu.Unlock()
	if err := l.finishReplicaCounts(ctx); err != nil {
		return err
	}
	return l.serve(ctx)
}

// createDefaultTables writes the tree of an empty cluster.
func (l *leader) createDefaultTables(ctx context.Context) ([]loadedTable, error) {
	var tables []loadedTable
	for _, info := range l.cfg.defaultTables {
		info.Status = wire.AppAvailable
		info.CreateSecond = time.Now().Unix()
		loaded := loadedTable{info: info}
		for _, p := range newTable(info).partitions {
			loaded.partitions = append(loaded.partitions, &p.config)
		}
		tables = append(tables, loaded)
	}
	return tables, l.writeTree(ctx, tables)
}

// writeTree writes a whole tree of tables into an empty place: the apps node has the value lock
// while that lasts.
func (l *leader) writeTree(ctx context.Context, tables []loadedTable) error {
	if err := l.store.lock(ctx); err != nil {
		return err
	}
	for _, t := range tables {
		if err := l.store.createTable(ctx, t.info, t.info.Status); err != nil {
			return err
		}
	}
	g, writing := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	for _, t := range tables {
		for _, c := range t.partitions {
			g.Go(func() error { return l.store.createPartition(writing, *c) })
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return l.store.unlock(ctx)
}

// adopt adds loaded tables to the state in memory and repairs what an earlier leader left
// incomplete: partitions that were not yet created, dropped or recalled with their table.
func (l *leader) adopt(loaded []loadedTable) {
	for _, lt := range loaded {
		t := newTable(lt.info)
		l.adoptDuplications(t, lt)
		l.tables[t.info.ID] = t
		if t.info.Status == wire.AppAvailable {
			l.names[t.info.Name] = t
			t.info.Status = wire.AppCreating
		} else {
			t.info.Status = wire.AppDropping
		}
		for i, c := range lt.partitions {
			p := t.partitions[i]
			if c == nil {
				l.log.Printf("partition %s has no node in ZooKeeper, creating it", p.config.PID)
				l.group.run(func(ctx context.Context) error { return l.createPartition(ctx, t, p) })
				continue
			}
			l.setConfig(p, *c)
			for _, a := range c.LastDrops {
				l.recordDrop(p, a)
			}
			switch {
			case t.info.Status == wire.AppCreating && dropped(*c):
				l.recallPartition(t, p)
			case t.info.Status == wire.AppDropping && !dropped(*c):
				l.dropPartition(t, p)
			default:
				t.settle()
			}
		}
	}
	for _, n := range l.nodes {
		n.alive = true // until the grace period shows that it is not
	}
}

// serve opens the leader for requests: the servers that partitions name count as alive from now on,
// for one grace period.
func (l *leader) serve(ctx context.Context) error {
	policies, err := l.store.loadPolicies(ctx)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.policies = policies
	l.watchNodes(time.Now())
	l.serving, l.recovering = true, false
	for a := range l.dead {
		l.nodeDied(a)
	}
	tables, nodes := len(l.tables), len(l.nodes)
	l.mu.Unlock()
	l.log.Printf("leader: serving %d tables on %d replica servers at level %s", tables, nodes, l.effectiveLevelNow())
	for _, name := range []string{layout.BackupName, layout.BulkLoadName} {
		if err := l.store.ensure(ctx, layout.Join(l.store.root, name)); err != nil {
			return err
		}
	}
	l.group.run(l.curePeriodically)
	if l.cfg.backups {
		l.group.run(l.backUpPeriodically)
	}
	if l.cfg.duplication {
		l.group.run(l.confirmPeriodically)
	}
	return nil
}

// effectiveLevel is the level that was set, or freezed while too few replica servers live (Pegasus:
// meta_service::get_function_level). The lock is held.
func (l *leader) effectiveLevel() wire.MetaLevel {
	if l.level > wire.LevelFreezed && l.tooFewLive(l.cfg.minLiveNodes) {
		return wire.LevelFreezed
	}
	return l.level
}

func (l *leader) effectiveLevelNow() wire.MetaLevel {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.effectiveLevel()
}

// replicaCountEnv marks a table whose replica count is being changed: "updating;COUNT".
const replicaCountEnv = "max_replica_count.update"

// finishReplicaCounts finishes changes of replica counts that an earlier leader did not.
func (l *leader) finishReplicaCounts(ctx context.Context) error {
	l.mu.Lock()
	tables := slices.Clone(l.existing())
	l.mu.Unlock()
	for _, t := range tables {
		l.mu.Lock()
		mark, found := t.info.Envs[replicaCountEnv]
		l.mu.Unlock()
		text, updating := strings.CutPrefix(mark, "updating;")
		if !found || !updating {
			continue
		}
		count, err := strconv.ParseInt(text, 10, 32)
		if err != nil || count <= 0 {
			return fmt.Errorf("abort: table %s has the environment variable %s=%s", t.info.Name, replicaCountEnv, mark)
		}
		if err := l.changeReplicaCount(ctx, t, int32(count)); err != nil {
			return err
		}
	}
	return nil
}
