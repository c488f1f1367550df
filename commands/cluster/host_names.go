package cluster

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// resolve returns the host name of a server named by its address, or the address where none is
// known.
func resolve(ctx context.Context, env Env, server string) string {
	host, port, err := net.SplitHostPort(server)
	if err != nil || net.ParseIP(host) == nil {
		return server
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	names, err := env.LookupAddr(ctx, host)
	if err != nil || len(names) == 0 {
		return server
	}
	return fmt.Sprintf("%s:%s", strings.TrimSuffix(names[0], "."), port)
}

// resolveTimeout bounds the look-up of one name, so that a dead name server does not hold up a
// table.
const resolveTimeout = 2 * time.Second

// resolver returns resolve, remembering its answers, when resolving is requested, otherwise the
// name itself.
func resolver(ctx context.Context, env Env, wanted bool) func(string) string {
	if !wanted {
		return func(server string) string { return server }
	}
	known := map[string]string{}
	return func(server string) string {
		name, ok := known[server]
		if !ok {
			name = resolve(ctx, env, server)
			known[server] = name
		}
		return name
	}
}
