package metaadmin

import (
	"context"

	"pegashell/metaadmin/wire"
)

// Names of the arguments of these calls.
type (
	// DuplicationStatus is what a duplication does.
	DuplicationStatus = wire.DuplicationStatus
	// DuplicationFailMode is what a duplication does about a mutation that the other cluster refuses.
	DuplicationFailMode = wire.DuplicationFailMode
)

// AddDuplication begins to duplicate a table to another cluster; checkpoint says whether the data that
// is there already is copied too. A duplication to that cluster that exists is altered instead, and its id
// returned; both ids are 0 where its status does not allow that. A refusal has the server's hint.
func (c *Client) AddDuplication(ctx context.Context, app, remote string, checkpoint bool) (appID, duplicationID int32, err error) {
	r, err := onLeader[wire.AddDuplicationResponse](ctx, c, change, wire.RPCAddDuplication,
		&wire.AddDuplicationRequest{AppName: app, Remote: remote, Checkpoint: &checkpoint})
	if err != nil {
		return 0, 0, err
	}
	return r.AppID, r.DuplicationID, nil
}

// SetDuplicationStatus starts (DuplicationLog), pauses or removes a duplication.
func (c *Client) SetDuplicationStatus(ctx context.Context, app string, id int32, status DuplicationStatus) error {
	to := int32(status)
	return c.modifyDuplication(ctx, &wire.ModifyDuplicationRequest{AppName: app, DuplicationID: id, Status: &to})
}

// SetDuplicationFailMode sets what a duplication does about a mutation that the other cluster refuses.
func (c *Client) SetDuplicationFailMode(ctx context.Context, app string, id int32, mode DuplicationFailMode) error {
	to := int32(mode)
	return c.modifyDuplication(ctx, &wire.ModifyDuplicationRequest{AppName: app, DuplicationID: id, FailMode: &to})
}

func (c *Client) modifyDuplication(ctx context.Context, request *wire.ModifyDuplicationRequest) error {
	_, err := onLeader[wire.ModifyDuplicationResponse](ctx, c, change, wire.RPCModifyDuplication, request)
	return err
}

// Duplications returns a table's id and its duplications, without their progress.
func (c *Client) Duplications(ctx context.Context, app string) (appID int32, all []Duplication, err error) {
	r, err := onLeader[wire.QueryDuplicationResponse](ctx, c, read, wire.RPCQueryDuplication, &wire.AppNameRequest{AppName: app})
	if err != nil {
		return 0, nil, err
	}
	return r.AppID, r.Duplications, nil
}

// DuplicationProgress returns what the leader knows of the duplications of the tables that a replica
// server has primaries of: the decrees that the other clusters have confirmed, by the partition, by the
// duplication's id, by the table's id.
func (c *Client) DuplicationProgress(ctx context.Context, server wire.Address) (map[int32]map[int32]Duplication, error) {
	r, err := onLeader[wire.DuplicationSyncResponse](ctx, c, read, wire.RPCDuplicationSync, &wire.DuplicationSyncRequest{Node: server})
	if err != nil {
		return nil, err
	}
	return r.Duplications, nil
}
