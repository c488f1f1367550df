package wire

import "github.com/apache/thrift/lib/go/thrift"

// ListAppsRequest is for the tables in a state (0 is any).
type ListAppsRequest struct {
	Status    AppStatus
	Pattern   *string
	MatchType *int32
}

func (m *ListAppsRequest) write(w *writer) {
	w.i32(1, int32(m.Status))
	w.optString(2, m.Pattern)
	w.optI32(3, m.MatchType)
	w.stop()
}

func (m *ListAppsRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32((*int32)(&m.Status))
		case 2:
			r.optString(&m.Pattern)
		case 3:
			r.optI32(&m.MatchType)
		default:
			return false
		}
		return true
	})
}

// ListAppsResponse answers ListAppsRequest, in the order of the table ids.
type ListAppsResponse struct {
	Err   ErrorCode
	Infos []AppInfo
	Hint  *string
}

func (m *ListAppsResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Infos)
	w.optString(3, m.Hint)
	w.stop()
}

func (m *ListAppsResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Infos)
		case 3:
			r.optString(&m.Hint)
		default:
			return false
		}
		return true
	})
}

// QueryCfgRequest asks for a table's partitions; no indices means all.
type QueryCfgRequest struct {
	AppName string
	Indices []int32
}

func (m *QueryCfgRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.i32s(2, m.Indices)
	w.stop()
}

func (m *QueryCfgRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.i32s(&m.Indices)
		default:
			return false
		}
		return true
	})
}

// QueryCfgResponse answers QueryCfgRequest. A follower names the leader as the primary of the first
// partition.
type QueryCfgResponse struct {
	Err            ErrorCode
	AppID          int32
	PartitionCount int32
	Stateful       bool
	Partitions     []PartitionConfig
}

func (m *QueryCfgResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(2, m.AppID)
	w.i32(3, m.PartitionCount)
	w.boolean(4, m.Stateful)
	writeList(w, 5, m.Partitions)
	w.stop()
}

func (m *QueryCfgResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.i32(&m.AppID)
		case 3:
			r.i32(&m.PartitionCount)
		case 4:
			r.boolean(&m.Stateful)
		case 5:
			readList(r, &m.Partitions)
		default:
			return false
		}
		return true
	})
}

// ListNodesRequest asks for the replica servers in a state (0 is any).
type ListNodesRequest struct {
	Status NodeStatus
}

func (m *ListNodesRequest) write(w *writer) {
	w.i32(1, int32(m.Status))
	w.stop()
}

func (m *ListNodesRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		if id != 1 {
			return false
		}
		r.i32((*int32)(&m.Status))
		return true
	})
}

// ListNodesResponse answers ListNodesRequest.
type ListNodesResponse struct {
	Err   ErrorCode
	Infos []NodeInfo
}

func (m *ListNodesResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Infos)
	w.stop()
}

func (m *ListNodesResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Infos)
		default:
			return false
		}
		return true
	})
}

// ClusterInfoRequest asks for the cluster's description of itself.
type ClusterInfoRequest struct{}

func (m *ClusterInfoRequest) write(w *writer) { w.stop() }
func (m *ClusterInfoRequest) read(r *reader)  { r.fields(func(int16) bool { return false }) }

// ClusterInfoResponse answers ClusterInfoRequest: Values[i] belongs to Keys[i], in the order to be
// printed.
type ClusterInfoResponse struct {
	Err    ErrorCode
	Keys   []string
	Values []string
}

func (m *ClusterInfoResponse) write(w *writer) {
	w.message(1, m.Err)
	w.strings(2, m.Keys)
	w.strings(3, m.Values)
	w.stop()
}

func (m *ClusterInfoResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.strings(&m.Keys)
		case 3:
			r.strings(&m.Values)
		default:
			return false
		}
		return true
	})
}

// ControlMetaRequest sets the function level; LevelInvalid only asks for it.
type ControlMetaRequest struct {
	Level MetaLevel
}

func (m *ControlMetaRequest) write(w *writer) {
	w.i32(1, int32(m.Level))
	w.stop()
}

func (m *ControlMetaRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		if id != 1 {
			return false
		}
		r.i32((*int32)(&m.Level))
		return true
	})
}

// ControlMetaResponse answers ControlMetaRequest with the level that was set before.
type ControlMetaResponse struct {
	Err      ErrorCode
	OldLevel MetaLevel
}

func (m *ControlMetaResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(2, int32(m.OldLevel))
	w.stop()
}

func (m *ControlMetaResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.i32((*int32)(&m.OldLevel))
		default:
			return false
		}
		return true
	})
}

// StringResult is the result of a remote command: a bare string in place of a struct.
type StringResult struct {
	Text string
}

func (m *StringResult) write(w *writer)    { w.rawString(m.Text) }
func (m *StringResult) read(r *reader)     { m.Text = r.rawString() }
func (m *StringResult) kind() thrift.TType { return thrift.STRING }

// RemoteCommandRequest makes any server execute one of its commands.
type RemoteCommandRequest struct {
	Command   string
	Arguments []string
}

func (m *RemoteCommandRequest) write(w *writer) {
	w.str(1, m.Command)
	w.strings(2, m.Arguments)
	w.stop()
}

func (m *RemoteCommandRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.Command)
		case 2:
			r.strings(&m.Arguments)
		default:
			return false
		}
		return true
	})
}
