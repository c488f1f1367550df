package session

import (
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"

	"pegashell/internal/message"
)

// reason is why one server opened no session.
type reason struct {
	server string
	err    error
}

// Error leaves out the server, and what its name repeats in errors of the network.
func (r reason) Error() string {
	op, network := r.err.(*net.OpError)
	var errno syscall.Errno
	switch {
	case !network:
	case op.Timeout():
		return "no answer: timeout"
	case errors.As(op.Err, &errno):
		return errno.Error()
	default:
		return op.Err.Error()
	}
	return r.err.Error()
}

func (r reason) Unwrap() error { return r.err }

// reasons are those of an ensemble, in the order of its servers.
type reasons []reason

// Error names servers with the same reason together.
func (rs reasons) Error() string {
	var texts []string
	servers := map[string][]string{}
	for _, r := range rs {
		text := r.Error()
		if servers[text] == nil {
			texts = append(texts, text)
		}
		servers[text] = append(servers[text], r.server)
	}
	for i, text := range texts {
		texts[i] = strings.Join(servers[text], ", ") + ": " + text
	}
	return strings.Join(texts, "; ")
}

// same reports whether all servers have one reason.
func (rs reasons) same() bool {
	return !slices.ContainsFunc(rs, func(r reason) bool { return r.Error() != rs[0].Error() })
}

func (rs reasons) Unwrap() []error {
	all := make([]error, len(rs))
	for i, r := range rs {
		all[i] = r
	}
	return all
}

// causes are why the last attempts with each server failed. The zero value has
// none.
type causes struct {
	mu   sync.Mutex
	last map[string]error
}

func (c *causes) note(server string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		c.last = map[string]error{}
	}
	c.last[server] = err
}

// of says them in the order of the servers.
func (c *causes) of(servers []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all reasons
	for _, server := range servers {
		if err := c.last[server]; err != nil {
			all = append(all, reason{server, err})
		}
	}
	switch {
	case len(all) == 0:
		return message.Errorf("no answer")
	case len(servers) == len(all) && all.same():
		return all[0] // the servers are named by the caller
	}
	return all
}
