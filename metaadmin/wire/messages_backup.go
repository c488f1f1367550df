package wire

import "github.com/apache/thrift/lib/go/thrift"

// AddBackupPolicyRequest adds a policy by which tables are backed up periodically (idl:
// configuration_add_backup_policy_request). It is answered with a HintResponse.
type AddBackupPolicyRequest struct {
	Provider        string // the block service, as local_service
	Name            string
	Apps            []int32
	IntervalSeconds int64
	History         int32  // how many backups are kept
	Start           string // HH:MM, 24:00 or empty for any time
}

func (m *AddBackupPolicyRequest) write(w *writer) {
	w.str(1, m.Provider)
	w.str(2, m.Name)
	w.i32s(3, m.Apps)
	w.i64(4, m.IntervalSeconds)
	w.i32(5, m.History)
	w.str(6, m.Start)
	w.stop()
}

func (m *AddBackupPolicyRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.Provider)
		case 2:
			r.str(&m.Name)
		case 3:
			r.i32s(&m.Apps)
		case 4:
			r.i64(&m.IntervalSeconds)
		case 5:
			r.i32(&m.History)
		case 6:
			r.str(&m.Start)
		default:
			return false
		}
		return true
	})
}

// ModifyBackupPolicyRequest changes a policy (idl: configuration_modify_backup_policy_request). What
// is nil stays as it is. It is answered with a HintResponse.
type ModifyBackupPolicyRequest struct {
	Name            string
	Add, Remove     []int32 // nil: absent
	IntervalSeconds *int64
	History         *int32 // how many backups are kept
	Disabled        *bool
	Start           *string // HH:MM
}

func (m *ModifyBackupPolicyRequest) write(w *writer) {
	w.str(1, m.Name)
	if m.Add != nil {
		w.i32s(2, m.Add)
	}
	if m.Remove != nil {
		w.i32s(3, m.Remove)
	}
	w.optI64(4, m.IntervalSeconds)
	w.optI32(5, m.History)
	w.optBool(6, m.Disabled)
	w.optString(7, m.Start)
	w.stop()
}

func (m *ModifyBackupPolicyRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.Name)
		case 2:
			r.i32s(&m.Add)
		case 3:
			r.i32s(&m.Remove)
		case 4:
			r.optI64(&m.IntervalSeconds)
		case 5:
			r.optI32(&m.History)
		case 6:
			r.optBool(&m.Disabled)
		case 7:
			r.optString(&m.Start)
		default:
			return false
		}
		return true
	})
}

// QueryBackupPolicyRequest asks for backup policies and the last backups of each.
type QueryBackupPolicyRequest struct {
	Names []string // none is all
	Count int32    // of backups, for each policy
}

func (m *QueryBackupPolicyRequest) write(w *writer) {
	w.strings(1, m.Names)
	w.i32(2, m.Count)
	w.stop()
}

func (m *QueryBackupPolicyRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.strings(&m.Names)
		case 2:
			r.i32(&m.Count)
		default:
			return false
		}
		return true
	})
}

// QueryBackupPolicyResponse answers QueryBackupPolicyRequest.
type QueryBackupPolicyResponse struct {
	Err      ErrorCode
	Policies []BackupPolicy
	// Backups are those of each policy, the last one first.
	Backups [][]Backup
	Hint    *string
}

func (m *QueryBackupPolicyResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Policies)
	w.listBegin(3, thrift.LIST, len(m.Backups))
	for _, backups := range m.Backups {
		w.rawListBegin(thrift.STRUCT, len(backups))
		for _, b := range backups {
			b.write(w)
		}
	}
	w.optString(4, m.Hint)
	w.stop()
}

func (m *QueryBackupPolicyResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Policies)
		case 3:
			r.list(thrift.LIST, func(hint int) { m.Backups = make([][]Backup, 0, hint) }, element{size[[]Backup](), func() {
				var backups []Backup
				r.rawList(thrift.STRUCT, func(int) {}, element{size[Backup](), func() {
					var b Backup
					b.read(r)
					backups = append(backups, b)
				}})
				m.Backups = append(m.Backups, backups)
			}})
		case 4:
			r.optString(&m.Hint)
		default:
			return false
		}
		return true
	})
}

