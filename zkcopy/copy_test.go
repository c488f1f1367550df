package zkcopy

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// trees are a source and a target on two servers, each with a plain connection
// to plant and look.
type trees struct {
	from, to       *zk.Conn
	source, target Tree
}

const password = "admin:secret"

func asAdmin(o *session.Options) { o.Auth = []session.Auth{{Scheme: "digest", Data: []byte(password)}} }

// twoServers returns a source root, which exists, and a target root, which does not, nor does its
// parent.
func twoServers(t *testing.T) trees {
	t.Helper()
	a, b := second.start(t), zktest.Shared(t)
	tt := trees{from: zktest.Connect(t, a.Addr()), to: zktest.Connect(t, b.Addr())}
	for _, conn := range []*zk.Conn{tt.from, tt.to} {
		if err := conn.AddAuth("digest", []byte(password)); err != nil {
			t.Fatal(err)
		}
	}
	tt.source = Tree{Client: openServer(t, a, asAdmin), Path: zktest.OwnPath(t, tt.from)}
	tt.target = Tree{Client: openServer(t, b, asAdmin), Path: zktest.OwnPath(t, tt.to) + "/parent/copy"}
	return tt
}

func (tt trees) copy(t *testing.T, o CopyOptions) *CopyResult {
	t.Helper()
	r, err := Copy(zktest.Context(t), tt.source, tt.target, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// check compares a result without what the time of day has in it.
func check(t *testing.T, want, got *CopyResult) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(CopyResult{}, "Duration", "SourceZxid")); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// checkEqual compares the trees, the source's ephemeral znodes left out.
func (tt trees) checkEqual(t *testing.T) {
	t.Helper()
	want := snapshot(t, tt.from, tt.source.Path)
	for path, n := range want {
		if n.Kind == tree.Ephemeral {
			delete(want, path)
		}
	}
	if diff := cmp.Diff(want, snapshot(t, tt.to, tt.target.Path)); diff != "" {
		t.Errorf("target (-source +target):\n%s", diff)
	}
}

func TestCopyKeepsDataAndACLs(t *testing.T) {
	tt := twoServers(t)
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	readable := append(zk.WorldACL(zk.PermRead), admin...)
	zktest.Plant(t, tt.from, tt.source.Path,
		zktest.Znode{Path: "/nil"},
		zktest.Znode{Path: "/empty", Data: []byte{}},
		zktest.Znode{Path: "/binary", Data: []byte{0, 1, 0xff, '\n'}},
		zktest.Znode{Path: "/ünïcode 日本", Data: []byte("x")},
		zktest.Znode{Path: "/ünïcode 日本/..dots.in.names.", Data: []byte("y")},
		zktest.Znode{Path: "/seq0000000017"},
		zktest.Znode{Path: "/closed", ACL: admin, Data: []byte("top"), Later: true},
		zktest.Znode{Path: "/closed/leaf", ACL: readable},
		zktest.Znode{Path: "/closed/inner", ACL: admin, Later: true},
		zktest.Znode{Path: "/closed/inner/leaf", ACL: admin, Data: []byte("z")},
		zktest.Znode{Path: "/byip", ACL: []tree.ACL{{Perms: zk.PermRead, Scheme: "ip", ID: "127.0.0.1"}, {Perms: zk.PermAll, Scheme: "world", ID: "anyone"}}},
		zktest.Znode{Path: "/lock"},
		zktest.Znode{Path: "/lock/ephemeral", Ephemeral: true, Data: []byte("host:1")},
	)
	got := tt.copy(t, CopyOptions{})
	check(t, &CopyResult{Read: 13, Bytes: 10, Created: 13, LeftOut: 1, Parents: 1, Verified: true}, got)
	tt.checkEqual(t)
	parent, err := Tree{Client: tt.target.Client, Path: tree.ParentPath(tt.target.Path)}.ReadRoot(zktest.Context(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree.OpenACL(), parent.ACL); diff != "" || parent.Kind() != tree.Persistent {
		t.Errorf("parent of the target: %v, ACL %s", parent.Kind(), diff)
	}

	before := versions(t, tt.to, tt.target.Path)
	again := tt.copy(t, CopyOptions{})
	check(t, &CopyResult{Read: 13, Bytes: 10, Equal: 13, LeftOut: 1, Verified: true}, again)
	if diff := cmp.Diff(before, versions(t, tt.to, tt.target.Path)); diff != "" {
		t.Errorf("the second copy wrote:\n%s", diff)
	}
}

func TestCopyWritesOnlyWhatDiffers(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/a/x", Data: []byte("1")},
		zktest.Znode{Path: "/b", Data: []byte("1")}, zktest.Znode{Path: "/c"}, zktest.Znode{Path: "/d"}, zktest.Znode{Path: "/e", Data: []byte("same")})
	tt.copy(t, CopyOptions{})
	must := func(_ *zk.Stat, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(tt.from.Set(tt.source.Path+"/a", []byte("22"), -1))
	must(tt.from.Set(tt.source.Path+"/b", []byte("2"), -1))
	must(tt.from.Set(tt.source.Path+"/c", []byte{}, -1)) // was nil
	closed := zk.DigestACL(zk.PermAll, "admin", "secret")
	must(tt.from.SetACL(tt.source.Path+"/a", closed, -1))
	must(tt.from.SetACL(tt.source.Path+"/d", closed, -1))
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a/new"})
	before := versions(t, tt.to, tt.target.Path)
	var actions []string
	got := tt.copy(t, CopyOptions{OnAction: func(a Action) {
		actions = append(actions, fmt.Sprintf("%s %s", a.Kind, strings.TrimPrefix(a.Path, tt.target.Path)))
	}})
	check(t, &CopyResult{Read: 8, Bytes: 8, Created: 1, Changed: 4, Equal: 3, Verified: true}, got)
	slices.Sort(actions)
	want := []string{"create /a/new", "set ACL /a", "set ACL /d", "set data /a", "set data /b", "set data /c"}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("actions:\n%s", diff)
	}
	tt.checkEqual(t)
	after := versions(t, tt.to, tt.target.Path)
	for _, rel := range []string{"", "/a/x", "/e"} {
		if before[rel] != after[rel] {
			t.Errorf("%q was written to", rel)
		}
	}
}

func TestDryRunPlansAndWritesNothing(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1"), ACL: zk.DigestACL(zk.PermAll, "admin", "secret"), Later: true},
		zktest.Znode{Path: "/a/x"}, zktest.Znode{Path: "/e", Ephemeral: true})
	var actions []string
	o := CopyOptions{DryRun: true, Delete: true, OnAction: func(a Action) {
		actions = append(actions, fmt.Sprintf("%s %s", a.Kind, strings.TrimPrefix(a.Path, tree.ParentPath(tt.target.Path))))
	}}
	check(t, &CopyResult{Read: 3, Bytes: 1, Created: 3, LeftOut: 1, Parents: 1}, tt.copy(t, o))
	if zktest.Exists(t, tt.to, tree.ParentPath(tt.target.Path)) {
		t.Error("the target's parent was created")
	}
	slices.Sort(actions)
	if diff := cmp.Diff([]string{"create ", "create /copy", "create /copy/a", "create /copy/a/x", "leave out /copy/e"}, actions); diff != "" {
		t.Errorf("actions:\n%s", diff)
	}
	tt.copy(t, CopyOptions{})
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/extra"}, zktest.Znode{Path: "/extra/child"})
	actions = nil
	check(t, &CopyResult{Read: 3, Bytes: 1, Equal: 3, LeftOut: 1, Extra: 2, Removed: 2}, tt.copy(t, o))
	if !zktest.Exists(t, tt.to, tt.target.Path+"/extra/child") {
		t.Error("an extra znode was removed")
	}
}

