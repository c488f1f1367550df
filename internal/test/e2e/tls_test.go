package e2e

import (
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"pegashell/internal/test/zktest"
)

// saslServer: starts a ZooKeeper that accepts only sessions of the user ops, who logs in by SASL with the
// password hush. SASLZK is set to its address.
func saslServerCommand(t *testing.T, ts *testscript.TestScript) {
	s := zktest.Start(t, zktest.RequireSASL(), zktest.WithDigestUser(t, "ops", "hush"))
	ts.Setenv("SASLZK", s.Addr())
}

// tlsServer: starts a ZooKeeper that wants TLS and a client certificate, beside its plain port.
// TLSZK and PLAINZK are set to its addresses, ca.pem, client.pem, client.key and stranger.pem are
// put into the script's folder; the last is another authority's and holds its key too.
func tlsServerCommand(t *testing.T, ts *testscript.TestScript) {
	ca, other := zktest.NewAuthority(t), zktest.NewAuthority(t)
	server := ca.Issue(t, time.Hour, "localhost")
	client := ca.Issue(t, time.Hour, "client")
	for name, from := range map[string]string{
		"ca.pem": ca.File, "client.pem": client.Cert, "client.key": client.Key,
		"stranger.pem": other.Issue(t, time.Hour, "stranger").Both, "other_ca.pem": other.File,
	} {
		content, err := os.ReadFile(from)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), content, 0o600))
	}
	s := zktest.StartTLS(t, ca, server, "need")
	ts.Setenv("TLSZK", s.TLSAddr())
	ts.Setenv("PLAINZK", s.Addr())
}
