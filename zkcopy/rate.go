package zkcopy

import (
	"context"

	"golang.org/x/time/rate"
)

// limiterKey finds the rate limiter of a call in its context, which reaches
// every request of it, whichever client sends it.
type limiterKey struct{}

// withRateLimit bounds the operations of a call to so many per second; zero
// means no bound.
func withRateLimit(ctx context.Context, perSecond int) context.Context {
	if perSecond <= 0 {
		return ctx
	}
	// A tenth of a second's worth may go at once, so that transactions are not
	// sent operation by operation.
	return context.WithValue(ctx, limiterKey{}, rate.NewLimiter(rate.Limit(perSecond), max(1, perSecond/10)))
}

// waitForRate waits until so many operations may be sent.
func waitForRate(ctx context.Context, operations int) error {
	limiter, ok := ctx.Value(limiterKey{}).(*rate.Limiter)
	if !ok {
		return nil
	}
	for operations > 0 {
		n := min(operations, limiter.Burst())
		if err := limiter.WaitN(ctx, n); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return context.DeadlineExceeded // it would end before its turn comes
		}
		operations -= n
	}
	return nil
}
