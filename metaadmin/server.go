package metaadmin

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"time"

	"pegashell/metaadmin/wire"
)

// Server is one server, meta or replica, that is asked by itself: what it answers is its own view,
// whoever leads, and nobody else is asked where it does not answer. All of its methods only read.
type Server struct {
	client *Client
	// Address is HOST:PORT.
	Address string
}

// Server returns one server, which need not be in the client's list.
func (c *Client) Server(address string) Server { return Server{c, address} }

// ClusterInfo returns the server's description of the cluster, if it leads. The error of a follower
// has the code ERR_FORWARD_TO_OTHERS, that of a leader in recovery mode ERR_UNDER_RECOVERY, and
// that of a leader which is still loading the metadata ERR_SERVICE_NOT_ACTIVE.
func (s Server) ClusterInfo(ctx context.Context) (ClusterInfo, error) {
	var answer wire.ClusterInfoResponse
	if err := s.ask(ctx, wire.RPCClusterInfo, &wire.ClusterInfoRequest{}, &answer); err != nil {
		return nil, err
	}
	return pairs(&answer), nil
}

// MetaLevel returns the level that was set, if the server leads.
func (s Server) MetaLevel(ctx context.Context) (MetaLevel, error) {
	var answer wire.ControlMetaResponse
	err := s.ask(ctx, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: wire.LevelInvalid}, &answer)
	return answer.OldLevel, err
}

// ListApps returns all tables, dropped ones too, if the server leads.
func (s Server) ListApps(ctx context.Context) ([]AppInfo, error) {
	var answer wire.ListAppsResponse
	err := s.ask(ctx, wire.RPCListApps, &wire.ListAppsRequest{Status: wire.AppInvalid}, &answer)
	return answer.Infos, err
}

// ListNodes returns all replica servers as the server sees them, if it leads.
func (s Server) ListNodes(ctx context.Context) ([]NodeInfo, error) {
	var answer wire.ListNodesResponse
	err := s.ask(ctx, wire.RPCListNodes, &wire.ListNodesRequest{Status: wire.NodeInvalid}, &answer)
	return answer.Infos, err
}

// Partitions returns a table's partitions as the server sees them, if it leads.
func (s Server) Partitions(ctx context.Context, app string) ([]PartitionConfig, error) {
	var answer wire.QueryCfgResponse
	err := s.ask(ctx, wire.RPCQueryCfg, &wire.QueryCfgRequest{AppName: app}, &answer)
	return answer.Partitions, err
}

// Replicas returns all replicas that a replica server has on its disks, with their states. The
// request names the server, as that of a leader in recovery does.
func (s Server) Replicas(ctx context.Context) ([]wire.ReplicaInfo, error) {
	ctx, cancel := bound(ctx, s.client.options.Timeout)
	defer cancel()
	node, twin, err := s.client.Resolve(ctx, s.Address)
	if err != nil {
		return nil, err
	}
	var answer wire.QueryReplicaInfoResponse
	if err := s.ask(ctx, wire.RPCQueryReplicaInfo, &wire.NodeRequest{Node: node, HP: twin}, &answer); err != nil {
		return nil, err
	}
	return answer.Replicas, nil
}

// StoredApps returns the tables that a replica server holds replicas of.
func (s Server) StoredApps(ctx context.Context) ([]AppInfo, error) {
	return s.client.appsOn(ctx, s.Address)
}

// serverInfo is the remote command that reports a server's version and start.
const serverInfo = "server-info"

// startedAt is what comes before the time in its answer.
const startedAt = "Started at "

// Started returns when the server's process was started. Servers print that in their own time zone
// without naming it; it is read as one of location. It is zero where the server says none.
func (s Server) Started(ctx context.Context, location *time.Location) (time.Time, error) {
	var answer wire.StringResult
	if err := s.ask(ctx, wire.RPCRemoteCommand, &wire.RemoteCommandRequest{Command: serverInfo}, &answer); err != nil {
		return time.Time{}, err
	}
	_, text, _ := strings.Cut(answer.Text, startedAt)
	started, err := time.ParseInLocation(time.DateTime, strings.TrimSpace(text), location)
	if err != nil {
		return time.Time{}, nil // another release may say it otherwise
	}
	return started, nil
}

// ask sends one call that changes nothing.
func (s Server) ask(ctx context.Context, rpc string, request, answer wire.Message) error {
	ctx, cancel := bound(ctx, s.client.options.Timeout)
	defer cancel()
	code, _, err := s.client.callOne(ctx, read, 1, s.Address, rpc, request, answer)
	switch {
	case err != nil:
		return &Error{Code: failureCode(err), RPC: rpc, Server: s.Address, Attempts: []Attempt{{s.Address, plain(err)}}, Cause: err}
	case code != wire.OK:
		return &Error{Code: code, RPC: rpc, Server: s.Address}
	}
	return nil
}

// IsRefused reports whether a call failed because no process listens at the server's address, at
// none of its addresses if its host has several.
func IsRefused(err error) bool {
	switch e := err.(type) {
	case nil:
		return false
	case interface{ Unwrap() []error }:
		causes := e.Unwrap()
		return len(causes) > 0 && !slices.ContainsFunc(causes, func(each error) bool { return !IsRefused(each) })
	case interface{ Unwrap() error }:
		return IsRefused(e.Unwrap())
	}
	return err == syscall.ECONNREFUSED
}

// Version returns what the server says that it is, without the time of its start: Pegasus Server
// 2.5.0 (COMMIT) Release.
func (s Server) Version(ctx context.Context) (string, error) {
	var answer wire.StringResult
	if err := s.ask(ctx, wire.RPCRemoteCommand, &wire.RemoteCommandRequest{Command: serverInfo}, &answer); err != nil {
		return "", err
	}
	version, _, _ := strings.Cut(answer.Text, startedAt)
	return strings.TrimRight(strings.TrimSpace(version), ","), nil
}
