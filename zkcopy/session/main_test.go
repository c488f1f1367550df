package session

import (
	"os"
	"testing"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

func TestMain(m *testing.M) { os.Exit(zktest.Main(m)) }

func openServer(t testing.TB, s *zkserver.Server, options ...func(*Options)) *Client {
	t.Helper()
	return openAddr(t, s.Addr(), options...)
}

func openAddr(t testing.TB, addr string, options ...func(*Options)) *Client {
	t.Helper()
	endpoint, err := ParseEndpoint(addr)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{}
	for _, option := range options {
		option(&o)
	}
	c, err := Open(zktest.Context(t), endpoint, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
