package commands

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"pegashell/zkcopy"
)

// authVariable holds credentials for ZooKeeper, SCHEME:ID separated by blanks, for scripts that must not show
// them in their arguments.
const authVariable = "PEGASHELL_ZK_AUTH"

// zkConnectOptions say how a command connects to ZooKeeper.
type zkConnectOptions struct {
	auth      []string
	workers   int
	timeoutMS int
}

func (o *zkConnectOptions) declare(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.auth, "auth", nil, "credentials, SCHEME:ID as digest:user:password; or "+authVariable+" in the environment")
	flags.IntVarP(&o.workers, "workers", "w", zkcopy.DefaultConnections, "sessions with each ensemble")
	flags.IntVar(&o.timeoutMS, "timeout", int(zkcopy.DefaultSessionTimeout/time.Millisecond), "session timeout in milliseconds")
}

// with gives the environment with these options for every connection to ZooKeeper.
func (o *zkConnectOptions) with(env *Env) (*Env, error) {
	const maxWorkers = 64
	switch {
	case o.workers < 1 || o.workers > maxWorkers:
		return nil, usagef("--workers: %d is not between 1 and %d", o.workers, maxWorkers)
	case o.timeoutMS < 1000 || o.timeoutMS > int(time.Hour/time.Millisecond):
		return nil, usagef("--timeout: %d is not between 1000 and 3600000 milliseconds", o.timeoutMS)
	}
	changed := *env
	changed.ZooKeeper.Connections = o.workers
	changed.ZooKeeper.SessionTimeout = time.Duration(o.timeoutMS) * time.Millisecond
	changed.ZooKeeper.ConnectTimeout = changed.ZooKeeper.SessionTimeout
	credentials := o.auth
	if len(credentials) == 0 {
		credentials = strings.Fields(os.Getenv(authVariable))
	}
	for _, c := range credentials {
		scheme, id, ok := strings.Cut(c, ":")
		if !ok || scheme == "" || id == "" {
			// The value may hold a password, so it is not shown.
			return nil, usagef("--auth: SCHEME:ID is wanted, such as digest:user:password")
		}
		changed.ZooKeeper.Auth = append(changed.ZooKeeper.Auth[:len(changed.ZooKeeper.Auth):len(changed.ZooKeeper.Auth)], zkcopy.Auth{Scheme: scheme, Data: []byte(id)})
	}
	return &changed, nil
}
