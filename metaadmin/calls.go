package metaadmin

import (
	"context"
	"time"

	"pegashell/metaadmin/wire"
)

// The messages of the protocol, for callers that need not know where they are defined.
type (
	// AppInfo describes a table.
	AppInfo = wire.AppInfo
	// PartitionConfig says which servers hold a partition.
	PartitionConfig = wire.PartitionConfig
	// NodeInfo is a replica server as the leader sees it.
	NodeInfo = wire.NodeInfo
	// MetaLevel is the leader's function level.
	MetaLevel = wire.MetaLevel
	// AppStatus is a table's state.
	AppStatus = wire.AppStatus
	// NodeStatus is a replica server's state.
	NodeStatus = wire.NodeStatus
	// CreateAppOptions are a new table's properties.
	CreateAppOptions = wire.CreateAppOptions
)

// States of tables: AppInvalid asks for all of them.
const (
	AppInvalid   = wire.AppInvalid
	AppAvailable = wire.AppAvailable
)

// Levels of set_meta_level: LevelBlind is set for the time of a migration, the others are those of a
// cluster that works as usual.
const (
	LevelBlind  = wire.LevelBlind
	LevelSteady = wire.LevelSteady
	LevelLively = wire.LevelLively
)

// ListApps returns the tables in a state, all for AppInvalid, in the order of their ids.
func (c *Client) ListApps(ctx context.Context, status AppStatus) ([]AppInfo, error) {
	r, err := onLeader[wire.ListAppsResponse](ctx, c, read, wire.RPCListApps, &wire.ListAppsRequest{Status: status})
	if err != nil {
		return nil, err
	}
	return r.Infos, nil
}

// ListAppsMatching is ListApps for the tables whose name matches a pattern. Servers up to 2.5 do
// not know patterns and return all tables, so the answer is matched here too. ERR_NOT_IMPLEMENTED
// for match types that are the server's own, and that it did not refuse.
func (c *Client) ListAppsMatching(ctx context.Context, status AppStatus, pattern string, match wire.MatchType) ([]AppInfo, error) {
	number := int32(match)
	request := &wire.ListAppsRequest{Status: status, Pattern: &pattern, MatchType: &number}
	r, err := onLeader[wire.ListAppsResponse](ctx, c, read, wire.RPCListApps, request)
	if err != nil {
		return nil, err
	}
	matching := r.Infos[:0]
	for _, app := range r.Infos {
		ok, known := match.Match(app.Name, pattern)
		if !known {
			return nil, &Error{Code: wire.ErrNotImplemented, RPC: wire.RPCListApps, Server: c.Leader()}
		}
		if ok {
			matching = append(matching, app)
		}
	}
	return matching, nil
}

// Partitions are a table's partitions as the leader knows them.
type Partitions struct {
	AppID    int32
	Count    int32
	Stateful bool
	Configs  []PartitionConfig
}

// QueryPartitions returns a table's partitions; ERR_OBJECT_NOT_FOUND when there is no such table.
func (c *Client) QueryPartitions(ctx context.Context, app string) (*Partitions, error) {
	r, err := onLeader[wire.QueryCfgResponse](ctx, c, read, wire.RPCQueryCfg, &wire.QueryCfgRequest{AppName: app})
	if err != nil {
		return nil, err
	}
	return &Partitions{AppID: r.AppID, Count: r.PartitionCount, Stateful: r.Stateful, Configs: r.Partitions}, nil
}

// ListNodes returns the replica servers in a state, all for wire.NodeInvalid, in the leader's
// order.
func (c *Client) ListNodes(ctx context.Context, status NodeStatus) ([]NodeInfo, error) {
	r, err := onLeader[wire.ListNodesResponse](ctx, c, read, wire.RPCListNodes, &wire.ListNodesRequest{Status: status})
	if err != nil {
		return nil, err
	}
	return r.Infos, nil
}

// Pair is one line of what a cluster says of itself.
type Pair struct {
	Key, Value string
}

// ClusterInfo is what a cluster says of itself, in its own order.
type ClusterInfo []Pair

