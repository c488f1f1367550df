package zkcopy

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// shut makes a znode that only someone may use, until the test ends: other tests
// walk the whole of the server.
func shut(t *testing.T, conn *zk.Conn, path string) {
	t.Helper()
	if _, err := conn.SetACL(path, zk.DigestACL(zk.PermAll, "someone", "else"), -1); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := conn.AddAuth("digest", []byte("someone:else"))
		_, setErr := conn.SetACL(path, tree.OpenACL(), -1)
		if err := errors.Join(err, setErr); err != nil {
			t.Error(err)
		}
	})
}

// Each call, on each of its trees, meets a znode that it may not read.
func TestErrorsNameTheTree(t *testing.T) {
	tt := twoServers(t)
	for _, side := range []struct {
		conn *zk.Conn
		root string
	}{{tt.from, tt.source.Path}, {tt.to, tree.ParentPath(tree.ParentPath(tt.target.Path))}} {
		zktest.Plant(t, side.conn, side.root, zktest.Znode{Path: "/open"}, zktest.Znode{Path: "/open/n"}, zktest.Znode{Path: "/open/n/m"},
			zktest.Znode{Path: "/shut"}, zktest.Znode{Path: "/shut/n"}, zktest.Znode{Path: "/shut/n/m"})
		shut(t, side.conn, side.root+"/shut/n")
	}
	at := func(tr Tree, name string) Tree {
		path := tr.Path
		if tr.Path == tt.target.Path {
			path = tree.ParentPath(tree.ParentPath(path))
		}
		return Tree{Client: tr.Client, Path: path + name}
	}
	ctx := zktest.Context(t)
	sOpen, sShut, tOpen, tShut := at(tt.source, "/open"), at(tt.source, "/shut"), at(tt.target, "/open"), at(tt.target, "/shut")
	looked := CopyOptions{Before: func(*Seen) error { return nil }}
	name, _ := save(t, sOpen, "b.zkb")
	for what, test := range map[string]struct {
		call func() error
		want string
	}{
		"copy from":          {func() error { _, err := Copy(ctx, sShut, tOpen, CopyOptions{}); return err }, "source " + sShut.String() + ": read " + sShut.Path + "/n: "},
		"copy to":            {func() error { _, err := Copy(ctx, sOpen, tShut, CopyOptions{}); return err }, "target " + tShut.String() + ": read " + tShut.Path + "/n: "},
		"look, and copy to":  {func() error { _, err := Copy(ctx, sOpen, tShut, looked); return err }, "target " + tShut.String() + ": "},
		"plan a copy from":   {func() error { _, err := Copy(ctx, sShut, tOpen, CopyOptions{DryRun: true}); return err }, "source " + sShut.String() + ": "},
		"compare, the first": {func() error { _, err := Diff(ctx, sShut, tOpen, DiffOptions{}); return err }, "a " + sShut.String() + ": "},
		"compare, the other": {func() error { _, err := Diff(ctx, sOpen, tShut, DiffOptions{}); return err }, "b " + tShut.String() + ": "},
		"restore":            {func() error { _, err := Restore(ctx, openFile(t, name), tShut, RestoreOptions{}); return err }, "target " + tShut.String() + ": "},
		"back up": {func() error {
			_, err := Backup(ctx, sShut, t.TempDir()+"/b.zkb", BackupOptions{})
			return err
		}, sShut.String() + ": read " + sShut.Path + "/n: "},
		"list":   {func() error { return List(ctx, sShut, ListOptions{Recursive: true}, func(Entry) error { return nil }) }, sShut.String() + ": list " + sShut.Path + "/n: "},
		"check":  {func() error { _, err := Check(ctx, sShut, CheckOptions{OnFinding: func(Finding) {}}); return err }, sShut.String() + ": "},
		"count":  {func() error { _, err := CountTree(ctx, sShut, CountOptions{}); return err }, sShut.String() + ": "},
		"remove": {func() error { _, err := Remove(ctx, sShut, RemoveOptions{}); return err }, sShut.String() + ": list "},
	} {
		err := test.call()
		if err == nil || !strings.Contains(": "+err.Error(), ": "+test.want) || !errors.Is(err, session.ErrNotAuthorized) {
			t.Errorf("%s: error is %v, want %s...", what, err, test.want)
		}
	}
}

