package zkcopy

import (
	"context"
	"errors"
	"strings"

	"github.com/go-zookeeper/zk"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// KeptBy returns the znode above a tree whose ACL keeps the tree's root from
// being deleted by sessions with these credentials. It is empty where nothing
// does, and where that cannot be known: addresses, SASL, certificates, and the
// servers' super user are theirs to judge.
func KeptBy(ctx context.Context, tr Tree, auth []session.Auth) (string, error) {
	parent := tree.ParentPath(tr.Path)
	answer, err := tr.Client.ACL(ctx, parent)
	switch {
	case errors.Is(err, session.ErrNotAuthorized):
		return "", nil
	case err != nil:
		return "", tr.Wrap(err)
	case answer.Stat == nil || !denies(answer.ACL, auth, zk.PermDelete):
		return "", nil
	}
	return parent, nil
}

// denies reports whether it is certain that an ACL does not give these credentials a permission.
func denies(acl []tree.ACL, auth []session.Auth, permission int32) bool {
	users, ids := map[string]bool{}, map[string]bool{}
	for _, a := range auth {
		user, password, _ := strings.Cut(string(a.Data), ":")
		if a.Scheme != "digest" || user == "super" {
			return false
		}
		users[user] = true
		ids[zk.DigestACL(0, user, password)[0].ID] = true
	}
	for _, entry := range acl {
		if entry.Perms&permission == 0 {
			continue
		}
		user, hash, _ := strings.Cut(entry.ID, ":")
		// A server that hides the hash shows an x.
		if entry.Scheme != "digest" || ids[entry.ID] || hash == "x" && users[user] {
			return false
		}
	}
	return true
}
