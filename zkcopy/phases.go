package zkcopy

import "pegashell/zkcopy/tree"

// Phase is a stretch of work with a count of its own.
type Phase string

// Phases, those of a copy in the order in which it goes through them.
const (
	PhaseCopy   Phase = "copy"
	PhaseRemove Phase = "remove"
	PhaseVerify Phase = "verify"
	PhaseCount  Phase = "count"
	PhaseACL    Phase = "set ACLs"
)

// Progress hears how far a call has come. Its methods are called by several
// goroutines at once and must not block.
type Progress interface {
	// Start begins a phase.
	Start(phase Phase)
	// What a phase has to do, and what of it is done.
	tree.Progress
	// Done ends the phase.
	Done()
}

type noProgress struct{}

func (noProgress) Start(Phase) {}

func (noProgress) SetTotal(int64) {}

func (noProgress) Add(int64, int64) {}

func (noProgress) Done() {}

// progressOr replaces nil.
func progressOr(p Progress) Progress {
	if p == nil {
		return noProgress{}
	}
	return p
}