// Servers ask the parent's ACL for both.
func TestTheACLThatForbidsToCreateAndDeleteIsNamed(t *testing.T) {
	tt := twoServers(t)
	top := tree.ParentPath(tree.ParentPath(tt.target.Path))
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/b"})
	zktest.Plant(t, tt.to, top, zktest.Znode{Path: "/shut", ACL: zk.WorldACL(zk.PermRead), Later: true})
	zktest.Plant(t, tt.to, top, zktest.Znode{Path: "/half"}, zktest.Znode{Path: "/half/a", ACL: zk.WorldACL(zk.PermRead | zk.PermWrite | zk.PermAdmin), Later: true})
	zktest.Plant(t, tt.to, top, zktest.Znode{Path: "/tree"}, zktest.Znode{Path: "/tree/a"}, zktest.Znode{Path: "/tree/a/b"})
	if _, err := tt.to.SetACL(top+"/tree", zk.WorldACL(zk.PermAll&^zk.PermDelete), -1); err != nil {
		t.Fatal(err)
	}
	ctx := zktest.Context(t)
	to := func(path string) Tree { return Tree{Client: tt.target.Client, Path: top + path} }
	noACL := CopyOptions{Selection: Selection{NoACL: true}}
	for what, test := range map[string]struct {
		call       func() error
		parent, op string
	}{
		"the root":        {func() error { _, err := Copy(ctx, tt.source, to("/shut/copy"), noACL); return err }, "/shut", "create"},
		"a missing one":   {func() error { _, err := Copy(ctx, tt.source, to("/shut/x/copy"), noACL); return err }, "/shut", "create"},
		"one inside":      {func() error { _, err := Copy(ctx, tt.source, to("/half"), noACL); return err }, "/half/a", "create"},
		"the last to go":  {func() error { _, err := Remove(ctx, to("/tree/a"), RemoveOptions{}); return err }, "/tree", "delete"},
		"one that cannot": {func() error { _, err := Remove(ctx, to("/tree"), RemoveOptions{}); return err }, "/tree", "delete"},
	} {
		err := test.call()
		var forbidden *ParentACLError
		if !errors.As(err, &forbidden) || forbidden.Parent != top+test.parent || forbidden.Op != test.op || !errors.Is(err, session.ErrNotAuthorized) {
			t.Errorf("%s: error is %v", what, err)
		}
		if want := "the ACL of " + top + test.parent + " does not let you " + test.op + " children"; err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: error is %v, want ...%s", what, err, want)
		}
	}
}

func TestASourceThatIsNeverTheSameTwiceHasChanged(t *testing.T) {
	busy := &session.PathError{Op: "read", Path: "/a/b", Err: session.ErrBusy}
	of := func(role string, err error) error { return &tree.Error{Role: role, Err: err} }
	for name, test := range map[string]struct {
		err     error
		changed bool
	}{
		"the source":                   {of("source", busy), true},
		"the target":                   {of("target", busy), false},
		"the source, before any write": {&LookError{of("source", busy)}, false},
		"another failure":              {of("source", &session.PathError{Op: "read", Path: "/a", Err: session.ErrNotAuthorized}), false},
		"none":                         {nil, false},
	} {
		got := restlessSource(test.err)
		var changed *SourceChangedError
		if errors.As(got, &changed) != test.changed || !test.changed && got != test.err || test.changed && changed.Paths[0] != "/a/b" {
			t.Errorf("%s: %v", name, got)
		}
	}
}
