package migration

import "pegashell/internal/message"

// StepState is where a step of a procedure stands.
type StepState string

// The states of steps.
const (
	StepDone    StepState = "done"
	StepNext    StepState = "next"
	StepBlocked StepState = "blocked" // its turn has come, but something else must be mended before
	StepLater   StepState = "later"
	StepUndone  StepState = "undone" // it was done, and something has undone it
)

// Step is a step of a documented procedure.
type Step struct {
	// Number is its number in the document, from 1.
	Number int
	What   message.Text
	State  StepState
	// Why is what was observed that makes it so.
	Why message.Text
	// Do is what to type now for a step that is next or was undone; empty for others.
	Do []Line
	// Optional: the migration has arrived without it, and it is never among what comes next.
	Optional bool
}

// Line is something that the operator does next.
type Line struct {
	// Command is the exact line to type in this shell; "" where it is done outside of it.
	Command string
	// ByHand says what to do outside of the shell, with the host on which.
	ByHand message.Text
	// Wait: nothing is to be done but to look again after a few seconds.
	Wait bool
	// Asks: the command asks a person before it removes something, and needs --yes in a script.
	Asks bool
}

// Typed is the command as it is typed: where nobody can answer a question, with --yes.
func (l Line) Typed(byPerson bool) string {
	if l.Asks && !byPerson {
		return l.Command + " --yes"
	}
	return l.Command
}

// Situation is something that no step of the procedure expects, named for what it is.
type Situation struct {
	// Name is its name in JSON and in tests, such as two_leaders.
	Name string
	// Seen is what was observed, Matters why that matters.
	Seen, Matters message.Text
	// Grave: metadata can be damaged while it lasts.
	Grave bool
	// Do mends it; empty where a step does.
	Do []Line
}

// Runbook is where a migration stands, and what comes next.
type Runbook struct {
	By Procedure
	// Chosen is why it is this procedure, where the operator has not named one.
	Chosen message.Text
	// Situations are what no step expects, the gravest first.
	Situations []Situation
	Steps      []Step
	// Next are the lines to type now, in their order; they mend the gravest situation, or are those
	// of the steps that are next. Empty when nothing is left to do.
	Next []Line
	// Arrived: the cluster is healthy on the new ZooKeeper, and every meta server runs there.
	Arrived bool
}
