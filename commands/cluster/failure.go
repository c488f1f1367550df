package cluster

import (
	"errors"
	"fmt"
	"io"

	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/migration"
)

// fail reports a failed call in the original's words, which go to standard output and name only the
// error code, and adds on standard error what more is known: which servers were tried, and whether
// a change may have been carried out.
func fail(env Env, err error, format string, args ...any) error {
	return failOn(env, env.Out(), err, format, args...)
}

// failErr is fail for the commands whose failures the original reports on standard error.
func failErr(env Env, err error, format string, args ...any) error {
	return failOn(env, env.Err(), err, format, args...)
}

func failOn(env Env, w io.Writer, err error, format string, args ...any) error {
	if outcome.IsCanceled(err) && !isUncertain(err) || isRefused(err) {
		return err
	}
	fmt.Fprintf(w, format+"\n", args...)
	if outcome.IsTold(err) {
		return err
	}
	var call *metaadmin.Error
	if errors.As(err, &call) {
		env.Evidence("result", string(call.Code))
		if detail := call.Detail(); !detail.IsZero() {
			env.Note("%s", detail)
		}
	} else {
		env.Note("%v", err)
	}
	return outcome.Told(err)
}

// isRefused says whether a guard has kept a change from being sent.
func isRefused(err error) bool {
	var refusal *migration.Refusal
	return errors.As(err, &refusal)
}

func isUncertain(err error) bool {
	var call *metaadmin.Error
	return errors.As(err, &call) && call.Uncertain
}

// status words a failure as the original words its error_s: the code, and why where no server
// answered.
func status(err error) string {
	var call *metaadmin.Error
	if errors.As(err, &call) && call.Answered() {
		return string(call.Code)
	}
	return string(metaadmin.Code(err)) + ": unable to send rpc to server"
}

// hintOf is the server's text for people after a failure, or "".
func hintOf(err error) string {
	var call *metaadmin.Error
	if errors.As(err, &call) {
		return call.Hint
	}
	return ""
}
