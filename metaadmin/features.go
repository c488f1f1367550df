package metaadmin

import (
	"context"

	"pegashell/metaadmin/wire"
)

// Duplication is one duplication of a table to another cluster.
type Duplication = wire.Duplication

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

// Split is how far the partition split of a table is.
type Split = wire.QuerySplitResponse

// Split returns how far the partition split of a table is; nil where none is under way.
func (c *Client) Split(ctx context.Context, app string) (*Split, error) {
	r, err := onLeader[wire.QuerySplitResponse](ctx, c, read, wire.RPCQuerySplit, &wire.AppNameRequest{AppName: app})
	switch {
	case Code(err) == wire.ErrInvalidState: // the table is not being split
		return nil, nil
	case err != nil:
		return nil, err
	}
	return r, nil
}

// SplitPartitions returns how many partitions of a table are being split, paused ones included; 0
// where none is.
func (c *Client) SplitPartitions(ctx context.Context, app string) (int, error) {
	split, err := c.Split(ctx, app)
	if split == nil {
		return 0, err
	}
	return len(split.Partitions), nil
}
