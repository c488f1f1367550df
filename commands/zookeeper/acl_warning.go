package zookeeper

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// warnOfACL warns before an ACL is set of what it keeps from whom. It returns the credentials of the session.
func (e *editing) warnOfACL(acl []tree.ACL) ([]session.Auth, error) {
	options, err := e.zk.OptionsFor(e.opened)
	if err != nil {
		return nil, err
	}
	for _, entry := range acl {
		if user, hash, _ := strings.Cut(entry.ID, ":"); entry.Scheme == "digest" && !isDigestHash(hash) {
			e.env.Warn("the entry digest of %s in the ACL has no password's hash, so no password fits it: a hash is the base64 of SHA-1 of USER:PASSWORD, 28 characters", user)
		}
	}
	if zkcopy.PermissionLost(acl, options.Auth) {
		e.env.Warn("with this ACL these credentials cannot set the ACL of %s again", e.at)
	}
	return options.Auth, nil
}

// isDigestHash reports whether a text can be the hash of a password in an entry of scheme digest.
func isDigestHash(text string) bool {
	const sha1Bytes = 20
	raw, err := base64.StdEncoding.DecodeString(text)
	return err == nil && len(raw) == sha1Bytes
}

// aclHint adds to the refusal of an ACL why an entry of scheme auth is refused.
func aclHint(acl []tree.ACL, err error) error {
	if errors.Is(err, session.ErrInvalidACL) && slices.ContainsFunc(acl, func(entry tree.ACL) bool { return entry.Scheme == "auth" }) {
		return message.Errorf("%w: auth stands for the credentials of the session, which --auth or PEGASHELL_ZK_AUTH has to name", err)
	}
	return err
}
