package wire

// HotkeyType is which operations a detection looks at (idl: hotkey_type).
type HotkeyType int32

// The types of hotkeys.
const (
	HotkeyRead HotkeyType = iota
	HotkeyWrite
)

// HotkeyAction is what is done about a detection (idl: detect_action).
type HotkeyAction int32

// The actions.
const (
	HotkeyStart HotkeyAction = iota
	HotkeyStop
	HotkeyQuery
)

// DetectHotkeyRequest starts, stops or queries the detection of hotkeys in a replica; the server that has
// it answers.
type DetectHotkeyRequest struct {
	Type   HotkeyType
	Action HotkeyAction
	PID    GPID
}

func (m *DetectHotkeyRequest) write(w *writer) {
	w.i32(1, int32(m.Type))
	w.i32(2, int32(m.Action))
	w.message(3, m.PID)
	w.stop()
}

func (m *DetectHotkeyRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32((*int32)(&m.Type))
		case 2:
			r.i32((*int32)(&m.Action))
		case 3:
			r.message(&m.PID)
		default:
			return false
		}
		return true
	})
}

// DetectHotkeyResponse answers DetectHotkeyRequest. What is nil is absent.
type DetectHotkeyResponse struct {
	Err  ErrorCode
	Hint *string
	Key  *string // the hotkey that was found
}

func (m *DetectHotkeyResponse) write(w *writer) {
	w.message(1, m.Err)
	w.optString(2, m.Hint)
	w.optString(3, m.Key)
	w.stop()
}

func (m *DetectHotkeyResponse) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.message(&m.Err)
		case 2:
			r.optString(&m.Hint)
		case 3:
			r.optString(&m.Key)
		default:
			return false
		}
		return true
	})
}

// Code returns the answer's error code.
func (m *DetectHotkeyResponse) Code() ErrorCode { return m.Err }
