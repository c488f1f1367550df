package metaserver

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
	"pegashell/zkcopy/layout"
)

// A bulk load is simulated as far as it changes the tree: it begins, and never ends, since there
// are no files to load.

// bulkLoadHandlers answers what concerns bulk loads.
func (s *server) bulkLoadHandlers() map[string]rpc.Handler {
	refusal := func(e wire.ErrorCode) wire.Message { return &wire.HintResponse{Err: e} }
	return map[string]rpc.Handler{
		wire.RPCStartBulkLoad: gated(s, (*leader).startBulkLoad, refusal),
		wire.RPCClearBulkLoad: gated(s, (*leader).clearBulkLoad, refusal),
		wire.RPCQueryBulkLoad: gated(s, (*leader).queryBulkLoad, func(e wire.ErrorCode) wire.Message {
			return &wire.QueryBulkLoadResponse{Err: e}
		}),
	}
}

// errBusyLoading is what a leader answers that loads one table already.
const errBusyLoading = wire.ErrorCode("ERR_BUSY")

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

const (
	downloading       = "replication::bulk_load_status::BLS_DOWNLOADING"
	partitionBulkLoad = `{"status":"` + downloading + `","metadata":{"files":[],"file_total_size":0},"ever_ingest_succeed":0,"addresses":[]}`
)

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
			return s.create(ctx, layout.Join(node, strconv.Itoa(int(index))), []byte(partitionBulkLoad))
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
			Status: downloading, Root: q.Root, Err: string(wire.OK),
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

// bulkLoadDownloading is the state of a bulk load that has begun (idl: bulk_load_status).
const bulkLoadDownloading = 1

// queryBulkLoad says whether a table is being loaded.
func (l *leader) queryBulkLoad(_ context.Context, q *wire.AppNameRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.available(q.AppName)
	if t == nil {
		hint := fmt.Sprintf("app(%s) is not existed or not available", q.AppName)
		return &wire.QueryBulkLoadResponse{Err: wire.ErrAppNotExist, AppName: q.AppName, Hint: &hint}, nil
	}
	count := len(t.partitions)
	loading := t.bulkLoading()
	answer := &wire.QueryBulkLoadResponse{
		Err: wire.OK, AppName: q.AppName, Partitions: make([]int32, count), MaxReplicaCount: t.info.MaxReplicaCount,
		Servers: make([][]wire.ServerBulkLoad, count), Loading: &loading,
	}
	if !loading {
		hint := fmt.Sprintf("app(%s) is not during bulk load, return last time result", q.AppName)
		answer.Hint = &hint
		return answer, nil
	}
	answer.Status = bulkLoadDownloading
	for i := range answer.Partitions {
		answer.Partitions[i] = bulkLoadDownloading
	}
	return answer, nil
}