func TestExtrasAreCountedAndRemovedOnlyWhenAsked(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/b"}, zktest.Znode{Path: "/was-ephemeral", Ephemeral: true})
	tt.copy(t, CopyOptions{})
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/a/extra"}, zktest.Znode{Path: "/a/extra/x"}, zktest.Znode{Path: "/a/extra/x/y"},
		zktest.Znode{Path: "/a/b/under-a-leaf"}, zktest.Znode{Path: "/was-ephemeral"},
		zktest.Znode{Path: "/held"}, zktest.Znode{Path: "/held/x"}, zktest.Znode{Path: "/held/e", Ephemeral: true})
	check(t, &CopyResult{Read: 3, Equal: 3, LeftOut: 1, Extra: 8, Verified: true}, tt.copy(t, CopyOptions{}))
	check(t, &CopyResult{Read: 3, Equal: 3, LeftOut: 1, Extra: 2, Removed: 6, Verified: true}, tt.copy(t, CopyOptions{Delete: true}))
	if got := snapshot(t, tt.to, tt.target.Path); len(got) != 5 || !zktest.Exists(t, tt.to, tt.target.Path+"/held/e") {
		t.Errorf("target has %v", got)
	}
}

func TestManyExtrasAreAllRemoved(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/keep"})
	tt.copy(t, CopyOptions{})
	const extras = maxExtras + 500
	zktest.PlantMany(t, tt.to, tt.target.Path+"/a", "x%05d", extras, nil)
	check(t, &CopyResult{Read: 3, Equal: 3, Removed: extras, Verified: true}, tt.copy(t, CopyOptions{Delete: true}))
	tt.checkEqual(t)
}

