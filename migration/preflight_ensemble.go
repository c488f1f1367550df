package migration

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pegashell/internal/message"
)

func (f *PreflightFacts) members(is func(MemberFacts) bool) []string {
	return namesOf(f.Ensemble.Members, func(m MemberFacts) string { return m.Server }, is)
}

func checkHosts(f *PreflightFacts) (Result, message.Text, message.Text) {
	unresolved := f.members(func(m MemberFacts) bool { return m.Unresolved })
	if len(unresolved) == 0 {
		return pass("every server of %s is found by its name", f.TargetHosts)
	}
	return fail(message.New("no address is known for %s", some(unresolved)),
		message.New("correct the name, or the name service of this host; the hosts of the meta servers must find it too"))
}

func checkReachable(f *PreflightFacts) (Result, message.Text, message.Text) {
	members := f.Ensemble.Members
	var down []string
	for _, m := range members {
		if m.Down != "" {
			down = append(down, m.Server+": "+m.Down)
		}
	}
	if len(down) == 0 {
		return pass("every server answers (%d)", len(members))
	}
	seen := message.New("%d of %d servers do not answer: %s", len(down), len(members), some(down))
	if 2*len(down) < len(members) {
		return warn(seen, message.New("start it, or correct the list: the ensemble serves without it, but not if another one fails"))
	}
	return fail(seen, message.New("start the servers, or correct their addresses, their TLS files or the firewall"))
}

func checkCredentials(f *PreflightFacts) (Result, message.Text, message.Text) {
	if needs := f.members(func(m MemberFacts) bool { return m.NeedsAuth }); len(needs) > 0 {
		return fail(message.New("%s accepts authenticated clients only", some(needs)),
			message.New("use credentials that it accepts: sasl, or auth_env, in its [zookeepers.NAME] of plugins.toml, or --auth; the meta servers need them too"))
	}
	if refuses := f.members(func(m MemberFacts) bool { return m.BadAuth }); len(refuses) > 0 {
		return fail(message.New("%s refuses the credentials", some(refuses)), message.New("correct --auth, or auth_env in plugins.toml"))
	}
	if !slices.ContainsFunc(f.Ensemble.Members, func(m MemberFacts) bool { return m.Down == "" }) {
		return warn(message.New("unknown: no server answers"), doReachable())
	}
	return pass("the servers let this program in")
}

// WaitsForTarget reports whether nothing was found out because the new ZooKeeper does not answer.
func (c Check) WaitsForTarget() bool { return c.Do.Format == doReachable().Format }

// doReachable is what to do about whatever could not be asked because the servers do not answer.
func doReachable() message.Text {
	return message.New("see target_reachable, then repeat the command")
}

func checkQuorum(f *PreflightFacts) (Result, message.Text, message.Text) {
	serving := f.members(MemberFacts.Serves)
	readOnly := f.members(func(m MemberFacts) bool { return m.ReadOnly })
	switch {
	case len(serving) == 0 && len(readOnly) > 0:
		return fail(message.New("no quorum: %s only lets clients read", some(readOnly)),
			message.New("start more servers of the ensemble: more than half must run"))
	case len(serving) == 0:
		return fail(message.New("no server lets clients write"), doReachable())
	case len(readOnly) > 0:
		return warn(message.New("%s has lost the others and only lets clients read", some(readOnly)),
			message.New("find out why it does not reach the other servers"))
	}
	return pass("%d of %d servers let clients write", len(serving), len(f.Ensemble.Members))
}

func checkOneEnsemble(f *PreflightFacts) (Result, message.Text, message.Text) {
	alone := f.members(func(m MemberFacts) bool { return m.Mode == "standalone" })
	leaders := f.members(func(m MemberFacts) bool { return m.Mode == "leader" })
	known := f.members(func(m MemberFacts) bool { return m.Mode != "" })
	const splits = "name the servers of one ensemble only: with these, meta servers would connect to different trees"
	switch {
	case len(alone) == 1 && len(f.Ensemble.Members) == 1:
		return pass("a standalone server: nothing serves the meta servers if it fails")
	case len(alone) > 0:
		return fail(message.New("%s is a standalone server, not a member of an ensemble", some(alone)), message.New(splits))
	case len(leaders) > 1:
		return fail(message.New("the servers are of different ensembles: %s are leaders", some(leaders)), message.New(splits))
	case len(known) < len(f.Ensemble.Members):
		return warn(message.New("unknown: %d of %d servers do not say whether they lead or follow", len(f.Ensemble.Members)-len(known), len(f.Ensemble.Members)),
			message.New("make sure that the list names one ensemble; srvr in 4lw.commands.whitelist would let this command see it"))
	}
	return pass("the servers are one ensemble")
}

