package commands

import (
	"strings"
	"time"

	"github.com/spf13/pflag"

	"pegashell/internal/homefile"
	"pegashell/zkcopy/session"
)

// authVariable holds credentials for ZooKeeper, SCHEME:ID separated by blanks, for scripts that must not show
// them in their arguments.
const authVariable = "PEGASHELL_ZK_AUTH"

// zkConnectUsage is the part of a usage line that zkConnectOptions read.
const zkConnectUsage = "[-w|--workers num] [--auth SCHEME:ID] [--tls_ca file] [--tls_cert file] [--tls_key file] [--timeout ms]"

// zkConnectOptions say how a command connects to ZooKeeper.
type zkConnectOptions struct {
	auth      []string
	tls       session.TLSFiles
	workers   int
	timeoutMS int
}

func (o *zkConnectOptions) declare(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.auth, "auth", nil, "credentials, SCHEME:ID as digest:user:password; instead of those in plugins.toml and in "+authVariable)
	flags.StringVar(&o.tls.CA, "tls_ca", "", "connect with TLS to servers whose certificate is signed by one of this PEM file; instead of tls_ca in plugins.toml")
	declareKind(flags, "tls_ca", kindFile)
	flags.StringVar(&o.tls.Cert, "tls_cert", "", "show servers this certificate, a PEM file")
	declareKind(flags, "tls_cert", kindFile)
	flags.StringVar(&o.tls.Key, "tls_key", "", "the private key of --tls_cert, a PEM file; not wanted if that holds both")
	declareKind(flags, "tls_key", kindFile)
	flags.IntVarP(&o.workers, "workers", "w", session.DefaultConnections, "sessions with each ensemble that write, and as many that read")
	flags.IntVar(&o.timeoutMS, "timeout", int(session.DefaultSessionTimeout/time.Millisecond), "session timeout in milliseconds")
}

// with gives the environment with these options for every connection to ZooKeeper.
func (o *zkConnectOptions) with(env *Env) (*Env, error) {
	const maxWorkers = 64
	switch {
	case o.workers < 1 || o.workers > maxWorkers:
		return nil, usagef("--workers: %d is not between 1 and %d", o.workers, maxWorkers)
	case o.timeoutMS < 1000 || o.timeoutMS > int(time.Hour/time.Millisecond):
		return nil, usagef("--timeout: %d is not between 1000 and 3600000 milliseconds", o.timeoutMS)
	case o.tls.Key != "" && o.tls.Cert == "":
		return nil, usagef("--tls_key: --tls_cert is missing, the certificate for the key")
	}
	if env.exposed == nil {
		env.exposed = map[string]bool{}
	}
	changed := *env
	changed.ZooKeeper.Connections = o.workers
	changed.ZooKeeper.SessionTimeout = time.Duration(o.timeoutMS) * time.Millisecond
	changed.ZooKeeper.ConnectTimeout = changed.ZooKeeper.SessionTimeout
	for _, c := range o.auth {
		credential, ok := parseCredential(c)
		if !ok {
			// The value may hold a password, so it is not shown.
			return nil, usagef("--auth: SCHEME:ID is wanted, such as digest:user:password")
		}
		changed.ZooKeeper.Auth = append(changed.ZooKeeper.Auth[:len(changed.ZooKeeper.Auth):len(changed.ZooKeeper.Auth)], credential)
	}
	if o.tls == (session.TLSFiles{}) {
		return &changed, nil
	}
	files := o.tls
	for _, file := range []*string{&files.CA, &files.Cert, &files.Key} {
		var err error
		if *file, err = homefile.Expand(*file); err != nil {
			return nil, err
		}
	}
	var err error
	changed.ZooKeeper.Dialer, err = files.Dialer()
	return &changed, err
}

// parseCredential reads SCHEME:ID.
func parseCredential(text string) (session.Auth, bool) {
	scheme, id, ok := strings.Cut(text, ":")
	return session.Auth{Scheme: scheme, Data: []byte(id)}, ok && scheme != "" && id != ""
}
