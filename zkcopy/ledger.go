package zkcopy

import "pegashell/zkcopy/tree"

// ledger keeps, in a fixed amount of memory, what a copy read from the source
// and what the target must hold in the end, so that the verification has to
// read the target alone.
//
// A znode's ACL needs no request of its own where its stat proves it: the server counts the changes
// of an ACL in aversion, and czxid distinguishes one znode from a later one of the same path.
type ledger struct {
	*hasher
	// start is the target's transaction id before the copy.
	start int64
	// target is what the target must hold, source what the source's znodes
	// were when they were read.
	target, source digest
	// suspects are compared with the source in any case: they hold znodes
	// that only the target has.
	suspects bucketSet
	// changed hold znodes of the source that are not as they were read.
	changed bucketSet
	// noACL: ACLs are not verified.
	noACL bool
}

func newLedger(start int64, noACL bool) *ledger {
	return &ledger{hasher: newHasher(), start: start, noACL: noACL}
}

// identity distinguishes a znode with its ACL from any other: which one it is, and how often its
// ACL was changed. It is zero where this copy created the znode.
type identity struct {
	czxid    int64
	aversion int32
}

func identityOf(stat *tree.Stat) identity { return identity{stat.Czxid, stat.Aversion} }

// read notes a znode of the source as it was read.
func (l *ledger) read(rel string, n *tree.Node) { l.source.add(l.stat(rel, &n.Stat)) }

// stat is an entry that changes with any change of a znode but its children,
// which have entries of their own.
func (l *ledger) stat(rel string, stat *tree.Stat) entry {
	return l.withNumbers(l.content(rel, nil), markStat, stat.Czxid, stat.Mzxid, int64(stat.Aversion))
}

// entry is what a znode of the target adds to the digest. What represents its ACL is, in this
// order: its identity, if it was there before the copy or its ACL was changed since; the mark that
// it was created and never changed, if there is an origin (see branch) and thus it is the very
// znode which this copy created; otherwise the ACL.
func (l *ledger) entry(content entry, id identity, origin int64, acl []tree.ACL) entry {
	switch {
	case l.noACL:
		return content
	case l.known(id):
		return l.withNumbers(content, markIdentity, id.czxid, int64(id.aversion))
	case origin != 0:
		return l.withNumbers(content, markCreated, origin)
	}
	return l.withACL(content, acl)
}

// known reports whether a znode's identity represents its ACL.
func (l *ledger) known(id identity) bool {
	return id.czxid != 0 && id.czxid <= l.start || id.aversion > 0
}

// needsACL reports whether the entry of a znode needs its ACL.
func (l *ledger) needsACL(id identity, origin int64) bool {
	return !l.noACL && !l.known(id) && origin == 0
}

// expect notes a write that is done: the target now holds its znode.
func (l *ledger) expect(w *write) {
	l.target.add(l.entry(w.content, w.id, w.parent.originBelow(), w.acl))
}

// place is what the children of a znode that is read back get as their parent.
type place struct {
	stat   tree.Stat
	origin int64
}

// originOf is the origin of a znode that is read back, as branch has it, and
// that which it shares with its parent, zero if that is broken.
func (l *ledger) originOf(p *tree.Pair, stat *tree.Stat) (own, shared int64) {
	parent, ok := p.Parent.(place)
	if ok && unbroken(&parent.stat) && stat.Czxid <= parent.stat.Pzxid {
		shared = parent.origin
	}
	if p.Rel == "" || stat.Czxid <= l.start {
		return stat.Czxid, shared
	}
	return shared, shared
}

// unbroken reports whether no child of a znode was ever deleted: cversion counts the creations and
// deletions of children.
func unbroken(stat *tree.Stat) bool { return stat.Cversion == stat.NumChildren }
