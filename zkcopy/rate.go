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
	return context.WithValue(ctx, limiterKey{}, rate.NewLimiter(rate.Limit(perSecond), burst(perSecond)))
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

// evenly narrows what a call with a bounded rate has under way at the same time
// to what it may do in a quarter of a second: all of it waits in one line, in
// which reads must not get far ahead of the writes that they lead to.
func evenly(perSecond int, target *Client, l Limits, b Batching) (Limits, Batching) {
	if perSecond <= 0 {
		return l, b
	}
	const least = 8
	l.Window = min(l.Window, max(least, perSecond/4))
	if b.BatchOps <= 0 {
		b.BatchOps = min(DefaultBatchOps, burst(perSecond))
	}
	if b.InFlight <= 0 {
		b.InFlight = min(b.withDefaults(target).InFlight, max(2, perSecond/4/b.BatchOps))
	}
	return l, b
}

// burst is how many operations may go at once: a tenth of a second's worth, so
// that transactions are not sent operation by operation.
func burst(perSecond int) int { return max(1, perSecond/10) }
