// Package outcome describes how a command that did not succeed ended: what to print, whether that
// was printed already, the exit code in a script, and whether the failure is what the command found
// out.
//
// Commands return failures, the registry prints them, and the conversation derives the program's
// exit code from them.
package outcome

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pegashell/internal/message"
)

// Exit codes. A command's own are above Failed and below 126: as in Unix shells, those from 126 on
// mean that a program could not be run (126, 127) or which signal ended it.
const (
	OK     = 0
	Failed = 1 // any failure without a code of its own, and failures of several kinds
	most   = 255
)

// Failure describes how a command that did not succeed ended. Failures wrap each other: what an
// inner one says holds for those around it too.
type Failure struct {
	// Err is the cause; nil if Text or Usage says everything.
	Err error
	// Text is what is printed instead of the cause; empty for the cause's own text.
	Text message.Text
	// Told means that the failure was printed already, in the words of the original shell or as a
	// part of the result.
	Told bool
	// Code is the exit code; 0 for Failed.
	Code int
	// Result means that the command ran to its end and that the failure is what it found out, such
	// as trees that differ.
	Result bool
	// Usage is set if the command was used wrongly.
	Usage *Usage
	// Leave means that the shell exits; Err is then what failed before, nil for nothing.
	Leave bool
	// Status is the exit code to leave with, whatever has failed; nil for that of the failures.
	Status *int
}

// Usage is a wrong use of a command.
type Usage struct {
	// Text goes to standard error before the usage line of the command.
	Text message.Text
	// Near asks whether another value was meant; it comes after the usage line. Empty for no
	// question.
	Near message.Text
}

func (f *Failure) Error() string { return f.In(message.English) }

// In returns the failure's text in a language.
func (f *Failure) In(l message.Language) string {
	switch {
	case !f.Text.IsZero():
		return f.Text.In(l)
	case f.Leave && f.Err != nil:
		return message.New("exit, after a failure: %v", f.Err).In(l)
	case f.Leave:
		return "exit"
	case f.Err != nil:
		return message.Of(f.Err, l)
	case f.Usage != nil:
		if text := strings.TrimSpace(f.Usage.Text.In(l)); text != "" {
			return text
		}
	}
	return message.New("wrong use").In(l)
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Told marks err as printed already.
func Told(err error) error { return &Failure{Err: err, Told: true} }

// Worded replaces the text that is printed for err.
func Worded(text message.Text, err error) error { return &Failure{Err: err, Text: text} }

// WithCode sets the exit code of a failure, unless it is nil or has one already. result is
// Failure.Result.
func WithCode(code int, err error, result bool) error {
	if err == nil || find(err, func(f *Failure) bool { return f.Code != 0 }) != nil {
		return err
	}
	return &Failure{Err: err, Code: code, Result: result}
}

// WrongUse is a wrong use whose text is a line of its own.
func WrongUse(format string, args ...any) error {
	return &Failure{Usage: &Usage{Text: message.New("%s\n", message.New(format, args...))}}
}

// WrongArguments is the wrong use of a command that got another number of arguments than it needs.
func WrongArguments(command string, needs message.Text, got int) error {
	if got == 1 {
		return WrongUse("%s needs %s, got 1 argument", command, needs)
	}
	return WrongUse("%s needs %s, got %d arguments", command, needs, got)
}

// OriginalUse is a wrong use in the words of the original shell, a line of its own.
func OriginalUse(line string, args ...any) error {
	return Misuse(fmt.Sprintf(line, args...)+"\n", message.Text{})
}

// Misuse is a wrong use in the words of the original shell, verbatim, and a question whether
// another value was meant; both may be empty.
func Misuse(text string, near message.Text) error {
	u := &Usage{Near: near}
	if text != "" {
		u.Text = message.Verbatim(text)
	}
	return &Failure{Usage: u}
}

// Misused is a wrong use for which only the usage line is printed.
func Misused() error { return Misuse("", message.Text{}) }

// Leave returns an error that leaves the shell. failure is what failed before, merged; nil for
// none.
func Leave(failure error) error { return &Failure{Leave: true, Err: failure} }

// LeaveWith returns an error that leaves the shell with an exit code.
func LeaveWith(status int) error { return &Failure{Leave: true, Status: &status} }

// LeaveAs returns an error that leaves the shell like exit, with its exit code if it names one. failure is what
// failed before, merged; nil for none.
func LeaveAs(exit, failure error) error {
	left := &Failure{Leave: true, Err: failure}
	if status, ok := StatusOf(exit); ok {
		left.Status = &status
	}
	return left
}

// StatusOf is the exit code that an error leaves the shell with; ok is false where it names none.
func StatusOf(err error) (status int, ok bool) {
	if f := find(err, func(f *Failure) bool { return f.Status != nil }); f != nil {
		return *f.Status, true
	}
	return 0, false
}

// IsTold reports whether err was printed already.
func IsTold(err error) bool { return find(err, func(f *Failure) bool { return f.Told }) != nil }

// IsResult reports whether err is what a command that ran to its end found out.
func IsResult(err error) bool { return find(err, func(f *Failure) bool { return f.Result }) != nil }

// UsageOf returns the wrong use that err is; nil for other failures.
func UsageOf(err error) *Usage {
	if f := find(err, func(f *Failure) bool { return f.Usage != nil }); f != nil {
		return f.Usage
	}
	return nil
}

// TextOf returns the text with which a command has replaced a cause, empty for none.
func TextOf(err error) message.Text {
	if f := find(err, func(f *Failure) bool { return !f.Text.IsZero() }); f != nil {
		return f.Text
	}
	return message.Text{}
}

// Leaves reports whether err leaves the shell, and what had failed before that.
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

// Merge combines two failures, either of which may be nil: the exit code is theirs if they have the
// same one, and Failed otherwise.
func Merge(failure, next error) error {
	switch {
	case next == nil:
		return failure
	case failure == nil || Code(failure) == Code(next):
		return next
	}
	return errors.New("lines failed in several ways")
}

// find returns the outermost failure around or in err for which is holds; nil for none.
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

// IsCanceled reports whether Ctrl-C, or another end of the context, caused err.
func IsCanceled(err error) bool { return errors.Is(err, context.Canceled) }
