package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

func TestGlobsMatchComponents(t *testing.T) {
	for _, test := range []struct{ glob, matches, not string }{
		{"a", "/a", "/b /a/a /aa"},
		{"/a/b/", "/a/b", "/a /a/b/c"},
		{"a*", "/a /ab", "/b /a/b"},
		{"*/tmp", "/x/tmp", "/tmp /x/y/tmp"},
		{"**/tmp", "/tmp /x/tmp /x/y/tmp", "/xtmp /tmp/x"},
		{"a/**", "/a/b /a/b/c", "/a /ab"},
		{"a/**/z", "/a/z /a/b/c/z", "/z /az"},
		{"?.x", "/a.x", "/ab.x /a/x /abx"},
		{`a+(b)\[c]`, "/a+(b)[c]", "/aab /a+(b)c"},
		{"[a-c]x", "/ax /bx /cx", "/dx /a/x /x"},
		{"[!a-c]", "/d", "/a / /a/b"},
		{"[]x-]", "/] /x /-", "/a"},
		{"a[^b]c", "/axc", "/a/c /abc"},
		{"{a,b*}", "/a /b /bc", "/c /{a,b}"},
		{"{a/b,c}/d", "/a/b/d /c/d", "/a/d /b/d"},
		{`\{a,b\}`, "/{a,b}", "/a"},
		{"a,b}", "/a,b}", "/a"},
		{"/root/a", "/a", "/root/a"},
		{"/root", "/root", "/a"},
		{"root/a", "/root/a", "/a"},
		{"日?", "/日本", "/日"},
	} {
		s, err := newSelector(Selection{Exclude: []string{"no such name", test.glob}}, "/root")
		if err != nil {
			t.Errorf("%s: %v", test.glob, err)
			continue
		}
		for want, list := range map[bool]string{true: test.matches, false: test.not} {
			for path := range strings.FieldsSeq(list) {
				if s.excludes(path) != want {
					t.Errorf("%s matches %s: %v", test.glob, path, !want)
				}
			}
		}
	}
	for _, glob := range []string{"", "/", "\xff", "[z", "[", "[!", "a/[]", "{a", "{a,{b}", `a\`, "[z-a]", "[+-9]"} {
		if err := ValidateGlob(glob); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", glob)) {
			t.Errorf("glob %q: %v", glob, err)
		}
		r, err := Copy(zktest.Context(t), Tree{Client: &session.Client{}}, Tree{Client: &session.Client{}}, CopyOptions{Selection: Selection{Exclude: []string{glob}}})
		if err == nil || r == nil {
			t.Errorf("copy without %q: %v", glob, err)
		}
	}
}

// below lists the paths of a target below its root.
func (tt trees) below(t *testing.T) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(versions(t, tt.to, tt.target.Path)))
}

func TestACLsAreLeftAsideWhenTold(t *testing.T) {
	tt := twoServers(t)
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	readable := append(zk.WorldACL(zk.PermRead), admin...)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1"), ACL: readable, Later: true}, zktest.Znode{Path: "/a/b", ACL: readable})
	tt.source.Client = openServer(t, second.start(t)) // reads data, and no password's hash
	o := CopyOptions{Selection: Selection{NoACL: true}}
	check(t, &CopyResult{Read: 3, Bytes: 1, Created: 3, Parents: 1, Verified: true}, tt.copy(t, o))
	for path, n := range snapshot(t, tt.to, tt.target.Path) {
		if diff := cmp.Diff(tree.OpenACL(), n.ACL); diff != "" {
			t.Errorf("ACL of %q: %s", path, diff)
		}
	}
	if _, err := tt.to.SetACL(tt.target.Path+"/a", admin, -1); err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 3, Bytes: 1, Equal: 3, Verified: true}, tt.copy(t, o))
	if _, err := tt.from.Set(tt.source.Path+"/a", []byte("2"), -1); err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 3, Bytes: 1, Changed: 1, Equal: 2, Verified: true}, tt.copy(t, o))
	if got := snapshot(t, tt.to, tt.target.Path)["/a"]; got.Data != "2" || !slices.Equal(got.ACL, admin) {
		t.Errorf("changed znode is %+v", got)
	}
}

func TestExcludedZnodesAreNeitherCopiedNorDeleted(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/tmp"}, zktest.Znode{Path: "/a/tmp/x"}, zktest.Znode{Path: "/a/keep"}, zktest.Znode{Path: "/tmp"})
	o := CopyOptions{Delete: true, Selection: Selection{Exclude: []string{"**/tmp"}}}
	check(t, &CopyResult{Read: 3, Created: 3, Excluded: 2, Parents: 1, Verified: true}, tt.copy(t, o))
	if diff := cmp.Diff([]string{"", "/a", "/a/keep"}, tt.below(t)); diff != "" {
		t.Error(diff)
	}
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/tmp", Data: []byte("other")}, zktest.Znode{Path: "/tmp/mine"},
		zktest.Znode{Path: "/gone"}, zktest.Znode{Path: "/gone/x"}, zktest.Znode{Path: "/held"}, zktest.Znode{Path: "/held/x"}, zktest.Znode{Path: "/held/tmp"}, zktest.Znode{Path: "/held/tmp/y"})
	check(t, &CopyResult{Read: 3, Equal: 3, Excluded: 2, Extra: 1, Removed: 3, Verified: true}, tt.copy(t, o))
	if diff := cmp.Diff([]string{"", "/a", "/a/keep", "/held", "/held/tmp", "/held/tmp/y", "/tmp", "/tmp/mine"}, tt.below(t)); diff != "" {
		t.Error(diff)
	}
}

func TestOldZnodesAreLeftOutButParentsOfNewerOnesAreMade(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/inner", Data: []byte("old")}, zktest.Znode{Path: "/inner/old"}, zktest.Znode{Path: "/inner/changed"}, zktest.Znode{Path: "/leaf"})
	var limit time.Time
	for limit.IsZero() { // until the server's clock has moved on from the last of them
		_, stat, err := tt.from.Get(tt.source.Path + "/leaf")
		if err != nil {
			t.Fatal(err)
		}
		changed, err := tt.from.Set(tt.source.Path+"/inner/changed", []byte("new"), -1)
		if err != nil {
			t.Fatal(err)
		}
		if changed.Mtime > stat.Mtime {
			limit = time.UnixMilli(changed.Mtime)
		}
	}
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/new"})
	o := CopyOptions{Delete: true, Selection: Selection{MinMtime: limit}}
	check(t, &CopyResult{Read: 4, Bytes: 6, Created: 4, Older: 2, Parents: 1, Verified: true}, tt.copy(t, o))
	if diff := cmp.Diff([]string{"", "/inner", "/inner/changed", "/new"}, tt.below(t)); diff != "" {
		t.Error(diff)
	}
	// What is there already stays as it is, and newer ones below it are copied.
	if _, err := tt.to.Set(tt.target.Path+"/inner", []byte("mine"), -1); err != nil {
		t.Fatal(err)
	}
	zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/leaf", Data: []byte("mine")}, zktest.Znode{Path: "/extra"})
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/inner/newer"})
	check(t, &CopyResult{Read: 4, Bytes: 3, Created: 1, Equal: 3, Older: 3, Removed: 1, Verified: true}, tt.copy(t, o))
	got := snapshot(t, tt.to, tt.target.Path)
	if got["/inner"].Data != "mine" || got["/leaf"].Data != "mine" || len(got) != 6 {
		t.Errorf("target is %v", got)
	}
}

func TestEphemeralZnodesAreKeptWhenToldAndLocksOnlyWhenForced(t *testing.T) {
	tt := twoServers(t)
	const lock = "/dsn.meta.server.leader/LOCKNODE0000000007"
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/e", Ephemeral: true, Data: []byte("1")},
		zktest.Znode{Path: "/dsn.meta.server.leader"}, zktest.Znode{Path: lock, Ephemeral: true, Data: []byte("h1:34601")})
	keep := Selection{KeepEphemeral: true}
	check(t, &CopyResult{Read: 3, Bytes: 1, Created: 3, LeftOut: 1, Parents: 1, Verified: true}, tt.copy(t, CopyOptions{Selection: keep}))
	keep.KeepLocks = true
	check(t, &CopyResult{Read: 4, Bytes: 9, Created: 1, Equal: 3, Verified: true}, tt.copy(t, CopyOptions{Selection: keep, Delete: true}))
	got := snapshot(t, tt.to, tt.target.Path)
	for path, data := range map[string]string{"/e": "1", lock: "h1:34601"} {
		if got[path].Data != data || got[path].Kind != tree.Persistent {
			t.Errorf("%s is %+v", path, got[path])
		}
	}
	alone := Selection{KeepLocks: true} // without KeepEphemeral it means nothing
	check(t, &CopyResult{Read: 2, Equal: 2, LeftOut: 2, Removed: 2, Verified: true}, tt.copy(t, CopyOptions{Selection: alone, Delete: true}))
}

func TestARateLimitHoldsForBothSidesTogether(t *testing.T) {
	tt := twoServers(t)
	zktest.PlantMany(t, tt.from, tt.source.Path, "%d", 60, []byte("x"))
	// At least three operations a znode: get, get ACL, create.
	const perSecond = 300
	r := tt.copy(t, CopyOptions{RateLimit: perSecond, SkipVerify: true})
	if atLeast := time.Duration(3*61-perSecond/10) * time.Second / perSecond; r.Created != 61 || r.Duration < atLeast {
		t.Errorf("%d znodes took %v, want at least %v", r.Created, r.Duration, atLeast)
	}
	tt.checkEqual(t)
	ctx, cancel := context.WithTimeout(zktest.Context(t), 100*time.Millisecond)
	defer cancel()
	if _, err := Copy(ctx, tt.source, tt.target, CopyOptions{RateLimit: 1}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}

func TestACopyWithARateLimitWritesWhatItRead(t *testing.T) {
	tt := twoServers(t)
	zktest.PlantMany(t, tt.from, tt.source.Path, "%d", 1000, []byte("x"))
	const perSecond, seconds = 300, 2
	ctx, cancel := context.WithTimeout(zktest.Context(t), seconds*time.Second)
	defer cancel()
	r, err := Copy(ctx, tt.source, tt.target, CopyOptions{RateLimit: perSecond})
	// Three operations a znode are enough; half of them leaves time for the rest.
	if atLeast := int64(perSecond * seconds / 3 / 2); !errors.Is(err, context.DeadlineExceeded) || r.Created < atLeast {
		t.Errorf("of %d znodes that were read %d were created, want at least %d; %v", r.Read, r.Created, atLeast, err)
	}
}

func TestWhatIsExcludedIsNotLookedAtOnEitherSide(t *testing.T) {
	plant := func(t *testing.T, conn *zk.Conn, root, path string) {
		t.Helper()
		zktest.Plant(t, conn, root, zktest.Znode{Path: path}, zktest.Znode{Path: path + "/inner"})
		shut(t, conn, root+path)
	}
	for name, test := range map[string]struct {
		globs              []string
		atSource, atTarget string
		excluded           int64
		unmatched          []string
	}{
		"unreadable at the source":          {[]string{"secret"}, "/secret", "", 1, nil},
		"unreadable at the target":          {[]string{"secret"}, "", "/secret", 0, nil},
		"unreadable on both sides":          {[]string{"/secret"}, "/secret", "/secret", 1, nil},
		"with what lies below":              {[]string{"secret/**", "secret"}, "/secret", "", 1, nil},
		"a part of it is named besides":     {[]string{"s*", "secret/inner", "**/x"}, "/secret", "", 1, nil},
		"a glob that matches nothing":       {[]string{"secret", "nosuch", "a/b"}, "/secret", "", 1, []string{"nosuch", "a/b"}},
		"unreadable deeper, by two names":   {[]string{"{n,m}/secret"}, "/n/secret", "/n/secret", 1, nil},
		"unreadable deeper, in the target":  {[]string{"**/secret"}, "", "/n/secret", 0, nil},
		"by its path from the root of all":  {[]string{"SOURCE/secret"}, "/secret", "", 1, nil},
		"by a path of another tree, so not": {[]string{"SOURCE2/secret", "secret"}, "/secret", "", 1, []string{"SOURCE2/secret"}},
	} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/n"}, zktest.Znode{Path: "/m"})
			tt.copy(t, CopyOptions{})
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/o"})
			if test.atSource != "" {
				plant(t, tt.from, tt.source.Path, test.atSource)
			}
			if test.atTarget != "" {
				plant(t, tt.to, tt.target.Path, test.atTarget)
			}
			named := func(globs []string) (full []string) {
				for _, glob := range globs {
					full = append(full, strings.Replace(glob, "SOURCE", tt.source.Path, 1))
				}
				return full
			}
			for _, o := range []CopyOptions{{Delete: true}, {Proofs: t.TempDir()}} {
				o.Exclude = named(test.globs)
				o.Before = func(*Seen) error { return nil }
				r, err := Copy(zktest.Context(t), tt.source, tt.target, o)
				if err != nil || !r.Verified || r.Excluded != test.excluded || r.Read != 4 {
					t.Fatalf("%+v, %v", r, err)
				}
				if diff := cmp.Diff(named(test.unmatched), r.Unmatched); diff != "" {
					t.Error(diff)
				}
			}
			if test.atTarget != "" && !zktest.Exists(t, tt.to, tt.target.Path+test.atTarget) {
				t.Error("it was removed from the target")
			}
		})
	}
}
