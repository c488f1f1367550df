package commands

import "errors"

// Exit codes of a script beside those of every failure. A script whose commands fail with different codes ends
// with 1.
const (
	exitDifferent = 1 // what was compared is not equal
	exitTrouble   = 2 // a comparison could not be carried out, as with diff
	exitChanged   = 3 // what was copied or saved changed meanwhile
)

// codedError is a failure with an exit code of its own.
type codedError struct {
	err  error
	code int
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// ExitCode is what a script ends with.
func (e *codedError) ExitCode() int { return e.code }

// withExitCode gives a failure this exit code, unless it is nil or has one already.
func withExitCode(code int, err error) error {
	var coded *codedError
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return &codedError{err, code}
}

// Complete says that the command came to its end and that the failure is what it found out.
func (e *codedError) Complete() bool { return e.code != exitTrouble }
