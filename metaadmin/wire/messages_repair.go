package wire

import "github.com/apache/thrift/lib/go/thrift"

// RecoveryRequest makes a leader in recovery rebuild the metadata from the replica servers named.
type RecoveryRequest struct {
	Nodes              []Address
	SkipBadNodes       bool
	SkipLostPartitions bool
	HPNodes            []HostPort // nil: absent
}

func (m *RecoveryRequest) write(w *writer) {
	writeList(w, 1, m.Nodes)
	w.boolean(2, m.SkipBadNodes)
	w.boolean(3, m.SkipLostPartitions)
	if m.HPNodes != nil {
		writeList(w, 4, m.HPNodes)
	}
	w.stop()
}

func (m *RecoveryRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			readList(r, &m.Nodes)
		case 2:
			r.boolean(&m.SkipBadNodes)
		case 3:
			r.boolean(&m.SkipLostPartitions)
		case 4:
			readList(r, &m.HPNodes)
		default:
			return false
		}
		return true
	})
}

// DiagnoseRequest asks which partitions wait for a decision of the operator; both parts of the gpid
// are -1 for all.
type DiagnoseRequest struct {
	PID GPID
}

func (m *DiagnoseRequest) write(w *writer) {
	w.message(1, m.PID)
	w.stop()
}

func (m *DiagnoseRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		if id != 1 {
			return false
		}
		r.message(&m.PID)
		return true
	})
}

// DiagnoseResponse answers DiagnoseRequest.
type DiagnoseResponse struct {
	Err        ErrorCode
	Partitions []DiagnosedPartition
}

func (m *DiagnoseResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Partitions)
	w.stop()
}

func (m *DiagnoseResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Partitions)
		default:
			return false
		}
		return true
	})
}

// DiagnosedPartition is a partition without a primary and what is known of its replicas (idl:
// ddd_partition_info).
type DiagnosedPartition struct {
	Config  PartitionConfig
	Dropped []DroppedNode
	Reason  string
}

func (m DiagnosedPartition) write(w *writer) {
	w.message(1, m.Config)
	writeList(w, 2, m.Dropped)
	w.str(3, m.Reason)
	w.stop()
}

func (m *DiagnosedPartition) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Config)
		case 2:
			readList(r, &m.Dropped)
		case 3:
			r.str(&m.Reason)
		default:
			return false
		}
		return true
	})
}

// DroppedNode is a server that held a replica (idl: ddd_node_info). DropTime is in ms since 1970.
type DroppedNode struct {
	Node                Address
	DropTime            int64
	Alive               bool
	Collected           bool
	Ballot              int64
	LastCommittedDecree int64
	LastPreparedDecree  int64
	HP                  *HostPort
}

// Server is the server's name.
func (m *DroppedNode) Server() string { return Server(m.Node, m.HP) }

func (m DroppedNode) write(w *writer) {
	w.message(1, m.Node)
	w.i64(2, m.DropTime)
	w.boolean(3, m.Alive)
	w.boolean(4, m.Collected)
	w.i64(5, m.Ballot)
	w.i64(6, m.LastCommittedDecree)
	w.i64(7, m.LastPreparedDecree)
	w.optHostPort(8, m.HP)
	w.stop()
}

func (m *DroppedNode) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Node)
		case 2:
			r.i64(&m.DropTime)
		case 3:
			r.boolean(&m.Alive)
		case 4:
			r.boolean(&m.Collected)
		case 5:
			r.i64(&m.Ballot)
		case 6:
			r.i64(&m.LastCommittedDecree)
		case 7:
			r.i64(&m.LastPreparedDecree)
		case 8:
			r.optHostPort(&m.HP)
		default:
			return false
		}
		return true
	})
}

// ProposeRequest proposes changes of one partition's replicas (idl:
// configuration_balancer_request). BalanceType is 0 move_primary, 1 copy_primary, 2 copy_secondary.
type ProposeRequest struct {
	PID         GPID
	Actions     []ProposalAction
	Force       *bool
	BalanceType *int32
}

func (m *ProposeRequest) write(w *writer) {
	w.message(1, m.PID)
	writeList(w, 2, m.Actions)
	w.optBool(3, m.Force)
	w.optI32(4, m.BalanceType)
	w.stop()
}

func (m *ProposeRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.PID)
		case 2:
			readList(r, &m.Actions)
		case 3:
			r.optBool(&m.Force)
		case 4:
			r.optI32(&m.BalanceType)
		default:
			return false
		}
		return true
	})
}

// ProposalAction makes Target change the role of Node for the partition.
type ProposalAction struct {
	Target, Node     Address
	Type             ConfigType
	HPTarget, HPNode *HostPort
}

func (m ProposalAction) write(w *writer) {
	w.message(1, m.Target)
	w.message(2, m.Node)
	w.i32(3, int32(m.Type))
	w.optHostPort(5, m.HPTarget)
	w.optHostPort(6, m.HPNode)
	w.stop()
}

func (m *ProposalAction) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Target)
		case 2:
			r.message(&m.Node)
		case 3:
			r.i32((*int32)(&m.Type))
		case 5:
			r.optHostPort(&m.HPTarget)
		case 6:
			r.optHostPort(&m.HPNode)
		default:
			return false
		}
		return true
	})
}

// DuplicationSyncRequest is what replica servers report to the leader about duplications (idl:
// duplication_sync_request). Clusters without duplication send an empty map; its entries are not
// kept.
type DuplicationSyncRequest struct {
	Node Address
	HP   *HostPort
}

func (m *DuplicationSyncRequest) write(w *writer) {
	w.message(1, m.Node)
	w.emptyMap(2, thrift.STRUCT, thrift.LIST)
	w.optHostPort(3, m.HP)
	w.stop()
}

func (m *DuplicationSyncRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Node)
		case 2:
			r.emptyMap()
		case 3:
			r.optHostPort(&m.HP)
		default:
			return false
		}
		return true
	})
}
