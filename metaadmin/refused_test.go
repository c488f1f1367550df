package metaadmin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
)

// Whoever is taken for down is not waited for, so nothing else may look like a refused connection.
func TestOnlyARefusedConnectionMeansThatNobodyListens(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":                   {nil, false},
		"refused":                   {refused, true},
		"refused, in a call":        {&Error{Cause: fmt.Errorf("a:1: %w", refused)}, true},
		"each address refused":      {errors.Join(refused, refused), true},
		"one address did not":       {errors.Join(refused, context.DeadlineExceeded), false},
		"the connection was lost":   {errConnLost, false},
		"the server was silent":     {&Error{Cause: errSilent}, false},
		"no answer in time":         {&Error{Cause: context.DeadlineExceeded}, false},
		"a wrong list of addresses": {CheckServer("a"), false},
	} {
		if got := IsRefused(c.err); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
