package wire

import "fmt"

// BulkLoadControl is what is done to a bulk load that is under way (idl: bulk_load_control_type).
type BulkLoadControl int32

// The ways to control a bulk load.
const (
	BulkLoadPause BulkLoadControl = iota
	BulkLoadRestart
	BulkLoadCancel
	BulkLoadForceCancel
)

// BulkLoadStatus is the state of a bulk load, of a table or of a partition (idl: bulk_load_status).
type BulkLoadStatus int32

// The states of a bulk load.
const (
	BulkLoadInvalid BulkLoadStatus = iota
	BulkLoadDownloading
	BulkLoadDownloaded
	BulkLoadIngesting
	BulkLoadSucceed
	BulkLoadFailed
	BulkLoadPausing
	BulkLoadPaused
	BulkLoadCanceled
)

var bulkLoadStatusNames = []string{"BLS_INVALID", "BLS_DOWNLOADING", "BLS_DOWNLOADED", "BLS_INGESTING", "BLS_SUCCEED", "BLS_FAILED",
	"BLS_PAUSING", "BLS_PAUSED", "BLS_CANCELED"}

// String returns the name that the shell shows, such as BLS_DOWNLOADING.
func (s BulkLoadStatus) String() string {
	if s >= 0 && int(s) < len(bulkLoadStatusNames) {
		return bulkLoadStatusNames[s]
	}
	return fmt.Sprintf("bulk load status %d", int32(s))
}

// IngestionStatus is how far a replica is with taking files in (idl: ingestion_status).
type IngestionStatus int32

var ingestionStatusNames = []string{"IS_INVALID", "IS_RUNNING", "IS_SUCCEED", "IS_FAILED"}

// String returns the name that the shell shows, such as IS_RUNNING.
func (s IngestionStatus) String() string {
	if s >= 0 && int(s) < len(ingestionStatusNames) {
		return ingestionStatusNames[s]
	}
	return fmt.Sprintf("ingestion status %d", int32(s))
}

// ControlBulkLoadRequest pauses, restarts or cancels the bulk load of a table.
type ControlBulkLoadRequest struct {
	AppName string
	Control BulkLoadControl
}

func (m *ControlBulkLoadRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.i32(2, int32(m.Control))
	w.stop()
}

func (m *ControlBulkLoadRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.i32((*int32)(&m.Control))
		default:
			return false
		}
		return true
	})
}

// ControlBulkLoadResponse answers ControlBulkLoadRequest.
type ControlBulkLoadResponse struct {
	Err  ErrorCode
	Hint *string // why it was refused; nil: absent
}

func (m *ControlBulkLoadResponse) write(w *writer) {
	w.message(1, m.Err)
	w.optString(2, m.Hint)
	w.stop()
}

func (m *ControlBulkLoadResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.optString(&m.Hint)
		default:
			return false
		}
		return true
	})
}

// Code returns the answer's error code.
func (m *ControlBulkLoadResponse) Code() ErrorCode { return m.Err }
