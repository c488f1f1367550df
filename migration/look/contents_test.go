package look

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/zkcopy/tree"
)

func TestATreeIsSummedUpByTables(t *testing.T) {
	for rel, want := range map[string]string{
		"": "", "/apps": "/apps", "/apps/7": "/apps/7", "/apps/7/0": "/apps/7", "/apps/7/duplication/1/0": "/apps/7",
		"/backup": "/backup", "/backup/p/1": "/backup", "/lock/dsn.meta.server.leader": "/lock",
	} {
		if got := partOf(rel); got != want {
			t.Errorf("%q belongs to %q, want %q", rel, got, want)
		}
	}
}

func node(length int32, version int32, ctime, mtime int64, data string) *tree.Node {
	n := &tree.Node{Stat: tree.Stat{DataLength: length, Version: version, Ctime: ctime, Mtime: mtime}}
	if data != "" {
		n.Data = []byte(data)
	}
	return n
}

func TestTheSumDoesNotDependOnOrderTimesAndVersions(t *testing.T) {
	sum := func(nodes ...*tree.Node) part {
		var p part
		for i, n := range nodes {
			p.add([]string{"/a", "/b"}[i], n)
		}
		return p
	}
	source := sum(node(3, 7, 1, 5, ""), node(4, 0, 2, 2, "lock"))
	copied := sum(node(3, 0, 9, 9, ""), node(4, 0, 9, 9, "lock"))
	if !source.sameSum(&copied) {
		t.Error("a copy has another sum")
	}
	for what, other := range map[string]part{
		"another length":       sum(node(4, 7, 1, 5, ""), node(4, 0, 2, 2, "lock")),
		"other data":           sum(node(3, 7, 1, 5, ""), node(4, 0, 2, 2, "look")),
		"a znode less":         sum(node(3, 7, 1, 5, "")),
		"lengths that changed": sum(node(4, 7, 1, 5, ""), node(3, 0, 2, 2, "loc")),
	} {
		if source.sameSum(&other) {
			t.Errorf("%s has the same sum", what)
		}
	}
	var reversed part
	reversed.add("/b", node(4, 0, 2, 2, "lock"))
	reversed.add("/a", node(3, 7, 1, 5, ""))
	if diff := cmp.Diff(source, reversed, cmp.AllowUnexported(part{})); diff != "" {
		t.Error(diff)
	}
}

func TestPartsThatMayHideAChangeAreSuspect(t *testing.T) {
	// The source was set last at 50, and the copy created its znodes from 100 on.
	for _, c := range []struct {
		name           string
		source, target part
		want           bool
	}{
		{"a fresh copy", part{newest: 50, rewritten: 50, first: 1}, part{newest: 110, first: 100}, false},
		{"the source was set since", part{newest: 105, rewritten: 105, first: 1}, part{newest: 110, first: 100}, true},
		{"the target was set since", part{newest: 50, first: 1}, part{newest: 200, rewritten: 200, first: 100}, true},
	} {
		if got := suspect(&c.source, &c.target); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
