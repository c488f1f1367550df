package cluster

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// createWait is how long a new table may take to become ready, as in the original.
const createWait = time.Hour

// createStep is how often the original reports that a table is not ready yet.
const createStep = 2 * time.Second

// createPoll is how often we look: more often than we report, so that a quick cluster makes for a
// quick command.
const createPoll = 200 * time.Millisecond

// whoFailed distinguishes a refusal of the server from a call that did not reach it, as the
// original does.
func whoFailed(err error) string {
	switch metaadmin.Code(err) {
	case wire.ErrNetworkFailure, wire.ErrTimeout:
		return "call server"
	}
	return "received server"
}

// waitReady waits until every partition has a primary and all its replicas.
func waitReady(ctx context.Context, env Env, admin *metaadmin.Client, name string, replicas int) error {
	deadline := env.Now().Add(createWait)
	tell := env.Now().Add(createStep)
	for {
		if err := env.Sleep(ctx, cmp.Or(env.TablePoll(), createPoll)); err != nil {
			return message.Errorf("wait for %s: %w; the cluster continues to prepare it", name, err)
		}
		table, err := admin.QueryPartitions(ctx, name)
		if err != nil {
			return fail(env, err, "create app %s failed: [query] %s error: %s", name, whoFailed(err), metaadmin.Code(err))
		}
		ready := 0
		for i := range table.Configs {
			p := &table.Configs[i]
			if p.PrimaryServer() != "" && len(p.SecondaryServers())+1 >= replicas {
				ready++
			}
		}
		if ready == int(table.Count) {
			fmt.Fprintf(env.Out(), "%s is ready now: (%d/%d)\n", name, ready, table.Count)
			return nil
		}
		now := env.Now()
		if now.Before(tell) {
			continue
		}
		tell = now.Add(createStep)
		fmt.Fprintf(env.Out(), "%s not ready yet, still waiting... (%d/%d)\n", name, ready, table.Count)
		if now.After(deadline) {
			return &metaadmin.Error{Code: wire.ErrTimeout, RPC: wire.RPCQueryCfg}
		}
	}
}
