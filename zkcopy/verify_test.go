package zkcopy

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

func TestADigestDoesNotDependOnOrderAndTellsEverythingApart(t *testing.T) {
	h := newHasher()
	open, closed := tree.OpenACL(), zk.WorldACL(zk.PermRead)
	entries := map[string]entry{
		"data":         h.withACL(h.content("/a", []byte("1")), open),
		"other data":   h.withACL(h.content("/a", []byte("2")), open),
		"other ACL":    h.withACL(h.content("/a", []byte("1")), closed),
		"two ACLs":     h.withACL(h.content("/a", []byte("1")), append(slices.Clone(closed), open...)),
		"empty":        h.withACL(h.content("/a", []byte{}), open),
		"nil":          h.withACL(h.content("/a", nil), open),
		"shifted path": h.withACL(h.content("/a1", nil), open),
		"identity":     h.withNumbers(h.content("/a", []byte("1")), markIdentity, 1, 2),
		"other number": h.withNumbers(h.content("/a", []byte("1")), markIdentity, 2, 1),
		"other mark":   h.withNumbers(h.content("/a", []byte("1")), markStat, 1, 2),
	}
	seen := map[entry]string{}
	var forth, back digest
	for name, e := range entries {
		if other, ok := seen[e]; ok {
			t.Errorf("%s and %s are one", name, other)
		}
		seen[e] = name
		forth.add(e)
	}
	for e := range seen {
		back.add(e)
	}
	var differing bucketSet
	differing.addDifferences(&forth, &back)
	if !differing.empty() {
		t.Error("the order matters")
	}
	back.add(entries["data"])
	differing.addDifferences(&forth, &back)
	if differing.empty() || !differing[h.bucket("/a")].Load() {
		t.Error("one more entry makes no difference")
	}
	both := append(slices.Clone(closed), open...)
	turned := append(slices.Clone(open), closed...)
	if content := h.content("/a", nil); h.withACL(content, both) != h.withACL(content, turned) {
		t.Error("the order of an ACL matters")
	}
}

// last calls f at the last of so many actions, when all of the source was read
// and all of the target written.
func last(actions int, f func()) CopyOptions { return CopyOptions{OnAction: after(actions, f)} }

// atVerification does something when everything is written, the ACLs of parents too, which are set last and
// are no actions of their own, and nothing was read back yet.
type atVerification struct {
	noProgress
	do func()
}

func (p *atVerification) Start(phase Phase) {
	if phase == PhaseVerify {
		p.do()
	}
}

func TestVerificationFindsEveryWayToChangeTheTarget(t *testing.T) {
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	recreate := func(conn *zk.Conn, path string) error {
		data, _, err := conn.Get(path)
		if err != nil {
			return err
		}
		if err := conn.Delete(path, -1); err != nil {
			return err
		}
		_, err = conn.Create(path, data, 0, zk.WorldACL(zk.PermAll&^zk.PermAdmin))
		return err
	}
	setACL := func(conn *zk.Conn, path string) error {
		_, err := conn.SetACL(path, zk.WorldACL(zk.PermAll&^zk.PermAdmin), -1)
		return err
	}
	setData := func(conn *zk.Conn, path string) error {
		_, err := conn.Set(path, []byte("other"), -1)
		return err
	}
	for name, test := range map[string]struct {
		change func(*zk.Conn, string) error
		rel    string
		want   DifferenceKind
	}{
		"new znode, recreated with another ACL": {recreate, "/new/leaf", OtherACL},
		"new znode, other ACL":                  {setACL, "/new/leaf", OtherACL},
		"new znode, other data of same length":  {setData, "/new/leaf", OtherData},
		"new znode of an old parent, recreated": {recreate, "/old/added", OtherACL},
		"new znode of an old parent, other ACL": {setACL, "/old/added", OtherACL},
		"equal znode, recreated":                {recreate, "/old/leaf", OtherACL},
		"equal znode, other ACL":                {setACL, "/old/leaf", OtherACL},
		"equal znode, other data":               {setData, "/old/leaf", OtherData},
		"closed parent, other ACL":              {setACL, "/closed", OtherACL},
		"closed parent, other data":             {setData, "/closed", OtherData},
		"root, other ACL":                       {setACL, "", OtherACL},
	} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/old"}, zktest.Znode{Path: "/old/leaf", Data: []byte("first")})
			tt.copy(t, CopyOptions{})
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/old/added", Data: []byte("first")}, zktest.Znode{Path: "/new"},
				zktest.Znode{Path: "/new/leaf", Data: []byte("first")}, zktest.Znode{Path: "/closed", Data: []byte("first"), ACL: admin, Later: true},
				zktest.Znode{Path: "/closed/leaf", Data: []byte("first")})
			_, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{Progress: &atVerification{do: func() {
				if err := test.change(tt.to, tt.target.Path+test.rel); err != nil {
					t.Error(err)
				}
			}}})
			var failed *VerifyError
			if !errors.As(err, &failed) {
				t.Fatalf("error is %v", err)
			}
			want := &VerifyError{Differences: []Difference{{tt.target.Path + test.rel, test.want}}, Total: 1}
			if diff := cmp.Diff(want, failed); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVerificationFindsATreeThatOthersMadeInThePlaceOfTheCopy(t *testing.T) {
	for _, top := range []string{"", "/inner"} {
		t.Run("from "+top, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/inner"}, zktest.Znode{Path: "/inner/leaf"})
			_, err := Copy(zktest.Context(t), tt.source, tt.target, last(4, func() {
				paths := []string{"", "/inner", "/inner/leaf"}
				paths = paths[slices.Index(paths, top):]
				for _, rel := range slices.Backward(paths) {
					if err := tt.to.Delete(tt.target.Path+rel, -1); err != nil {
						t.Error(err)
					}
				}
				for _, rel := range paths {
					acl := tree.OpenACL()
					if rel == "/inner/leaf" {
						acl = zk.WorldACL(zk.PermRead)
					}
					if _, err := tt.to.Create(tt.target.Path+rel, nil, 0, acl); err != nil {
						t.Error(err)
					}
				}
			}))
			var failed *VerifyError
			if !errors.As(err, &failed) {
				t.Fatalf("error is %v", err)
			}
			want := Difference{tt.target.Path + "/inner/leaf", OtherACL}
			if !slices.Contains(failed.Differences, want) {
				t.Errorf("differences are %v", failed.Differences)
			}
		})
	}
}

