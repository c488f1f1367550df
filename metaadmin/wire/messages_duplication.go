package wire

import (
	"maps"
	"slices"

	"github.com/apache/thrift/lib/go/thrift"
)

// AddDuplicationRequest begins to duplicate a table to another cluster, or returns the existing
// duplication.
type AddDuplicationRequest struct {
	AppName    string
	Remote     string // the other cluster's name
	Checkpoint *bool  // whether existing data is copied too; nil: absent
}

func (m *AddDuplicationRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.str(2, m.Remote)
	w.optBool(3, m.Checkpoint)
	w.stop()
}

func (m *AddDuplicationRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.str(&m.Remote)
		case 3:
			r.optBool(&m.Checkpoint)
		default:
			return false
		}
		return true
	})
}

// AddDuplicationResponse answers AddDuplicationRequest. A refusal has no ids.
type AddDuplicationResponse struct {
	Err           ErrorCode
	AppID         int32
	DuplicationID int32
	Hint          *string // why it was refused; nil: absent
}

func (m *AddDuplicationResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(2, m.AppID)
	w.i32(3, m.DuplicationID)
	w.optString(4, m.Hint)
	w.stop()
}

func (m *AddDuplicationResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.i32(&m.AppID)
		case 3:
			r.i32(&m.DuplicationID)
		case 4:
			r.optString(&m.Hint)
		default:
			return false
		}
		return true
	})
}

// Code returns the answer's error code.
func (m *AddDuplicationResponse) Code() ErrorCode { return m.Err }

func (m *AddDuplicationResponse) payload() []int16 { return []int16{2, 3} }

// ModifyDuplicationRequest starts, pauses or removes a duplication, or says what it does about
// mutations that the other cluster refuses. What is nil stays as it is.
type ModifyDuplicationRequest struct {
	AppName       string
	DuplicationID int32
	Status        *int32 // DuplicationStatus
	FailMode      *int32 // DuplicationFailMode
}

func (m *ModifyDuplicationRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.i32(2, m.DuplicationID)
	w.optI32(3, m.Status)
	w.optI32(4, m.FailMode)
	w.stop()
}

func (m *ModifyDuplicationRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.i32(&m.DuplicationID)
		case 3:
			r.optI32(&m.Status)
		case 4:
			r.optI32(&m.FailMode)
		default:
			return false
		}
		return true
	})
}

// ModifyDuplicationResponse answers ModifyDuplicationRequest. Where nothing was to change the id is
// 0.
type ModifyDuplicationResponse struct {
	Err   ErrorCode
	AppID int32
}

func (m *ModifyDuplicationResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(2, m.AppID)
	w.stop()
}

func (m *ModifyDuplicationResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.i32(&m.AppID)
		default:
			return false
		}
		return true
	})
}

// Code returns the answer's error code.
func (m *ModifyDuplicationResponse) Code() ErrorCode { return m.Err }

func (m *ModifyDuplicationResponse) payload() []int16 { return []int16{2} }

// QueryDuplicationResponse answers an AppNameRequest with the duplications of the table, without
// their progress.
type QueryDuplicationResponse struct {
	Err          ErrorCode
	AppID        int32
	Duplications []Duplication
}

func (m *QueryDuplicationResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(3, m.AppID)
	writeList(w, 4, m.Duplications)
	w.stop()
}

func (m *QueryDuplicationResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 3:
			r.i32(&m.AppID)
		case 4:
			readList(r, &m.Duplications)
		default:
			return false
		}
		return true
	})
}

// Duplication is one duplication of a table (idl: duplication_entry).
type Duplication struct {
	ID       int32
	Status   DuplicationStatus
	Remote   string
	CreateMS int64 // ms since 1970
	// Progress is the confirmed decree of each partition; nil: absent.
	Progress map[int32]int64
	FailMode DuplicationFailMode
}

func (m Duplication) write(w *writer) {
	w.i32(1, m.ID)
	w.i32(2, int32(m.Status))
	w.str(3, m.Remote)
	w.i64(4, m.CreateMS)
	if m.Progress != nil {
		w.mapBegin(5, thrift.I32, thrift.I64, len(m.Progress))
		for _, index := range slices.Sorted(maps.Keys(m.Progress)) {
			w.rawI32(index)
			w.rawI64(m.Progress[index])
		}
	}
	w.i32(7, int32(m.FailMode))
	w.stop()
}

func (m *Duplication) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32(&m.ID)
		case 2:
			r.i32((*int32)(&m.Status))
		case 3:
			r.str(&m.Remote)
		case 4:
			r.i64(&m.CreateMS)
		case 5:
			m.Progress = make(map[int32]int64)
			r.mapField(thrift.I32, thrift.I64, func() {
				index := r.rawI32()
				m.Progress[index] = r.rawI64()
			})
		case 7:
			r.i32((*int32)(&m.FailMode))
		default:
			return false
		}
		return true
	})
}

// DuplicationSyncResponse answers DuplicationSyncRequest with the duplications of the tables that
// the replica server has primaries of: by the table's id, then by the duplication's.
type DuplicationSyncResponse struct {
	Err          ErrorCode
	Duplications map[int32]map[int32]Duplication
}

func (m *DuplicationSyncResponse) write(w *writer) {
	w.message(1, m.Err)
	w.mapBegin(2, thrift.I32, thrift.MAP, len(m.Duplications))
	for _, appID := range slices.Sorted(maps.Keys(m.Duplications)) {
		w.rawI32(appID)
		of := m.Duplications[appID]
		w.rawMapBegin(thrift.I32, thrift.STRUCT, len(of))
		for _, id := range slices.Sorted(maps.Keys(of)) {
			w.rawI32(id)
			of[id].write(w)
		}
	}
	w.stop()
}

func (m *DuplicationSyncResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			m.Duplications = make(map[int32]map[int32]Duplication)
			r.mapField(thrift.I32, thrift.MAP, func() {
				r.take(size[Duplication]())
				of := make(map[int32]Duplication)
				m.Duplications[r.rawI32()] = of
				r.rawMap(thrift.I32, thrift.STRUCT, func() {
					r.take(size[Duplication]())
					id := r.rawI32()
					var d Duplication
					d.read(r)
					of[id] = d
				})
			})
		default:
			return false
		}
		return true
	})
}

// Code returns the answer's error code.
func (m *DuplicationSyncResponse) Code() ErrorCode { return m.Err }

func (m *DuplicationSyncResponse) payload() []int16 { return []int16{2} }
