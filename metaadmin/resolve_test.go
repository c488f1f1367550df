package metaadmin

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

// hosts resolves names for tests.
type hosts map[string][]string

func (h hosts) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	addresses, ok := h[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	var ips []netip.Addr
	for _, a := range addresses {
		ips = append(ips, netip.MustParseAddr(a))
	}
	return ips, nil
}

func resolvingClient(t *testing.T, h hosts, metas ...string) *Client {
	t.Helper()
	c, err := New(metas, Options{Timeout: ample, Resolver: h})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestMetaServersMayBeNamedByHost(t *testing.T) {
	leader, _ := startServer(t, leads(wire.LevelSteady))
	port := portOf(t, leader)
	for name, h := range map[string]hosts{
		"one address":                     {"meta": {"127.0.0.1"}},
		"an address that does not answer": {"meta": {"::1", "127.0.0.1"}},
		"an IPv4 address in IPv6":         {"meta": {"::ffff:127.0.0.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := resolvingClient(t, h, "meta:"+port)
			if level, err := c.MetaLevel(context.Background()); err != nil || level != wire.LevelSteady {
				t.Errorf("level = %v, %v; want steady", level, err)
			}
			if c.Leader() != "meta:"+port {
				t.Errorf("leader = %s, want the name as given", c.Leader())
			}
		})
	}
}

func TestAHostWithoutAddressIsPassedOverAndNamed(t *testing.T) {
	leader, _ := startServer(t, leads(wire.LevelBlind))
	h := hosts{"meta": {"127.0.0.1"}, "empty": {}}
	c := resolvingClient(t, h, "nowhere:34601", "empty:34601", "meta:"+portOf(t, leader))
	if level, err := c.MetaLevel(context.Background()); err != nil || level != wire.LevelBlind {
		t.Errorf("level = %v, %v; want blind", level, err)
	}
	_, err := resolvingClient(t, h, "nowhere:34601", "empty:34601").SetMetaLevel(context.Background(), wire.LevelBlind)
	if Code(err) != wire.ErrNetworkFailure || isUncertain(err) {
		t.Errorf("error = %v, want a certain ERR_NETWORK_FAILURE", err)
	}
	for _, want := range []string{"nowhere:34601: lookup nowhere: no such host", "empty:34601: empty has no address"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
}

func isUncertain(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Uncertain
}

func TestResolveGivesTheAddressAndTheTwin(t *testing.T) {
	h := hosts{"node": {"fe80::1", "10.0.0.7"}, "six": {"fe80::1"}}
	c := resolvingClient(t, h, "meta:34601")
	type result struct {
		Address string
		Twin    *wire.HostPort
		Err     string
	}
	for server, want := range map[string]result{
		"10.0.0.7:34801":  {Address: "10.0.0.7:34801"},
		"node:34801":      {Address: "10.0.0.7:34801", Twin: &wire.HostPort{Host: "node", Port: 34801, Type: 1}},
		"six:34801":       {Err: "six has no IPv4 address"},
		"[fe80::1]:34801": {Err: "not an IPv4 address"},
		"nowhere:34801":   {Err: "no such host"},
		"node":            {Err: "not HOST:PORT"},
		"node:0":          {Err: "the port is not a number from 1 to 65535"},
		"node:65536":      {Err: "the port is not a number from 1 to 65535"},
		" node:34801":     {Err: "not HOST:PORT"},
	} {
		address, twin, err := c.Resolve(context.Background(), server)
		if (err != nil) != (want.Err != "") || err != nil && !strings.Contains(err.Error(), want.Err) {
			t.Errorf("%s: error = %v, want %q", server, err, want.Err)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(want, result{Address: address.String(), Twin: twin}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", server, diff)
		}
	}
}

func TestTheContextsDeadlineGoesBeforeTheDefault(t *testing.T) {
	server, _ := startServer(t, metatest.Hangs)
	c := newClient(t, ample, server)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.MetaLevel(ctx); Code(err) != wire.ErrTimeout {
		t.Errorf("error = %v, want ERR_TIMEOUT", err)
	}
	quick := newClient(t, 1, server)
	var timeout int32
	patient, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		timeout = q.TimeoutMS
		return metatest.Answer(nc, q, wire.OK, &wire.HintResponse{Err: wire.OK, Hint: "done"})
	})
	quick.metas = []string{patient}
	ctx, cancel = context.WithTimeout(context.Background(), ample)
	defer cancel()
	hint, err := quick.StartRecovery(ctx, &wire.RecoveryRequest{})
	if err != nil || hint != "done" {
		t.Errorf("hint = %q, %v", hint, err)
	}
	if timeout < 15_000 || timeout > 20_000 {
		t.Errorf("the request's timeout is %d ms, want the context's", timeout)
	}
}

func TestServersThatCannotExistAreRefused(t *testing.T) {
	long := strings.Repeat("x", 63)
	for _, server := range []string{
		"127.0.0.1:1", "127.0.0.1:65535", "localhost:34601", "meta-1.example.com:34601", "meta.example.com.:1", "meta_1:1", "1a:1",
		"[::1]:1", "[fe80::1%eth0]:1", "10.0.0.1a:1", "bücher:1", long + ".x:1",
	} {
		if err := CheckServer(server); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
	for _, server := range []string{
		"", "a", "a:", ":1", "a:0", "a:65536", "a:x", "a:-1", "a:+1", "a:0x1", "::1:1", "300.1.1.1:1", "1.2.3:1", "1.2.3.4.5:1", "1:1", "a.1:1",
		"a..b:1", ".a:1", "-a:1", "a-:1", "a.-b:1", "a,b:1", "=a:1", "a b:1", "[a]:1", "[127.0.0.1]:1", "[]:1", long + "x:1", strings.Repeat("x.", 127) + "x:1",
	} {
		if err := CheckServer(server); err == nil || errors.Is(err, ErrLeadingZero) {
			t.Errorf("%s: %v", server, err)
		}
	}
	for _, server := range []string{"a:01", "127.0.0.1:034601", "010.0.0.1:1", "127.0.0.01:1"} {
		if err := CheckServer(server); !errors.Is(err, ErrLeadingZero) {
			t.Errorf("%s: %v, want %v", server, err, ErrLeadingZero)
		}
	}
}