func checkZooKeeperVersions(f *PreflightFacts) (Result, message.Text, message.Text) {
	var versions []string
	for _, m := range f.Ensemble.Members {
		if m.Version != "" {
			versions = append(versions, m.Version)
		}
	}
	switch versions = distinct(versions); {
	case len(versions) == 0:
		return warn(message.New("unknown: no server says its version"),
			message.New("make sure that it is 3.4.6 or later; srvr in 4lw.commands.whitelist would let this command see it"))
	case len(versions) > 1:
		return warn(message.New("the servers have different versions: %s", some(versions)), message.New("complete the upgrade of the ensemble first"))
	case isOld(versions[0]):
		return warn(message.New("version %s", versions[0]), message.New("use 3.4.6 or later"))
	}
	return pass("version %s", versions[0])
}

// isOld reports whether a version of ZooKeeper is before 3.4.6.
func isOld(version string) bool {
	var major, minor, patch int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); n < 3 {
		return false
	}
	return major < 3 || major == 3 && (minor < 4 || minor == 4 && patch < 6)
}

func checkLargest(f *PreflightFacts) (Result, message.Text, message.Text) {
	e := f.Ensemble
	if e.Packet == 0 {
		return warn(message.New("unknown: the size of the largest znode of the old tree is not known"), message.New("see source_tree"))
	}
	refuses := f.members(func(m MemberFacts) bool { return m.Takes == No })
	takes := f.members(func(m MemberFacts) bool { return m.Takes == Yes })
	switch {
	case len(refuses) > 0:
		return fail(message.New("%s does not accept the largest znode, %s, which needs a packet of %d bytes", some(refuses), f.Scan.LargestPath, e.Packet),
			message.New("raise jute.maxbuffer of every server of the ensemble to more than %d, and restart them", e.Packet))
	case len(takes) == 0:
		return warn(message.New("unknown: no server was asked"), doReachable())
	case !f.Scan.Whole:
		return warn(message.New("the servers accept packets of %d bytes, of the largest of the %d znodes that were read", e.Packet, f.Scan.Znodes),
			message.New("repeat the command with a longer --deadline, so that it reads the whole tree"))
	}
	return pass("the servers accept the largest znode (a packet of %d bytes)", e.Packet)
}

func checkConnections(f *PreflightFacts) (Result, message.Text, message.Text) {
	e := f.Ensemble
	serving := max(1, len(f.members(MemberFacts.Serves)))
	share := 2 * ((e.Sessions/2 + serving - 1) / serving) // those that read and those that write are spread over the servers
	tight := f.members(func(m MemberFacts) bool { return m.MostConnections > 0 && m.MostConnections < share })
	switch {
	case e.Opened == 0 && e.Sessions > 0:
		return warn(message.New("unknown: no session could be opened"), doReachable())
	case e.Opened > 0 && e.Opened < e.Sessions:
		return warn(message.New("%d of the %d sessions that a copy opens were let in (maxClientCnxns?)", e.Opened, e.Sessions), doConnections(e.Sessions))
	case len(tight) > 0:
		return warn(message.New("%s allows fewer connections from one address than the %d sessions of a copy (maxClientCnxns)", some(tight), e.Sessions), doConnections(e.Sessions))
	}
	return pass("the servers allow the %d sessions that a copy opens", e.Sessions)
}

func doConnections(sessions int) message.Text {
	return message.New("raise maxClientCnxns to %d or more, or copy with fewer --workers; the copy also works with fewer sessions, but is slower", sessions)
}

// farAway is a round trip at which everything that is done one after the other takes long.
const farAway = 50 * time.Millisecond

