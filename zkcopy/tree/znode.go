package tree

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/go-zookeeper/zk"
)

// ACL is one entry of a znode's access control list, Stat is its metadata as the server keeps it.
type (
	ACL  = zk.ACL
	Stat = zk.Stat
)

// OpenACL grants everything to everyone.
func OpenACL() []ACL { return zk.WorldACL(zk.PermAll) }

type permission struct {
	bit    int32
	letter rune
}

// permissions are the letters of permissions, in the order in which they are written.
var permissions = []permission{{zk.PermCreate, 'c'}, {zk.PermDelete, 'd'}, {zk.PermRead, 'r'}, {zk.PermWrite, 'w'}, {zk.PermAdmin, 'a'}}

// PermsText writes permissions as zkCli.sh does: c (create), d (delete), r (read), w (write), a
// (admin).
func PermsText(perms int32) string {
	var b strings.Builder
	for _, each := range permissions {
		if perms&each.bit != 0 {
			b.WriteRune(each.letter)
		}
	}
	return b.String()
}

// ParsePerms reads permissions as PermsText writes them, in any order; false for what is none.
func ParsePerms(text string) (perms int32, ok bool) {
	for _, letter := range text {
		at := slices.IndexFunc(permissions, func(p permission) bool { return p.letter == letter })
		if at < 0 {
			return 0, false
		}
		perms |= permissions[at].bit
	}
	return perms, perms != 0
}

// Kind is what a znode is besides its data, as far as servers show it to clients: by the owner in
// the stat. They answer owner 0 for container and TTL znodes, so that no client can distinguish
// these from persistent ones.
type Kind int

// Kinds of znodes.
const (
	// Persistent znodes stay until they are deleted.
	Persistent Kind = iota
	// Ephemeral znodes vanish with the session that holds them.
	Ephemeral
)

func (k Kind) String() string {
	if k == Ephemeral {
		return "ephemeral"
	}
	return "persistent"
}

// KindOf returns a znode's kind by its stat.
func KindOf(stat Stat) Kind {
	if stat.EphemeralOwner != 0 {
		return Ephemeral
	}
	return Persistent
}

// Node is a znode as it was read.
type Node struct {
	Path string
	// Data is nil where the znode has none, and empty where it has data of
	// length zero.
	Data []byte
	ACL  []ACL
	Stat Stat
}

// take adds the data to a node whose ACL was read before. The stat keeps the
// ACL's version as it was then, so that a later change of the ACL is noticed.
func (n *Node) take(data []byte, stat *Stat) {
	aversion := n.Stat.Aversion
	if n.Stat.Czxid != stat.Czxid {
		aversion = staleACL
	}
	n.Data, n.Stat = data, *stat
	n.Stat.Aversion = aversion
}

// staleACL is the ACL's version in the stat of a node that was deleted and created again between
// the reading of its ACL and its data: no ACL has it.
const staleACL = -2

// Kind returns the znode's kind.
func (n *Node) Kind() Kind { return KindOf(n.Stat) }

func SameData(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

// SameACL compares two access control lists; their order has no meaning.
func SameACL(a, b []ACL) bool {
	if len(a) != len(b) {
		return false
	}
	if slices.Equal(a, b) {
		return true
	}
	return slices.Equal(SortedACL(a), SortedACL(b))
}

func SortedACL(acl []ACL) []ACL {
	return slices.SortedFunc(slices.Values(acl), func(x, y ACL) int {
		return cmp.Or(cmp.Compare(x.Scheme, y.Scheme), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Perms, y.Perms))
	})
}

// LetsAnyoneFill reports whether everyone may create children below a znode with this ACL, and read
// and change it, so that it can be set before the children are there.
func LetsAnyoneFill(acl []ACL) bool {
	for _, entry := range acl {
		if entry.Scheme == "world" && entry.ID == "anyone" && entry.Perms&zk.PermAll == zk.PermAll {
			return true
		}
	}
	return false
}

// IsMasked reports whether the server hid the passwords' hashes of an ACL, as it does from sessions
// without the admin permission (ZooKeeper: FixupACL). Such an ACL must not be written anywhere.
func IsMasked(acl []ACL) bool {
	return slices.ContainsFunc(acl, func(entry ACL) bool {
		return entry.Scheme == "digest" && strings.HasSuffix(entry.ID, ":x")
	})
}
