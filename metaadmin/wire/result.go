package wire

import "fmt"

// Result is an answer that carries an error code of its own, beside the frame's.
type Result interface {
	Message
	// Code is ERR_OK or why the request was refused.
	Code() ErrorCode
}

// lacks returns an error for an answer without its error code, which would pass for another answer,
// or without what an answer of ERR_OK always has: servers write every field that is not optional,
// an empty list too. seen are the answer's fields that had the expected type, a bit for each id.
func lacks(result Result, seen uint64) error {
	const code = 1
	if seen&(1<<code) == 0 || result.Code() == "" {
		return fmt.Errorf("the answer has no error code (field %d)", code)
	}
	with, ok := result.(interface{ payload() []int16 })
	if !ok || result.Code() != OK {
		return nil
	}
	for _, id := range with.payload() {
		if seen&(1<<id) == 0 {
			return fmt.Errorf("the answer is ERR_OK, but field %d is missing or has another type: is it the answer to another call?", id)
		}
	}
	return nil
}

// The fields that an answer of ERR_OK always has, beside the error code.

func (m *ListAppsResponse) payload() []int16          { return []int16{2} }
func (m *QueryCfgResponse) payload() []int16          { return []int16{2, 3, 4, 5} }
func (m *ListNodesResponse) payload() []int16         { return []int16{2} }
func (m *ClusterInfoResponse) payload() []int16       { return []int16{2, 3} }
func (m *ControlMetaResponse) payload() []int16       { return []int16{2} }
func (m *CreateAppResponse) payload() []int16         { return []int16{2} }
func (m *HintResponse) payload() []int16              { return []int16{2} }
func (m *RecallAppResponse) payload() []int16         { return []int16{2} }
func (m *ReplicaCountResponse) payload() []int16      { return []int16{2, 3} }
func (m *DiagnoseResponse) payload() []int16          { return []int16{2} }
func (m *QueryDuplicationResponse) payload() []int16  { return []int16{3, 4} }
func (m *QueryAppInfoResponse) payload() []int16      { return []int16{2} }
func (m *QueryReplicaInfoResponse) payload() []int16  { return []int16{2} }
func (m *QueryBackupPolicyResponse) payload() []int16 { return []int16{2, 3} }
func (m *QueryRestoreResponse) payload() []int16      { return []int16{2, 3} }

// Code returns the answer's error code.
func (m *QueryAppInfoResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *QueryReplicaInfoResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *ListAppsResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *QueryCfgResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *ListNodesResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *ClusterInfoResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *ControlMetaResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *CreateAppResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *ErrorResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *HintResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *RecallAppResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *ReplicaCountResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *DiagnoseResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *QueryBulkLoadResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *QueryBackupPolicyResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *QuerySplitResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *QueryDuplicationResponse) Code() ErrorCode { return m.Err }

// Code returns the answer's error code.
func (m *QueryRestoreResponse) Code() ErrorCode { return m.Err }
