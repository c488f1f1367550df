package wire

// BeaconRequest is a replica server's sign of life to a meta server (idl: beacon_msg). Times are
// ms.
type BeaconRequest struct {
	Time      int64
	From, To  Address
	StartTime *int64
}

func (m *BeaconRequest) write(w *writer) {
	w.i64(1, m.Time)
	w.message(2, m.From)
	w.message(3, m.To)
	w.optI64(4, m.StartTime)
	w.stop()
}

func (m *BeaconRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i64(&m.Time)
		case 2:
			r.message(&m.From)
		case 3:
			r.message(&m.To)
		case 4:
			r.optI64(&m.StartTime)
		default:
			return false
		}
		return true
	})
}

// BeaconResponse answers BeaconRequest (idl: beacon_ack): a follower says that it is not the master
// and names the leader as Primary.
type BeaconResponse struct {
	Time          int64
	This, Primary Address
	IsMaster      bool
	Allowed       bool
}

func (m *BeaconResponse) write(w *writer) {
	w.i64(1, m.Time)
	w.message(2, m.This)
	w.message(3, m.Primary)
	w.boolean(4, m.IsMaster)
	w.boolean(5, m.Allowed)
	w.stop()
}

func (m *BeaconResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i64(&m.Time)
		case 2:
			r.message(&m.This)
		case 3:
			r.message(&m.Primary)
		case 4:
			r.boolean(&m.IsMaster)
		case 5:
			r.boolean(&m.Allowed)
		default:
			return false
		}
		return true
	})
}

// ReplicaInfo describes one replica on a server (idl: replica_info).
type ReplicaInfo struct {
	PID                 GPID
	Ballot              int64
	Status              PartitionStatus
	LastCommittedDecree int64
	LastPreparedDecree  int64
	LastDurableDecree   int64
	AppType             string
	DiskTag             string
	ManualCompactStatus *int32
}

func (m ReplicaInfo) write(w *writer) {
	w.message(1, m.PID)
	w.i64(2, m.Ballot)
	w.i32(3, int32(m.Status))
	w.i64(4, m.LastCommittedDecree)
	w.i64(5, m.LastPreparedDecree)
	w.i64(6, m.LastDurableDecree)
	w.str(7, m.AppType)
	w.str(8, m.DiskTag)
	w.optI32(9, m.ManualCompactStatus)
	w.stop()
}

func (m *ReplicaInfo) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.PID)
		case 2:
			r.i64(&m.Ballot)
		case 3:
			r.i32((*int32)(&m.Status))
		case 4:
			r.i64(&m.LastCommittedDecree)
		case 5:
			r.i64(&m.LastPreparedDecree)
		case 6:
			r.i64(&m.LastDurableDecree)
		case 7:
			r.str(&m.AppType)
		case 8:
			r.str(&m.DiskTag)
		case 9:
			r.optI32(&m.ManualCompactStatus)
		default:
			return false
		}
		return true
	})
}

// ConfigSyncRequest is a replica server's report of what it stores (idl:
// configuration_query_by_node_request). Nil Stored is absent.
type ConfigSyncRequest struct {
	Node   Address
	Stored []ReplicaInfo
	HP     *HostPort
}

func (m *ConfigSyncRequest) write(w *writer) {
	w.message(1, m.Node)
	if m.Stored != nil {
		writeList(w, 2, m.Stored)
	}
	w.optHostPort(4, m.HP)
	w.stop()
}

func (m *ConfigSyncRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Node)
		case 2:
			readList(r, &m.Stored)
		case 4:
			r.optHostPort(&m.HP)
		default:
			return false
		}
		return true
	})
}

// ConfigSyncResponse answers ConfigSyncRequest with what the server has to hold according to the
// leader; GC names replicas that it may remove. Nil GC is absent.
type ConfigSyncResponse struct {
	Err        ErrorCode
	Partitions []ConfigUpdateRequest
	GC         []ReplicaInfo
}

func (m *ConfigSyncResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Partitions)
	if m.GC != nil {
		writeList(w, 3, m.GC)
	}
	w.stop()
}

func (m *ConfigSyncResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Partitions)
		case 3:
			readList(r, &m.GC)
		default:
			return false
		}
		return true
	})
}

// ConfigUpdateRequest carries one change of a partition's configuration (idl:
// configuration_update_request): as RPC_CONFIG_PROPOSAL from the leader to a replica server, as
// RPC_CM_UPDATE_PARTITION_CONFIGURATION from the primary to the leader.
type ConfigUpdateRequest struct {
	Info     AppInfo
	Config   PartitionConfig
	Type     ConfigType
	Node     Address
	HostNode Address
	HPNode   *HostPort
}

func (m ConfigUpdateRequest) write(w *writer) {
	w.message(1, m.Info)
	w.message(2, m.Config)
	w.i32(3, int32(m.Type))
	w.message(4, m.Node)
	w.message(5, m.HostNode)
	w.optHostPort(7, m.HPNode)
	w.stop()
}

func (m *ConfigUpdateRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Info)
		case 2:
			r.message(&m.Config)
		case 3:
			r.i32((*int32)(&m.Type))
		case 4:
			r.message(&m.Node)
		case 5:
			r.message(&m.HostNode)
		case 7:
			r.optHostPort(&m.HPNode)
		default:
			return false
		}
		return true
	})
}

// ConfigUpdateResponse answers a primary's ConfigUpdateRequest with the configuration now in force.
type ConfigUpdateResponse struct {
	Err    ErrorCode
	Config PartitionConfig
}

func (m *ConfigUpdateResponse) write(w *writer) {
	w.message(1, m.Err)
	w.message(2, m.Config)
	w.stop()
}

func (m *ConfigUpdateResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.message(&m.Config)
		default:
			return false
		}
		return true
	})
}

// NodeRequest names one server and has no other field: the meta server in RPC_QUERY_APP_INFO, the
// replica server in RPC_QUERY_REPLICA_INFO.
type NodeRequest struct {
	Node Address
	HP   *HostPort
}

func (m *NodeRequest) write(w *writer) {
	w.message(1, m.Node)
	w.optHostPort(2, m.HP)
	w.stop()
}

func (m *NodeRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Node)
		case 2:
			r.optHostPort(&m.HP)
		default:
			return false
		}
		return true
	})
}

// QueryAppInfoResponse answers RPC_QUERY_APP_INFO with the tables that the server has replicas of.
type QueryAppInfoResponse struct {
	Err  ErrorCode
	Apps []AppInfo
}

func (m *QueryAppInfoResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Apps)
	w.stop()
}

func (m *QueryAppInfoResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Apps)
		default:
			return false
		}
		return true
	})
}

// QueryReplicaInfoResponse answers RPC_QUERY_REPLICA_INFO.
type QueryReplicaInfoResponse struct {
	Err      ErrorCode
	Replicas []ReplicaInfo
}

func (m *QueryReplicaInfoResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Replicas)
	w.stop()
}

func (m *QueryReplicaInfoResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Replicas)
		default:
			return false
		}
		return true
	})
}
