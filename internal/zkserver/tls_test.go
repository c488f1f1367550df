package zkserver_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
	"time"

	"pegashell/internal/test/zktest"
)

func TestServerSpeaksTLSBesideItsPlainPort(t *testing.T) {
	ca := zktest.NewAuthority(t)
	s := zktest.StartTLS(t, ca, ca.Issue(t, time.Hour, "localhost"), "none")
	zktest.Connect(t, s.Addr())
	pem, err := os.ReadFile(ca.File)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	conn, err := tls.Dial("tcp", s.TLSAddr(), &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if other, err := tls.Dial("tcp", s.TLSAddr(), nil); err == nil {
		other.Close()
		t.Error("the server's certificate is trusted by everybody")
	}
}
