package look

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"pegashell/migration"
	"pegashell/zkcopy/session"
)

const (
	// pings and logins are how often each is measured.
	pings, logins = 5, 3
)

// askMembers asks every server of the new ZooKeeper by itself, all at the same time.
func (p *preflight) askMembers(ctx context.Context) []migration.MemberFacts {
	found := make([]migration.MemberFacts, len(p.Target.Servers))
	var asking sync.WaitGroup
	for i, server := range p.Target.Servers {
		asking.Go(func() { found[i] = p.askMember(ctx, server) })
	}
	asking.Wait()
	return found
}

// askMember asks one server, over one connection after the other.
func (p *preflight) askMember(ctx context.Context, server string) migration.MemberFacts {
	m := migration.MemberFacts{Server: server, MostConnections: -1}
	if m.Unresolved = !resolves(ctx, server); m.Unresolved {
		m.Down = "no such host"
		return m
	}
	var times []time.Duration
	for i := range logins {
		login, err := p.login(ctx, server, &m, i == 0)
		if err != nil {
			if i == 0 {
				notePassage(&m, err)
			}
			break
		}
		times = append(times, login)
	}
	if len(times) > 0 {
		slices.Sort(times)
		m.Login = times[len(times)/2]
	}
	if m.Down == "" {
		p.askWords(ctx, &m)
	}
	return m
}

// login opens a session and closes it again; the first time it also looks what the server answers.
func (p *preflight) login(ctx context.Context, server string, m *migration.MemberFacts, first bool) (time.Duration, error) {
	short, cancel := bounded(ctx)
	defer cancel()
	member, err := session.OpenMember(short, server, p.options)
	if err != nil {
		return 0, err
	}
	defer member.Close()
	if !first {
		return member.Login, nil
	}
	m.ReadOnly = member.ReadOnly
	if _, err := member.Root(); err != nil {
		return 0, err
	}
	m.Ping, err = member.Ping(pings)
	return member.Login, err
}

// notePassage notes why a server did not let this program in.
func notePassage(m *migration.MemberFacts, err error) {
	var needs *session.AuthRequiredError
	var refused *session.AuthError
	switch {
	case errors.Is(err, session.ErrReadOnly):
		m.ReadOnly = true
	case errors.As(err, &needs):
		m.NeedsAuth = true
	case errors.As(err, &refused):
		m.BadAuth = true
	default:
		m.Down = err.Error()
	}
}

// resolves reports whether the host of a server has an address.
func resolves(ctx context.Context, server string) bool {
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	return err == nil && len(addresses) > 0
}

// What servers print of themselves, from 3.3 to 3.9.
var (
	srvrVersion    = regexp.MustCompile(`(?m)^Zookeeper version: ([^,\s]+)`)
	enviVersion    = regexp.MustCompile(`(?m)^zookeeper\.version=([^,\s]+)`)
	srvrMode       = regexp.MustCompile(`(?m)^Mode: (\S+)`)
	confMost       = regexp.MustCompile(`(?m)^maxClientCnxns=(-?\d+)`)
	versionAsNamed = regexp.MustCompile(`^\d+\.\d+\.\d+`)
)

// askWords asks a server what it says of itself, as far as its configuration allows that.
func (p *preflight) askWords(ctx context.Context, m *migration.MemberFacts) {
	srvr := p.word(ctx, m.Server, "srvr")
	m.Mode = firstMatch(srvrMode, srvr)
	if m.Version = firstMatch(srvrVersion, srvr); m.Version == "" {
		m.Version = firstMatch(enviVersion, p.word(ctx, m.Server, "envi"))
	}
	if short := versionAsNamed.FindString(m.Version); short != "" {
		m.Version = short
	}
	if n, err := strconv.Atoi(firstMatch(confMost, p.word(ctx, m.Server, "conf"))); err == nil {
		m.MostConnections = max(0, n)
	}
}

func firstMatch(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// word returns the answer to a four-letter word, "" where there is none.
func (p *preflight) word(ctx context.Context, server, word string) string {
	ctx, cancel := bounded(ctx)
	defer cancel()
	text, err := session.FourLetterWord(ctx, server, word, p.options)
	if err != nil {
		return ""
	}
	return text
}

// askForRoom asks every server whether it accepts a packet as large as the largest znode of the old
// tree needs.
func (p *preflight) askForRoom(ctx context.Context) {
	e := &p.facts.Ensemble
	if e.Packet = p.facts.Scan.Largest; e.Packet == 0 || p.By != migration.ByCopy {
		return
	}
	var asking sync.WaitGroup
	for i := range e.Members {
		if m := &e.Members[i]; m.Serves() {
			asking.Go(func() { m.Takes = p.takes(ctx, m.Server, e.Packet) })
		}
	}
	asking.Wait()
}

func (p *preflight) takes(ctx context.Context, server string, bytes int) migration.Known {
	ctx, cancel := bounded(ctx)
	defer cancel()
	member, err := session.OpenMember(ctx, server, p.options)
	if err != nil {
		return migration.Unknown
	}
	defer member.Close()
	takes, err := member.Takes(bytes)
	if err != nil {
		return migration.Unknown
	}
	return migration.KnownFrom(takes)
}

// trySessions opens as many sessions as a copy does, spread over the servers as a copy spreads them,
// unless all servers have said how many they allow.
func (p *preflight) trySessions(ctx context.Context) {
	e := &p.facts.Ensemble
	e.Opened = -1
	if p.By != migration.ByCopy {
		return
	}
	e.Sessions = session.MostSessions(p.options)
	var serving []string
	silent := false
	for _, m := range e.Members {
		if m.Serves() {
			serving = append(serving, m.Server)
			silent = silent || m.MostConnections < 0
		}
	}
	switch {
	case len(serving) == 0:
		e.Opened = 0
		return
	case !silent:
		return
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	opened := make([]*session.Member, e.Sessions)
	var opening sync.WaitGroup
	for i := range opened {
		opening.Go(func() { opened[i], _ = session.OpenMember(ctx, serving[i%len(serving)], p.options) })
	}
	opening.Wait()
	e.Opened = 0
	for _, member := range opened {
		if member != nil {
			e.Opened++
			opening.Go(member.Close)
		}
	}
	opening.Wait()
}
