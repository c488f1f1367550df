// Package kdc runs a Kerberos server for tests: MIT's, from Debian's packages krb5-kdc and
// krb5-admin-server, on loopback.
package kdc

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pegashell/internal/freeport"
)

// Realm is a realm of Kerberos with a server of its own.
type Realm struct {
	Name string
	// Config is the file krb5.conf for its clients.
	Config string

	dir string
	env []string
}

// folder is where Debian has the programs, which is not in every PATH.
const folder = "/usr/sbin/"

// Start runs a server until the test ends. Under -short the test is skipped.
func Start(t testing.TB) *Realm {
	t.Helper()
	if testing.Short() {
		t.Skip("it needs a Kerberos server, which -short does not start")
	}
	ports, err := freeport.Pick(1)
	if err != nil {
		t.Fatal(err)
	}
	r := &Realm{Name: "TEST.EXAMPLE", dir: t.TempDir()}
	r.Config = r.write(t, "krb5.conf", fmt.Sprintf(`[libdefaults]
    default_realm = %[1]s
    dns_lookup_realm = false
    dns_lookup_kdc = false
    rdns = false
    dns_canonicalize_hostname = false
    udp_preference_limit = 1
[realms]
    %[1]s = {
        kdc = 127.0.0.1:%[2]d
    }
[domain_realm]
    localhost = %[1]s
`, r.Name, ports[0]))
	profile := r.write(t, "kdc.conf", fmt.Sprintf(`[kdcdefaults]
    kdc_listen = 127.0.0.1:%[2]d
    kdc_tcp_listen = 127.0.0.1:%[2]d
[realms]
    %[1]s = {
        database_name = %[3]s/principal
        key_stash_file = %[3]s/stash
        acl_file = %[3]s/acl
        max_life = 1h
        supported_enctypes = aes256-cts:normal
    }
[logging]
    kdc = FILE:%[3]s/kdc.log
`, r.Name, ports[0], r.dir))
	r.env = append(os.Environ(), "KRB5_CONFIG="+r.Config, "KRB5_KDC_PROFILE="+profile)
	r.run(t, "kdb5_util", "create", "-s", "-r", r.Name, "-P", "of this test alone")
	server := exec.Command(folder+"krb5kdc", "-n", "-r", r.Name)
	server.Env = r.env
	if err := server.Start(); err != nil {
		t.Fatalf("%v: install Debian's packages krb5-kdc and krb5-admin-server", err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	r.await(t, fmt.Sprintf("127.0.0.1:%d", ports[0]))
	return r
}

// await waits until the server accepts connections.
func (r *Realm) await(t testing.TB, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", address); err == nil {
			conn.Close()
			return
		}
	}
	log, _ := os.ReadFile(filepath.Join(r.dir, "kdc.log"))
	t.Fatalf("the Kerberos server does not listen:\n%s", log)
}

// Keytab adds a principal with a random key, and returns a file with that key.
func (r *Realm) Keytab(t testing.TB, principal string) string {
	t.Helper()
	file := filepath.Join(r.dir, strings.ReplaceAll(principal, "/", "_")+".keytab")
	r.run(t, "kadmin.local", "-r", r.Name, "-q", "addprinc -randkey "+principal)
	r.run(t, "kadmin.local", "-r", r.Name, "-q", "ktadd -k "+file+" "+principal)
	return file
}

func (r *Realm) run(t testing.TB, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(folder+program, args...)
	cmd.Env = r.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v (Debian's packages are krb5-kdc and krb5-admin-server)\n%s", program, err, out)
	}
}

func (r *Realm) write(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
