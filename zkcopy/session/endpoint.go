package session

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/znodepath"
)

// DefaultPort is the port of a ZooKeeper server that is named without one.
const DefaultPort = 2181

// Endpoint names a ZooKeeper ensemble and, where there is one, a path on it.
type Endpoint struct {
	// Servers are the ensemble's members, each HOST:PORT with the port filled
	// in and IPv6 addresses in brackets.
	Servers []string
	// Path is a valid znode path, or empty without one. It is a path on the servers, not a prefix
	// that a session hides (chroot).
	Path string
}

// ParseEndpoint reads "h1:2181,h2,[::1]:2183/some/path". Blanks around a
// server are dropped; the port defaults to 2181 and the path to none.
func ParseEndpoint(text string) (Endpoint, error) {
	servers, path := text, ""
	if i := strings.IndexByte(text, '/'); i >= 0 {
		servers, path = text[:i], text[i:]
		if err := znodepath.Check(path); err != nil {
			return Endpoint{}, message.Errorf("ZooKeeper %q: path %q: %w", text, path, err)
		}
	}
	if strings.TrimSpace(servers) == "" {
		return Endpoint{}, message.Errorf("ZooKeeper %q: no server is named (HOST[:PORT],...[/PATH])", text)
	}
	e := Endpoint{Path: path}
	for server := range strings.SplitSeq(servers, ",") {
		address, err := parseServer(strings.TrimSpace(server))
		if err != nil {
			return Endpoint{}, message.Errorf("ZooKeeper %q: server %q: %w", text, strings.TrimSpace(server), err)
		}
		e.Servers = append(e.Servers, address)
	}
	return e, nil
}

// ParseConnectString reads what a ZooKeeper client is configured with, HOST:PORT,HOST:PORT,... and
// optionally a chroot after the last server, and returns the tree that such a client sees at path,
// which is full: with the chroot before it.
func ParseConnectString(connect, path string) (tree Endpoint, chroot string, err error) {
	servers, below, _ := strings.Cut(connect, "/")
	if below != "" {
		chroot = "/" + below
	}
	tree, err = ParseEndpoint(servers + znodepath.Join(chroot, path))
	return tree, chroot, err
}

// Hosts is the list of servers as ParseEndpoint reads it, without a path.
func (e Endpoint) Hosts() string { return strings.Join(e.Servers, ",") }

// SharesServer reports whether an endpoint has a server in common with others. A server belongs to one ensemble, so
// one is enough for both to be of the same; without one they may be, under other names.
func (e Endpoint) SharesServer(servers []string) bool {
	return slices.ContainsFunc(e.Servers, func(server string) bool { return slices.Contains(servers, server) })
}

// String is the endpoint as ParseEndpoint reads it.
func (e Endpoint) String() string { return e.Hosts() + e.Path }

func parseServer(server string) (string, error) {
	host, port, err := splitServer(server)
	if err != nil {
		return "", err
	}
	if port == "" {
		port = strconv.Itoa(DefaultPort)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || port[0] == '+' {
		return "", message.Errorf("port %q is not a number from 1 to 65535", port)
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// splitServer splits HOST, HOST:PORT, [V6] and [V6]:PORT.
func splitServer(server string) (host, port string, err error) {
	if server == "" {
		return "", "", message.Errorf("is empty")
	}
	if rest, found := strings.CutPrefix(server, "["); found {
		host, port, found = strings.Cut(rest, "]")
		address, _, _ := strings.Cut(host, "%")
		if ip := net.ParseIP(address); !found || ip == nil || !strings.Contains(address, ":") {
			return "", "", message.Errorf("is not an IPv6 address in brackets")
		}
		if port == "" {
			return host, "", nil
		}
		if port, found = strings.CutPrefix(port, ":"); !found || port == "" {
			return "", "", message.Errorf("a port must follow the bracket after a colon")
		}
		return host, port, nil
	}
	host, port, hasPort := strings.Cut(server, ":")
	switch {
	case strings.Contains(port, ":"):
		return "", "", message.Errorf("has several colons: an IPv6 address is written in brackets")
	case hasPort && port == "":
		return "", "", message.Errorf("the port is missing")
	case host == "":
		return "", "", message.Errorf("the host is missing")
	}
	for i := range len(host) {
		c := host[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '.' && c != '-' && c != '_' {
			return "", "", message.Errorf("host has the character %q", c)
		}
	}
	return host, port, nil
}
