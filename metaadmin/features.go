package metaadmin

import (
	"context"

	"pegashell/metaadmin/wire"
)

// Duplication is one duplication of a table to another cluster.
type Duplication = wire.Duplication

// Duplications returns the duplications of a table, without their progress.
func (c *Client) Duplications(ctx context.Context, app string) ([]Duplication, error) {
	r, err := onLeader[wire.QueryDuplicationResponse](ctx, c, read, wire.RPCQueryDuplication, &wire.AppNameRequest{AppName: app})
	if err != nil {
		return nil, err
	}
	return r.Duplications, nil
}

// IsBulkLoading reports whether a bulk load of a table is under way, paused or not.
func (c *Client) IsBulkLoading(ctx context.Context, app string) (bool, error) {
	r, err := onLeader[wire.QueryBulkLoadResponse](ctx, c, read, wire.RPCQueryBulkLoad, &wire.AppNameRequest{AppName: app})
	if r == nil || err != nil && r.Loading == nil { // a bulk load that fails has an error and goes on
		return false, err
	}
	if r.Loading != nil {
		return *r.Loading, nil
	}
	return r.Status != 0, nil
}

// SplitPartitions returns how many partitions of a table are being split, paused ones included; 0
// where none is.
func (c *Client) SplitPartitions(ctx context.Context, app string) (int, error) {
	r, err := onLeader[wire.QuerySplitResponse](ctx, c, read, wire.RPCQuerySplit, &wire.AppNameRequest{AppName: app})
	switch {
	case Code(err) == wire.ErrInvalidState: // the table is not being split
		return 0, nil
	case err != nil:
		return 0, err
	}
	return len(r.Partitions), nil
}
