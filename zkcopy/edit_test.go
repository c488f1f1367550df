package zkcopy

import (
	"errors"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// Every answer to a write is lost, and each is carried out once all the same.
func TestAChangeOfAZnodeWhoseAnswerIsLostIsFoundByReading(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	cut := &cutter{writes: true}
	client := openServer(t, server, func(o *session.Options) { o.Dialer = cut.dial })
	ctx := zktest.Context(t)
	root := zktest.OwnPath(t, conn)
	at := Tree{Client: client, Path: root + "/a"}
	acl := zk.WorldACL(zk.PermAll)

	zktest.Plant(t, conn, root)
	created, err := Create(ctx, Tree{Client: client, Path: at.Path + "/below"}, NewNode{Data: []byte("x"), ACL: acl, Parents: true})
	if diff := cmp.Diff([]string{at.Path, at.Path + "/below"}, created); err != nil || diff != "" {
		t.Errorf("create: error = %v (-want +got):\n%s", err, diff)
	}
	if version, err := SetData(ctx, at, []byte("one"), -1); err != nil || version != 1 {
		t.Errorf("set: version %d, error = %v", version, err)
	}
	if version, err := SetData(ctx, at, []byte("two"), 1); err != nil || version != 2 {
		t.Errorf("set a version: version %d, error = %v", version, err)
	}
	if version, err := SetACL(ctx, at, []tree.ACL{{Perms: zk.PermAll, Scheme: "ip", ID: "127.0.0.1"}}, 0); err != nil || version != 1 {
		t.Errorf("set ACL: version %d, error = %v", version, err)
	}
	to := Tree{Client: client, Path: root + "/moved"}
	if moved, err := Move(ctx, at, to); err != nil || moved != 2 || zktest.Exists(t, conn, at.Path) {
		t.Errorf("move: %d moved, error = %v", moved, err)
	}
	if data, _, err := conn.Get(to.Path); err != nil || string(data) != "two" {
		t.Errorf("what was moved has %q, error = %v", data, err)
	}
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/a"})
	if err := RemoveOne(ctx, at, -1); err != nil || zktest.Exists(t, conn, at.Path) {
		t.Errorf("remove: error = %v", err)
	}
	if cut.cuts.Load() != 6 {
		t.Errorf("%d answers were lost, want one of each change", cut.cuts.Load())
	}
	var other *VersionError
	if _, err := SetData(ctx, to, nil, 7); !errors.As(err, &other) || other.Found != 0 || other.Wanted != 7 {
		t.Errorf("another version: error = %v", err)
	}
}

func TestAMoveDoesNotWriteAnACLThatTheServerHides(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.ConnectAs(t, password, server.Addr())
	root := zktest.OwnPath(t, conn)
	secret := append(zk.WorldACL(zk.PermRead), zk.DigestACL(zk.PermAll, "admin", "secret")...)
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/b", ACL: secret})
	client := openServer(t, server)
	if _, err := Move(zktest.Context(t), Tree{Client: client, Path: root + "/a"}, Tree{Client: client, Path: root + "/c"}); !errors.Is(err, session.ErrNotAuthorized) {
		t.Errorf("error = %v", err)
	}
	if zktest.Exists(t, conn, root+"/c") || !zktest.Exists(t, conn, root+"/a/b") {
		t.Error("a part was moved")
	}
	client = openServer(t, server, asAdmin)
	if _, err := Move(zktest.Context(t), Tree{Client: client, Path: root + "/a"}, Tree{Client: client, Path: root + "/c"}); err != nil {
		t.Errorf("with the permission: error = %v", err)
	}
	if acl, _, err := conn.GetACL(root + "/c/b"); err != nil || !tree.SameACL(acl, secret) {
		t.Errorf("error = %v, ACL %v", err, acl)
	}
}

func TestDataThatIsTooLargeIsSaidToBe(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	zktest.Plant(t, conn, root)
	at := Tree{Client: openServer(t, server), Path: root}
	for _, size := range []int{1_100_000, 3_000_000} {
		if _, err := SetData(zktest.Context(t), at, make([]byte, size), -1); !errors.Is(err, session.ErrTooLarge) {
			t.Errorf("%d bytes: error = %v", size, err)
		}
	}
	if _, err := Create(zktest.Context(t), Tree{Client: at.Client, Path: root + "/large"}, NewNode{Data: make([]byte, 1_100_000), ACL: tree.OpenACL()}); !errors.Is(err, session.ErrTooLarge) {
		t.Errorf("create: error = %v", err)
	}
}
