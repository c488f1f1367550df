package session

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// abilities are what is known of an ensemble's servers; its sessions share
// them. The zero value supposes servers of today that answer.
type abilities struct {
	noMultiRead atomic.Bool

	mu     sync.Mutex
	silent map[string]time.Time // when a server did not answer in time
}

// MultiRead reports whether data is read by read transactions.
func (a *abilities) MultiRead() bool { return !a.noMultiRead.Load() }

// noteSilent notes that a server did not answer in time.
func (a *abilities) noteSilent(server string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.silent == nil {
		a.silent = map[string]time.Time{}
	}
	a.silent[server] = time.Now()
}

// noteAnswer notes that a server answers.
func (a *abilities) noteAnswer(server string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.silent, server)
}

// isSilent reports whether a server did not answer lately.
func (a *abilities) isSilent(server string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	since, found := a.silent[server]
	return found && time.Since(since) < silenceLasts
}

// order is the indexes of the servers in the order in which they are tried, from the given one on,
// those that were silent lately after the others.
func (a *abilities) order(servers []string, first int) []int {
	order, silent := make([]int, 0, len(servers)), []int(nil)
	for i := range servers {
		at := (first + i) % len(servers)
		if a.isSilent(servers[at]) {
			silent = append(silent, at)
		} else {
			order = append(order, at)
		}
	}
	return append(order, silent...)
}

// isTimeout reports whether an error is a timeout.
func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}
