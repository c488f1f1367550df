package zktest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pegashell/internal/test/kdc"
	"pegashell/internal/zkserver"
)

// Options of servers that accept only sessions that have logged in by SASL. They compose: a server
// takes the last section Server that it was given.

// RequireSASL makes a server close sessions that have not logged in.
func RequireSASL() Option {
	return func(c *zkserver.Config) {
		set(&c.SystemProperties, "zookeeper.authProvider.1", "org.apache.zookeeper.server.auth.SASLAuthenticationProvider")
		set(&c.SystemProperties, "zookeeper.sessionRequireClientSASLAuth", "true")
	}
}

// WithDigestUser lets a user in by DIGEST-MD5.
func WithDigestUser(t testing.TB, user, password string) Option {
	return withServerSection(t, fmt.Sprintf("org.apache.zookeeper.server.auth.DigestLoginModule required user_%s=%q", user, password), nil)
}

// WithKerberos lets the principals of a realm in by GSSAPI. The server is zookeeper/localhost.
func WithKerberos(t testing.TB, realm *kdc.Realm) Option {
	keytab := realm.Keytab(t, "zookeeper/localhost")
	return withServerSection(t, fmt.Sprintf("com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true useTicketCache=false keyTab=%q principal=%q",
		keytab, "zookeeper/localhost@"+realm.Name), map[string]string{"java.security.krb5.conf": realm.Config})
}

func withServerSection(t testing.TB, login string, properties map[string]string) Option {
	t.Helper()
	file := filepath.Join(t.TempDir(), "jaas.conf")
	if err := os.WriteFile(file, []byte("Server {\n  "+login+";\n};\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *zkserver.Config) {
		set(&c.SystemProperties, "java.security.auth.login.config", file)
		for key, value := range properties {
			set(&c.SystemProperties, key, value)
		}
	}
}
