package look

import (
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"pegashell/internal/message"
	"pegashell/migration"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// mostACLs bounds how many different access control lists are looked at.
const mostACLs = 64

// createMargin is what a request that creates a znode has besides what session.OpSize counts.
const createMargin = 16

// scan reads the old tree as a copy does, whole if that can be done in its share of the time.
func (p *preflight) scan(ctx context.Context) {
	s := &p.facts.Scan
	if p.sourceDoubt != nil {
		s.Doubt = p.sourceDoubt
		return
	}
	source, err := p.Open(ctx, p.source)
	if err != nil {
		s.Doubt = err
		return
	}
	defer source.Client.Close()
	if s.Ping, err = p.pingSource(ctx); err != nil {
		s.Ping = 0 // it only makes the estimate worse
	}
	short, cancel := bounded(ctx)
	defer cancel()
	if err := source.Sync(short); err != nil {
		s.Doubt = err
		return
	}
	limited, cancel := context.WithTimeout(ctx, p.Deadline/scanShare)
	defer cancel()
	sc := scanning{facts: s, root: p.source.Path, target: p.Target.Path, acls: map[string]*seenACL{}}
	began := time.Now()
	err = tree.Walk(limited, source, tree.WalkOptions{Progress: p.Progress}, sc.visit)
	s.Took = time.Since(began)
	sc.finish(err, limited.Err() != nil)
	p.acls = sc.sorted()
}

// pingSource measures a round trip to the old ZooKeeper.
func (p *preflight) pingSource(ctx context.Context) (time.Duration, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	options, err := p.Session(p.source)
	if err != nil {
		return 0, err
	}
	var last error
	for _, server := range p.source.Servers {
		member, err := session.OpenMember(ctx, server, options)
		if err != nil {
			last = err
			continue
		}
		defer member.Close()
		return member.Ping(pings)
	}
	return 0, last
}

// seenACL is an access control list of the old tree.
type seenACL struct {
	migration.ACLFacts
	acl []tree.ACL
}

// scanning is a scan under way.
type scanning struct {
	mu           sync.Mutex
	facts        *migration.ScanFacts
	root, target string
	acls         map[string]*seenACL
}

// visit notes a znode; it is called by several goroutines at once.
func (s *scanning) visit(n *tree.Node) error {
	if n.Kind() == tree.Ephemeral || layout.IsLockNode(n.Path) {
		return nil // a copy leaves it out
	}
	rel := tree.RelativePath(s.root, n.Path)
	size := session.OpSize(tree.JoinPath(s.target, rel), n.Data, n.ACL) + createMargin
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.facts
	f.Znodes++
	f.Bytes += int64(len(n.Data))
	if size > f.Largest || size == f.Largest && n.Path < f.LargestPath {
		f.Largest, f.LargestPath = size, n.Path
	}
	switch layout.PlaceOf(strings.TrimPrefix(rel, "/")) {
	case layout.PolicyPlace:
		f.Policies++
	case layout.DuplicationPlace:
		f.Duplications++
	case layout.BulkLoadPlace:
		f.BulkLoads++
	}
	s.note(n)
	return nil
}

// note counts the access control list of a znode.
func (s *scanning) note(n *tree.Node) {
	key := fmt.Sprint(n.ACL)
	seen := s.acls[key]
	if seen == nil {
		if len(s.acls) == mostACLs {
			return
		}
		seen = &seenACL{migration.ACLFacts{Text: textOf(n.ACL), Path: n.Path, Masked: tree.IsMasked(n.ACL)}, n.ACL}
		s.acls[key] = seen
	}
	seen.Znodes++
	seen.Path = min(seen.Path, n.Path)
}

// finish notes how the scan ended.
func (s *scanning) finish(err error, late bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var at *session.PathError
	switch {
	case err == nil:
		s.facts.Whole = true
	case errors.Is(err, session.ErrNotAuthorized):
		if errors.As(err, &at) {
			s.facts.DeniedPath = at.Path
		}
		s.facts.Doubt = err
	case !late:
		s.facts.Doubt = err
	}
}

// sorted are the access control lists, those of the most znodes first.
func (s *scanning) sorted() []seenACL {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []seenACL
	for _, a := range slices.SortedFunc(maps.Values(s.acls), func(a, b *seenACL) int {
		return cmp.Or(cmp.Compare(b.Znodes, a.Znodes), cmp.Compare(a.Path, b.Path))
	}) {
		all = append(all, *a)
	}
	return all
}

// permissions are the letters of zkCli.sh, in the order of their bits.
const permissions = "rwcda"

const permRead = 1

// textOf is an access control list as zkCli.sh writes it, without hashes of passwords.
func textOf(acl []tree.ACL) string {
	var parts []string
	for _, entry := range acl {
		id := entry.ID
		if user, _, ok := strings.Cut(id, ":"); ok && entry.Scheme == "digest" {
			id = user
		}
		letters := ""
		for i, letter := range permissions {
			if entry.Perms&(1<<i) != 0 {
				letters += string(letter)
			}
		}
		parts = append(parts, entry.Scheme+":"+id+":"+letters)
	}
	return strings.Join(parts, ",")
}

// readable reports whether an access control list lets sessions with these credentials read.
// Addresses, SASL and certificates are the servers' to judge, and so is their super user.
func readable(acl []tree.ACL, auth []session.Auth) migration.Known {
	judged := migration.No
	ids := map[string]bool{}
	for _, a := range auth {
		user, password, _ := strings.Cut(string(a.Data), ":")
		if a.Scheme != "digest" || user == "super" {
			judged = migration.Unknown
			continue
		}
		sum := sha1.Sum([]byte(user + ":" + password))
		ids[user+":"+base64.StdEncoding.EncodeToString(sum[:])] = true
	}
	for _, entry := range acl {
		switch {
		case entry.Perms&permRead == 0:
		case entry.Scheme == "world" || entry.Scheme == "digest" && ids[entry.ID]:
			return migration.Yes
		case entry.Scheme != "digest":
			judged = migration.Unknown
		}
	}
	return judged
}

// noServer is why nothing is known of what only a server could say.
func noServer() error {
	return message.Errorf("no server of the new ZooKeeper lets clients read and write")
}

// tryACLs asks the new ZooKeeper whether it accepts the access control lists of the old tree.
func (p *preflight) tryACLs(ctx context.Context) {
	e := &p.facts.Ensemble
	if p.By != migration.ByCopy {
		return
	}
	defer func() {
		for _, a := range p.acls {
			e.ACLs = append(e.ACLs, a.ACLFacts)
		}
	}()
	i := slices.IndexFunc(e.Members, migration.MemberFacts.Serves)
	if i < 0 {
		e.ACLDoubt = noServer()
		return
	}
	short, cancel := bounded(ctx)
	defer cancel()
	member, err := session.OpenMember(short, e.Members[i].Server, p.options)
	if err != nil {
		e.ACLDoubt = err
		return
	}
	defer member.Close()
	for i := range p.acls {
		a := &p.acls[i]
		a.Readable = readable(a.acl, p.options.Auth)
		known, err := member.KnowsACL(missingPath(), a.acl)
		if err != nil {
			e.ACLDoubt = err
			return
		}
		a.Accepted = migration.KnownFrom(known)
	}
}

// readQuotas reads the quotas at the path of the new tree and above it.
func (p *preflight) readQuotas(ctx context.Context) {
	e := &p.facts.Ensemble
	if !slices.ContainsFunc(e.Members, migration.MemberFacts.Serves) {
		e.QuotaDoubt = noServer()
		return
	}
	target, err := p.Open(ctx, *p.Target)
	if err != nil {
		e.QuotaDoubt = err
		return
	}
	defer target.Client.Close()
	short, cancel := bounded(ctx)
	defer cancel()
	for at := p.Target.Path; ; at = path.Dir(at) {
		quota, err := readQuota(short, target, at)
		if err != nil {
			e.QuotaDoubt = err
			return
		}
		if quota != nil {
			e.Quotas = append(e.Quotas, *quota)
		}
		if at == "/" {
			return
		}
	}
}
