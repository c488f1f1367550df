// Package silent provides tests with a server that never answers.
package silent

import (
	"net"
	"sync"
	"testing"
)

// Start serves until the test ends: it accepts every connection and sends nothing. accepted gets a
// value for each of the first thousand that nobody has received yet.
func Start(t testing.TB) (address string, accepted <-chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived := make(chan struct{}, 1000)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			select {
			case arrived <- struct{}{}:
			default:
			}
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return l.Addr().String(), arrived
}