// Get returns the value of a key such as zookeeper_root.
func (i ClusterInfo) Get(key string) (string, bool) {
	for _, p := range i {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// ClusterInfo returns the leader's description of the cluster.
func (c *Client) ClusterInfo(ctx context.Context) (ClusterInfo, error) {
	r, err := onLeader[wire.ClusterInfoResponse](ctx, c, read, wire.RPCClusterInfo, &wire.ClusterInfoRequest{})
	if err != nil {
		return nil, err
	}
	info := pairs(r)
	c.noteInfo(info)
	return info, nil
}

func pairs(r *wire.ClusterInfoResponse) ClusterInfo {
	info := make(ClusterInfo, 0, len(r.Keys))
	for i := range min(len(r.Keys), len(r.Values)) {
		info = append(info, Pair{r.Keys[i], r.Values[i]})
	}
	return info
}

// MetaLevel returns the level that was set. (cluster_info shows the effective one, which is freezed
// while too few replica servers live.)
func (c *Client) MetaLevel(ctx context.Context) (MetaLevel, error) {
	return c.controlMeta(ctx, read, wire.LevelInvalid)
}

// SetMetaLevel sets the leader's level and returns the previous one. The level is kept in the
// leader's memory only: a restart or another leader forgets it.
func (c *Client) SetMetaLevel(ctx context.Context, level MetaLevel) (old MetaLevel, err error) {
	return c.controlMeta(ctx, change, level)
}

func (c *Client) controlMeta(ctx context.Context, k kind, level MetaLevel) (MetaLevel, error) {
	r, err := onLeader[wire.ControlMetaResponse](ctx, c, k, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: level})
	if err != nil {
		return wire.LevelInvalid, err
	}
	if k == change && level != wire.LevelInvalid {
		c.noteLevel(level)
	} else {
		c.noteLevel(r.OldLevel)
	}
	return r.OldLevel, nil
}

// CreateApp creates a table and returns its id, that of the existing one with SuccessIfExist. It is
// there at once; its partitions become ready later.
func (c *Client) CreateApp(ctx context.Context, name string, options CreateAppOptions) (id int32, err error) {
	r, err := onLeader[wire.CreateAppResponse](ctx, c, change, wire.RPCCreateApp, &wire.CreateAppRequest{AppName: name, Options: options})
	if err != nil {
		return 0, err
	}
	return r.AppID, nil
}

// DropApp drops a table, which can be recalled for reserveSeconds (0: the cluster's default). A
// table that does not exist is not an error, as in the original shell.
func (c *Client) DropApp(ctx context.Context, name string, reserveSeconds int64) error {
	_, err := onLeader[wire.ErrorResponse](ctx, c, change, wire.RPCDropApp, &wire.DropAppRequest{
		AppName: name,
		Options: wire.DropAppOptions{SuccessIfNotExist: true, ReserveSeconds: &reserveSeconds},
	})
	return err
}

// RecallApp brings a dropped table back by its id, under newName unless it is empty.
func (c *Client) RecallApp(ctx context.Context, id int32, newName string) (*AppInfo, error) {
	r, err := onLeader[wire.RecallAppResponse](ctx, c, change, wire.RPCRecallApp, &wire.RecallAppRequest{AppID: id, NewName: newName})
	if err != nil {
		return nil, err
	}
	return &r.Info, nil
}

// RenameApp changes a table's name; the server's hint is in the error.
func (c *Client) RenameApp(ctx context.Context, oldName, newName string) error {
	_, err := onLeader[wire.HintResponse](ctx, c, change, wire.RPCRenameApp, &wire.RenameAppRequest{OldName: oldName, NewName: newName})
	return err
}

// UpdateAppEnvs changes a table's environment variables as the request says and returns the
// server's hint.
func (c *Client) UpdateAppEnvs(ctx context.Context, request *wire.UpdateAppEnvRequest) (hint string, err error) {
	r, err := onLeader[wire.HintResponse](ctx, c, change, wire.RPCUpdateAppEnv, request)
	if err != nil {
		return "", err
	}
	return r.Hint, nil
}

// ReplicaCount returns how many replicas each partition of a table is to have.
func (c *Client) ReplicaCount(ctx context.Context, app string) (int32, error) {
	r, err := onLeader[wire.ReplicaCountResponse](ctx, c, read, wire.RPCGetReplicaCount, &wire.AppNameRequest{AppName: app})
	if err != nil {
		return 0, err
	}
	return r.Count, nil
}

// SetReplicaCount sets how many replicas each partition of a table is to have and returns the old
// count and the server's hint, which is mostly empty.
func (c *Client) SetReplicaCount(ctx context.Context, app string, count int32) (old int32, hint string, err error) {
	r, err := onLeader[wire.ReplicaCountResponse](ctx, c, change, wire.RPCSetReplicaCount, &wire.SetReplicaCountRequest{AppName: app, Count: count})
	if err != nil {
		return 0, "", err
	}
	return r.Count, r.Hint, nil
}

// Diagnose lists the partitions that wait for an operator's decision, of one partition, one table
// (index -1) or all (both -1).
func (c *Client) Diagnose(ctx context.Context, pid wire.GPID) ([]wire.DiagnosedPartition, error) {
	r, err := onLeader[wire.DiagnoseResponse](ctx, c, read, wire.RPCDiagnose, &wire.DiagnoseRequest{PID: pid})
	if err != nil {
		return nil, err
	}
	return r.Partitions, nil
}

// Propose proposes changes of a partition's replicas.
func (c *Client) Propose(ctx context.Context, request *wire.ProposeRequest) error {
	_, err := onLeader[wire.ErrorResponse](ctx, c, change, wire.RPCPropose, request)
	return err
}

// StartRecovery has a leader in recovery rebuild the metadata from the replica servers named, and
// returns the server's hint, which can hold warnings after a success too. It takes as long as the
// servers have replicas to list, so ctx should have a deadline of its own. The server continues
// when ctx ends.
func (c *Client) StartRecovery(ctx context.Context, request *wire.RecoveryRequest) (hint string, err error) {
	r, err := onLeader[wire.HintResponse](ctx, c, change, wire.RPCStartRecovery, request)
	if r == nil {
		return "", err
	}
	return r.Hint, err
}

// RemoteTimeout bounds a remote command or a query for metrics when its context does not, as in the
// original shell.
const RemoteTimeout = 5 * time.Second

// remoteTimeout is RemoteTimeout, or the client's shorter bound of a call.
func (c *Client) remoteTimeout() time.Duration {
	if c.options.Timeout > 0 {
		return min(c.options.Timeout, RemoteTimeout)
	}
	return RemoteTimeout
}

// RemoteCommand has one server, meta or replica, carry out one of its commands, and returns what it
// printed.
func (c *Client) RemoteCommand(ctx context.Context, server, command string, arguments []string) (string, error) {
	ctx, cancel := bound(ctx, c.remoteTimeout())
	defer cancel()
	var text wire.StringResult
	code, sent, err := c.callOne(ctx, change, 1, server, wire.RPCRemoteCommand, &wire.RemoteCommandRequest{Command: command, Arguments: arguments}, &text)
	switch {
	case err != nil:
		return "", &Error{Code: failureCode(err), RPC: wire.RPCRemoteCommand, Server: server, Uncertain: sent, Attempts: []Attempt{{server, plain(err)}}, Cause: err}
	case code != wire.OK:
		return "", &Error{Code: code, RPC: wire.RPCRemoteCommand, Server: server}
	}
	return text.Text, nil
}

// onLeader is Client.onLeader with the answer's type.
func onLeader[A any, P interface {
	*A
	wire.Result
}](ctx context.Context, c *Client, k kind, rpc string, arg wire.Message) (*A, error) {
	r, err := c.onLeader(ctx, k, rpc, arg, func() wire.Result { return P(new(A)) })
	if r == nil {
		return nil, err
	}
	return (*A)(r.(P)), err
}
