package tree

import (
	"os"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
	"pegashell/zkcopy/session"
)

func TestMain(m *testing.M) { os.Exit(zktest.Main(m)) }

func openServer(t testing.TB, s *zkserver.Server) *session.Client {
	t.Helper()
	c, err := session.Open(zktest.Context(t), session.Endpoint{Servers: []string{s.Addr()}}, session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// oneServer returns a root that exists.
func oneServer(t *testing.T) (*zk.Conn, Tree) {
	t.Helper()
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	return conn, Tree{Client: openServer(t, server), Path: zktest.OwnPath(t, conn)}
}
