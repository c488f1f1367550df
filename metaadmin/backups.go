package metaadmin

import (
	"context"

	"pegashell/metaadmin/wire"
)

type (
	// BackupPolicy says when which tables are backed up.
	BackupPolicy = wire.BackupPolicy
	// Backup is one backup of a policy.
	Backup = wire.Backup
)

// BackupPolicies returns the backup policies of these names, all for none, and for each its last
// backups, at most so many, the last one first. Names that no policy has are left out, unless there
// is no policy of any of them: then the leader answers ERR_INVALID_PARAMETERS.
func (c *Client) BackupPolicies(ctx context.Context, names []string, backups int32) ([]BackupPolicy, [][]Backup, error) {
	r, err := onLeader[wire.QueryBackupPolicyResponse](ctx, c, read, wire.RPCQueryBackupPolicy,
		&wire.QueryBackupPolicyRequest{Names: names, Count: backups})
	if err != nil {
		return nil, nil, err
	}
	return r.Policies, r.Backups, nil
}

// AddBackupPolicy adds a backup policy. Without a time of day its first backup begins at once. A
// hint is in the error.
func (c *Client) AddBackupPolicy(ctx context.Context, policy *wire.AddBackupPolicyRequest) error {
	_, err := onLeader[wire.HintResponse](ctx, c, change, wire.RPCAddBackupPolicy, policy)
	return err
}

// ModifyBackupPolicy changes a backup policy as the request says and returns the server's hint.
// ERR_BUSY where a policy cannot be disabled, because a backup is under way.
func (c *Client) ModifyBackupPolicy(ctx context.Context, request *wire.ModifyBackupPolicyRequest) (hint string, err error) {
	r, err := onLeader[wire.HintResponse](ctx, c, change, wire.RPCModifyBackupPolicy, request)
	if err != nil {
		return "", err
	}
	return r.Hint, nil
}

// StartRestore creates a table from a backup and returns its id; its partitions become ready later.
// ERR_OBJECT_NOT_FOUND when the block service has no such backup.
func (c *Client) StartRestore(ctx context.Context, request *wire.RestoreRequest) (id int32, err error) {
	r, err := onLeader[wire.CreateAppResponse](ctx, c, change, wire.RPCStartRestore, request)
	if err != nil {
		return 0, err
	}
	return r.AppID, nil
}

// RestoreStatus is how far the restoring of one partition is.
type RestoreStatus struct {
	// Code is ERR_OK, or why the partition could not be restored.
	Code wire.ErrorCode
	// Progress is in thousandths.
	Progress int32
}

// RestoreStatuses returns how far the restoring of a table is, for each of its partitions. Those of
// a table that was not restored are done. ERR_APP_DROPPED when the restoring has failed.
func (c *Client) RestoreStatuses(ctx context.Context, appID int32) ([]RestoreStatus, error) {
	r, err := onLeader[wire.QueryRestoreResponse](ctx, c, read, wire.RPCQueryRestore, &wire.QueryRestoreRequest{AppID: appID})
	if err != nil {
		return nil, err
	}
	statuses := make([]RestoreStatus, 0, min(len(r.Statuses), len(r.Progress)))
	for i := range cap(statuses) {
		statuses = append(statuses, RestoreStatus{Code: r.Statuses[i], Progress: r.Progress[i]})
	}
	return statuses, nil
}
