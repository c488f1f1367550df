package metaserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
	"pegashell/zkcopy/layout"
)

// A bulk load is simulated as far as it changes the tree: it begins, and ends only when it is canceled,
// since there are no files to load.

// bulkLoadHandlers answers what concerns bulk loads.
func (s *server) bulkLoadHandlers() map[string]rpc.Handler {
	refusal := func(e wire.ErrorCode) wire.Message { return &wire.HintResponse{Err: e} }
	return map[string]rpc.Handler{
		wire.RPCStartBulkLoad: gated(s, (*leader).startBulkLoad, refusal),
		wire.RPCClearBulkLoad: gated(s, (*leader).clearBulkLoad, refusal),
		wire.RPCControlBulkLoad: gated(s, (*leader).controlBulkLoad, func(e wire.ErrorCode) wire.Message {
			return &wire.ControlBulkLoadResponse{Err: e}
		}),
		wire.RPCQueryBulkLoad: gated(s, (*leader).queryBulkLoad, func(e wire.ErrorCode) wire.Message {
			return &wire.QueryBulkLoadResponse{Err: e}
		}),
	}
}

// errBusyLoading is what a leader answers that loads one table already.
const errBusyLoading = wire.ErrorCode("ERR_BUSY")

// errInconsistent is what a leader answers if parts of its metadata, or of a request, contradict each other.
const errInconsistent = wire.ErrorCode("ERR_INCONSISTENT_STATE")

// bulkLoadProvider is the one provider of files that a simulated cluster knows.
const bulkLoadProvider = "local_service"

// appBulkLoad and partitionBulkLoad are the data of bulk_load/ID and bulk_load/ID/INDEX, in the
// order of their fields. Booleans are 0 and 1.
type appBulkLoad struct {
	AppID          int32  `json:"app_id"`
	PartitionCount int32  `json:"partition_count"`
	AppName        string `json:"app_name"`
	Cluster        string `json:"cluster_name"`
	Provider       string `json:"file_provider_type"`
	Status         string `json:"status"`
	Root           string `json:"remote_root_path"`
	IngestBehind   int    `json:"ingest_behind"`
	EverIngesting  int    `json:"is_ever_ingesting"`
	Err            string `json:"bulk_load_err"`
}

// storedBulkLoad is a state as the tree has it.
func storedBulkLoad(state wire.BulkLoadStatus) string {
	return "replication::bulk_load_status::" + state.String()
}

// partitionBulkLoad is the data of a partition in a state.
func partitionBulkLoad(state wire.BulkLoadStatus) []byte {
	return []byte(`{"status":"` + storedBulkLoad(state) + `","metadata":{"files":[],"file_total_size":0},"ever_ingest_succeed":0,"addresses":[]}`)
}

func (s *store) bulkLoadPath(appID int32) string {
	return layout.Join(layout.Join(s.root, layout.BulkLoadName), strconv.Itoa(int(appID)))
}

// createBulkLoad writes a bulk load that begins.
func (s *store) createBulkLoad(ctx context.Context, app appBulkLoad) error {
	data, err := json.Marshal(app)
	if err != nil {
		return err
	}
	node := s.bulkLoadPath(app.AppID)
	if err := s.create(ctx, node, data); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	for index := range app.PartitionCount {
		g.Go(func() error {
			return s.create(ctx, layout.Join(node, strconv.Itoa(int(index))), partitionBulkLoad(wire.BulkLoadDownloading))
		})
	}
	return g.Wait()
}

// startBulkLoad begins a bulk load at every meta level, and sets the level to steady if that
// succeeds, without reporting it, as Pegasus does: a leader that an operator has set to blind is
// then no longer blind.
func (l *leader) startBulkLoad(ctx context.Context, q *wire.StartBulkLoadRequest) (wire.Message, error) {
	return l.inTurn(ctx, func(ctx context.Context) (wire.Message, error) {
		l.mu.Lock()
		t, code, hint := l.mayLoad(q)
		l.mu.Unlock()
		if code != wire.OK {
			return &wire.HintResponse{Err: code, Hint: hint}, nil
		}
		app := appBulkLoad{
			AppID: t.info.ID, PartitionCount: int32(len(t.partitions)), AppName: q.AppName, Cluster: q.Cluster, Provider: q.Provider,
			Status: storedBulkLoad(wire.BulkLoadDownloading), Root: q.Root, Err: string(wire.OK),
		}
		if q.IngestBehind {
			app.IngestBehind = 1
		}
		done := l.changeTable(t, func(info *wire.AppInfo) { loading := true; info.BulkLoading = &loading }, nil)
		if !waitFor(ctx, done) {
			return nil, ctx.Err()
		}
		if err := l.store.createBulkLoad(ctx, app); err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.log.Printf("table %s: bulk load, the level is steady, it was %s", q.AppName, l.level)
		l.level = wire.LevelSteady
		return &wire.HintResponse{Err: wire.OK}, nil
	})
}

