package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/kdc"
	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

// byName is a server's address with its host's name, as Kerberos wants it.
func byName(s *zkserver.Server) string { return strings.Replace(s.Addr(), "127.0.0.1", "localhost", 1) }

func openSASL(t *testing.T, server string, s SASL, auth ...Auth) (*Client, error) {
	t.Helper()
	dialer, err := s.Dialer(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(zktest.Context(t), Endpoint{Servers: []string{server}}, Options{Dialer: dialer, Connections: 2, Auth: auth})
	if err == nil {
		t.Cleanup(c.Close)
	}
	return c, err
}

// worksAs checks that sessions of all kinds are logged in: those that read, write, watch, and those
// with one member.
func worksAs(t *testing.T, server, user string, s SASL) {
	t.Helper()
	ctx := zktest.Context(t)
	c, err := openSASL(t, server, s, Auth{"digest", []byte("someone:else")})
	if err != nil {
		t.Fatal(err)
	}
	acl := []zk.ACL{{Scheme: "sasl", ID: user, Perms: zk.PermAll}}
	path := "/of-" + strings.ReplaceAll(user, "/", "-")
	if err := c.Lane().Create(ctx, path, []byte("x"), acl); err != nil {
		t.Fatal(err)
	}
	requests := []Request{{Kind: GetData, Path: path, Room: 10}}
	if err := c.Read(ctx, requests); err != nil || string(requests[0].Data) != "x" {
		t.Errorf("read: %q, %v", requests[0].Data, err)
	}
	dialer, err := s.Dialer(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := OpenMember(ctx, server, Options{Dialer: dialer})
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
}

func TestSessionsLogInByDigest(t *testing.T) {
	s := zktest.Start(t, zktest.RequireSASL(), zktest.WithDigestUser(t, "bob", `p,"\ ü`))
	worksAs(t, s.Addr(), "bob", SASL{Mechanism: DigestMD5, Principal: "bob", Password: []byte(`p,"\ ü`)})
	for name, login := range map[string]SASL{
		"another password": {Mechanism: DigestMD5, Principal: "bob", Password: []byte("guessed")},
		"another user":     {Mechanism: DigestMD5, Principal: "eve", Password: []byte("of eve")},
	} {
		_, err := openSASL(t, s.Addr(), login)
		var refused *AuthError
		if !errors.As(err, &refused) || !strings.Contains(refused.Scheme, DigestMD5) || strings.Contains(err.Error(), string(login.Password)) {
			t.Errorf("%s: error %v, want one that says that the server refuses it", name, err)
		}
	}
	c, err := Open(zktest.Context(t), Endpoint{Servers: []string{s.Addr()}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var required *AuthRequiredError
	if _, err := c.Stat(zktest.Context(t), "/"); !errors.As(err, &required) {
		t.Errorf("without a login: %v", err)
	}
	_, err = openSASL(t, zktest.Shared(t).Addr(), SASL{Mechanism: DigestMD5, Principal: "bob", Password: []byte("p")})
	if err == nil || !strings.Contains(err.Error(), "not configured for SASL") {
		t.Errorf("a server without SASL: %v", err)
	}
}

func TestSessionsLogInByKerberos(t *testing.T) {
	realm := kdc.Start(t)
	s := zktest.Start(t, zktest.RequireSASL(), zktest.WithKerberos(t, realm))
	files := Kerberos{Keytab: realm.Keytab(t, "ops"), Config: realm.Config}
	worksAs(t, byName(s), "ops@"+realm.Name, SASL{Mechanism: GSSAPI, Principal: "ops@" + realm.Name, Kerberos: files})
	for name, test := range map[string]struct {
		change func(*SASL)
		want   string
	}{
		"a principal that has no key": {func(s *SASL) { s.Principal = "eve" }, "a ticket for zookeeper/localhost"},
		"another service":             {func(s *SASL) { s.Kerberos.Server = "hdfs/_HOST" }, "a ticket for hdfs/localhost"},
	} {
		login := SASL{Mechanism: GSSAPI, Principal: "ops", Kerberos: files}
		test.change(&login)
		if _, err := openSASL(t, byName(s), login); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, test.want)
		}
	}
}

func TestFilesOfKerberosThatAreNoGoodAreNamed(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "krb5.conf")
	damaged := filepath.Join(dir, "damaged")
	for file, text := range map[string]string{config: "[libdefaults]\n default_realm = A.B\n", damaged: "\x05\x04\x00"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	missing := filepath.Join(dir, "missing")
	for name, test := range map[string]struct {
		principal string
		files     Kerberos
		want      string
	}{
		"no configuration": {"ops", Kerberos{Config: missing}, missing},
		"no keytab":        {"ops", Kerberos{Config: config, Keytab: missing}, missing},
		"no keytab in it":  {"ops", Kerberos{Config: config, Keytab: damaged}, damaged},
		"no tickets":       {"", Kerberos{Config: config, Cache: missing}, missing},
		"damaged tickets":  {"", Kerberos{Config: config, Cache: damaged}, damaged},
	} {
		if _, err := (SASL{Mechanism: GSSAPI, Principal: test.principal, Kerberos: test.files}).Dialer(nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one that names %s", name, err, test.want)
		}
	}
	if _, err := (SASL{Mechanism: "PLAIN"}).Dialer(nil); err == nil || !strings.Contains(err.Error(), GSSAPI) {
		t.Errorf("another mechanism: %v", err)
	}
}
