// Package outcome says how a command ended that did not succeed: what there is to print, whether that was printed
// already, which exit code it gives a script, and whether the failure is what the command found out.
//
// Commands make failures, the registry prints them, and the conversation makes the exit code of the program of them.
package outcome

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Exit codes. A command's own are above Failed and below 126: what is above says of a program, as Unix shells do,
// that it could not be run (126, 127) or what signal ended it.
const (
	OK     = 0
	Failed = 1 // any failure that says no more, and failures of several kinds
	most   = 255
)

// Failure is how a command ended that did not succeed. Failures wrap each other: what one says of itself holds for
// all around it.
type Failure struct {
	// Err is the cause; nil where Text or Usage says all.
	Err error
	// Text is what is printed in the place of the cause; "" for the cause's own text.
	Text string
	// Told says that the failure was printed already, in the words of the original shell or as a part of the result.
	Told bool
	// Code is the exit code; 0 for Failed.
	Code int
	// Result says that the command came to its end and that the failure is what it found out, such as trees that
	// differ.
	Result bool
	// Usage is set for a wrong use of the command.
	Usage *Usage
	// Leave says that the shell is to be left; Err is then what failed before, nil for nothing.
	Leave bool
}

// Usage is a wrong use of a command.
type Usage struct {
	// Text goes to standard error, verbatim, before the usage line of the command.
	Text string
	// Near asks whether another value was meant; it comes behind the usage line. Empty for no question.
	Near string
}

func (f *Failure) Error() string {
	switch {
	case f.Text != "":
		return f.Text
	case f.Leave && f.Err != nil:
		return fmt.Sprintf("exit, after a failure: %v", f.Err)
	case f.Leave:
		return "exit"
	case f.Err != nil:
		return f.Err.Error()
	case f.Usage != nil && strings.TrimSpace(f.Usage.Text) != "":
		return strings.TrimSpace(f.Usage.Text)
	}
	return "wrong use"
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Told marks err as printed already.
func Told(err error) error { return &Failure{Err: err, Told: true} }

// Worded has text printed in the place of err's.
func Worded(text string, err error) error { return &Failure{Err: err, Text: text} }

// WithCode gives a failure an exit code, unless it is nil or has one already. result is Failure.Result.
func WithCode(code int, err error, result bool) error {
	if err == nil || find(err, func(f *Failure) bool { return f.Code != 0 }) != nil {
		return err
	}
	return &Failure{Err: err, Code: code, Result: result}
}

// WrongUse is a wrong use whose text is a line of its own.
func WrongUse(format string, args ...any) error {
	return Misuse(fmt.Sprintf(format, args...)+"\n", "")
}

// Misuse is a wrong use with a text, verbatim, and a question whether another value was meant; both may be empty.
func Misuse(text, near string) error { return &Failure{Usage: &Usage{text, near}} }

// Misused is a wrong use that only the usage line answers.
func Misused() error { return Misuse("", "") }

// Leave leaves the shell, after failures that make failure together; nil for none.
func Leave(failure error) error { return &Failure{Leave: true, Err: failure} }

// IsTold says whether err was printed already.
func IsTold(err error) bool { return find(err, func(f *Failure) bool { return f.Told }) != nil }

// IsResult says whether err is what a command found out that came to its end.
func IsResult(err error) bool { return find(err, func(f *Failure) bool { return f.Result }) != nil }

// UsageOf gives the wrong use that err is; nil for other failures.
func UsageOf(err error) *Usage {
	if f := find(err, func(f *Failure) bool { return f.Usage != nil }); f != nil {
		return f.Usage
	}
	return nil
}

// TextOf gives the words that a command has put in the place of a cause, "" for none.
func TextOf(err error) string {
	if f := find(err, func(f *Failure) bool { return f.Text != "" }); f != nil {
		return f.Text
	}
	return ""
}

// Leaves says whether err leaves the shell, and what had failed before that.
func Leaves(err error) (before error, leaves bool) {
	if f := find(err, func(f *Failure) bool { return f.Leave }); f != nil {
		return f.Err, true
	}
	return nil, false
}

// Code is the exit code of a failure, OK for nil.
func Code(err error) int {
	if err == nil {
		return OK
	}
	f := find(err, func(f *Failure) bool { return f.Code != 0 })
	if f == nil || f.Code < Failed || f.Code > most {
		return Failed
	}
	return f.Code
}

// Merge makes one failure of two, either of which may be nil: its exit code is theirs if they have the same one,
// else Failed.
func Merge(failure, next error) error {
	switch {
	case next == nil:
		return failure
	case failure == nil || Code(failure) == Code(next):
		return next
	}
	return errors.New("lines failed in several ways")
}

// find gives the outermost failure around or in err for which is holds; nil for none.
func find(err error, is func(*Failure) bool) *Failure {
	for {
		var f *Failure
		switch {
		case !errors.As(err, &f):
			return nil
		case is(f):
			return f
		}
		err = f.Err
	}
}

// IsCanceled says whether err comes of Ctrl-C, or of another end of the context.
func IsCanceled(err error) bool { return errors.Is(err, context.Canceled) }