// mayLoad returns the table of a bulk load, or the reason why it cannot be loaded. The lock is
// held.
func (l *leader) mayLoad(q *wire.StartBulkLoadRequest) (*table, wire.ErrorCode, string) {
	for _, t := range l.existing() {
		if t.bulkLoading() {
			return nil, errBusyLoading, "meta server is busy now, please wait"
		}
	}
	t := l.available(q.AppName)
	switch {
	case t == nil:
		return nil, wire.ErrAppNotExist, "app not existed is "
	case q.IngestBehind && !strings.EqualFold(t.info.Envs["rocksdb.allow_ingest_behind"], "true"):
		return nil, errInconsistent, "inconsistent ingestion behind option"
	case q.Provider != bulkLoadProvider:
		return nil, wire.ErrInvalidParameters, "invalid file_provider"
	}
	return t, wire.OK, ""
}

func (t *table) bulkLoading() bool { return t.info.BulkLoading != nil && *t.info.BulkLoading }

// clearBulkLoad removes what is left of a bulk load that has ended.
func (l *leader) clearBulkLoad(ctx context.Context, q *wire.AppNameRequest) (wire.Message, error) {
	return l.inTurn(ctx, func(ctx context.Context) (wire.Message, error) {
		l.mu.Lock()
		t := l.available(q.AppName)
		loading := t != nil && t.bulkLoading()
		l.mu.Unlock()
		switch {
		case t == nil:
			return &wire.HintResponse{Err: wire.ErrAppNotExist, Hint: fmt.Sprintf("app(%s) is not existed or not available", q.AppName)}, nil
		case loading:
			return &wire.HintResponse{Err: wire.ErrInvalidState, Hint: fmt.Sprintf("app(%s) is executing bulk load", q.AppName)}, nil
		}
		if err := l.store.removeWithChildren(ctx, l.store.bulkLoadPath(t.info.ID)); err != nil {
			return nil, err
		}
		return &wire.HintResponse{
			Err: wire.OK, Hint: fmt.Sprintf("clear app(%s) bulk load result succeed, remove bulk load dir succeed", q.AppName),
		}, nil
	})
}

// bulkLoad reads the bulk load of a table from the tree; known is false where there is none.
func (s *store) bulkLoad(ctx context.Context, appID int32) (app appBulkLoad, state wire.BulkLoadStatus, known bool, err error) {
	data, err := s.get(ctx, s.bulkLoadPath(appID))
	switch {
	case errors.Is(err, zk.ErrNoNode):
		return app, wire.BulkLoadInvalid, false, nil
	case err != nil:
		return app, wire.BulkLoadInvalid, false, err
	}
	if err := json.Unmarshal(data, &app); err != nil {
		return app, wire.BulkLoadInvalid, false, err
	}
	for state = wire.BulkLoadInvalid; state <= wire.BulkLoadCanceled; state++ {
		if storedBulkLoad(state) == app.Status {
			return app, state, true, nil
		}
	}
	return app, wire.BulkLoadInvalid, false, nil
}

// setBulkLoad writes a state of a bulk load and of its partitions.
func (s *store) setBulkLoad(ctx context.Context, app appBulkLoad, state wire.BulkLoadStatus) error {
	app.Status = storedBulkLoad(state)
	data, err := json.Marshal(app)
	if err != nil {
		return err
	}
	node := s.bulkLoadPath(app.AppID)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	g.Go(func() error { return s.set(ctx, node, data) })
	for index := range app.PartitionCount {
		g.Go(func() error {
			return s.set(ctx, layout.Join(node, strconv.Itoa(int(index))), partitionBulkLoad(state))
		})
	}
	return g.Wait()
}

