package session

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pegashell/internal/test/zktest"
)

// openTLS opens a client to a server, or gives why there is none.
func openTLS(t *testing.T, server string, files TLSFiles) (*Client, error) {
	t.Helper()
	dialer, err := files.Dialer()
	if err != nil {
		return nil, err
	}
	endpoint, err := ParseEndpoint(server)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(zktest.Context(t), endpoint, Options{Dialer: dialer, Connections: 2})
	if err == nil {
		t.Cleanup(c.Close)
	}
	return c, err
}

func TestTLSToServersThatTrustTheClient(t *testing.T) {
	ca := zktest.NewAuthority(t)
	s := zktest.StartTLS(t, ca, ca.Issue(t, time.Hour, "localhost"), "need")
	client := ca.Issue(t, time.Hour, "client")
	c, err := openTLS(t, s.TLSAddr(), TLSFiles{CA: ca.File, Cert: client.Cert, Key: client.Key})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Stat(zktest.Context(t), "/"); err != nil {
		t.Error(err)
	}
	if err := s.Restart(zktest.Context(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Stat(zktest.Context(t), "/"); err != nil {
		t.Errorf("after a restart of the server: %v", err)
	}
	if _, err := openTLS(t, s.TLSAddr(), TLSFiles{CA: ca.File, Cert: client.Both}); err != nil {
		t.Errorf("certificate and key in one file: %v", err)
	}
	other := zktest.NewAuthority(t)
	stranger := other.Issue(t, time.Hour, "stranger")
	for name, test := range map[string]struct {
		server string
		files  TLSFiles
		want   string
	}{
		"no certificate":        {s.TLSAddr(), TLSFiles{CA: ca.File}, "does it require a client certificate and key?"},
		"another's certificate": {s.TLSAddr(), TLSFiles{CA: ca.File, Cert: stranger.Both}, "refuses the client certificate"},
		"another authority":     {s.TLSAddr(), TLSFiles{CA: other.File}, "is not signed by an authority of " + other.File},
		"authorities of here":   {s.TLSAddr(), TLSFiles{}, "is not signed by an authority of this machine"},
		"another name":          {strings.Replace(s.TLSAddr(), "localhost", "127.0.0.1", 1), TLSFiles{CA: ca.File}, `its certificate is for localhost and not for "127.0.0.1"`},
		"the plain port":        {s.Addr(), TLSFiles{CA: ca.File}, "is this its port for plain connections?"},
		"a usual plain port":    {zktest.Shared(t).Addr(), TLSFiles{CA: ca.File}, "is this its port for plain connections?"},
		"nobody listens":        {refusing(t), TLSFiles{CA: ca.File}, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := openTLS(t, test.server, test.files)
			var unreachable *UnreachableError
			if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v; want one that says %q", err, test.want)
			}
		})
	}
	t.Run("plain to the port for TLS", func(t *testing.T) {
		t.Parallel()
		_, err := Open(zktest.Context(t), Endpoint{Servers: []string{s.TLSAddr()}}, Options{})
		if err == nil || !strings.Contains(err.Error(), "TLS required") {
			t.Errorf("error %v", err)
		}
	})
}

func TestTLSCertificateThatRanOut(t *testing.T) {
	ca := zktest.NewAuthority(t)
	s := zktest.StartTLS(t, ca, ca.Issue(t, -time.Minute, "localhost"), "none")
	_, err := openTLS(t, s.TLSAddr(), TLSFiles{CA: ca.File})
	if err == nil || !strings.Contains(err.Error(), "its certificate is valid from ") {
		t.Errorf("error %v", err)
	}
}

func TestTLSServerThatNeverAnswersIsGivenUp(t *testing.T) {
	dialer, err := TLSFiles{}.Dialer()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	conn, err := dialer(ctx, "tcp", listener(t, false))
	var timeout net.Error
	if err == nil {
		conn.Close()
	}
	if !errors.As(err, &timeout) || !timeout.Timeout() || !strings.Contains(err.Error(), "no answer in TLS") {
		t.Errorf("error %v", err)
	}
}

func TestTLSFilesThatAreNoGoodAreNamed(t *testing.T) {
	ca := zktest.NewAuthority(t)
	one, two := ca.Issue(t, time.Hour, "one"), ca.Issue(t, time.Hour, "two")
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := write("text", "no certificate")
	encrypted := write("encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
	missing := filepath.Join(dir, "missing")
	for name, test := range map[string]struct {
		files TLSFiles
		want  []string
	}{
		"missing authority":   {TLSFiles{CA: missing}, []string{missing, "no such file"}},
		"no authority":        {TLSFiles{CA: text}, []string{text, "no certificate in PEM"}},
		"missing certificate": {TLSFiles{Cert: missing, Key: one.Key}, []string{missing, "no such file"}},
		"missing key":         {TLSFiles{Cert: one.Cert, Key: missing}, []string{missing, "no such file"}},
		"a key alone":         {TLSFiles{Key: one.Key}, []string{one.Key, "needs a client certificate"}},
		"no key":              {TLSFiles{Cert: one.Cert}, []string{one.Cert, "key"}},
		"another key":         {TLSFiles{Cert: one.Cert, Key: two.Key}, []string{one.Cert, two.Key, "does not match"}},
		"encrypted key":       {TLSFiles{Cert: one.Cert, Key: encrypted}, []string{encrypted, "is encrypted"}},
	} {
		_, err := test.files.Dialer()
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %v; want one that says %q", name, err, part)
			}
		}
	}
}