func TestWritesElsewhereOnTheSourceServersAreNoChangeOfTheSource(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/a/b"})
	elsewhere := zktest.OwnPath(t, tt.from)
	r, err := Copy(zktest.Context(t), tt.source, tt.target, last(4, func() {
		zktest.Plant(t, tt.from, elsewhere, zktest.Znode{Path: "/new"})
		zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a/e", Ephemeral: true})
	}))
	if err != nil || !r.Verified {
		t.Errorf("%+v, %v", r, err)
	}
}

// requests counts what is asked for through connections, by operation, each
// one of a read transaction by itself, and the packets.
type requests struct {
	get, getACL, exists, packets atomic.Int64
	after                        func(packets int64) // called, if there is one, when a packet was sent
}

func (r *requests) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	return &countedConn{Conn: conn, requests: r}, err
}

type countedConn struct {
	net.Conn
	requests *requests
	greeted  bool
}

// Write sees whole frames: the length, the request's id and its operation
// (ZooKeeper: ZooDefs.OpCode). The first opens the session.
func (c *countedConn) Write(p []byte) (int, error) {
	for rest := p; len(rest) >= 4; {
		length := 4 + binary.BigEndian.Uint32(rest)
		if c.greeted {
			c.count(rest[8:length])
		}
		c.greeted, rest = true, rest[length:]
	}
	n, err := c.Conn.Write(p)
	if c.requests.after != nil {
		c.requests.after(c.requests.packets.Load())
	}
	return n, err
}

func (c *countedConn) count(p []byte) {
	const getData, multiRead, header = 4, 22, 9
	c.requests.packets.Add(1)
	switch op := binary.BigEndian.Uint32(p); op {
	case 3:
		c.requests.exists.Add(1)
	case getData:
		c.requests.get.Add(1)
	case 6:
		c.requests.getACL.Add(1)
	case multiRead:
		for p = p[4:]; binary.BigEndian.Uint32(p) == getData; {
			p = p[header:]
			p = p[4+binary.BigEndian.Uint32(p)+1:]
			c.requests.get.Add(1)
		}
	}
}

func TestAVerifiedCopyReadsEachZnodeOfTheTargetOnce(t *testing.T) {
	tt := twoServers(t)
	quiet := zktest.Start(t) // nobody else writes here, so the source needs no second look
	tt.from, tt.source = zktest.Connect(t, quiet.Addr()), Tree{Path: "/source"}
	zktest.Plant(t, tt.from, "", zktest.Znode{Path: "/source"})
	for i := range 3 {
		path := fmt.Sprintf("/%d", i)
		zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: path})
		zktest.PlantMany(t, tt.from, tt.source.Path+path, "%d", 100, []byte("data"))
	}
	var atSource, atTarget requests
	tt.source.Client = openServer(t, quiet, func(o *session.Options) { o.Dialer = atSource.dial })
	tt.target.Client = openServer(t, zktest.Shared(t), func(o *session.Options) { o.Dialer = atTarget.dial })
	if r := tt.copy(t, CopyOptions{}); r.Created != 304 || !r.Verified {
		t.Fatalf("%+v", r)
	}
	const (
		rootReads = 2 // before, with its ACL in one packet, and when it was created
		rootACLs  = 3 // before, when it was created, and when it is read back
	)
	got := fmt.Sprint(atSource.get.Load(), atSource.getACL.Load(), atTarget.get.Load(), atTarget.getACL.Load())
	if want := fmt.Sprint(304, 304, 304+rootReads, rootACLs); got != want {
		t.Errorf("requests get, getACL of source and target are %s, want %s", got, want)
	}
	if looks := atSource.exists.Load(); looks > 10 {
		t.Errorf("the source was asked %d times more", looks)
	}
	if packets := atTarget.packets.Load(); packets > 100 {
		t.Errorf("the target was sent %d packets", packets)
	}
	tt.checkEqual(t)
}
