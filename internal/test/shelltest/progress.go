package shelltest

import (
	"pegashell/zkcopy"
)

// DuringPhase calls f when a phase begins.
type DuringPhase struct {
	Phase zkcopy.Phase
	F     func()
}

func (p DuringPhase) Start(phase zkcopy.Phase) {
	if phase == p.Phase {
		p.F()
	}
}

func (DuringPhase) SetTotal(int64) {}

func (DuringPhase) Add(int64, int64) {}

func (DuringPhase) Done() {}
