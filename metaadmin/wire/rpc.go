package wire

// The RPCs of a meta server (source: Pegasus, rpc codes of the meta server, and the recorded
// traffic).
const (
	RPCListApps        = "RPC_CM_LIST_APPS"
	RPCQueryCfg        = "RPC_CM_QUERY_PARTITION_CONFIG_BY_INDEX"
	RPCListNodes       = "RPC_CM_LIST_NODES"
	RPCClusterInfo     = "RPC_CM_CLUSTER_INFO"
	RPCControlMeta     = "RPC_CM_CONTROL_META"
	RPCStartRecovery   = "RPC_CM_START_RECOVERY"
	RPCCreateApp       = "RPC_CM_CREATE_APP"
	RPCDropApp         = "RPC_CM_DROP_APP"
	RPCRenameApp       = "RPC_CM_RENAME_APP"
	RPCRecallApp       = "RPC_CM_RECALL_APP"
	RPCUpdateAppEnv    = "RPC_CM_UPDATE_APP_ENV"
	RPCGetReplicaCount = "RPC_CM_GET_MAX_REPLICA_COUNT"
	RPCSetReplicaCount = "RPC_CM_SET_MAX_REPLICA_COUNT"
	RPCDiagnose        = "RPC_CM_DDD_DIAGNOSE"
	RPCPropose         = "RPC_CM_PROPOSE_BALANCER"

	RPCAddDuplication     = "RPC_CM_ADD_DUPLICATION"
	RPCModifyDuplication  = "RPC_CM_MODIFY_DUPLICATION"
	RPCQueryDuplication   = "RPC_CM_QUERY_DUPLICATION"
	RPCStartBulkLoad      = "RPC_CM_START_BULK_LOAD"
	RPCClearBulkLoad      = "RPC_CM_CLEAR_BULK_LOAD"
	RPCQueryBulkLoad      = "RPC_CM_QUERY_BULK_LOAD_STATUS"
	RPCAddBackupPolicy    = "RPC_CM_ADD_BACKUP_POLICY"
	RPCModifyBackupPolicy = "RPC_CM_MODIFY_BACKUP_POLICY"
	RPCQueryBackupPolicy  = "RPC_CM_QUERY_BACKUP_POLICY"
	RPCStartRestore       = "RPC_CM_START_RESTORE"
	RPCQueryRestore       = "RPC_CM_QUERY_RESTORE_STATUS"
	RPCQuerySplit         = "RPC_CM_QUERY_PARTITION_SPLIT"
	RPCControlBulkLoad    = "RPC_CM_CONTROL_BULK_LOAD"
)

// RPCRemoteCommand is answered by every server.
const RPCRemoteCommand = "RPC_CLI_CLI_CALL"

// RPCDetectHotkey is answered by replica servers.
const RPCDetectHotkey = "RPC_DETECT_HOTKEY"

// The RPCs between servers.
const (
	RPCBeacon           = "RPC_FD_FAILURE_DETECTOR_PING"
	RPCConfigSync       = "RPC_CM_CONFIG_SYNC"
	RPCConfigProposal   = "RPC_CONFIG_PROPOSAL"
	RPCUpdateConfig     = "RPC_CM_UPDATE_PARTITION_CONFIGURATION"
	RPCQueryAppInfo     = "RPC_QUERY_APP_INFO"
	RPCQueryReplicaInfo = "RPC_QUERY_REPLICA_INFO"
	RPCDuplicationSync  = "RPC_CM_DUPLICATION_SYNC"
)

// Shape makes an RPC's empty request and answer.
type Shape struct {
	Request, Response func() Message
}

// Shapes are the messages of every RPC that this package knows, by the RPC's name.
var Shapes = map[string]Shape{
	RPCListApps:        shape[ListAppsRequest, ListAppsResponse](),
	RPCQueryCfg:        shape[QueryCfgRequest, QueryCfgResponse](),
	RPCListNodes:       shape[ListNodesRequest, ListNodesResponse](),
	RPCClusterInfo:     shape[ClusterInfoRequest, ClusterInfoResponse](),
	RPCControlMeta:     shape[ControlMetaRequest, ControlMetaResponse](),
	RPCStartRecovery:   shape[RecoveryRequest, HintResponse](),
	RPCCreateApp:       shape[CreateAppRequest, CreateAppResponse](),
	RPCDropApp:         shape[DropAppRequest, ErrorResponse](),
	RPCRenameApp:       shape[RenameAppRequest, HintResponse](),
	RPCRecallApp:       shape[RecallAppRequest, RecallAppResponse](),
	RPCUpdateAppEnv:    shape[UpdateAppEnvRequest, HintResponse](),
	RPCGetReplicaCount: shape[AppNameRequest, ReplicaCountResponse](),
	RPCSetReplicaCount: shape[SetReplicaCountRequest, ReplicaCountResponse](),
	RPCDiagnose:        shape[DiagnoseRequest, DiagnoseResponse](),
	RPCPropose:         shape[ProposeRequest, ErrorResponse](),

	RPCAddDuplication:     shape[AddDuplicationRequest, AddDuplicationResponse](),
	RPCModifyDuplication:  shape[ModifyDuplicationRequest, ModifyDuplicationResponse](),
	RPCQueryDuplication:   shape[AppNameRequest, QueryDuplicationResponse](),
	RPCStartBulkLoad:      shape[StartBulkLoadRequest, HintResponse](),
	RPCClearBulkLoad:      shape[AppNameRequest, HintResponse](),
	RPCQueryBulkLoad:      shape[AppNameRequest, QueryBulkLoadResponse](),
	RPCAddBackupPolicy:    shape[AddBackupPolicyRequest, HintResponse](),
	RPCModifyBackupPolicy: shape[ModifyBackupPolicyRequest, HintResponse](),
	RPCStartRestore:       shape[RestoreRequest, CreateAppResponse](),
	RPCQueryRestore:       shape[QueryRestoreRequest, QueryRestoreResponse](),
	RPCQueryBackupPolicy:  shape[QueryBackupPolicyRequest, QueryBackupPolicyResponse](),
	RPCQuerySplit:         shape[AppNameRequest, QuerySplitResponse](),
	RPCControlBulkLoad:    shape[ControlBulkLoadRequest, ControlBulkLoadResponse](),

	RPCDetectHotkey:     shape[DetectHotkeyRequest, DetectHotkeyResponse](),
	RPCRemoteCommand:    shape[RemoteCommandRequest, StringResult](),
	RPCBeacon:           shape[BeaconRequest, BeaconResponse](),
	RPCConfigSync:       shape[ConfigSyncRequest, ConfigSyncResponse](),
	RPCConfigProposal:   shape[ConfigUpdateRequest, ConfigUpdateResponse](),
	RPCUpdateConfig:     shape[ConfigUpdateRequest, ConfigUpdateResponse](),
	RPCQueryAppInfo:     shape[NodeRequest, QueryAppInfoResponse](),
	RPCQueryReplicaInfo: shape[NodeRequest, QueryReplicaInfoResponse](),
	RPCDuplicationSync:  shape[DuplicationSyncRequest, DuplicationSyncResponse](),
}

func shape[Q, A any, PQ interface {
	*Q
	Message
}, PA interface {
	*A
	Message
}]() Shape {
	return Shape{
		Request:  func() Message { return PQ(new(Q)) },
		Response: func() Message { return PA(new(A)) },
	}
}
