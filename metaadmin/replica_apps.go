package metaadmin

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"pegashell/metaadmin/wire"
)

// maxAsked bounds how many replica servers are queried at a time.
const maxAsked = 32

// StoredApps are the tables of which replica servers hold replicas.
type StoredApps struct {
	// Apps are the tables by id, dropped ones whose replicas are not removed yet included. A table
	// has the highest partition count that a server has said.
	Apps []AppInfo
	// Servers are how many there are, Silent how many of them did not answer.
	Servers, Silent int
}

// StoredApps asks the leader for the replica servers, also those that are not alive, and each of
// them which tables it holds replicas of.
func (c *Client) StoredApps(ctx context.Context) (StoredApps, error) {
	nodes, err := c.ListNodes(ctx, wire.NodeInvalid)
	if err != nil {
		return StoredApps{}, err
	}
	found := StoredApps{Servers: len(nodes)}
	byID := map[int32]AppInfo{}
	var mu sync.Mutex
	var asking sync.WaitGroup
	room := make(chan struct{}, maxAsked)
	for i := range nodes {
		room <- struct{}{}
		asking.Go(func() {
			defer func() { <-room }()
			apps, err := c.appsOn(ctx, nodes[i].Name())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				found.Silent++
			}
			for _, app := range apps {
				if known, ok := byID[app.ID]; !ok || known.PartitionCount < app.PartitionCount {
					byID[app.ID] = app
				}
			}
		})
	}
	asking.Wait()
	found.Apps = slices.SortedFunc(maps.Values(byID), func(a, b AppInfo) int { return cmp.Compare(a.ID, b.ID) })
	return found, nil
}

// appsOn queries one replica server. The request names the meta server that sends it, which the
// server only writes to its log.
func (c *Client) appsOn(ctx context.Context, server string) ([]AppInfo, error) {
	ctx, cancel := bound(ctx, c.options.Timeout)
	defer cancel()
	var answer wire.QueryAppInfoResponse
	code, _, err := c.callOne(ctx, read, 1, server, wire.RPCQueryAppInfo, &wire.NodeRequest{}, &answer)
	switch {
	case err != nil:
		return nil, &Error{Code: failureCode(err), RPC: wire.RPCQueryAppInfo, Server: server, Attempts: []Attempt{{server, plain(err)}}, Cause: err}
	case code != wire.OK:
		return nil, &Error{Code: code, RPC: wire.RPCQueryAppInfo, Server: server}
	}
	return answer.Apps, nil
}