// BackupPolicy says when which tables are backed up (idl: policy_entry).
type BackupPolicy struct {
	Name     string
	Provider string
	Interval string // seconds, in decimal
	Apps     []int32
	History  int32  // how many backups are kept
	Start    string // HH:MM
	Disabled bool
}

func (m BackupPolicy) write(w *writer) {
	w.str(1, m.Name)
	w.str(2, m.Provider)
	w.str(3, m.Interval)
	w.i32Set(4, m.Apps)
	w.i32(5, m.History)
	w.str(6, m.Start)
	w.boolean(7, m.Disabled)
	w.stop()
}

func (m *BackupPolicy) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.Name)
		case 2:
			r.str(&m.Provider)
		case 3:
			r.str(&m.Interval)
		case 4:
			r.i32Set(&m.Apps)
		case 5:
			r.i32(&m.History)
		case 6:
			r.str(&m.Start)
		case 7:
			r.boolean(&m.Disabled)
		default:
			return false
		}
		return true
	})
}

// Backup is one backup of a policy (idl: backup_entry). Times are ms since 1970; EndMS is 0 while it
// is under way.
type Backup struct {
	ID             int64
	StartMS, EndMS int64
	Apps           []int32
}

func (m Backup) write(w *writer) {
	w.i64(1, m.ID)
	w.i64(2, m.StartMS)
	w.i64(3, m.EndMS)
	w.i32Set(4, m.Apps)
	w.stop()
}

func (m *Backup) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i64(&m.ID)
		case 2:
			r.i64(&m.StartMS)
		case 3:
			r.i64(&m.EndMS)
		case 4:
			r.i32Set(&m.Apps)
		default:
			return false
		}
		return true
	})
}

// RestoreRequest creates a table from a backup (idl: configuration_restore_request). It is answered
// with a CreateAppResponse.
type RestoreRequest struct {
	Cluster  string // that made the backup
	Policy   string // by which it was made
	BackupID int64
	AppName  string // of the table that was backed up
	AppID    int32
	NewName  string
	Provider string // the block service that has the backup
	SkipBad  bool   // leave partitions empty whose backup is damaged
}

func (m *RestoreRequest) write(w *writer) {
	w.str(1, m.Cluster)
	w.str(2, m.Policy)
	w.i64(3, m.BackupID)
	w.str(4, m.AppName)
	w.i32(5, m.AppID)
	w.str(6, m.NewName)
	w.str(7, m.Provider)
	w.boolean(8, m.SkipBad)
	w.stop()
}

func (m *RestoreRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.Cluster)
		case 2:
			r.str(&m.Policy)
		case 3:
			r.i64(&m.BackupID)
		case 4:
			r.str(&m.AppName)
		case 5:
			r.i32(&m.AppID)
		case 6:
			r.str(&m.NewName)
		case 7:
			r.str(&m.Provider)
		case 8:
			r.boolean(&m.SkipBad)
		default:
			return false
		}
		return true
	})
}

// QueryRestoreRequest asks how far the restoring of a table is (idl:
// configuration_query_restore_request).
type QueryRestoreRequest struct {
	AppID int32 // of the new table
}

func (m *QueryRestoreRequest) write(w *writer) {
	w.i32(1, m.AppID)
	w.stop()
}

func (m *QueryRestoreRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		if id != 1 {
			return false
		}
		r.i32(&m.AppID)
		return true
	})
}

// QueryRestoreResponse answers QueryRestoreRequest. Statuses and Progress have an element for each
// partition.
type QueryRestoreResponse struct {
	Err      ErrorCode
	Statuses []ErrorCode
	Progress []int32 // in thousandths
}

func (m *QueryRestoreResponse) write(w *writer) {
	w.message(1, m.Err)
	writeList(w, 2, m.Statuses)
	w.i32s(3, m.Progress)
	w.stop()
}

func (m *QueryRestoreResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			readList(r, &m.Statuses)
		case 3:
			r.i32s(&m.Progress)
		default:
			return false
		}
		return true
	})
}
