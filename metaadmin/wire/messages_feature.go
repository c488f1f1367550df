package wire

import (
	"maps"
	"slices"

	"github.com/apache/thrift/lib/go/thrift"
)

// What runs in a cluster besides its tables: bulk loads, backups and partition splits.

// QueryBulkLoadResponse answers an AppNameRequest with how far the bulk load of a table is. Of one
// that has ended it is the last result.
type QueryBulkLoadResponse struct {
	Err     ErrorCode
	AppName string
	// Status and Partitions are the states (idl: bulk_load_status) of the table and of its
	// partitions; 0 is none.
	Status          int32
	Partitions      []int32
	MaxReplicaCount int32
	// Servers are what the replica servers report of each partition, in the order of the answer.
	Servers [][]ServerBulkLoad
	Hint    *string
	// Loading is whether the bulk load is still under way; nil: absent.
	Loading *bool
}

func (m *QueryBulkLoadResponse) write(w *writer) {
	w.message(1, m.Err)
	w.str(2, m.AppName)
	w.i32(3, m.Status)
	w.i32s(4, m.Partitions)
	w.i32(5, m.MaxReplicaCount)
	w.listBegin(6, thrift.MAP, len(m.Servers))
	for _, servers := range m.Servers {
		w.rawMapBegin(thrift.STRUCT, thrift.STRUCT, len(servers))
		for _, s := range servers {
			s.Server.write(w)
			s.write(w)
		}
	}
	w.optString(7, m.Hint)
	w.optBool(8, m.Loading)
	w.stop()
}

func (m *QueryBulkLoadResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.str(&m.AppName)
		case 3:
			r.i32(&m.Status)
		case 4:
			r.i32s(&m.Partitions)
		case 5:
			r.i32(&m.MaxReplicaCount)
		case 6:
			r.list(thrift.MAP, func(hint int) { m.Servers = make([][]ServerBulkLoad, 0, hint) }, element{size[[]ServerBulkLoad](), func() {
				var servers []ServerBulkLoad
				r.rawMap(thrift.STRUCT, thrift.STRUCT, func() {
					r.take(size[ServerBulkLoad]() - mapEntry)
					var s ServerBulkLoad
					s.Server.read(r)
					s.read(r)
					servers = append(servers, s)
				})
				m.Servers = append(m.Servers, servers)
			}})
		case 7:
			r.optString(&m.Hint)
		case 8:
			r.optBool(&m.Loading)
		default:
			return false
		}
		return true
	})
}

// ServerBulkLoad is what a replica server reports of the bulk load of a partition (idl:
// partition_bulk_load_state). What is nil is absent.
type ServerBulkLoad struct {
	Server    Address
	Downloads *int32 // percent
	Download  *ErrorCode
	Ingestion *int32
	CleanedUp *bool
	Paused    *bool
}

func (m ServerBulkLoad) write(w *writer) {
	w.optI32(1, m.Downloads)
	if m.Download != nil {
		w.message(2, *m.Download)
	}
	w.optI32(3, m.Ingestion)
	w.optBool(4, m.CleanedUp)
	w.optBool(5, m.Paused)
	w.stop()
}

func (m *ServerBulkLoad) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.optI32(&m.Downloads)
		case 2:
			m.Download = new(ErrorCode)
			r.message(m.Download)
		case 3:
			r.optI32(&m.Ingestion)
		case 4:
			r.optBool(&m.CleanedUp)
		case 5:
			r.optBool(&m.Paused)
		default:
			return false
		}
		return true
	})
}

// The states of a partition that is being split (idl: split_status).
const (
	SplitSplitting int32 = iota + 1
	SplitPausing
	SplitPaused
	SplitCanceling
)

// QuerySplitResponse answers an AppNameRequest with how far the partition split of a table is.
// ERR_INVALID_STATE says that there is none.
type QuerySplitResponse struct {
	Err ErrorCode
	// PartitionCount is the new one.
	PartitionCount int32
	// Partitions are the states (idl: split_status) of the partitions that are being split.
	Partitions map[int32]int32
	Hint       *string
}

func (m *QuerySplitResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(2, m.PartitionCount)
	w.mapBegin(3, thrift.I32, thrift.I32, len(m.Partitions))
	for _, index := range slices.Sorted(maps.Keys(m.Partitions)) {
		w.rawI32(index)
		w.rawI32(m.Partitions[index])
	}
	w.optString(4, m.Hint)
	w.stop()
}

func (m *QuerySplitResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.i32(&m.PartitionCount)
		case 3:
			m.Partitions = make(map[int32]int32)
			r.mapField(thrift.I32, thrift.I32, func() {
				index := r.rawI32()
				m.Partitions[index] = r.rawI32()
			})
		case 4:
			r.optString(&m.Hint)
		default:
			return false
		}
		return true
	})
}
