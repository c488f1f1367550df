package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
)

// The mechanisms of SASL.
const (
	saslDigest = "DIGEST-MD5"
	saslGSSAPI = "GSSAPI"
)

// SASL is how sessions log in to a ZooKeeper that requires SASL, as its section of the manifest says.
// Paths are as those of TLS.
type SASL struct {
	// Mechanism is DIGEST-MD5 or GSSAPI; empty for no SASL.
	Mechanism string `toml:"sasl"`
	// Principal is the user, with GSSAPI also NAME@REALM.
	Principal string `toml:"principal"`
	// PasswordEnv names the environment variable, PasswordFile the file that holds the password of
	// DIGEST-MD5.
	PasswordEnv  string `toml:"sasl_password_env"`
	PasswordFile string `toml:"sasl_password_file"`
	// Keytab holds the key of GSSAPI; without one the tickets are in TicketCache, empty for the cache
	// of the environment.
	Keytab      string `toml:"keytab"`
	TicketCache string `toml:"ticket_cache"`
	// KerberosConfig is krb5.conf; empty for that of the machine.
	KerberosConfig string `toml:"krb5_conf"`
	// ServerPrincipal is SERVICE/HOST of the servers; empty for zookeeper and each server's host.
	ServerPrincipal string `toml:"server_principal"`
}

// Password is that of DIGEST-MD5. The error says where it is missing.
func (s SASL) Password() (Secret, error) {
	if s.PasswordEnv != "" {
		value := os.Getenv(s.PasswordEnv)
		if value == "" { // the name is not shown: it may be the secret itself, put there by mistake
			return "", errors.New("sasl_password_env: the environment has no variable with the name in this key, or it is empty")
		}
		return Secret(value), nil
	}
	text, err := os.ReadFile(s.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("sasl_password_file: %w", err)
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(bytes.TrimPrefix(text, []byte(byteOrderMark)), []byte("\n")), []byte("\r"))
	if len(text) == 0 || bytes.ContainsAny(text, "\r\n") {
		return "", fmt.Errorf("sasl_password_file: %s does not hold a password on one line", s.PasswordFile)
	}
	return Secret(text), nil
}

// validate checks the keys; an error goes for the key.
func (s SASL) validate() (key string, err error) {
	of := []struct{ mechanism, key, value string }{
		{saslDigest, "sasl_password_env", s.PasswordEnv}, {saslDigest, "sasl_password_file", s.PasswordFile},
		{saslGSSAPI, "keytab", s.Keytab}, {saslGSSAPI, "ticket_cache", s.TicketCache},
		{saslGSSAPI, "krb5_conf", s.KerberosConfig}, {saslGSSAPI, "server_principal", s.ServerPrincipal},
	}
	switch s.Mechanism {
	case "", saslDigest, saslGSSAPI:
	default:
		return "sasl", fmt.Errorf("%q is not a mechanism: %s or %s", s.Mechanism, saslDigest, saslGSSAPI)
	}
	for _, k := range of {
		if k.value != "" && k.mechanism != s.Mechanism {
			return k.key, fmt.Errorf("it is for sasl = %q", k.mechanism)
		}
	}
	switch {
	case s.Mechanism == "" && s.Principal != "":
		return "principal", fmt.Errorf("sasl is missing: %s or %s", saslDigest, saslGSSAPI)
	case s.Mechanism == saslDigest && s.Principal == "":
		return "sasl", errors.New("principal is missing, the user's name")
	case s.Mechanism == saslDigest && (s.PasswordEnv == "") == (s.PasswordFile == ""):
		return "sasl", errors.New("it needs either sasl_password_env or sasl_password_file")
	case strings.ContainsAny(s.PasswordEnv, "=: \t$"):
		return "sasl_password_env", errors.New("the value must be the name of an environment variable, not the value of that variable")
	case s.Keytab != "" && s.Principal == "":
		return "keytab", errors.New("principal is missing, such as ops@EXAMPLE.ORG")
	case s.Keytab != "" && s.TicketCache != "":
		return "ticket_cache", errors.New("keytab is there already: one of both is needed")
	case s.ServerPrincipal != "" && !strings.Contains(s.ServerPrincipal, "/"):
		return "server_principal", fmt.Errorf("%q is not SERVICE/HOST, such as zookeeper/_HOST, where _HOST is the name of each server", s.ServerPrincipal)
	}
	return "", nil
}