func checkLatency(f *PreflightFacts) (Result, message.Text, message.Text) {
	var pings, logins []time.Duration
	for _, m := range f.Ensemble.Members {
		if m.Ping > 0 {
			pings, logins = append(pings, m.Ping), append(logins, m.Login)
		}
	}
	if len(pings) == 0 {
		return warn(message.New("unknown: no server answers"), doReachable())
	}
	ping, login := slices.Max(pings), slices.Max(logins)
	seen := message.New("a round trip takes %s, opening a session %s", milliseconds(ping), milliseconds(login))
	if ping > farAway || login > time.Second {
		return warn(seen, message.New("check the network and the disks of the ensemble; meta servers write to it for every change of a partition"))
	}
	return Passed, seen, message.Text{}
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func checkQuota(f *PreflightFacts) (Result, message.Text, message.Text) {
	e := f.Ensemble
	if e.QuotaDoubt != nil {
		return warn(message.New("unknown: %s", e.QuotaDoubt), doReachable())
	}
	znodes, bytes := f.needs()
	for _, q := range e.Quotas {
		over := func(limit, used, more int64) bool { return limit >= 0 && used+more > limit }
		seen := message.New("the quota at %s: %s", q.Path, q.limits())
		do := message.New("raise or remove the quota: setquota, delquota of zkCli.sh")
		switch {
		case over(q.HardZnodes, q.UsedZnodes, znodes) || over(q.HardBytes, q.UsedBytes, bytes):
			return fail(message.New("%s is too small for %d znodes with %d bytes", seen, znodes, bytes), do)
		case over(q.Znodes, q.UsedZnodes, znodes) || over(q.Bytes, q.UsedBytes, bytes):
			return warn(message.New("%s is too small for %d znodes with %d bytes; servers only write that to their logs", seen, znodes, bytes), do)
		}
	}
	if len(e.Quotas) > 0 {
		return pass("the quota at %s leaves room: %s", e.Quotas[0].Path, e.Quotas[0].limits())
	}
	return pass("no quota at the path or above it")
}

// limits describes a quota and what is used of it.
func (q QuotaFacts) limits() message.Text {
	var parts []message.Text
	if q.Znodes >= 0 {
		parts = append(parts, message.New("%d of %d znodes", q.UsedZnodes, q.Znodes))
	}
	if q.Bytes >= 0 {
		parts = append(parts, message.New("%d of %d bytes", q.UsedBytes, q.Bytes))
	}
	if q.HardZnodes >= 0 {
		parts = append(parts, message.New("%d of at most %d znodes", q.UsedZnodes, q.HardZnodes))
	}
	if q.HardBytes >= 0 {
		parts = append(parts, message.New("%d of at most %d bytes", q.UsedBytes, q.HardBytes))
	}
	return message.Join(", ", parts...)
}

// needs is what the migration adds at the target: nothing where the trees are equal.
func (f *PreflightFacts) needs() (znodes, bytes int64) {
	switch {
	case f.By == ByRecovery:
		return f.Features.Partitions, 0
	case f.Survey.Target.Exists && f.Survey.Compared.Doubt == "":
		return f.Survey.Compared.Missing, 0
	case f.Scan.Znodes == 0:
		return 0, 0
	}
	return f.znodes(), f.Scan.Bytes * f.znodes() / f.Scan.Znodes
}

func checkACLs(f *PreflightFacts) (Result, message.Text, message.Text) {
	e := f.Ensemble
	var masked, refused, hidden []string
	for _, a := range e.ACLs {
		seen := fmt.Sprintf("%s (%s)", a.Text, a.Path)
		switch {
		case a.Masked:
			masked = append(masked, seen)
		case a.Accepted == No:
			refused = append(refused, seen)
		case a.Readable == No:
			hidden = append(hidden, seen)
		}
	}
	noACL := message.New("set up the same users on the new ZooKeeper, or copy with --no_acl, which sets open ACLs")
	switch {
	case len(masked) > 0:
		return fail(message.New("the old ZooKeeper hides passwords in ACLs from this program: %s", some(masked)),
			message.New("use credentials with the permission admin: --auth, or auth_env in plugins.toml; or copy with --no_acl"))
	case len(refused) > 0:
		return fail(message.New("the new ZooKeeper does not accept ACLs of the old tree: %s", some(refused)), noACL)
	case len(hidden) > 0:
		return fail(message.New("the copy could not be read back: ACLs do not let the credentials for the new ZooKeeper read: %s", some(hidden)), noACL)
	case e.ACLDoubt != nil:
		return warn(message.New("unknown: %s", e.ACLDoubt), doReachable())
	case slices.ContainsFunc(e.ACLs, func(a ACLFacts) bool { return a.Readable == Unknown }):
		unknown := namesOf(e.ACLs, func(a ACLFacts) string { return a.Text }, func(a ACLFacts) bool { return a.Readable == Unknown })
		return warn(message.New("accepted; only the servers know whether these let this program read: %s", some(unknown)),
			message.New("make sure that the meta servers and this program may use the znodes on the new ZooKeeper"))
	}
	if len(e.ACLs) == 1 {
		return pass("the ACL of the old tree is accepted: %s", e.ACLs[0].Text)
	}
	texts := namesOf(e.ACLs, func(a ACLFacts) string { return a.Text }, func(ACLFacts) bool { return true })
	return pass("the %d ACLs of the old tree are accepted: %s", len(e.ACLs), strings.Join(texts[:min(3, len(texts))], "; "))
}
