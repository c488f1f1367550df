package metaadmin

import (
	"context"
	"errors"

	"pegashell/internal/message"
	"pegashell/metaadmin/wire"
)

// features are the calls that a leader refuses with ERR_SERVICE_NOT_ACTIVE for two reasons: it is still
// loading the metadata, or it runs without the feature (source: meta_service.cpp). The text says what
// the second means.
var features = map[string]message.Text{
	wire.RPCAddDuplication:     duplicationsOff,
	wire.RPCModifyDuplication:  duplicationsOff,
	wire.RPCQueryDuplication:   duplicationsOff,
	wire.RPCDuplicationSync:    duplicationsOff,
	wire.RPCAddBackupPolicy:    backupsOff,
	wire.RPCModifyBackupPolicy: backupsOff,
	wire.RPCQueryBackupPolicy:  backupsOff,
	wire.RPCStartBulkLoad:      featureOff,
	wire.RPCControlBulkLoad:    featureOff,
	wire.RPCQueryBulkLoad:      featureOff,
	wire.RPCClearBulkLoad:      featureOff,
	wire.RPCQuerySplit:         featureOff,
}

var (
	duplicationsOff = message.New("duplications are switched off in the leader's configuration: [replication] duplication_enabled = false")
	backupsOff      = message.New("cold backups are switched off in the leader's configuration: [meta_server] cold_backup_disabled = true, which is the default")
	featureOff      = message.New("the leader has loaded its metadata, so it runs without this feature")
)

// IsSwitchedOff reports whether a call failed because the leader runs without the feature.
func IsSwitchedOff(err error) bool {
	var call *Error
	return errors.As(err, &call) && call.SwitchedOff
}

// hasLoaded reports whether a server is a leader that has loaded the metadata: a call that no setting
// switches off, and that changes nothing, succeeds.
func (c *Client) hasLoaded(ctx context.Context, server string) bool {
	code, _, err := c.callOne(ctx, read, 1, server, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: wire.LevelInvalid}, new(wire.ControlMetaResponse))
	return err == nil && code == wire.OK
}

// callFeature calls one server as callOne does. off reports that the server refused the call because it
// runs without the feature, which no waiting changes.
func (c *Client) callFeature(ctx context.Context, k kind, left int, server, rpc string, arg wire.Message, fresh func() wire.Result) (result wire.Result, code wire.ErrorCode, sent, off bool, err error) {
	result = fresh()
	code, sent, err = c.callOne(ctx, k, left, server, rpc, arg, result)
	if _, ok := features[rpc]; !ok || code != wire.ErrServiceNotActive || !c.hasLoaded(ctx, server) {
		return result, code, sent, false, err
	}
	// It may have finished loading between the two calls, so it is asked again: it has not carried out
	// what it refused.
	result = fresh()
	code, sent, err = c.callOne(ctx, k, left, server, rpc, arg, result)
	return result, code, sent, code == wire.ErrServiceNotActive, err
}
