package cluster

import (
	"context"
	"errors"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// A command that asks once for each table or server ends after this time for all, besides the bound of
// each call: servers that answer everything, but slowly, would keep it for hours.
const (
	basePatience = time.Minute
	eachPatience = 20 * time.Millisecond
)

// patienceFor is how long so many calls may take together.
func patienceFor(calls int) time.Duration { return basePatience + time.Duration(calls)*eachPatience }

// errOutOfPatience ends the calls that are under way then.
var errOutOfPatience = errors.New("all calls together took too long")

// withPatience ends a context after a time. A deadline would take the place of that of each call.
func withPatience(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(d, func() { cancel(errOutOfPatience) })
	return ctx, func() {
		timer.Stop()
		cancel(context.Canceled)
	}
}

// outOfPatience is the error of calls that were ended by withPatience, and otherwise err.
func outOfPatience(ctx context.Context, err error, server string, calls int, d time.Duration) error {
	if err == nil || !errors.Is(context.Cause(ctx), errOutOfPatience) {
		return err
	}
	return &metaadmin.Error{
		Code: wire.ErrTimeout, RPC: wire.RPCQueryCfg, Cause: errOutOfPatience,
		Attempts: []metaadmin.Attempt{{Server: server, Err: message.Errorf("%d calls together took longer than %v", calls, d.Round(time.Second))}},
	}
}
