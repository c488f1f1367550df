package complete

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

func TestWhatCannotBeCalledOffHoldsNobodyUpAndHangsOnce(t *testing.T) {
	c := NewCatalog(time.Now)
	let := make(chan struct{})
	var looks atomic.Int32
	look := func() (string, error) {
		looks.Add(1)
		<-let
		return "found", errors.New("half")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if got, err := Detached(ended, c, "a", look); got != "" || !errors.Is(err, context.Canceled) {
			t.Errorf("got %q, %v", got, err)
		}
	}
	key := Key{Place: "a", Item: "b"}
	if got, ok := Ask(ended, c, key, func(ctx context.Context) (string, error) { return Detached(ctx, c, "a", look) }); ok {
		t.Errorf("got %q", got)
	}
	c.Close() // does not wait for it
	joined := make(chan string)
	go func() {
		got, err := Detached(t.Context(), c, "a", look)
		joined <- got + " " + err.Error()
	}()
	close(let)
	if got := <-joined; got != "found half" {
		t.Errorf("whoever waited got %q", got)
	}
	if got, err := Detached(t.Context(), c, "a", func() (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Errorf("afterwards got %d, %v", got, err)
	}
	if n := looks.Load(); n < 1 || n > 2 { // the last one may have come after the end of the first
		t.Errorf("looked %d times", n)
	}
}
