package metaadmin

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"pegashell/internal/message"
	"pegashell/metaadmin/wire"
)

// Resolver looks up a host's addresses; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// ErrLeadingZero is in the error of a server's name in which a number begins with 0. The Pegasus
// shell reads such a port as octal: 034600 is port 14720.
var ErrLeadingZero = message.Errorf("a number begins with 0: write it without, since the Pegasus shell reads it as octal")

// CheckServer returns an error unless a server's name is HOST:PORT, where HOST may be a name that
// can exist, an IPv4 address or an IPv6 address in brackets.
func CheckServer(server string) error {
	host, port, err := net.SplitHostPort(server)
	if err != nil || host == "" || strings.ContainsAny(server, " \t\r\n\"'/") {
		return message.Errorf("%q is not HOST:PORT", server)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err == nil && port[0] == '0' && len(port) > 1 {
		return message.Errorf("%q: %w", server, ErrLeadingZero)
	}
	if err != nil || n == 0 {
		return message.Errorf("%q: the port is not a number from 1 to 65535", server)
	}
	if err := checkHost(host, server[0] == '['); err != nil {
		return message.Errorf("%q: %w", server, err)
	}
	return nil
}

// checkHost refuses a host that cannot exist: brackets around what is not an IPv6 address, and a
// name whose last part is a number, which is a wrong IPv4 address.
func checkHost(host string, brackets bool) error {
	address, err := netip.ParseAddr(host)
	if brackets {
		if err != nil || !address.Is6() {
			return message.Errorf("the brackets do not contain an IPv6 address")
		}
		return nil
	}
	if err == nil {
		return nil
	}
	labels := strings.Split(host, ".")
	if last := labels[len(labels)-1]; !isDigits(last) {
		return checkLabels(strings.TrimSuffix(host, "."))
	}
	for _, label := range labels {
		if isDigits(label) && label[0] == '0' && len(label) > 1 {
			return ErrLeadingZero
		}
	}
	return message.Errorf("the host is neither a name nor an IPv4 address")
}

// checkLabels refuses a name that no resolver accepts. Underscores are common in names of
// containers, and what is not ASCII is left to the resolver.
func checkLabels(name string) error {
	const mostName, mostLabel = 253, 63
	wrong := len(name) > mostName
	for label := range strings.SplitSeq(name, ".") {
		odd := func(r rune) bool {
			return r < utf8.RuneSelf && r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		}
		wrong = wrong || label == "" || len(label) > mostLabel || strings.ContainsFunc(label, odd) ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-")
	}
	if wrong {
		return message.Errorf("no host can have this name")
	}
	return nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Resolve returns a server's address as messages carry it, and its host name's twin field, nil for
// a server that is named by its address. Servers up to 2.5 know only the address, later ones prefer
// the twin.
func (c *Client) Resolve(ctx context.Context, server string) (wire.Address, *wire.HostPort, error) {
	if err := CheckServer(server); err != nil {
		return 0, nil, err
	}
	if ap, err := netip.ParseAddrPort(server); err == nil {
		address, err := wire.NewAddress(ap)
		return address, nil, err
	}
	twin, err := wire.ParseHostPort(server)
	if err != nil {
		return 0, nil, err
	}
	ctx, cancel := bound(ctx, c.options.Timeout)
	defer cancel()
	ips, err := c.lookup(ctx, twin.Host)
	if err != nil {
		return 0, nil, err
	}
	for _, ip := range ips {
		if address, err := wire.NewAddress(netip.AddrPortFrom(ip, twin.Port)); err == nil {
			return address, &twin, nil
		}
	}
	return 0, nil, message.Errorf("%s has no IPv4 address: rpc_address holds no other", twin.Host)
}

// lookup returns a host's addresses, IPv4 ones first because Pegasus servers listen there.
func (c *Client) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	ips, err := c.options.Resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if len(ips) == 0 {
		return nil, message.Errorf("%s has no address", host)
	}
	for i := range ips {
		ips[i] = ips[i].Unmap()
	}
	slices.SortStableFunc(ips, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return ips, nil
}

// dial opens a connection to a server. Each address of a host gets its share of the time that is
// left, so that a dead first address does not use up all of it.
func (c *Client) dial(ctx context.Context, server string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return nil, err
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return c.options.Dial(ctx, "tcp", server)
	}
	ips, err := c.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	var failures []error
	for i, ip := range ips {
		nc, err := c.dialShare(ctx, net.JoinHostPort(ip.String(), port), len(ips)-i)
		if err == nil {
			return nc, nil
		}
		failures = append(failures, err)
	}
	return nil, errors.Join(failures...)
}

func (c *Client) dialShare(ctx context.Context, address string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return c.options.Dial(ctx, "tcp", address)
}
