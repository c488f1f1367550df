// Package freeport picks TCP ports of the loopback address for servers that are about to be started.
package freeport

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// The range lies below 32768, where Linux begins to take local ports of outgoing connections from: a
// port of that kind could be taken by any client between picking it and listening on it.
const (
	lowest  = 20000
	highest = 32000
)

var (
	mu     sync.Mutex
	picked = map[int]bool{}
)

// Pick returns n different ports that nothing listened on a moment ago. This process is not given the
// same port twice; another process may still take one before it is used, so callers that can should
// pick again when listening fails.
func Pick(n int) ([]int, error) {
	mu.Lock()
	defer mu.Unlock()
	ports := make([]int, 0, n)
	for attempt := 0; len(ports) < n; attempt++ {
		if attempt > highest-lowest {
			return nil, fmt.Errorf("pick %d free ports of 127.0.0.1: found only %d from %d to %d", n, len(ports), lowest, highest)
		}
		port := lowest + rand.IntN(highest-lowest)
		if picked[port] || !Free(port) {
			continue
		}
		picked[port] = true
		ports = append(ports, port)
	}
	return ports, nil
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
