package look

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"pegashell/internal/znodepath"
	"pegashell/zkcopy/session"
)

// Address is a tree of znodes as the operator, a meta server or a configuration file names it.
type Address struct {
	session.Endpoint
	// Name is that of a ZooKeeper of the manifest, "" where the servers were named.
	Name string
	// Chroot is what meta servers that use the tree have after the servers of hosts_list, "" for
	// nothing or where that is not known. Path begins with it.
	Chroot string
}

// Join reads what a meta server is configured with: hosts_list, HOST:PORT,.../CHROOT, and a path
// without the chroot.
func Join(hostsList, path string) (Address, error) {
	at, chroot, err := session.ParseConnectString(hostsList, path)
	return Address{Endpoint: at, Chroot: chroot}, err
}

// below returns a full path of another ensemble as it is here: below the chroot, unless it begins
// with it already.
func (a Address) below(path string) string {
	if path == a.Chroot || strings.HasPrefix(path, a.Chroot+"/") {
		return path
	}
	return znodepath.Join(a.Chroot, path)
}

// sharesServer reports whether two lists name a server alike: a server is in one ensemble.
func sharesServer(a, b []string) bool {
	return slices.ContainsFunc(a, func(server string) bool { return slices.Contains(b, server) })
}

// serverNames are servers that were named, by their host or their address. Two names of one server
// are found by the addresses of their hosts, so that no server is asked twice.
type serverNames struct {
	resolve *resolver
	known   map[string]bool
}

func newServerNames(ctx context.Context) *serverNames {
	return &serverNames{newResolver(ctx), map[string]bool{}}
}

// add adds a server, and reports whether it was not there.
func (n *serverNames) add(server string) bool {
	addresses := n.resolve.addresses(server)
	isNew := !slices.ContainsFunc(addresses, func(a string) bool { return n.known[a] })
	for _, a := range addresses {
		n.known[a] = true
	}
	return isNew
}

// resolver finds the addresses of hosts, each once.
type resolver struct {
	ctx   context.Context
	mu    sync.Mutex
	known map[string][]string
}

func newResolver(ctx context.Context) *resolver {
	return &resolver{ctx: ctx, known: map[string][]string{}}
}

// addresses are those of HOST:PORT, the name itself first. A host that cannot be found has only its
// name.
func (r *resolver) addresses(server string) []string {
	all := []string{server}
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return all
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return all
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	ips, ok := r.known[host]
	if !ok {
		ctx, cancel := bounded(r.ctx)
		defer cancel()
		ips, _ = net.DefaultResolver.LookupHost(ctx, host)
		r.known[host] = ips
	}
	for _, ip := range ips {
		all = append(all, net.JoinHostPort(ip, port))
	}
	return all
}

// all are the addresses of several servers.
func (r *resolver) all(servers []string) []string {
	var all []string
	for _, s := range servers {
		all = append(all, r.addresses(s)...)
	}
	return all
}
