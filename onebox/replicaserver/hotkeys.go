package replicaserver

import (
	"context"
	"fmt"

	"pegashell/metaadmin/wire"
)

// detection is one detection of hotkeys: of a partition's reads or its writes.
type detection struct {
	pid  wire.GPID
	kind wire.HotkeyType
}

// The states of a detection. None ends by itself here, because nobody reads or writes data.
const (
	detectionStopped = "hotkey_collector_state::STOPPED"
	detectionCoarse  = "hotkey_collector_state::COARSE_DETECTING"
)

// errBusyDetecting is what a replica answers that has no result, or detects already.
const errBusyDetecting = wire.ErrorCode("ERR_BUSY")

// onDetectHotkey starts, stops or queries a detection, in any replica of the server.
func (s *server) onDetectHotkey(_ context.Context, q *wire.DetectHotkeyRequest) (wire.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := func(code wire.ErrorCode, format string, args ...any) (wire.Message, error) {
		hint := fmt.Sprintf(format, args...)
		return &wire.DetectHotkeyResponse{Err: code, Hint: &hint}, nil
	}
	if s.replicas[q.PID] == nil {
		return &wire.DetectHotkeyResponse{Err: wire.ErrObjectNotFound}, nil
	}
	kind := map[wire.HotkeyType]string{wire.HotkeyRead: "replication::hotkey_type::READ", wire.HotkeyWrite: "replication::hotkey_type::WRITE"}[q.Type]
	d := detection{q.PID, q.Type}
	switch q.Action {
	case wire.HotkeyStart:
		if s.detections[d] {
			return answer(errBusyDetecting, "still detecting %s hotkey, state is %s", kind, detectionCoarse)
		}
		s.detections[d] = true
		return answer(wire.OK, "starting to detect %s hotkey", kind)
	case wire.HotkeyStop:
		delete(s.detections, d)
		return &wire.DetectHotkeyResponse{Err: wire.OK}, nil
	case wire.HotkeyQuery:
		state := detectionStopped
		if s.detections[d] {
			state = detectionCoarse
		}
		return answer(errBusyDetecting, "Can't get hotkey now, now state: %s", state)
	}
	return answer(wire.ErrInvalidParameters, "unknown action %d", q.Action)
}
