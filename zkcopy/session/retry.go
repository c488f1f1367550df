package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-zookeeper/zk"
)

const (
	FirstPause = 20 * time.Millisecond
	LongPause  = time.Second
	// ConflictPatience is how often a znode is read or written anew because others
	// changed it meanwhile, lossPatience how often a transaction whose answer was
	// lost is sent anew as it is.
	ConflictPatience = 10
	LossPatience     = 3
	// writeGrace is how long a write's answer is waited for after its context
	// ended, so that an interrupted call knows what it did.
	writeGrace = time.Second
)

// repeat sends a request that may be carried out more than once without harm,
// again and again over lost connections for as long as a session lives.
func repeat[T any](ctx context.Context, l *Lane, request func(*zk.Conn) (T, error)) (T, error) {
	var firstLoss time.Time
	pause := FirstPause
	for {
		value, err := ask(ctx, l, 0, request)
		if err = explain(err); !errors.Is(err, ErrConnectionLost) {
			return value, err
		}
		if firstLoss.IsZero() {
			firstLoss = time.Now()
		}
		if time.Since(firstLoss) > l.patience {
			return value, fmt.Errorf("%w for %v (%w)", err, l.patience, l.link.cause())
		}
		if err := Sleep(ctx, pause); err != nil {
			return value, err
		}
		pause = min(2*pause, LongPause)
	}
}

// Sleep waits out a pause between attempts, or the end of ctx.
func Sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
