package commands

import (
	"context"
	"errors"
	"fmt"

	"pegashell/metaadmin"
)

func isCanceled(err error) bool { return errors.Is(err, context.Canceled) }

// fail tells of a failed call in the original's words, which go to standard output and name only the error
// code, and adds on standard error what more is known: which servers were tried, and whether a change may
// have been carried out.
func (e *Env) fail(err error, format string, args ...any) error {
	if isCanceled(err) && !isUncertain(err) {
		return err
	}
	fmt.Fprintf(e.Out, format+"\n", args...)
	var call *metaadmin.Error
	if errors.As(err, &call) {
		if detail := call.Detail(); detail != "" {
			fmt.Fprintln(e.Err, detail)
		}
	} else {
		fmt.Fprintln(e.Err, err)
	}
	return reported(err)
}

func isUncertain(err error) bool {
	var call *metaadmin.Error
	return errors.As(err, &call) && call.Uncertain
}