func TestLargeZnodesAndLongListsAreCopied(t *testing.T) {
	tt := twoServers(t)
	roomy := zktest.Start(t, zktest.WithHeapMB(512))
	tt.to, tt.target.Client = zktest.Connect(t, roomy.Addr()), openServer(t, roomy)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/wide"}, zktest.Znode{Path: "/large"}, zktest.Znode{Path: "/largest", Data: bytes.Repeat([]byte{7}, 1<<20-1-200)})
	zktest.PlantMany(t, tt.from, tt.source.Path+"/wide", "child-%04d", 5000, []byte("data"))
	zktest.PlantMany(t, tt.from, tt.source.Path+"/large", "%d", 12, bytes.Repeat([]byte("0123456789"), 90<<10))
	got := tt.copy(t, CopyOptions{Limits: tree.Limits{DataBytes: 4 << 20}})
	check(t, &CopyResult{Read: 5016, Bytes: 20000 + 12*900<<10 + 1<<20 - 201, Created: 5016, Parents: 2, Verified: true}, got)
	tt.checkEqual(t)
}

func TestTightLimitsOnlySlowACopyDown(t *testing.T) {
	tt := twoServers(t)
	for i := range 12 {
		path := fmt.Sprintf("/%02d", i)
		zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: path})
		for j := range 5 {
			inner := fmt.Sprintf("%s/%d", path, j)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: inner, Data: []byte("inner")})
			zktest.PlantMany(t, tt.from, tt.source.Path+inner, "%d", 6, []byte("some data"))
		}
	}
	for _, o := range []CopyOptions{
		{Limits: tree.Limits{Window: 1, DataBytes: 1, ListBytes: 1}, Batching: session.Batching{BatchBytes: 1, InFlight: 1}},
		{Limits: tree.Limits{Window: 3, DataBytes: 10, ListBytes: 100}, Batching: session.Batching{BatchOps: 2, InFlight: 3}},
		{Limits: tree.Limits{Window: 200, ListBytes: 300}, Batching: session.Batching{BatchOps: 7}},
	} {
		tt.target.Path = zktest.OwnPath(t, tt.to) + "/copy"
		check(t, &CopyResult{Read: 433, Bytes: 12*5*5 + 360*9, Created: 433, Verified: true}, tt.copy(t, o))
		tt.checkEqual(t)
	}
}

func TestAnACLWhosePasswordsAreHiddenIsNotCopied(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/secret",
		ACL: append(zk.WorldACL(zk.PermRead), zk.DigestACL(zk.PermAll, "admin", "secret")...)})
	tt.source.Client = openServer(t, second.start(t)) // without the password
	_, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{})
	var failed *session.PathError
	if !errors.Is(err, session.ErrNotAuthorized) || !errors.As(err, &failed) || failed.Path != tt.source.Path+"/secret" {
		t.Errorf("error is %v", err)
	}
}

func TestMissingPermissionsNameThePath(t *testing.T) {
	tt := twoServers(t)
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/b", Data: []byte("1"), ACL: admin})
	stranger := Tree{Client: openServer(t, second.start(t)), Path: tt.source.Path}
	_, err := Copy(zktest.Context(t), stranger, tt.target, CopyOptions{})
	if !errors.Is(err, session.ErrNotAuthorized) || !strings.Contains(err.Error(), "read "+tt.source.Path+"/a/b") {
		t.Errorf("reading: %v", err)
	}
	if _, err := tt.from.SetACL(tt.source.Path+"/a/b", tree.OpenACL(), -1); err != nil {
		t.Fatal(err)
	}
	tt.target.Path = zktest.OwnPath(t, tt.to) + "/parent/copy"
	readOnly := append(zk.WorldACL(zk.PermRead|zk.PermWrite), admin...)
	zktest.Plant(t, tt.to, tree.ParentPath(tree.ParentPath(tt.target.Path)), zktest.Znode{Path: "/parent"}, zktest.Znode{Path: "/parent/copy"},
		zktest.Znode{Path: "/parent/copy/a", ACL: readOnly})
	tt.target.Client = openServer(t, zktest.Shared(t))
	_, err = Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{})
	if !errors.Is(err, session.ErrNotAuthorized) || !strings.Contains(err.Error(), tt.target.Path+"/a") {
		t.Errorf("writing: %v", err)
	}
}

