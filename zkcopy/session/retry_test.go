package session

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestPausesGrowUntilThePatienceIsUsedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRetry(10 * time.Second)
		began := time.Now()
		last := time.Duration(0)
		for r.Failed() {
			before := time.Now()
			if err := r.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			pause := time.Since(before)
			if pause < last || pause > longPause {
				t.Errorf("a pause of %v after one of %v", pause, last)
			}
			last = pause
		}
		if lasted := time.Since(began); lasted < 10*time.Second || lasted > 10*time.Second+longPause {
			t.Errorf("it was tried for %v", lasted)
		}
		r.GoesOn()
		if !r.Failed() {
			t.Error("what goes on has no patience")
		}
		before := time.Now()
		if err := r.Wait(t.Context()); err != nil || time.Since(before) != firstPause {
			t.Errorf("a pause of %v, %v", time.Since(before), err)
		}
	})
}

func TestAPauseEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRetry(time.Minute)
	if err := r.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
