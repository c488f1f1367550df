package replicaserver

import (
	"context"
	"maps"
	"slices"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// handlers is the table of what this server answers. An RPC that is not in it is answered with the
// frame error ERR_HANDLER_NOT_FOUND.
func (s *server) handlers() map[string]rpc.Handler {
	commands := rpc.NewCommands(s.started, s.cfg.Release, s.cfg.Dump)
	commands.Add(replicaCommands...)
	commands.Add(s.figures().Commands()...)
	return map[string]rpc.Handler{
		wire.RPCRemoteCommand:    rpc.Handle(commands.Answer),
		wire.RPCConfigProposal:   rpc.Handle(s.onProposal),
		wire.RPCQueryAppInfo:     rpc.Handle(s.onQueryAppInfo),
		wire.RPCQueryReplicaInfo: rpc.Handle(s.onQueryReplicaInfo),
		wire.RPCDetectHotkey:     rpc.Handle(s.onDetectHotkey),
		rpcAddLearner:            rpc.Handle(s.onAddLearner),
		rpcGroupCheck:            rpc.Handle(s.onGroupCheck),
	}
}

// onQueryAppInfo returns the tables that this server has replicas of.
func (s *server) onQueryAppInfo(context.Context, *wire.NodeRequest) (wire.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	apps := make(map[int32]wire.AppInfo)
	for _, pid := range slices.SortedFunc(maps.Keys(s.replicas), comparePIDs) {
		if _, found := apps[pid.AppID]; !found {
			apps[pid.AppID] = s.replicas[pid].info
		}
	}
	answer := &wire.QueryAppInfoResponse{Err: wire.OK}
	for _, id := range slices.Sorted(maps.Keys(apps)) {
		answer.Apps = append(answer.Apps, apps[id])
	}
	return answer, nil
}

// onQueryReplicaInfo returns all stored replicas.
func (s *server) onQueryReplicaInfo(context.Context, *wire.NodeRequest) (wire.Message, error) {
	return &wire.QueryReplicaInfoResponse{Err: wire.OK, Replicas: s.reports()}, nil
}

// replicaCommands are the remote commands that only replica servers have.
var replicaCommands = []rpc.Command{
	{Names: []string{"nfs.max_copy_rate_megabytes_per_disk"}, Help: "nfs.max_copy_rate_megabytes_per_disk [num]"},
	{Names: []string{"nfs.max_send_rate_megabytes_per_disk"}, Help: "nfs.max_send_rate_megabytes_per_disk [num]"},
	{Names: []string{"replica.deny-client"}, Help: "replica.deny-client <true|false>"},
	{Names: []string{"replica.get-tcmalloc-status"}, Help: "replica.get-tcmalloc-status - get status of tcmalloc"},
	{Names: []string{"replica.kill_partition"}, Help: "replica.kill_partition [app_id [partition_index]]"},
	{Names: []string{"replica.max-concurrent-bulk-load-downloading-count"}, Help: "replica.max-concurrent-bulk-load-downloading-count [num | DEFAULT]"},
	{Names: []string{"replica.mem-release-max-reserved-percentage"}, Help: "replica.mem-release-max-reserved-percentage [num | DEFAULT]"},
	{Names: []string{"replica.query-app-envs"}, Help: "replica.query-app-envs [id1,id2,...] (where id is 'app_id' or 'app_id.partition_id')"},
	{Names: []string{"replica.query-compact"}, Help: "replica.query-compact [id1,id2,...] (where id is 'app_id' or 'app_id.partition_id')"},
	{Names: []string{"replica.release-all-reserved-memory"}, Help: "replica.release-all-reserved-memory - release tcmalloc all reserved-not-used memory"},
	{Names: []string{"replica.release-tcmalloc-memory"}, Help: "replica.release-tcmalloc-memory <true|false>"},
	{Names: []string{"replica.trigger-checkpoint"}, Help: "replica.trigger-checkpoint [id1,id2,...] (where id is 'app_id' or 'app_id.partition_id')"},
	{Names: []string{"replica.verbose-client-log"}, Help: "replica.verbose-client-log <true|false>"},
	{Names: []string{"replica.verbose-commit-log"}, Help: "replica.verbose-commit-log <true|false>"},
}
