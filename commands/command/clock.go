package command

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// Millis prints a time in ms since 1970 as the original does, without leading zeros in the
// milliseconds.
func (e *World) Millis(ms int64) string {
	return fmt.Sprintf("%s.%d", time.UnixMilli(ms).In(e.Location).Format(time.DateTime), ms%1000)
}

// Sleep waits, or returns the context's error.
func (e *World) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// OneSecond is how long a second of waiting lasts; tests shorten it.
func (e *World) OneSecond() time.Duration { return cmp.Or(e.Second, time.Second) }

// Seconds prints a time as the original does, "-" where it is unset.
func (e *World) Seconds(s int64) string {
	if s <= 0 {
		return "-"
	}
	return time.Unix(s, 0).In(e.Location).Format("2006-01-02_15:04:05")
}
