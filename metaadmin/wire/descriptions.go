package wire

// AppInfo describes a table (idl: app_info). Times are seconds since 1970, 0 where unset.
type AppInfo struct {
	Status             AppStatus
	AppType            string
	Name               string
	ID                 int32
	PartitionCount     int32
	Envs               map[string]string
	Stateful           bool
	MaxReplicaCount    int32
	ExpireSecond       int64
	CreateSecond       int64
	DropSecond         int64
	Duplicating        *bool
	InitPartitionCount int32
	BulkLoading        *bool
	AtomicIdempotent   *bool // only servers of the main branch send it
}

func (m AppInfo) write(w *writer) {
	w.i32(1, int32(m.Status))
	w.str(2, m.AppType)
	w.str(3, m.Name)
	w.i32(4, m.ID)
	w.i32(5, m.PartitionCount)
	w.stringMap(6, m.Envs)
	w.boolean(7, m.Stateful)
	w.i32(8, m.MaxReplicaCount)
	w.i64(9, m.ExpireSecond)
	w.i64(10, m.CreateSecond)
	w.i64(11, m.DropSecond)
	w.optBool(12, m.Duplicating)
	w.i32(13, m.InitPartitionCount)
	w.optBool(14, m.BulkLoading)
	w.optBool(15, m.AtomicIdempotent)
	w.stop()
}

func (m *AppInfo) read(r *reader) {
	m.InitPartitionCount = -1
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32((*int32)(&m.Status))
		case 2:
			r.str(&m.AppType)
		case 3:
			r.str(&m.Name)
		case 4:
			r.i32(&m.ID)
		case 5:
			r.i32(&m.PartitionCount)
		case 6:
			r.stringMap(&m.Envs)
		case 7:
			r.boolean(&m.Stateful)
		case 8:
			r.i32(&m.MaxReplicaCount)
		case 9:
			r.i64(&m.ExpireSecond)
		case 10:
			r.i64(&m.CreateSecond)
		case 11:
			r.i64(&m.DropSecond)
		case 12:
			r.optBool(&m.Duplicating)
		case 13:
			r.i32(&m.InitPartitionCount)
		case 14:
			r.optBool(&m.BulkLoading)
		case 15:
			r.optBool(&m.AtomicIdempotent)
		default:
			return false
		}
		return true
	})
}

// PartitionConfig says which servers hold a partition (idl: partition_configuration). The HP twins
// are absent (nil) in answers of servers up to 2.5.
type PartitionConfig struct {
	PID                 GPID
	Ballot              int64
	MaxReplicaCount     int32
	Primary             Address
	Secondaries         []Address
	LastDrops           []Address
	LastCommittedDecree int64
	PartitionFlags      int32
	HPPrimary           *HostPort
	HPSecondaries       []HostPort
	HPLastDrops         []HostPort
}

// PrimaryServer is the primary's name, "" when there is none.
func (m *PartitionConfig) PrimaryServer() string { return Server(m.Primary, m.HPPrimary) }

// SecondaryServers are the secondaries' names in the server's order.
func (m *PartitionConfig) SecondaryServers() []string {
	return servers(m.Secondaries, m.HPSecondaries)
}

// LastDropServers are the names of the servers that dropped out, the latest last.
func (m *PartitionConfig) LastDropServers() []string { return servers(m.LastDrops, m.HPLastDrops) }

func servers(addresses []Address, twins []HostPort) []string {
	if len(twins) == 0 || len(twins) != len(addresses) && len(addresses) > 0 {
		names := make([]string, 0, len(addresses))
		for _, a := range addresses {
			names = append(names, a.String())
		}
		return names
	}
	names := make([]string, 0, len(twins))
	for i, h := range twins {
		if h.Valid() || i >= len(addresses) {
			names = append(names, h.String())
		} else {
			names = append(names, addresses[i].String())
		}
	}
	return names
}

func (m PartitionConfig) write(w *writer) {
	w.message(1, m.PID)
	w.i64(2, m.Ballot)
	w.i32(3, m.MaxReplicaCount)
	w.message(4, m.Primary)
	writeList(w, 5, m.Secondaries)
	writeList(w, 6, m.LastDrops)
	w.i64(7, m.LastCommittedDecree)
	w.i32(8, m.PartitionFlags)
	w.optHostPort(9, m.HPPrimary)
	if m.HPSecondaries != nil {
		writeList(w, 10, m.HPSecondaries)
	}
	if m.HPLastDrops != nil {
		writeList(w, 11, m.HPLastDrops)
	}
	w.stop()
}

func (m *PartitionConfig) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.PID)
		case 2:
			r.i64(&m.Ballot)
		case 3:
			r.i32(&m.MaxReplicaCount)
		case 4:
			r.message(&m.Primary)
		case 5:
			readList(r, &m.Secondaries)
		case 6:
			readList(r, &m.LastDrops)
		case 7:
			r.i64(&m.LastCommittedDecree)
		case 8:
			r.i32(&m.PartitionFlags)
		case 9:
			r.optHostPort(&m.HPPrimary)
		case 10:
			readList(r, &m.HPSecondaries)
		case 11:
			readList(r, &m.HPLastDrops)
		default:
			return false
		}
		return true
	})
}

// NodeInfo is a replica server as the leader sees it (idl: node_info).
type NodeInfo struct {
	Status  NodeStatus
	Address Address
	HP      *HostPort
}

// Name is the server's host and port.
func (m *NodeInfo) Name() string { return Server(m.Address, m.HP) }

func (m NodeInfo) write(w *writer) {
	w.i32(1, int32(m.Status))
	w.message(2, m.Address)
	w.optHostPort(3, m.HP)
	w.stop()
}

func (m *NodeInfo) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32((*int32)(&m.Status))
		case 2:
			r.message(&m.Address)
		case 3:
			r.optHostPort(&m.HP)
		default:
			return false
		}
		return true
	})
}
