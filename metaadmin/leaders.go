package metaadmin

import (
	"context"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
)

// leadersTimeout bounds how long Leaders waits for every server: those that are gone are not
// leaders.
const leadersTimeout = time.Second

// Leader is a meta server that says that it leads.
type Leader struct {
	Server string // as it is in the list
	Info   ClusterInfo
}

// Leaders asks every server of the list separately whether it is the leader, all at once, and
// returns those that answer so in the order of the list. A healthy cluster has one; there are two
// when meta servers were configured with different ZooKeepers, and nothing in Pegasus prevents
// that.
func (c *Client) Leaders(ctx context.Context) []Leader {
	ctx, cancel := context.WithTimeout(ctx, leadersTimeout)
	defer cancel()
	found := make([]*Leader, len(c.metas))
	var asking sync.WaitGroup
	for i, server := range c.metas {
		asking.Go(func() {
			var answer wire.ClusterInfoResponse
			code, _, err := c.callOne(ctx, read, 1, server, wire.RPCClusterInfo, &wire.ClusterInfoRequest{}, &answer)
			if err == nil && code == wire.OK {
				found[i] = &Leader{Server: server, Info: pairs(&answer)}
			}
		})
	}
	asking.Wait()
	var leaders []Leader
	for _, l := range found {
		if l != nil {
			leaders = append(leaders, *l)
		}
	}
	return leaders
}