func TestAnEphemeralZnodeInTheTargetIsNotOverwritten(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")})
	zktest.Plant(t, tt.to, tree.ParentPath(tree.ParentPath(tt.target.Path)), zktest.Znode{Path: "/parent"}, zktest.Znode{Path: "/parent/copy"}, zktest.Znode{Path: "/parent/copy/a", Ephemeral: true})
	for _, path := range []string{tt.target.Path, tt.target.Path + "/a/below"} {
		_, err := Copy(zktest.Context(t), tt.source, Tree{Client: tt.target.Client, Path: path}, CopyOptions{})
		var ephemeral *EphemeralError
		if !errors.As(err, &ephemeral) || ephemeral.Path != tt.target.Path+"/a" || ephemeral.Session != tt.to.SessionID() {
			t.Errorf("copy to %s: %v", path, err)
		}
	}
}

func TestAQuotaOfTheTargetEndsTheCopy(t *testing.T) {
	tt := twoServers(t)
	zktest.PlantMany(t, tt.from, tt.source.Path, "%d", 40, nil)
	limited := zktest.Start(t, zktest.WithProperty("enforceQuota", "true"))
	conn := zktest.Connect(t, limited.Addr())
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/q"}, zktest.Znode{Path: "/zookeeper/quota/q"},
		zktest.Znode{Path: "/zookeeper/quota/q/zookeeper_stats", Data: []byte("count=1,bytes=0")},
		zktest.Znode{Path: "/zookeeper/quota/q/zookeeper_limits", Data: []byte("count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=20")})
	_, err := Copy(zktest.Context(t), tt.source, Tree{Client: openServer(t, limited), Path: "/q/copy"}, CopyOptions{Batching: session.Batching{BatchOps: 1}})
	if !errors.Is(err, session.ErrQuota) || !strings.Contains(err.Error(), "create /q/copy/") {
		t.Errorf("error is %v", err)
	}
}

func TestAChangeOfTheSourceDuringTheCopyIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, conn *zk.Conn, root string)
		path   string
	}{
		"data": {func(t *testing.T, conn *zk.Conn, root string) {
			if _, err := conn.Set(root, []byte("new"), -1); err != nil {
				t.Error(err)
			}
		}, ""},
		"ACL": {func(t *testing.T, conn *zk.Conn, root string) {
			if _, err := conn.SetACL(root, append(tree.OpenACL(), zk.AuthACL(zk.PermRead)...), -1); err != nil {
				t.Error(err)
			}
		}, ""},
		"znode gone": {func(t *testing.T, conn *zk.Conn, root string) {
			if err := conn.Delete(root+"/first/leaf", -1); err != nil {
				t.Error(err)
			}
		}, "/first/leaf"},
		"znode new": {func(t *testing.T, conn *zk.Conn, root string) {
			if _, err := conn.Create(root+"/first/new", nil, 0, tree.OpenACL()); err != nil {
				t.Error(err)
			}
		}, "/first/new"},
	} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/first"}, zktest.Znode{Path: "/first/leaf"})
			var actions int
			_, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{OnAction: func(a Action) {
				// The last of the three znodes and the parent: all of the source was read.
				if actions++; actions == 4 {
					test.change(t, tt.from, tt.source.Path)
				}
			}})
			var changed *SourceChangedError
			if !errors.As(err, &changed) {
				t.Fatalf("error is %v", err)
			}
			if diff := cmp.Diff(&SourceChangedError{Paths: []string{tt.source.Path + test.path}, Total: 1}, changed); diff != "" {
				t.Error(diff)
			}
			if r := tt.copy(t, CopyOptions{Delete: true}); !r.Verified {
				t.Errorf("second copy: %+v", r)
			}
			tt.checkEqual(t)
		})
	}
}

func TestATargetThatOthersChangeFailsVerification(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/b"}, zktest.Znode{Path: "/c"})
	var actions int
	_, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{OnAction: func(a Action) {
		if actions++; actions < 5 {
			return
		}
		if _, err := tt.to.Set(tt.target.Path+"/a", []byte("2"), -1); err != nil {
			t.Error(err)
		}
		if err := tt.to.Delete(tt.target.Path+"/b", -1); err != nil {
			t.Error(err)
		}
		if _, err := tt.to.SetACL(tt.target.Path+"/c", zk.WorldACL(zk.PermRead), -1); err != nil {
			t.Error(err)
		}
		if _, err := tt.to.Create(tt.target.Path+"/d", nil, 0, tree.OpenACL()); err != nil {
			t.Error(err)
		}
	}})
	var failed *VerifyError
	if !errors.As(err, &failed) {
		t.Fatalf("error is %v", err)
	}
	want := []Difference{{tt.target.Path + "/a", OtherData}, {tt.target.Path + "/b", Missing},
		{tt.target.Path + "/c", OtherACL}, {tt.target.Path + "/d", Unexpected}}
	slices.SortFunc(failed.Differences, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	if diff := cmp.Diff(&VerifyError{Differences: want, Total: 4}, failed); diff != "" {
		t.Error(diff)
	}
}
