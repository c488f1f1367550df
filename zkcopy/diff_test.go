package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/tree"
)

func diffOf(t *testing.T, a, b Side, o DiffOptions) ([]string, *DiffResult) {
	t.Helper()
	var lines []string
	o.OnDifference = func(d DiffEntry) error {
		if (d.A == nil) != (d.Kind == OnlyInB) || (d.B == nil) != (d.Kind == OnlyInA) {
			t.Errorf("%s %s: %v, %v", d.Kind, d.Path, d.A, d.B)
		}
		lines = append(lines, fmt.Sprint(d.Kind, " ", d.Path))
		return nil
	}
	r, err := Diff(zktest.Context(t), a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return lines, r
}

func TestDifferencesOfTreesAndFilesAreToldInOrder(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/both", Data: []byte("same")}, zktest.Znode{Path: "/a/data", Data: []byte("1")},
		zktest.Znode{Path: "/a/length", Data: []byte("1")}, zktest.Znode{Path: "/a b"}, zktest.Znode{Path: "/nil"}, zktest.Znode{Path: "/acl"}, zktest.Znode{Path: "/gone"}, zktest.Znode{Path: "/gone/below"})
	tt.copy(t, CopyOptions{})
	at := tt.target.Path
	for path, data := range map[string][]byte{"/a/data": []byte("2"), "/a/length": []byte("22"), "/nil": {}, "/acl": {1}} {
		if _, err := tt.to.Set(at+path, data, -1); err != nil {
			t.Fatal(err)
		}
	}
	_, err := tt.to.SetACL(at+"/acl", []tree.ACL{{Perms: 31, Scheme: "ip", ID: "127.0.0.1"}}, -1)
	if err := errors.Join(err, tt.to.Delete(at+"/gone/below", -1), tt.to.Delete(at+"/gone", -1)); err != nil {
		t.Fatal(err)
	}
	zktest.Plant(t, tt.to, at, zktest.Znode{Path: "/a/more"}, zktest.Znode{Path: "/a/more/below"})
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/lock", Ephemeral: true}, zktest.Znode{Path: "/both", Ephemeral: true})
	zktest.Plant(t, tt.to, at, zktest.Znode{Path: "/both", Ephemeral: true})

	nameA, _ := save(t, tt.source, "a.zkb")
	nameB, _ := save(t, tt.target, "b.zkb.zst")
	fileA, fileB := openFile(t, nameA), openFile(t, nameB)
	want := []string{"data /a/data", "data /a/length", "only_in_b /a/more", "only_in_b /a/more/below", "data /acl", "acl /acl",
		"only_in_a /gone", "only_in_a /gone/below", "data /nil"}
	for what, sides := range map[string][2]Side{
		"tree and tree": {tt.source, tt.target}, "tree and file": {tt.source, fileB},
		"file and tree": {fileA, tt.target}, "file and file": {fileA, fileB},
	} {
		t.Run(what, func(t *testing.T) {
			got, r := diffOf(t, sides[0], sides[1], DiffOptions{})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			counts := &DiffResult{ZnodesA: 10, ZnodesB: 10, EphemeralsA: 2, EphemeralsB: 1, Equal: 4, OnlyInA: 2, OnlyInB: 2, Data: 4, ACL: 1}
			if diff := cmp.Diff(counts, r, cmpopts.IgnoreFields(DiffResult{}, "Duration")); diff != "" {
				t.Error(diff)
			}
			if r.Same() {
				t.Error("the same")
			}
			got, r = diffOf(t, sides[0], sides[1], DiffOptions{Ephemeral: true, IgnoreACL: true})
			if r.ACL != 0 || r.OnlyInA != 3 || r.EphemeralsA != 0 || r.Equal != 5 || len(got) != 9 {
				t.Errorf("with ephemeral znodes, without ACLs: %+v, %v", r, got)
			}
		})
	}
	for what, sides := range map[string][2]Side{"itself": {tt.source, tt.source}, "its file": {tt.source, fileA}, "one file": {fileA, fileA}} {
		if got, r := diffOf(t, sides[0], sides[1], DiffOptions{}); !r.Same() || len(got) != 0 || r.Equal != 10 {
			t.Errorf("%s: %+v, %v", what, r, got)
		}
	}
}

func TestKindsOfZnodesAreComparedWhereEphemeralOnesAre(t *testing.T) {
	file := func(kind backup.Kind, ttl time.Duration, session int64) *BackupFile {
		return fileOf(t, &backup.Record{Path: "/", Kind: backup.Persistent, ACL: tree.OpenACL()},
			&backup.Record{Path: "/a", Kind: kind, TTL: ttl, Session: session, ACL: tree.OpenACL()})
	}
	plain, held := file(backup.Persistent, 0, 0), file(backup.Ephemeral, 0, 7)
	for name, test := range map[string]struct {
		a, b      *BackupFile
		ephemeral bool
		want      []string
	}{
		"plain and held":            {plain, held, true, []string{"kind /a"}},
		"plain and held, left out":  {plain, held, false, []string{"only_in_a /a"}},
		"held by two":               {held, file(backup.Ephemeral, 0, 8), true, nil},
		"a container is plain":      {plain, file(backup.Container, 0, 0), true, nil},
		"a znode with TTL is plain": {plain, file(backup.TTL, time.Second, 0), true, nil},
	} {
		lines, r := diffOf(t, test.a, test.b, DiffOptions{Ephemeral: test.ephemeral})
		if diff := cmp.Diff(test.want, lines); diff != "" || r.Same() != (test.want == nil) {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestADiffEndsWithAnErrorOfTheOneWhoListens(t *testing.T) {
	conn, tree := oneServer(t)
	zktest.PlantMany(t, conn, tree.Path, "%d", 200, nil)
	other := Tree{Client: tree.Client, Path: zktest.OwnPath(t, conn)}
	stop := errors.New("stop")
	heard := 0
	_, err := Diff(zktest.Context(t), tree, other, DiffOptions{OnDifference: func(DiffEntry) error { heard++; return stop }})
	if !errors.Is(err, stop) || heard != 1 {
		t.Errorf("error is %v after %d", err, heard)
	}
	ctx, cancel := context.WithCancel(zktest.Context(t))
	defer cancel()
	_, err = Diff(ctx, tree, other, DiffOptions{OnDifference: func(DiffEntry) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestADiffOfWhatIsNotThereOrDamagedIsAnError(t *testing.T) {
	conn, tr := oneServer(t)
	zktest.Plant(t, conn, tr.Path, zktest.Znode{Path: "/a", Data: []byte("one")})
	name, _ := save(t, tr, "b.zkb")
	var missing *tree.NotFoundError
	if _, err := Diff(zktest.Context(t), tr, Tree{Client: tr.Client, Path: tr.Path + "/none"}, DiffOptions{}); !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	flipped := filepath.Join(t.TempDir(), "flipped.zkb")
	if err := os.WriteFile(flipped, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var damaged *BackupError
	told := 0
	_, err = Diff(zktest.Context(t), tr, openFile(t, flipped), DiffOptions{OnDifference: func(DiffEntry) error { told++; return nil }})
	if !errors.As(err, &damaged) || told != 0 {
		t.Errorf("error is %v after %d differences", err, told)
	}
	for _, no := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none"), os.DevNull} {
		if f, err := OpenBackup(no); err == nil {
			f.Close()
			t.Errorf("%s was opened", no)
		}
	}
}
