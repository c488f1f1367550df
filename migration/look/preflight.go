package look

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"pegashell/internal/message"
	"pegashell/internal/znodepath"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy/session"
)

// PreflightOptions say what is looked at before a migration.
type PreflightOptions struct {
	Options
	By migration.Procedure
	// Deadline bounds all of it.
	Deadline time.Duration
}

// scanShare is the part of the deadline in which the old tree is read, so that the rest of it is
// left for everything else.
const scanShare = 3

// Preflight looks at all that decides whether a migration can begin. Nothing is changed anywhere: no
// znode is made, and no command is sent that changes a server. What could not be found out says so;
// an error is a target that cannot be meant.
//
// The new ZooKeeper is asked over one connection to a server at a time, since it may bound those
// from one address, and then with as many as a copy opens. Both trees are read last, for that can
// take all the time that is left.
func Preflight(ctx context.Context, o PreflightOptions) (*migration.PreflightFacts, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Deadline)
	defer cancel()
	p := &preflight{PreflightOptions: o, facts: &migration.PreflightFacts{By: o.By, Survey: &migration.Survey{}}}
	p.Memory = nil // what was seen before is not looked at again
	if err := p.findPlaces(ctx); err != nil {
		return nil, err
	}
	f := p.facts
	var looking sync.WaitGroup
	looking.Go(func() { f.Ensemble.Members = p.askMembers(ctx) })
	looking.Go(func() { p.scan(ctx) })
	looking.Go(func() { f.Features = p.askFeatures(ctx) })
	looking.Wait()

	p.askForRoom(ctx)
	p.readQuotas(ctx)
	p.tryACLs(ctx)
	p.trySessions(ctx)

	deadline, _ := ctx.Deadline()
	reading, done := context.WithDeadline(ctx, deadline.Add(-2*Patience))
	defer done()
	survey, err := Look(reading, p.Options)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	f.Survey = survey
	looking.Go(func() { f.Versions = p.askVersions(ctx) })
	looking.Go(func() { f.Faults = p.findFaults(ctx) })
	looking.Wait()
	return f, nil
}

// preflight is a look under way.
type preflight struct {
	PreflightOptions
	facts *migration.PreflightFacts
	// source is the old tree; sourceDoubt is why it is not known.
	source      Address
	sourceDoubt error
	// options are those of sessions with the new ZooKeeper.
	options session.Options
	// acls are the access control lists of facts.Ensemble.ACLs, in their order.
	acls []seenACL
}

// findPlaces finds out where the old tree is, and which path the new one gets.
func (p *preflight) findPlaces(ctx context.Context) error {
	if p.source, p.sourceDoubt = p.findSource(ctx); p.sourceDoubt == nil {
		from := p.source
		p.From = &from
	}
	target := *p.Target
	root := p.source.Path // as the meta servers see it
	if below, ok := strings.CutPrefix(root, p.source.Chroot); ok && strings.HasPrefix(below, "/") {
		root = below
	}
	switch {
	case target.Path != "":
	case root == "":
		return message.Errorf("the old tree is not known (%w): name it with --from HOSTS/PATH or by a configuration file with --config, or name the path of the new one: --target HOSTS/PATH", p.sourceDoubt)
	case target.Chroot != "": // as zk_copy does
		target.Path = znodepath.Join(target.Chroot, root)
	default:
		target.Path = p.source.Path
	}
	p.facts.BelowChroot = root != "" && target.Chroot != "" && target.Path == znodepath.Join(target.Chroot, root)
	p.Target = &target
	p.facts.Target, p.facts.TargetHosts = target.Endpoint.String(), target.Hosts()
	var err error
	p.options, err = p.Session(target)
	return err
}

// findSource is the tree that was named, otherwise the one of the leader, otherwise the one that a
// meta server is configured with.
func (p *preflight) findSource(ctx context.Context) (Address, error) {
	if p.From != nil && p.From.Path != "" {
		return *p.From, nil
	}
	if p.Admin == nil {
		return Address{}, message.Errorf("no cluster is connected: name the old tree with --from HOSTS/PATH")
	}
	short, cancel := bounded(ctx)
	defer cancel()
	info, err := p.Admin.ClusterInfo(short)
	if err == nil {
		hosts, _ := info.Get("zookeeper_hosts")
		root, _ := info.Get("zookeeper_root")
		return Join(hosts, root)
	}
	for _, config := range p.Admin.ServerConfigs(ctx) {
		return Join(config.HostsList, config.ClusterRoot)
	}
	for _, config := range p.fileConfigs(ctx) {
		if at, err := Join(config.HostsList, config.ClusterRoot); err == nil && !sharesServer(at.Servers, p.Target.Servers) {
			return at, nil // a file that names the new ZooKeeper was changed already
		}
	}
	return Address{}, unled(err)
}

// fileConfigs are what the configuration files say that can be read.
func (p *preflight) fileConfigs(ctx context.Context) []metaadmin.ServerConfig {
	l := &looking{Options: p.Options, survey: &migration.Survey{}}
	l.readFiles(ctx)
	var configs []metaadmin.ServerConfig
	for _, f := range l.survey.Files {
		if f.Known() {
			configs = append(configs, f.Config)
		}
	}
	return configs
}
