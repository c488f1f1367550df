package metaadmin

import (
	"cmp"
	"net"
	"net/netip"
)

// CompareServers orders servers as the original shell does: IPv4 addresses by number, then host
// names as text.
func CompareServers(a, b string) int {
	pa, errA := netip.ParseAddrPort(a)
	pb, errB := netip.ParseAddrPort(b)
	switch {
	case errA == nil && errB == nil:
		return pa.Compare(pb)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	hostA, portA, _ := net.SplitHostPort(a)
	hostB, portB, _ := net.SplitHostPort(b)
	return cmp.Or(cmp.Compare(hostA, hostB), cmp.Compare(len(portA), len(portB)), cmp.Compare(portA, portB))
}
