package look

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

// askMetaServers asks every meta server that the list, the manifest or the configuration of another
// one names.
func (l *looking) askMetaServers(ctx context.Context) {
	if l.Admin == nil {
		return
	}
	names := newServerNames(ctx)
	var next []string
	for _, server := range l.Metas {
		next = append(next, server)
		names.add(server)
	}
	for server := range l.Servers {
		if names.add(server) {
			next = append(next, server)
		}
	}
	for len(next) > 0 {
		asked := l.askEach(ctx, next)
		l.survey.Meta = append(l.survey.Meta, asked...)
		next = nil
		for _, m := range asked {
			if m.Running == nil {
				continue
			}
			for _, server := range m.Running.MetaServers {
				if metaadmin.CheckServer(server) == nil && names.add(server) {
					next = append(next, server)
				}
			}
		}
	}
	l.arrange()
}

// arrange puts the meta servers that were asked in order, and says which of them lead.
func (l *looking) arrange() {
	l.survey.Leaders, l.survey.Level.Value = nil, 0
	slices.SortFunc(l.survey.Meta, func(a, b migration.MetaServer) int { return metaadmin.CompareServers(a.Address, b.Address) })
	for i := range l.survey.Meta {
		m := &l.survey.Meta[i]
		if m.State == migration.ServerLeader {
			l.survey.Leaders = append(l.survey.Leaders, metaadmin.Leader{Server: m.Address, Info: m.Leading.Info})
		}
		m.Listed = slices.Contains(l.Metas, m.Address)
		if site, ok := l.Servers[m.Address]; ok {
			m.Site = migration.SiteLines{Stop: site.Stop, Start: site.Start, Restart: site.Restart}
		}
	}
	if leaders := l.survey.Leaders; len(leaders) == 1 {
		for _, m := range l.survey.Meta {
			if m.Address == leaders[0].Server {
				l.survey.Level.Value = m.Leading.Level
			}
		}
	}
}

// askEach asks some servers at the same time.
func (l *looking) askEach(ctx context.Context, servers []string) []migration.MetaServer {
	found := make([]migration.MetaServer, len(servers))
	var asking sync.WaitGroup
	for i, server := range servers {
		asking.Go(func() { found[i] = l.askMeta(ctx, server) })
	}
	asking.Wait()
	return found
}

// askMeta asks one meta server.
func (l *looking) askMeta(ctx context.Context, address string) migration.MetaServer {
	m := migration.MetaServer{Address: address, Leading: migration.Leading{Beacons: -1}}
	server := l.Admin.Server(address)
	short, cancel := bounded(ctx)
	defer cancel()
	// What the memory has depends on when the server was started; without one all is asked at once.
	known := sync.OnceValue(func() *knownServer {
		// An error leaves it unknown. A server that is down answers no question.
		m.Started, _ = server.Started(short, l.Location)
		if m.Started.After(l.Now().Add(settled)) {
			m.Started = time.Time{} // the server is in another time zone, or its clock is wrong
		}
		return l.Memory.recallServer(address, m.Started, l.Now())
	})
	var asking sync.WaitGroup
	var stateErr, configErr error
	asking.Go(func() { known() })
	asking.Go(func() { m.State, stateErr = l.askState(ctx, short, server, known, &m.Leading) })
	asking.Go(func() { m.Running, configErr = l.askConfig(short, address, known) })
	asking.Wait()
	switch {
	case stateErr != nil:
		m.Doubt = stateErr.Error()
	case m.State.Runs() && configErr != nil:
		m.Doubt = configErr.Error()
	}
	if m.State.Leads() && m.Leading.Hosts == "" && m.Running != nil {
		m.Leading.Hosts, m.Leading.Root = placeOf(m.Running.HostsList, m.Running.ClusterRoot)
	}
	return m
}

// askConfig asks a meta server for the configuration that it runs with.
func (l *looking) askConfig(ctx context.Context, address string, known func() *knownServer) (*metaadmin.ServerConfig, error) {
	if l.remembers {
		if config := known().config; config != nil {
			return config, nil
		}
	}
	config, err := l.Admin.ServerConfig(ctx, address)
	if err != nil {
		return nil, err
	}
	known().config = &config
	return &config, nil
}

// askState asks a meta server whether it leads and, if so, what. short is ctx with the time for one
// answer. The error says why the state is not known.
func (l *looking) askState(ctx, short context.Context, server metaadmin.Server, known func() *knownServer, leading *migration.Leading) (migration.ServerState, error) {
	info, err := server.ClusterInfo(short)
	state, ok := stateOf(err)
	if !ok {
		return migration.ServerUnknown, err
	}
	if state == migration.ServerLeader {
		*leading = l.askLeader(ctx, short, server, known, info)
	}
	return state, nil
}

// stateOf is what a meta server is by its answer to cluster_info.
func stateOf(err error) (state migration.ServerState, known bool) {
	var refusal *metaadmin.Error
	switch {
	case err == nil:
		return migration.ServerLeader, true
	case metaadmin.IsRefused(err):
		return migration.ServerDown, true
	case !errors.As(err, &refusal) || refusal.Cause != nil:
		return migration.ServerUnknown, false
	}
	switch refusal.Code {
	case wire.ErrForwardToOthers:
		return migration.ServerFollower, true
	case wire.ErrServiceNotActive:
		return migration.ServerLoading, true
	case wire.ErrUnderRecovery:
		return migration.ServerRecovering, true
	}
	return migration.ServerUnknown, false
}

// placeOf are the servers of a connect string, and the full path of the tree that a client with it
// sees at root; both as they are written where they cannot be read.
func placeOf(connect, root string) (hosts, path string) {
	at, err := Join(connect, root)
	if err != nil {
		return connect, root
	}
	return at.Hosts(), at.Path
}
