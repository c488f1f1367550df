package metaserver

import (
	"context"
	"maps"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// handlers is the table of what this server answers. An RPC that is not in it is answered with the
// frame error ERR_HANDLER_NOT_FOUND.
func (s *server) handlers() map[string]rpc.Handler {
	hint := func(e wire.ErrorCode) wire.Message { return &wire.HintResponse{Err: e} }
	count := func(e wire.ErrorCode) wire.Message { return &wire.ReplicaCountResponse{Err: e} }
	handlers := map[string]rpc.Handler{
		wire.RPCRemoteCommand: rpc.Handle(s.commands.Answer),
		wire.RPCBeacon:        rpc.Handle(s.onBeacon),
		wire.RPCStartRecovery: rpc.Handle(s.startRecovery),

		wire.RPCListApps: gated(s, (*leader).listApps, func(e wire.ErrorCode) wire.Message {
			return &wire.ListAppsResponse{Err: e}
		}),
		wire.RPCListNodes: gated(s, (*leader).listNodes, func(e wire.ErrorCode) wire.Message {
			return &wire.ListNodesResponse{Err: e}
		}),
		wire.RPCClusterInfo: gated(s, (*leader).clusterInfo, func(e wire.ErrorCode) wire.Message {
			return &wire.ClusterInfoResponse{Err: e}
		}),
		wire.RPCControlMeta: gated(s, (*leader).controlMeta, func(e wire.ErrorCode) wire.Message {
			return &wire.ControlMetaResponse{Err: e}
		}),
		wire.RPCQueryCfg: rpc.Handle(s.queryCfg),

		wire.RPCCreateApp: gated(s, (*leader).createApp, func(e wire.ErrorCode) wire.Message {
			return &wire.CreateAppResponse{Err: e}
		}),
		wire.RPCDropApp: gated(s, (*leader).dropApp, func(e wire.ErrorCode) wire.Message {
			return &wire.ErrorResponse{Err: e}
		}),
		wire.RPCRenameApp:       gated(s, (*leader).renameApp, hint),
		wire.RPCRecallApp:       rpc.Handle(s.recallApp),
		wire.RPCUpdateAppEnv:    gated(s, (*leader).updateEnvs, hint),
		wire.RPCGetReplicaCount: gated(s, (*leader).getReplicaCount, count),
		wire.RPCSetReplicaCount: gated(s, (*leader).setReplicaCount, count),
		wire.RPCDiagnose:        rpc.Handle(s.diagnose),
		wire.RPCPropose:         rpc.Handle(s.proposeByHand),

		wire.RPCConfigSync: gated(s, (*leader).configSync, func(e wire.ErrorCode) wire.Message {
			return &wire.ConfigSyncResponse{Err: e}
		}),
		wire.RPCUpdateConfig: gated(s, (*leader).updateConfig, func(e wire.ErrorCode) wire.Message {
			return &wire.ConfigUpdateResponse{Err: e}
		}),
	}
	maps.Copy(handlers, s.duplicationHandlers())
	maps.Copy(handlers, s.bulkLoadHandlers())
	maps.Copy(handlers, s.backupHandlers())
	maps.Copy(handlers, s.idleHandlers())
	for name, handler := range handlers {
		if name != wire.RPCRemoteCommand && name != wire.RPCBeacon { // those have threads of their own
			handler = s.unlessHung(handler)
		}
		handlers[name] = s.described(handler)
	}
	return handlers
}

// gate returns this server's leader, or the error why it does not answer as one.
func (s *server) gate() (*leader, wire.ErrorCode) {
	l := s.leader.Load()
	if l == nil {
		return nil, wire.ErrForwardToOthers
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.serving:
		return l, wire.OK
	case l.recovering:
		return nil, wire.ErrUnderRecovery
	}
	return nil, wire.ErrServiceNotActive
}

// gated returns a handler that only a serving leader executes; any other server refuses in the
// answer's body, while the frame has ERR_OK.
func gated[Q any, P interface {
	*Q
	wire.Message
}](s *server, serve func(l *leader, ctx context.Context, arg P) (wire.Message, error), refusal func(wire.ErrorCode) wire.Message) rpc.Handler {
	return rpc.Handle(func(ctx context.Context, arg P) (wire.Message, error) {
		l, code := s.gate()
		if l == nil {
			return refusal(code), nil
		}
		return serve(l, ctx, arg)
	})
}

// queryCfg is the only query whose refusal by a follower names the leader: as the primary of a
// first partition, where clients look for it.
func (s *server) queryCfg(ctx context.Context, q *wire.QueryCfgRequest) (wire.Message, error) {
	l, code := s.gate()
	if l != nil {
		return l.queryCfg(q), nil
	}
	answer := &wire.QueryCfgResponse{Err: code}
	if a := s.election.leader(); code == wire.ErrForwardToOthers && a.Valid() {
		answer.Partitions = []wire.PartitionConfig{{Primary: a}}
	}
	return answer, nil
}

// tableExists reports whether this server has a table of that id in memory. Pegasus 2.5.0 answers
// some requests by this before it looks whether it leads: followers, which have no tables, answer
// as if there were none.
func (s *server) tableExists(id int32) bool {
	l := s.leader.Load()
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tables[id] != nil
}
