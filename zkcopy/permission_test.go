package zkcopy

import (
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

func TestWhatIsKeptByTheParentIsSaidOnlyWhereItIsCertain(t *testing.T) {
	me := []session.Auth{{Scheme: "digest", Data: []byte("me:secret")}}
	super := []session.Auth{{Scheme: "digest", Data: []byte("super:secret")}}
	other := []session.Auth{{Scheme: "ip", Data: []byte("127.0.0.1")}}
	readers := zk.WorldACL(zk.PermAll &^ zk.PermDelete)
	entry := func(perms int32, scheme, id string) []tree.ACL {
		return append(readers, zk.ACL{Perms: perms, Scheme: scheme, ID: id})
	}
	mine, masked := zk.DigestACL(zk.PermAll, "me", "secret"), entry(zk.PermAll, "digest", "me:x")
	for name, test := range map[string]struct {
		acl  []tree.ACL
		auth []session.Auth
		want bool
	}{
		"everyone may":                   {tree.OpenACL(), nil, false},
		"nobody may":                     {readers, nil, true},
		"nobody may, with credentials":   {readers, me, true},
		"nobody may, but super can":      {readers, super, false},
		"nobody may, other credentials":  {readers, other, false},
		"I may":                          {mine, me, false},
		"I may, without my credentials":  {mine, nil, true},
		"another password":               {zk.DigestACL(zk.PermAll, "me", "other"), me, true},
		"a hash that is hidden":          {masked, me, false},
		"another's hash that is hidden":  {entry(zk.PermAll, "digest", "you:x"), me, true},
		"mine, without the permission":   {entry(zk.PermRead, "digest", mine[0].ID), me, true},
		"an address":                     {entry(zk.PermAll, "ip", "10.0.0.0/8"), nil, false},
		"an address that may read alone": {entry(zk.PermRead, "ip", "10.0.0.0/8"), nil, true},
		"SASL":                           {entry(zk.PermDelete, "sasl", "zk"), nil, false},
	} {
		if got := denies(test.acl, test.auth, zk.PermDelete); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAParentThatKeepsItsChildrenIsNamed(t *testing.T) {
	conn, tr := oneServer(t)
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/kept", ACL: zk.WorldACL(zk.PermRead), Later: true}, zktest.Znode{Path: "/kept/a"}, zktest.Znode{Path: "/a"})
	for path, want := range map[string]string{"/kept/a": "/kept", "/a": "", "/none/a": ""} {
		if want != "" {
			want = tr.Path + want
		}
		got, err := KeptBy(zktest.Context(t), Tree{Client: tr.Client, Path: tr.Path + path}, nil)
		if got != want || err != nil {
			t.Errorf("%s is kept by %q, %v", path, got, err)
		}
	}
}
