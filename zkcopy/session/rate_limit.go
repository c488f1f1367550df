package session

import (
	"context"

	"golang.org/x/time/rate"
)

// limiterKey finds the rate limiter of a call in its context, which reaches
// every request of it, whichever client sends it.
type limiterKey struct{}

// WithRateLimit bounds the operations of a call to a number per second; zero means no bound.
func WithRateLimit(ctx context.Context, perSecond int) context.Context {
	if perSecond <= 0 {
		return ctx
	}
	return context.WithValue(ctx, limiterKey{}, rate.NewLimiter(rate.Limit(perSecond), Burst(perSecond)))
}

// waitForRate waits until a number of operations may be sent.
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

// Burst is how many operations may go at once: a tenth of a second's worth, so
// that transactions are not sent operation by operation.
func Burst(perSecond int) int { return max(1, perSecond/10) }
