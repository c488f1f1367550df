package metaadmin

import (
	"context"

	"pegashell/metaadmin/wire"
)

// BulkLoad is how far the bulk load of a table is, or the result of the last one.
type BulkLoad = wire.QueryBulkLoadResponse

// BulkLoadSource says where the files of a bulk load are.
type BulkLoadSource struct {
	Cluster, Provider, Root string
	// IngestBehind: the files' data is older than what the table has.
	IngestBehind bool
}

// StartBulkLoad begins to load files into a table. A leader that accepts it sets its meta level to steady.
// A refusal has the server's hint.
func (c *Client) StartBulkLoad(ctx context.Context, app string, from BulkLoadSource) error {
	_, err := onLeader[wire.HintResponse](ctx, c, change, wire.RPCStartBulkLoad, &wire.StartBulkLoadRequest{
		AppName: app, Cluster: from.Cluster, Provider: from.Provider, Root: from.Root, IngestBehind: from.IngestBehind})
	return err
}

// ControlBulkLoad pauses, restarts or cancels the bulk load of a table. A refusal has the server's hint.
func (c *Client) ControlBulkLoad(ctx context.Context, app string, control wire.BulkLoadControl) error {
	_, err := onLeader[wire.ControlBulkLoadResponse](ctx, c, change, wire.RPCControlBulkLoad, &wire.ControlBulkLoadRequest{AppName: app, Control: control})
	return err
}

// ClearBulkLoad removes what is left of a bulk load that has ended, and returns the server's hint.
func (c *Client) ClearBulkLoad(ctx context.Context, app string) (hint string, err error) {
	r, err := onLeader[wire.HintResponse](ctx, c, change, wire.RPCClearBulkLoad, &wire.AppNameRequest{AppName: app})
	if err != nil {
		return "", err
	}
	return r.Hint, nil
}

// BulkLoad returns how far the bulk load of a table is. A refusal has the server's hint.
func (c *Client) BulkLoad(ctx context.Context, app string) (*BulkLoad, error) {
	return onLeader[wire.QueryBulkLoadResponse](ctx, c, read, wire.RPCQueryBulkLoad, &wire.AppNameRequest{AppName: app})
}
