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
	// Info is what it says of its cluster; empty in recovery mode.
	Info ClusterInfo
	// Recovering: it leads in recovery mode and waits for StartRecovery, or carries it out. It
	// answers most other calls with ERR_UNDER_RECOVERY.
	Recovering bool
	// Address is the one that Server has, where that is known of a recovering leader; a leader that
	// serves names itself in Info.
	Address string
}

// Leaders asks every server of the list separately whether it is the leader, all at once, and
// returns those that answer so, in recovery mode or not, in the order of the list. A healthy cluster
// has one; there are two when meta servers were configured with different ZooKeepers, and nothing in
// Pegasus prevents that.
func (c *Client) Leaders(ctx context.Context) []Leader {
	ctx, cancel := context.WithTimeout(ctx, leadersTimeout)
	defer cancel()
	found := make([]*Leader, len(c.metas))
	var asking sync.WaitGroup
	for i, server := range c.metas {
		asking.Go(func() { found[i] = c.leads(ctx, server) })
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

// leads asks a server whether it leads; nil for one that does not, or does not answer.
func (c *Client) leads(ctx context.Context, server string) *Leader {
	var answer wire.ClusterInfoResponse
	code, _, err := c.callOne(ctx, read, 1, server, wire.RPCClusterInfo, &wire.ClusterInfoRequest{}, &answer)
	switch {
	case err != nil:
	case code == wire.OK:
		return &Leader{Server: server, Info: pairs(&answer)}
	case code == wire.ErrUnderRecovery:
		l := &Leader{Server: server, Recovering: true, Address: server}
		if address, _, err := c.Resolve(ctx, server); err == nil {
			l.Address = address.String()
		}
		return l
	}
	return nil
}
