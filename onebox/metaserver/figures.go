package metaserver

import (
	"context"
	"errors"
	"net/http"

	"pegashell/onebox/figures"
	"pegashell/onebox/release"
	"pegashell/onebox/rpc"
)

// errHTTPToFollower ends a follower of 2.5.0: for any HTTP request it uses what only a leader has.
var errHTTPToFollower = errors.New("abort: an HTTP request came to a server that does not lead")

// figures returns what this server has.
func (s *server) figures() *figures.Server {
	return &figures.Server{
		Release: s.cfg.Release, Cluster: s.cfg.Cluster, Port: s.cfg.Self.AddrPort().Port(), Started: s.started,
		Leads: func() bool { return s.leader.Load() != nil },
	}
}

func (s *server) page(_ context.Context, q *http.Request) (rpc.Page, error) {
	if s.cfg.Release != release.Main && s.leader.Load() == nil {
		s.abort(errHTTPToFollower)
		return rpc.Page{}, errHTTPToFollower
	}
	return s.figures().Page(q), nil
}