// controls are what can be done to a bulk load: from which states, nil for all, to which, and its name in a refusal.
var controls = map[wire.BulkLoadControl]struct {
	name string
	from []wire.BulkLoadStatus
	to   wire.BulkLoadStatus
}{
	wire.BulkLoadPause:       {"pause", []wire.BulkLoadStatus{wire.BulkLoadDownloading}, wire.BulkLoadPaused},
	wire.BulkLoadRestart:     {"restart", []wire.BulkLoadStatus{wire.BulkLoadPaused}, wire.BulkLoadDownloading},
	wire.BulkLoadCancel:      {"cancel", []wire.BulkLoadStatus{wire.BulkLoadDownloading, wire.BulkLoadPaused}, wire.BulkLoadCanceled},
	wire.BulkLoadForceCancel: {"cancel", nil, wire.BulkLoadCanceled},
}

// controlBulkLoad pauses, restarts or cancels a bulk load, at every meta level. Replica servers have nothing
// to end here, so a pause and a cancellation are complete at once.
func (l *leader) controlBulkLoad(ctx context.Context, q *wire.ControlBulkLoadRequest) (wire.Message, error) {
	refuse := func(code wire.ErrorCode, format string, args ...any) (wire.Message, error) {
		hint := fmt.Sprintf(format, args...)
		return &wire.ControlBulkLoadResponse{Err: code, Hint: &hint}, nil
	}
	control, known := controls[q.Control]
	if !known {
		return refuse(wire.ErrInvalidParameters, "unknown bulk load control %d", q.Control)
	}
	return l.inTurn(ctx, func(ctx context.Context) (wire.Message, error) {
		l.mu.Lock()
		t := l.available(q.AppName)
		loading := t != nil && t.bulkLoading()
		l.mu.Unlock()
		switch {
		case t == nil:
			return refuse(wire.ErrAppNotExist, "app(%s) is not existed or not available", q.AppName)
		case !loading:
			return refuse("ERR_INACTIVE_STATE", "app(%s) is not executing bulk load", q.AppName)
		}
		app, state, known, err := l.store.bulkLoad(ctx, t.info.ID)
		if err != nil {
			return nil, err
		}
		if !known || control.from != nil && !slices.Contains(control.from, state) {
			return refuse(wire.ErrInvalidState, "can not %s bulk load for app(%s) with status(%s)", control.name, q.AppName, storedBulkLoad(state))
		}
		if err := l.store.setBulkLoad(ctx, app, control.to); err != nil {
			return nil, err
		}
		if control.to == wire.BulkLoadCanceled {
			done := l.changeTable(t, func(info *wire.AppInfo) { loading := false; info.BulkLoading = &loading }, nil)
			if !waitFor(ctx, done) {
				return nil, ctx.Err()
			}
		}
		return &wire.ControlBulkLoadResponse{Err: wire.OK}, nil
	})
}

// queryBulkLoad says how far a table's bulk load is, or was.
func (l *leader) queryBulkLoad(ctx context.Context, q *wire.AppNameRequest) (wire.Message, error) {
	l.mu.Lock()
	t := l.available(q.AppName)
	l.mu.Unlock()
	if t == nil {
		hint := fmt.Sprintf("app(%s) is not existed or not available", q.AppName)
		return &wire.QueryBulkLoadResponse{Err: wire.ErrAppNotExist, AppName: q.AppName, Hint: &hint}, nil
	}
	_, state, _, err := l.store.bulkLoad(ctx, t.info.ID)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	count := len(t.partitions)
	loading := t.bulkLoading()
	answer := &wire.QueryBulkLoadResponse{
		Err: wire.OK, AppName: q.AppName, Status: int32(state), Partitions: make([]int32, count), MaxReplicaCount: t.info.MaxReplicaCount,
		Servers: make([][]wire.ServerBulkLoad, count), Loading: &loading,
	}
	if !loading {
		hint := fmt.Sprintf("app(%s) is not during bulk load, return last time result", q.AppName)
		answer.Hint = &hint
	}
	for i := range answer.Partitions {
		answer.Partitions[i] = int32(state)
		if state == wire.BulkLoadCanceled {
			answer.Servers[i] = cleanedUp(t.partitions[i].config)
		}
	}
	return answer, nil
}

// cleanedUp is what the servers of a partition report once the files are removed.
func cleanedUp(c wire.PartitionConfig) (all []wire.ServerBulkLoad) {
	clean := true
	for _, server := range append([]wire.Address{c.Primary}, c.Secondaries...) {
		if server.Valid() {
			all = append(all, wire.ServerBulkLoad{Server: server, CleanedUp: &clean})
		}
	}
	return all
}
