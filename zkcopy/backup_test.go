package zkcopy

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// save backs a tree up to a new file.
func save(t testing.TB, tree Tree, name string) (string, *BackupResult) {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	r, err := Backup(zktest.Context(t), tree, name, BackupOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return name, r
}

func openFile(t testing.TB, name string) *BackupFile {
	t.Helper()
	f, err := OpenBackup(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// fileOf makes a backup file that no server at hand could give.
func fileOf(t testing.TB, records ...*backup.Record) *BackupFile {
	t.Helper()
	var b bytes.Buffer
	w, err := backup.NewWriter(&b, backup.Header{Source: "10.0.0.1:2181", Root: "/pegasus/c1", Time: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(backup.Changes{}); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "made.zkb")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return openFile(t, name)
}

// plantEverything makes a znode of every form that a server at hand shows, and
// one with many children.
func (tt trees) plantEverything(t *testing.T, many int) (znodes, length int64) {
	t.Helper()
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	large := bytes.Repeat([]byte("0123456789"), 90<<10)
	zktest.Plant(t, tt.from, tt.source.Path,
		zktest.Znode{Path: "/nil"},
		zktest.Znode{Path: "/empty", Data: []byte{}},
		zktest.Znode{Path: "/binary", Data: []byte{0, 1, 0xff, '\n'}},
		zktest.Znode{Path: "/text", Data: []byte("\x00\"\\\u2028<>&\ufffd")},
		zktest.Znode{Path: "/ünïcode 日本", Data: []byte("x")},
		zktest.Znode{Path: "/ünïcode 日本/..dots.in.names.", Data: []byte("y")},
		zktest.Znode{Path: "/seq0000000017"},
		zktest.Znode{Path: "/closed", ACL: admin, Data: []byte("top"), Later: true},
		zktest.Znode{Path: "/closed/leaf", ACL: append(zk.WorldACL(zk.PermRead), admin...)},
		zktest.Znode{Path: "/closed/inner", ACL: admin, Later: true},
		zktest.Znode{Path: "/closed/inner/leaf", ACL: admin, Data: []byte("z")},
		zktest.Znode{Path: "/byip", ACL: []tree.ACL{{Perms: zk.PermRead, Scheme: "ip", ID: "127.0.0.1"}, {Perms: zk.PermAll, Scheme: "world", ID: "anyone"}}},
		zktest.Znode{Path: "/large", Data: large},
		zktest.Znode{Path: "/wide"},
		zktest.Znode{Path: "/lock"},
		zktest.Znode{Path: "/lock/ephemeral", Ephemeral: true, Data: []byte("host:1")},
	)
	zktest.PlantMany(t, tt.from, tt.source.Path+"/wide", "child-%04d", many, []byte("data"))
	return 16 + int64(many), int64(len(large)+4*many) + 4 + 12 + 1 + 1 + 3 + 1
}

func TestABackupOfEverythingIsRestoredAsItWas(t *testing.T) {
	for name, many := range map[string]int{"b.zkb": 10, "b.zkb.gz": 10, "b.zkb.zst": 1500} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			znodes, length := tt.plantEverything(t, many)
			file, made := save(t, tt.source, name)
			want := BackupResult{BackupSummary: BackupSummary{Znodes: znodes + 1, Bytes: length + 6, Ephemerals: 1}}
			if diff := cmp.Diff(want, *made, cmpopts.IgnoreFields(BackupResult{}, "Duration", "FileBytes", "Zxid")); diff != "" {
				t.Error(diff)
			}
			info, err := os.Stat(file)
			if err != nil || info.Size() != made.FileBytes || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v; want %d bytes", info, err, made.FileBytes)
			}
			if compressed := made.FileBytes < length; compressed != (name != "b.zkb") {
				t.Errorf("the file has %d bytes", made.FileBytes)
			}

			got, err := Restore(zktest.Context(t), openFile(t, file), tt.target, RestoreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			check(t, &CopyResult{Read: znodes, Bytes: length, Created: znodes, LeftOut: 1, Parents: 1, Verified: true}, got)
			tt.checkEqual(t)

			before := versions(t, tt.to, tt.target.Path)
			again, err := Restore(zktest.Context(t), openFile(t, file), tt.target, RestoreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			check(t, &CopyResult{Read: znodes, Bytes: length, Equal: znodes, LeftOut: 1, Verified: true}, again)
			if diff := cmp.Diff(before, versions(t, tt.to, tt.target.Path)); diff != "" {
				t.Errorf("the second run wrote:\n%s", diff)
			}
		})
	}
}

func TestTheFileSaysWhatItHolds(t *testing.T) {
	conn, tr := oneServer(t)
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/a/e", Ephemeral: true})
	name, made := save(t, tr, "b.zkb")
	f := openFile(t, name)
	h := f.Header()
	if h.Root != tr.Path || h.Source != tr.Client.Endpoint().Hosts() || h.Zxid != made.Zxid || h.Zxid == 0 || time.Since(h.Time) > time.Minute {
		t.Errorf("header %+v", h)
	}
	got, err := f.Check(zktest.Context(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&made.BackupSummary, got); diff != "" {
		t.Error(diff)
	}
	s, err := f.Read(zktest.Context(t), tree.WantAll, tree.Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for {
		_, n, err := s.Next(zktest.Context(t))
		if err != nil {
			t.Fatal(err)
		}
		if n == nil {
			break
		}
		want, err := Tree{Client: tr.Client, Path: n.Path}.ReadRoot(zktest.Context(t))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, n); diff != "" {
			t.Errorf("%s: %s", n.Path, diff)
		}
	}
}

func TestABackupDoesNotReplaceAFileUnlessToldSo(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/a"})
	name := filepath.Join(t.TempDir(), "b.zkb")
	if err := os.WriteFile(name, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(zktest.Context(t), tree, name, BackupOptions{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v", err)
	}
	if text, _ := os.ReadFile(name); string(text) != "precious" {
		t.Errorf("the file became %q", text)
	}
	if _, err := Backup(zktest.Context(t), tree, name, BackupOptions{Overwrite: true}); err != nil {
		t.Error(err)
	}
	if _, err := openFile(t, name).Check(zktest.Context(t), nil); err != nil {
		t.Error(err)
	}
}

func TestABackupThatFailsLeavesNoFile(t *testing.T) {
	tt := twoServers(t)
	tt.plantWide(t)
	closed := zktest.Znode{Path: "/closed", ACL: zk.DigestACL(zk.PermAll, "admin", "secret")}
	zktest.Plant(t, tt.from, tt.source.Path, closed)
	dir := t.TempDir()
	name := filepath.Join(dir, "b.zkb.gz")
	ctx, cancel := context.WithCancel(zktest.Context(t))
	defer cancel()
	stranger := Tree{Client: openServer(t, second.start(t)), Path: tt.source.Path}
	for what, test := range map[string]struct {
		tree  Tree
		name  string
		o     BackupOptions
		wants error
	}{
		"interrupted":      {tt.source, name, BackupOptions{Progress: &hookedProgress{at: 500, f: cancel}}, context.Canceled},
		"not permitted":    {stranger, name, BackupOptions{}, session.ErrNotAuthorized},
		"no folder":        {tt.source, filepath.Join(dir, "none", "b"), BackupOptions{}, fs.ErrNotExist},
		"no tree":          {Tree{Client: tt.source.Client, Path: tt.source.Path + "/none"}, name, BackupOptions{}, &tree.NotFoundError{}},
		"the server's own": {Tree{Client: tt.source.Client, Path: "/zookeeper"}, name, BackupOptions{}, &tree.ReservedPathError{}},
	} {
		use := zktest.Context(t)
		if what == "interrupted" {
			use = ctx
		}
		_, err := Backup(use, test.tree, test.name, test.o)
		var missing *tree.NotFoundError
		var reserved *tree.ReservedPathError
		switch test.wants.(type) {
		case *tree.NotFoundError:
			if !errors.As(err, &missing) {
				t.Errorf("%s: %v", what, err)
			}
		case *tree.ReservedPathError:
			if !errors.As(err, &reserved) {
				t.Errorf("%s: %v", what, err)
			}
		default:
			if !errors.Is(err, test.wants) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 0 {
			t.Errorf("%s left %v", what, entries)
		}
	}
}

// onPhase calls f when a phase begins.
type onPhase struct {
	noProgress
	phase Phase
	f     func()
}

func (p onPhase) Start(phase Phase) {
	if phase == p.phase {
		p.f()
	}
}

func TestChangesDuringABackupAreFoundAndTheFileSaysSo(t *testing.T) {
	conn, tree := oneServer(t)
	for _, path := range []string{"/data", "/acl", "/deleted", "/anew", "/parent", "/parent/old", "/came-and-went", "/locks", "/same", "/same/below"} {
		zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: path, Data: []byte("1")})
	}
	holder := zktest.Connect(t, zktest.Shared(t).Addr())
	zktest.Plant(t, holder, tree.Path, zktest.Znode{Path: "/locks/gone", Ephemeral: true}, zktest.Znode{Path: "/locks/stays", Ephemeral: true})
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	}
	change := func() {
		_, err := conn.Set(tree.Path+"/data", []byte("2"), -1)
		must(err)
		_, err = conn.SetACL(tree.Path+"/acl", zk.WorldACL(zk.PermRead), -1)
		must(err, conn.Delete(tree.Path+"/deleted", -1), conn.Delete(tree.Path+"/anew", -1), holder.Delete(tree.Path+"/locks/gone", -1))
		zktest.Plant(t, conn, tree.Path, zktest.Znode{Path: "/anew", Data: []byte("1")}, zktest.Znode{Path: "/parent/new"},
			zktest.Znode{Path: "/came-and-went/x"}, zktest.Znode{Path: "/locks/new", Ephemeral: true})
		must(conn.Delete(tree.Path+"/came-and-went/x", -1))
	}
	name := filepath.Join(t.TempDir(), "b.zkb.zst")
	r, err := Backup(zktest.Context(t), tree, name, BackupOptions{Progress: onPhase{phase: PhaseVerify, f: change}})
	var changed *SourceChangedError
	if !errors.As(err, &changed) {
		t.Fatalf("error is %v", err)
	}
	want := []string{"/acl", "/anew", "/came-and-went", "/data", "/deleted", "/parent/new"}
	if diff := cmp.Diff(want, r.ChangedPaths); diff != "" {
		t.Error(diff)
	}
	for i := range want {
		want[i] = tree.Path + want[i]
	}
	if diff := cmp.Diff(&SourceChangedError{Paths: want, Total: 6}, changed); diff != "" {
		t.Error(diff)
	}
	summary, err := openFile(t, name).Check(zktest.Context(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&r.BackupSummary, summary); diff != "" {
		t.Error(diff)
	}

	// Changes before a znode is read are none.
	tree.Path += "/same"
	moved := func() { _, err := conn.Set(tree.Path+"/below", []byte("2"), -1); must(err) }
	if _, err := Backup(zktest.Context(t), tree, name, BackupOptions{Overwrite: true, Progress: onPhase{phase: PhaseBackup, f: moved}}); err != nil {
		t.Error(err)
	}
}

func TestFewChangedPathsAreListedAndAllAreCounted(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.PlantMany(t, conn, tree.Path, "%02d", 20, nil)
	change := func() {
		for _, name := range []string{"03", "05", "07"} {
			if err := conn.Delete(tree.Path+"/"+name, -1); err != nil {
				t.Error(err)
			}
		}
	}
	name := filepath.Join(t.TempDir(), "b.zkb")
	r, err := Backup(zktest.Context(t), tree, name, BackupOptions{MaxDifferences: 2, Progress: onPhase{phase: PhaseVerify, f: change}})
	if err == nil || r.Changed != 3 || len(r.ChangedPaths) != 2 || !strings.Contains(err.Error(), "3 znodes of the source changed") {
		t.Errorf("%+v, %v", r, err)
	}
}
