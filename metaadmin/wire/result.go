package wire

// Result is an answer that carries an error code of its own, beside the frame's.
type Result interface {
	Message
	// Code is ERR_OK or why the request was refused.
	Code() ErrorCode
}

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
