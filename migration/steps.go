package migration

// NewRunbook says where a migration is and what comes next, from what was seen. by is the procedure
// that the operator has named, "" to choose one by what is there.
func NewRunbook(s *Survey, by Procedure) Runbook {
	return Runbook{By: by}
}
