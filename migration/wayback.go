package migration

import "pegashell/internal/message"

// Return is the way back to the old ZooKeeper, or what makes a new beginning possible after that.
type Return struct {
	By Procedure
	// Chosen is why it is this procedure, where the operator has not named one.
	Chosen message.Text
	// TooLate is why there is no way back; zero while there is one.
	TooLate message.Text
	// Lost is what would be lost on the way, a sentence each.
	Lost []message.Text
	// Situations are what must be mended on the way, the gravest first.
	Situations []Situation
	// Steps are numbered from 1; Next are the lines to type now, in their order.
	Steps []Step
	Next  []Line
	// Done: nothing is left to do.
	Done bool
}

// WayBack says how the cluster gets back to the old ZooKeeper, and what that would lose. by is as in
// NewRunbook.
func WayBack(s *Survey, by Procedure) Return {
	return Return{By: by}
}

// Again says how to begin anew after going back: what has to be done with the tree that the earlier
// attempt has left on the new ZooKeeper.
func Again(s *Survey, by Procedure) Return {
	return Return{By: by}
}
