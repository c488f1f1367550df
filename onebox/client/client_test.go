package client

import (
	"context"
	"net"
	"testing"
	"time"
)

// deadServer is an address on which nothing listens.
func deadServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestACallWithoutSuccessWithinItsTimeoutHasFailed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan Count)
	began := time.Now()
	go func() {
		count, err := Run(ctx, Options{Metas: []string{deadServer(t)}, Table: "users", Timeout: 200 * time.Millisecond})
		if err != nil {
			t.Error(err)
		}
		done <- count
	}()
	time.AfterFunc(time.Second, cancel)
	count := <-done
	if count.Calls == 0 || count.Failed != count.Calls || count.Err == nil || count.Slowest < 200*time.Millisecond || time.Since(began) < time.Second {
		t.Errorf("%+v", count)
	}
}

func TestACallThatTheProgramsEndBreaksOffIsNotCounted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	count, err := Run(ctx, Options{Metas: []string{deadServer(t)}, Table: "users", Timeout: time.Minute})
	if err != nil || count != (Count{}) {
		t.Errorf("%+v, %v", count, err)
	}
}
