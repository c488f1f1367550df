package zookeeper

// Exit codes of a script beside those of every failure. A script whose commands fail with different codes ends
// with 1.
const (
	exitDifferent = 1 // what was compared is not equal
	exitTrouble   = 2 // a comparison could not be carried out, as with diff
	exitChanged   = 3 // what was copied or saved changed meanwhile
	exitNotFinal  = 4 // what was copied is equal now, but is not to be used yet
)
