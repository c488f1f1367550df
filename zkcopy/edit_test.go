package zkcopy

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

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

// What the servers keep of an ACL, or show of a znode, need not be what was sent.
func TestAChangeThatReadsOtherwiseThanItWasSentIsFound(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.ConnectAs(t, password, server.Addr())
	cut := &cutter{writes: true}
	client := openServer(t, server, asAdmin, func(o *session.Options) { o.Dialer = cut.dial })
	ctx := zktest.Context(t)
	root := zktest.OwnPath(t, conn)
	zktest.Plant(t, conn, root)
	for name, acl := range map[string][]tree.ACL{
		"auth":            {{Perms: zk.PermAll, Scheme: "auth"}, {Perms: zk.PermRead, Scheme: "world", ID: "anyone"}},
		"a hidden hash":   append(zk.DigestACL(zk.PermAll, "other", "secret"), tree.ACL{Perms: zk.PermRead, Scheme: "world", ID: "anyone"}),
		"without reading": {{Perms: zk.PermWrite | zk.PermAdmin, Scheme: "world", ID: "anyone"}},
	} {
		at := Tree{Client: client, Path: root + "/" + strings.ReplaceAll(name, " ", "-")}
		if _, err := Create(ctx, at, NewNode{Data: []byte("x"), ACL: tree.OpenACL()}); err != nil {
			t.Fatal(err)
		}
		if version, err := SetACL(ctx, at, acl, 0); err != nil || version != 1 {
			t.Errorf("%s: version %d, error = %v", name, version, err)
		}
		at.Path += "-new"
		if created, err := Create(ctx, at, NewNode{Data: []byte("x"), ACL: acl}); err != nil || len(created) != 1 {
			t.Errorf("create with %s: created %v, error = %v", name, created, err)
		}
	}
	if cut.cuts.Load() != 9 {
		t.Errorf("%d answers were lost, want one of each change", cut.cuts.Load())
	}
}

func TestAnExpandedACLIsKnown(t *testing.T) {
	all, read, ip := tree.ACL{Perms: zk.PermAll, Scheme: "auth"}, tree.OpenACL()[0], tree.ACL{Perms: zk.PermAll, Scheme: "ip", ID: "10.0.0.1"}
	ours := zk.DigestACL(zk.PermAll, "admin", "secret")[0]
	for name, c := range map[string]struct {
		found, wanted []tree.ACL
		want          bool
	}{
		"equal":               {[]tree.ACL{read, ours}, []tree.ACL{ours, read}, true},
		"one more":            {[]tree.ACL{read, ours}, []tree.ACL{ours}, false},
		"one less":            {[]tree.ACL{read}, []tree.ACL{ours, read}, false},
		"auth":                {[]tree.ACL{read, ours}, []tree.ACL{all, read}, true},
		"auth alone, ignored": {[]tree.ACL{read}, []tree.ACL{all, read}, false},
		"another's":           {[]tree.ACL{ip}, []tree.ACL{all}, false},
	} {
		if got := isExpanded(c.found, c.wanted); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// The answer to a change is lost, and then no server can be reached: it may have been carried out.
func TestAChangeWhoseOutcomeCannotBeReadIsNotReportedAsNotDone(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/a"})
	for name, cutShort := range map[string]func(cancel context.CancelFunc, gone *atomic.Bool){
		"no server can be reached": func(_ context.CancelFunc, gone *atomic.Bool) { gone.Store(true) },
		"it is interrupted":        func(cancel context.CancelFunc, _ *atomic.Bool) { cancel() },
	} {
		var gone atomic.Bool
		ctx, cancel := context.WithCancel(zktest.Context(t))
		cut := &cutter{writes: true}
		client := openServer(t, server, func(o *session.Options) {
			o.SessionTimeout = time.Second
			o.Dialer = func(dialling context.Context, network, address string) (net.Conn, error) {
				if gone.Load() {
					return nil, syscall.ECONNREFUSED
				}
				inner, err := cut.dial(dialling, network, address)
				return &watchedConn{Conn: inner, wrote: func() {
					if cut.cuts.Load() > 0 {
						cutShort(cancel, &gone)
					}
				}}, err
			}
		})
		_, err := SetData(ctx, Tree{Client: client, Path: root + "/a"}, []byte(name), -1)
		var unknown *UnknownOutcomeError
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "it is not known whether the change of "+root+"/a was carried out") {
			t.Errorf("%s: error = %v", name, err)
		}
		if data, _, err := conn.Get(root + "/a"); err != nil || string(data) != name {
			t.Errorf("%s: data %q, error = %v", name, data, err)
		}
		cancel()
	}
}

// watchedConn calls wrote after each packet that was written.
type watchedConn struct {
	net.Conn
	wrote func()
}

func (c *watchedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.wrote()
	return n, err
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
