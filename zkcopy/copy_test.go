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
)

// trees are a source and a target on two servers, each with a plain connection
// to plant and look.
type trees struct {
	from, to       *zk.Conn
	source, target Tree
}

const password = "admin:secret"

func asAdmin(o *Options) { o.Auth = []Auth{{Scheme: "digest", Data: []byte(password)}} }

// twoServers gives a source root, which exists, and a target root, which does
// not, nor does its parent.
func twoServers(t *testing.T) trees {
	t.Helper()
	a, b := second.start(t), zktest.Shared(t)
	tt := trees{from: zktest.Connect(t, a.Addr()), to: zktest.Connect(t, b.Addr())}
	for _, conn := range []*zk.Conn{tt.from, tt.to} {
		if err := conn.AddAuth("digest", []byte(password)); err != nil {
			t.Fatal(err)
		}
	}
	tt.source = Tree{openServer(t, a, asAdmin), ownPath(t, tt.from)}
	tt.target = Tree{openServer(t, b, asAdmin), ownPath(t, tt.to) + "/parent/copy"}
	return tt
}

func (tt trees) copy(t *testing.T, o CopyOptions) *CopyResult {
	t.Helper()
	r, err := Copy(testContext(t), tt.source, tt.target, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// check compares a result without what the time of day has in it.
func check(t *testing.T, want, got *CopyResult) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(CopyResult{}, "Duration")); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// checkEqual compares the trees, the source's ephemeral znodes left out.
func (tt trees) checkEqual(t *testing.T) {
	t.Helper()
	want := snapshot(t, tt.from, tt.source.Path)
	for path, n := range want {
		if n.Kind == Ephemeral {
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
	plant(t, tt.from, tt.source.Path,
		planted{path: "/nil"},
		planted{path: "/empty", data: []byte{}},
		planted{path: "/binary", data: []byte{0, 1, 0xff, '\n'}},
		planted{path: "/ünïcode 日本", data: []byte("x")},
		planted{path: "/ünïcode 日本/..dots.in.names.", data: []byte("y")},
		planted{path: "/seq0000000017"},
		planted{path: "/closed", acl: admin, data: []byte("top"), later: true},
		planted{path: "/closed/leaf", acl: readable},
		planted{path: "/closed/inner", acl: admin, later: true},
		planted{path: "/closed/inner/leaf", acl: admin, data: []byte("z")},
		planted{path: "/byip", acl: []ACL{{Perms: zk.PermRead, Scheme: "ip", ID: "127.0.0.1"}, {Perms: zk.PermAll, Scheme: "world", ID: "anyone"}}},
		planted{path: "/lock"},
		planted{path: "/lock/ephemeral", kind: Ephemeral, data: []byte("host:1")},
	)
	got := tt.copy(t, CopyOptions{})
	check(t, &CopyResult{Read: 13, Bytes: 10, Created: 13, LeftOut: 1, Parents: 1, Verified: true}, got)
	tt.checkEqual(t)
	parent, err := tt.target.Client.Read(testContext(t), parentPath(tt.target.Path))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(OpenACL(), parent.ACL); diff != "" || parent.Kind() != Persistent {
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
	plant(t, tt.from, tt.source.Path, planted{path: "/a", data: []byte("1")}, planted{path: "/a/x", data: []byte("1")},
		planted{path: "/b", data: []byte("1")}, planted{path: "/c"}, planted{path: "/d"}, planted{path: "/e", data: []byte("same")})
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
	plant(t, tt.from, tt.source.Path, planted{path: "/a/new"})
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
	plant(t, tt.from, tt.source.Path, planted{path: "/a", data: []byte("1"), acl: zk.DigestACL(zk.PermAll, "admin", "secret"), later: true},
		planted{path: "/a/x"}, planted{path: "/e", kind: Ephemeral})
	var actions []string
	o := CopyOptions{DryRun: true, Delete: true, OnAction: func(a Action) {
		actions = append(actions, fmt.Sprintf("%s %s", a.Kind, strings.TrimPrefix(a.Path, parentPath(tt.target.Path))))
	}}
	check(t, &CopyResult{Read: 3, Bytes: 1, Created: 3, LeftOut: 1, Parents: 1}, tt.copy(t, o))
	if exists(t, tt.to, parentPath(tt.target.Path)) {
		t.Error("the target's parent was created")
	}
	slices.Sort(actions)
	if diff := cmp.Diff([]string{"create ", "create /copy", "create /copy/a", "create /copy/a/x", "leave out /copy/e"}, actions); diff != "" {
		t.Errorf("actions:\n%s", diff)
	}
	tt.copy(t, CopyOptions{})
	plant(t, tt.to, tt.target.Path, planted{path: "/extra"}, planted{path: "/extra/child"})
	actions = nil
	check(t, &CopyResult{Read: 3, Bytes: 1, Equal: 3, LeftOut: 1, Extra: 2, Removed: 2}, tt.copy(t, o))
	if !exists(t, tt.to, tt.target.Path+"/extra/child") {
		t.Error("an extra znode was removed")
	}
}

func TestExtrasAreCountedAndRemovedOnlyWhenAsked(t *testing.T) {
	tt := twoServers(t)
	plant(t, tt.from, tt.source.Path, planted{path: "/a"}, planted{path: "/a/b"}, planted{path: "/was-ephemeral", kind: Ephemeral})
	tt.copy(t, CopyOptions{})
	plant(t, tt.to, tt.target.Path, planted{path: "/a/extra"}, planted{path: "/a/extra/x"}, planted{path: "/a/extra/x/y"},
		planted{path: "/a/b/under-a-leaf"}, planted{path: "/was-ephemeral"},
		planted{path: "/held"}, planted{path: "/held/x"}, planted{path: "/held/e", kind: Ephemeral})
	check(t, &CopyResult{Read: 3, Equal: 3, LeftOut: 1, Extra: 8, Verified: true}, tt.copy(t, CopyOptions{}))
	check(t, &CopyResult{Read: 3, Equal: 3, LeftOut: 1, Extra: 2, Removed: 6, Verified: true}, tt.copy(t, CopyOptions{Delete: true}))
	if got := snapshot(t, tt.to, tt.target.Path); len(got) != 5 || !exists(t, tt.to, tt.target.Path+"/held/e") {
		t.Errorf("target has %v", got)
	}
}

func TestManyExtrasAreAllRemoved(t *testing.T) {
	tt := twoServers(t)
	plant(t, tt.from, tt.source.Path, planted{path: "/a"}, planted{path: "/a/keep"})
	tt.copy(t, CopyOptions{})
	const extras = maxExtras + 500
	plantMany(t, tt.to, tt.target.Path+"/a", "x%05d", extras, nil)
	check(t, &CopyResult{Read: 3, Equal: 3, Removed: extras, Verified: true}, tt.copy(t, CopyOptions{Delete: true}))
	tt.checkEqual(t)
}

func TestLargeZnodesAndLongListsAreCopied(t *testing.T) {
	tt := twoServers(t)
	roomy := zktest.Start(t, zktest.WithHeapMB(512))
	tt.to, tt.target.Client = zktest.Connect(t, roomy.Addr()), openServer(t, roomy)
	plant(t, tt.from, tt.source.Path, planted{path: "/wide"}, planted{path: "/large"}, planted{path: "/largest", data: bytes.Repeat([]byte{7}, 1<<20-1-200)})
	plantMany(t, tt.from, tt.source.Path+"/wide", "child-%04d", 5000, []byte("data"))
	plantMany(t, tt.from, tt.source.Path+"/large", "%d", 12, bytes.Repeat([]byte("0123456789"), 90<<10))
	got := tt.copy(t, CopyOptions{Limits: Limits{DataBytes: 4 << 20}})
	check(t, &CopyResult{Read: 5016, Bytes: 20000 + 12*900<<10 + 1<<20 - 201, Created: 5016, Parents: 2, Verified: true}, got)
	tt.checkEqual(t)
}

func TestTightLimitsOnlySlowACopyDown(t *testing.T) {
	tt := twoServers(t)
	for i := range 12 {
		path := fmt.Sprintf("/%02d", i)
		plant(t, tt.from, tt.source.Path, planted{path: path})
		for j := range 5 {
			inner := fmt.Sprintf("%s/%d", path, j)
			plant(t, tt.from, tt.source.Path, planted{path: inner, data: []byte("inner")})
			plantMany(t, tt.from, tt.source.Path+inner, "%d", 6, []byte("some data"))
		}
	}
	for _, o := range []CopyOptions{
		{Limits: Limits{Window: 1, DataBytes: 1, ListBytes: 1}, Batching: Batching{BatchBytes: 1, InFlight: 1}},
		{Limits: Limits{Window: 3, DataBytes: 10, ListBytes: 100}, Batching: Batching{BatchOps: 2, InFlight: 3}},
		{Limits: Limits{Window: 200, ListBytes: 300}, Batching: Batching{BatchOps: 7}},
	} {
		tt.target.Path = ownPath(t, tt.to) + "/copy"
		check(t, &CopyResult{Read: 433, Bytes: 12*5*5 + 360*9, Created: 433, Verified: true}, tt.copy(t, o))
		tt.checkEqual(t)
	}
}

func TestAnACLWhosePasswordsAreHiddenIsNotCopied(t *testing.T) {
	tt := twoServers(t)
	plant(t, tt.from, tt.source.Path, planted{path: "/secret",
		acl: append(zk.WorldACL(zk.PermRead), zk.DigestACL(zk.PermAll, "admin", "secret")...)})
	tt.source.Client = openServer(t, second.start(t)) // without the password
	_, err := Copy(testContext(t), tt.source, tt.target, CopyOptions{})
	var failed *PathError
	if !errors.Is(err, ErrNotAuthorized) || !errors.As(err, &failed) || failed.Path != tt.source.Path+"/secret" {
		t.Errorf("error is %v", err)
	}
}

func TestMissingPermissionsNameThePath(t *testing.T) {
	tt := twoServers(t)
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	plant(t, tt.from, tt.source.Path, planted{path: "/a"}, planted{path: "/a/b", data: []byte("1"), acl: admin})
	stranger := Tree{openServer(t, second.start(t)), tt.source.Path}
	_, err := Copy(testContext(t), stranger, tt.target, CopyOptions{})
	if !errors.Is(err, ErrNotAuthorized) || !strings.Contains(err.Error(), "read "+tt.source.Path+"/a/b") {
		t.Errorf("reading: %v", err)
	}
	if _, err := tt.from.SetACL(tt.source.Path+"/a/b", OpenACL(), -1); err != nil {
		t.Fatal(err)
	}
	tt.target.Path = ownPath(t, tt.to) + "/parent/copy"
	readOnly := append(zk.WorldACL(zk.PermRead|zk.PermWrite), admin...)
	plant(t, tt.to, parentPath(parentPath(tt.target.Path)), planted{path: "/parent"}, planted{path: "/parent/copy"},
		planted{path: "/parent/copy/a", acl: readOnly})
	tt.target.Client = openServer(t, zktest.Shared(t))
	_, err = Copy(testContext(t), tt.source, tt.target, CopyOptions{})
	if !errors.Is(err, ErrNotAuthorized) || !strings.Contains(err.Error(), tt.target.Path+"/a") {
		t.Errorf("writing: %v", err)
	}
}

func TestAnEphemeralZnodeInTheTargetIsNotOverwritten(t *testing.T) {
	tt := twoServers(t)
	plant(t, tt.from, tt.source.Path, planted{path: "/a", data: []byte("1")})
	plant(t, tt.to, parentPath(parentPath(tt.target.Path)), planted{path: "/parent"}, planted{path: "/parent/copy"}, planted{path: "/parent/copy/a", kind: Ephemeral})
	for _, path := range []string{tt.target.Path, tt.target.Path + "/a/below"} {
		_, err := Copy(testContext(t), tt.source, Tree{tt.target.Client, path}, CopyOptions{})
		var ephemeral *EphemeralError
		if !errors.As(err, &ephemeral) || ephemeral.Path != tt.target.Path+"/a" || ephemeral.Session != tt.to.SessionID() {
			t.Errorf("copy to %s: %v", path, err)
		}
	}
}

func TestAQuotaOfTheTargetEndsTheCopy(t *testing.T) {
	tt := twoServers(t)
	plantMany(t, tt.from, tt.source.Path, "%d", 40, nil)
	limited := zktest.Start(t, zktest.WithProperty("enforceQuota", "true"))
	conn := zktest.Connect(t, limited.Addr())
	plant(t, conn, "", planted{path: "/q"}, planted{path: "/zookeeper/quota/q"},
		planted{path: "/zookeeper/quota/q/zookeeper_stats", data: []byte("count=1,bytes=0")},
		planted{path: "/zookeeper/quota/q/zookeeper_limits", data: []byte("count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=20")})
	_, err := Copy(testContext(t), tt.source, Tree{openServer(t, limited), "/q/copy"}, CopyOptions{Batching: Batching{BatchOps: 1}})
	if !errors.Is(err, ErrQuota) || !strings.Contains(err.Error(), "create /q/copy/") {
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
			if _, err := conn.SetACL(root, append(OpenACL(), zk.AuthACL(zk.PermRead)...), -1); err != nil {
				t.Error(err)
			}
		}, ""},
		"znode gone": {func(t *testing.T, conn *zk.Conn, root string) {
			if err := conn.Delete(root+"/first/leaf", -1); err != nil {
				t.Error(err)
			}
		}, "/first/leaf"},
		"znode new": {func(t *testing.T, conn *zk.Conn, root string) {
			if _, err := conn.Create(root+"/first/new", nil, 0, OpenACL()); err != nil {
				t.Error(err)
			}
		}, "/first/new"},
	} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			plant(t, tt.from, tt.source.Path, planted{path: "/first"}, planted{path: "/first/leaf"})
			var actions int
			_, err := Copy(testContext(t), tt.source, tt.target, CopyOptions{OnAction: func(a Action) {
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
	plant(t, tt.from, tt.source.Path, planted{path: "/a", data: []byte("1")}, planted{path: "/b"}, planted{path: "/c"})
	var actions int
	_, err := Copy(testContext(t), tt.source, tt.target, CopyOptions{OnAction: func(a Action) {
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
		if _, err := tt.to.Create(tt.target.Path+"/d", nil, 0, OpenACL()); err != nil {
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
