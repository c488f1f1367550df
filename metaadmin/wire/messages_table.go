package wire

// CreateAppOptions are a new table's properties (idl: create_app_options).
type CreateAppOptions struct {
	PartitionCount   int32
	ReplicaCount     int32
	SuccessIfExist   bool
	AppType          string
	Stateful         bool
	Envs             map[string]string
	AtomicIdempotent *bool // only servers of the main branch know it
}

func (m CreateAppOptions) write(w *writer) {
	w.i32(1, m.PartitionCount)
	w.i32(2, m.ReplicaCount)
	w.boolean(3, m.SuccessIfExist)
	w.str(4, m.AppType)
	w.boolean(5, m.Stateful)
	w.stringMap(6, m.Envs)
	w.optBool(7, m.AtomicIdempotent)
	w.stop()
}

func (m *CreateAppOptions) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32(&m.PartitionCount)
		case 2:
			r.i32(&m.ReplicaCount)
		case 3:
			r.boolean(&m.SuccessIfExist)
		case 4:
			r.str(&m.AppType)
		case 5:
			r.boolean(&m.Stateful)
		case 6:
			r.stringMap(&m.Envs)
		case 7:
			r.optBool(&m.AtomicIdempotent)
		default:
			return false
		}
		return true
	})
}

// CreateAppRequest creates a table.
type CreateAppRequest struct {
	AppName string
	Options CreateAppOptions
}

func (m *CreateAppRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.message(2, m.Options)
	w.stop()
}

func (m *CreateAppRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.message(&m.Options)
		default:
			return false
		}
		return true
	})
}

// CreateAppResponse answers CreateAppRequest with the new table's id.
type CreateAppResponse struct {
	Err   ErrorCode
	AppID int32
}

func (m *CreateAppResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(2, m.AppID)
	w.stop()
}

func (m *CreateAppResponse) read(r *reader) {
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

// DropAppOptions say how a table is dropped (idl: drop_app_options). ReserveSeconds is how long it
// can be recalled; 0 is the server's default.
type DropAppOptions struct {
	SuccessIfNotExist bool
	ReserveSeconds    *int64
}

func (m DropAppOptions) write(w *writer) {
	w.boolean(1, m.SuccessIfNotExist)
	w.optI64(2, m.ReserveSeconds)
	w.stop()
}

func (m *DropAppOptions) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.boolean(&m.SuccessIfNotExist)
		case 2:
			r.optI64(&m.ReserveSeconds)
		default:
			return false
		}
		return true
	})
}

// DropAppRequest drops a table.
type DropAppRequest struct {
	AppName string
	Options DropAppOptions
}

func (m *DropAppRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.message(2, m.Options)
	w.stop()
}

func (m *DropAppRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.message(&m.Options)
		default:
			return false
		}
		return true
	})
}

// ErrorResponse is an answer that consists of an error code.
type ErrorResponse struct {
	Err ErrorCode
}

func (m *ErrorResponse) write(w *writer) {
	w.message(1, m.Err)
	w.stop()
}

func (m *ErrorResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		if id != 1 {
			return false
		}
		r.message(&m.Err)
		return true
	})
}

// HintResponse is an answer of an error code and a text for people.
type HintResponse struct {
	Err  ErrorCode
	Hint string
}

func (m *HintResponse) write(w *writer) {
	w.message(1, m.Err)
	w.str(2, m.Hint)
	w.stop()
}

func (m *HintResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.str(&m.Hint)
		default:
			return false
		}
		return true
	})
}

// RenameAppRequest renames a table.
type RenameAppRequest struct {
	OldName, NewName string
}

func (m *RenameAppRequest) write(w *writer) {
	w.str(1, m.OldName)
	w.str(2, m.NewName)
	w.stop()
}

func (m *RenameAppRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.OldName)
		case 2:
			r.str(&m.NewName)
		default:
			return false
		}
		return true
	})
}

// RecallAppRequest brings a dropped table back; an empty name keeps the old one.
type RecallAppRequest struct {
	AppID   int32
	NewName string
}

func (m *RecallAppRequest) write(w *writer) {
	w.i32(1, m.AppID)
	w.str(2, m.NewName)
	w.stop()
}

func (m *RecallAppRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32(&m.AppID)
		case 2:
			r.str(&m.NewName)
		default:
			return false
		}
		return true
	})
}

// RecallAppResponse answers RecallAppRequest.
type RecallAppResponse struct {
	Err  ErrorCode
	Info AppInfo
}

func (m *RecallAppResponse) write(w *writer) {
	w.message(1, m.Err)
	w.message(2, m.Info)
	w.stop()
}

func (m *RecallAppResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.message(&m.Info)
		default:
			return false
		}
		return true
	})
}

// UpdateAppEnvRequest changes a table's environment variables. Nil Keys, Values and Prefix are
// absent.
type UpdateAppEnvRequest struct {
	AppName string
	Op      EnvOp
	Keys    []string
	Values  []string
	Prefix  *string
}

func (m *UpdateAppEnvRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.i32(2, int32(m.Op))
	if m.Keys != nil {
		w.strings(3, m.Keys)
	}
	if m.Values != nil {
		w.strings(4, m.Values)
	}
	w.optString(5, m.Prefix)
	w.stop()
}

func (m *UpdateAppEnvRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.i32((*int32)(&m.Op))
		case 3:
			r.strings(&m.Keys)
		case 4:
			r.strings(&m.Values)
		case 5:
			r.optString(&m.Prefix)
		default:
			return false
		}
		return true
	})
}

// AppNameRequest names a table and has no other field.
type AppNameRequest struct {
	AppName string
}

func (m *AppNameRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.stop()
}

func (m *AppNameRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		if id != 1 {
			return false
		}
		r.str(&m.AppName)
		return true
	})
}

// SetReplicaCountRequest sets how many replicas each partition of a table is to have.
type SetReplicaCountRequest struct {
	AppName string
	Count   int32
}

func (m *SetReplicaCountRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.i32(2, m.Count)
	w.stop()
}

func (m *SetReplicaCountRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.i32(&m.Count)
		default:
			return false
		}
		return true
	})
}

// ReplicaCountResponse answers both replica count requests; after a set, Count is the old one.
type ReplicaCountResponse struct {
	Err   ErrorCode
	Count int32
	Hint  string
}

func (m *ReplicaCountResponse) write(w *writer) {
	w.message(1, m.Err)
	w.i32(2, m.Count)
	w.str(3, m.Hint)
	w.stop()
}

func (m *ReplicaCountResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.i32(&m.Count)
		case 3:
			r.str(&m.Hint)
		default:
			return false
		}
		return true
	})
}
