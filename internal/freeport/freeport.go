// Package freeport picks TCP ports of the loopback address for servers that are about to be
// started, and keeps other processes that pick with it from taking them.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
)

// The range lies below 32768, where Linux begins to take local ports of outgoing connections from:
// a port of that kind could be taken by any client between picking it and listening on it.
const (
	lowest  = 20000
	highest = 32000
)

// Pick returns n different ports that nothing listens on and reserves them for as long as this
// process lives, or longer with Keep: until then Pick returns them neither to this process nor to
// another of the same user. Programs that do not pick here may still take one before it is used, so
// callers that can should pick again when listening fails.
func Pick(n int) ([]int, error) {
	r, err := openReservations()
	if err != nil {
		return nil, fmt.Errorf("pick %d free ports of 127.0.0.1: %w", n, err)
	}
	if err := r.sweep(); err != nil {
		return nil, fmt.Errorf("pick %d free ports of 127.0.0.1: %w", n, err)
	}
	self := fmt.Sprintf("/proc/%d", os.Getpid())
	ports := make([]int, 0, n)
	for attempt := 0; len(ports) < n; attempt++ {
		if attempt > highest-lowest {
			return nil, fmt.Errorf("pick %d free ports of 127.0.0.1: found only %d from %d to %d", n, len(ports), lowest, highest)
		}
		port := lowest + rand.IntN(highest-lowest)
		err := r.add(port, self)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("pick %d free ports of 127.0.0.1: %w", n, err)
		}
		if Free(port) { // without one, the reservation prevents this process from picking the port again
			ports = append(ports, port)
		}
	}
	return ports, nil
}

// Keep makes the reservations of picked ports last for as long as there is a file or folder of that
// absolute path, rather than for this process's life.
func Keep(owner string, ports []int) error {
	r, err := openReservations()
	if err != nil {
		return fmt.Errorf("keep the ports of %s: %w", owner, err)
	}
	for _, port := range ports {
		if err := r.handOver(port, owner); err != nil {
			return fmt.Errorf("keep the ports of %s: %w", owner, err)
		}
	}
	return nil
}

// Free reports whether a server could listen on the port of 127.0.0.1 now.
func Free(port int) bool {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	l.Close()
	return true
}
