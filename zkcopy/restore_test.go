package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

func TestARestoreWritesOnlyWhatDiffersAndRemovesExtrasIfToldSo(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/a/x", Data: []byte("1")},
		zktest.Znode{Path: "/b", Data: []byte("1")}, zktest.Znode{Path: "/c"}, zktest.Znode{Path: "/d"}, zktest.Znode{Path: "/e", Data: []byte("same")})
	name, _ := save(t, tt.source, "b.zkb.gz")
	tt.copy(t, CopyOptions{})
	at := tt.target.Path
	_, err := tt.to.Set(at+"/a", []byte("2"), -1)
	_, err2 := tt.to.SetACL(at+"/c", zk.DigestACL(zk.PermAll, "admin", "secret"), -1)
	if err := errors.Join(err, err2, tt.to.Delete(at+"/a/x", -1), tt.to.Delete(at+"/d", -1)); err != nil {
		t.Fatal(err)
	}
	zktest.Plant(t, tt.to, at, zktest.Znode{Path: "/more"}, zktest.Znode{Path: "/more/below"}, zktest.Znode{Path: "/b/more"}, zktest.Znode{Path: "/held"}, zktest.Znode{Path: "/held/by", Ephemeral: true})
	before := versions(t, tt.to, at)

	var plan []string
	got, err := Restore(zktest.Context(t), openFile(t, name), tt.target, RestoreOptions{DryRun: true, Delete: true, OnAction: func(a Action) {
		plan = append(plan, string(a.Kind)+" "+strings.TrimPrefix(a.Path, at))
	}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 7, Bytes: 7, Created: 2, Changed: 2, Equal: 3, Extra: 5, Removed: 4}, got)
	want := []string{"set data /a", "create /a/x", "remove /b/more", "set ACL /c", "create /d", "remove /held", "remove /more", "remove /more/below"}
	if diff := cmp.Diff(want, plan); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, versions(t, tt.to, at)); diff != "" {
		t.Errorf("the plan wrote:\n%s", diff)
	}

	got, err = Restore(zktest.Context(t), openFile(t, name), tt.target, RestoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 7, Bytes: 7, Created: 2, Changed: 2, Equal: 3, Extra: 5, Verified: true}, got)
	after := versions(t, tt.to, at)
	for _, same := range []string{"/b", "/e", "/more", "/more/below", "/b/more", "/held"} {
		if before[same] != after[same] {
			t.Errorf("%s was written", same)
		}
	}
	got, err = Restore(zktest.Context(t), openFile(t, name), tt.target, RestoreOptions{Delete: true})
	if err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 7, Bytes: 7, Equal: 7, Extra: 2, Removed: 3, Verified: true}, got)
	if !zktest.Exists(t, tt.to, at+"/held/by") || zktest.Exists(t, tt.to, at+"/more") || zktest.Exists(t, tt.to, at+"/b/more") {
		t.Error("ephemeral znodes stay, and what they lie in, and nothing else")
	}
}

func TestMoreExtrasThanAreRememberedAreRemoved(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/m"})
	name, _ := save(t, tt.source, "b.zkb")
	tt.copy(t, CopyOptions{})
	const many = maxExtras + 50
	zktest.PlantMany(t, tt.to, tt.target.Path, "%d", many, nil)
	got, err := Restore(zktest.Context(t), openFile(t, name), tt.target, RestoreOptions{Delete: true})
	if err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 2, Equal: 2, Removed: many, Verified: true}, got)
	tt.checkEqual(t)
}

func TestAnInterruptedRestoreIsCompletedByTheNext(t *testing.T) {
	tt := twoServers(t)
	znodes := tt.plantWide(t)
	name, _ := save(t, tt.source, "b.zkb.zst")
	ctx, cancel := context.WithCancel(zktest.Context(t))
	defer cancel()
	r, err := Restore(ctx, openFile(t, name), tt.target, RestoreOptions{Batching: session.Batching{BatchOps: 10}, OnAction: after(500, cancel)})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	there := int64(len(versions(t, tt.to, tt.target.Path)))
	if r.Created < 499 || r.Created == znodes || r.Verified || r.Created != there {
		t.Errorf("interrupted: %+v, %d are there", r, there)
	}
	again, err := Restore(zktest.Context(t), openFile(t, name), tt.target, RestoreOptions{})
	if err != nil || again.Equal != there || again.Created != znodes-there || !again.Verified {
		t.Errorf("second run: %+v after %d znodes, %v", again, there, err)
	}
	tt.checkEqual(t)
}

func TestARestoreOutlivesACrashOfTheTargetOrIsCompleted(t *testing.T) {
	tt := twoServers(t)
	znodes := tt.plantWide(t)
	name, _ := save(t, tt.source, "b.zkb")
	server := zktest.Start(t)
	tt.to, tt.target = zktest.Connect(t, server.Addr()), Tree{Client: openServer(t, server), Path: "/copy"}
	ctx := zktest.Context(t)
	restarted := make(chan error, 1)
	_, err := Restore(ctx, openFile(t, name), tt.target, RestoreOptions{Batching: session.Batching{BatchOps: 10}, OnAction: after(500, func() {
		server.Kill()
		go func() { restarted <- server.Restart(ctx) }()
	})})
	if restartErr := <-restarted; restartErr != nil {
		t.Fatal(restartErr)
	}
	if err != nil && !errors.Is(err, session.ErrConnectionLost) {
		t.Fatal(err)
	}
	again, err := Restore(ctx, openFile(t, name), tt.target, RestoreOptions{})
	if err != nil || again.Created+again.Equal != znodes || !again.Verified {
		t.Errorf("second run: %+v, %v", again, err)
	}
	tt.checkEqual(t)
}

// Earlier versions took owners of a certain form for these kinds.
func TestContainersAndTTLZnodesOfABackupAreRestoredAsPlainOnes(t *testing.T) {
	conn, target := oneServer(t)
	target.Path += "/copy"
	f := fileOf(t,
		&backup.Record{Path: "/", Kind: backup.Persistent, ACL: tree.OpenACL()},
		&backup.Record{Path: "/container", Kind: backup.Container, ACL: tree.OpenACL(), Data: []byte("c")},
		&backup.Record{Path: "/container/child", Kind: backup.Persistent, ACL: tree.OpenACL()},
		&backup.Record{Path: "/held", Kind: backup.Ephemeral, Session: 1, ACL: tree.OpenACL()},
		&backup.Record{Path: "/ttl", Kind: backup.TTL, TTL: time.Second, ACL: tree.OpenACL(), Data: []byte("t")},
	)
	summary, err := f.Check(zktest.Context(t), nil)
	if err != nil || summary.Containers != 1 || summary.TTLs != 1 {
		t.Fatalf("summary %+v, %v", summary, err)
	}
	got, err := Restore(zktest.Context(t), f, target, RestoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 4, Bytes: 2, Created: 4, LeftOut: 1, Verified: true}, got)
	for path, n := range snapshot(t, conn, target.Path) {
		if n.Kind != tree.Persistent {
			t.Errorf("%s is %v", path, n.Kind)
		}
	}
	name, _ := save(t, target, "again.zkb")
	text, err := os.ReadFile(name)
	if err != nil || strings.Contains(string(text), `"kind":"ttl"`) || strings.Contains(string(text), `"kind":"container"`) {
		t.Errorf("a new backup has such kinds: %s, %v", text, err)
	}
}

func TestNothingIsWrittenFromADamagedFile(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("one")}, zktest.Znode{Path: "/b", Data: []byte("two")})
	name, _ := save(t, tt.source, "b.zkb")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	for what, test := range map[string]struct {
		file string
		says string
	}{
		"truncated": {string(whole[:len(whole)-10]), "line 5: the file ends here"},
		"flipped":   {strings.Replace(string(whole), `"one"`, `"ond"`, 1), "line 5: the checksum"},
		"reordered": {lines[0] + lines[1] + lines[3] + lines[2] + lines[4], "line 4: /a comes after /b"},
		"foreign":   {"key : value\n", "line 1: this is not a backup"},
		"bad path":  {strings.Replace(string(whole), `"path":"/a"`, `"path":"/a\u0001"`, 1), "line 3: path"},
	} {
		t.Run(what, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "damaged.zkb")
			if err := os.WriteFile(name, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := OpenBackup(name)
			if err == nil {
				defer f.Close()
				_, err = Restore(zktest.Context(t), f, tt.target, RestoreOptions{})
			}
			var damaged *BackupError
			if !errors.As(err, &damaged) || !strings.HasPrefix(err.Error(), name+": "+test.says) {
				t.Errorf("error is %v", err)
			}
			if zktest.Exists(t, tt.to, tree.ParentPath(tt.target.Path)) {
				t.Error("something was written")
			}
		})
	}
}

func TestAFileThatChangesWhileItIsRestoredIsNotTrusted(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("one")})
	name, _ := save(t, tt.source, "b.zkb")
	if _, err := tt.from.Set(tt.source.Path+"/a", []byte("two"), -1); err != nil {
		t.Fatal(err)
	}
	other, _ := save(t, tt.source, "other.zkb")
	text, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	f := openFile(t, name)
	rewrite := func() {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Error(err)
		}
	}
	_, err = Restore(zktest.Context(t), f, tt.target, RestoreOptions{Progress: onPhase{phase: PhaseCopy, f: rewrite}})
	if !errors.Is(err, errRewritten) {
		t.Errorf("error is %v", err)
	}
}

func TestWhatAnotherWritesDuringARestoreIsFound(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/b"}, zktest.Znode{Path: "/c", Data: []byte("1")})
	name, _ := save(t, tt.source, "b.zkb")
	interfere := func() {
		_, err := tt.to.Set(tt.target.Path+"/a", []byte("2"), -1)
		_, err2 := tt.to.SetACL(tt.target.Path+"/c", []tree.ACL{{Perms: 1, Scheme: "world", ID: "anyone"}}, -1)
		if err := errors.Join(err, err2, tt.to.Delete(tt.target.Path+"/b", -1)); err != nil {
			t.Error(err)
		}
		zktest.Plant(t, tt.to, tt.target.Path, zktest.Znode{Path: "/d"})
	}
	r, err := Restore(zktest.Context(t), openFile(t, name), tt.target, RestoreOptions{Progress: onPhase{phase: PhaseVerify, f: interfere}})
	var found *VerifyError
	if !errors.As(err, &found) || r.Verified || r.Created != 4 {
		t.Fatalf("%+v, %v", r, err)
	}
	at := tt.target.Path
	want := &VerifyError{[]Difference{{at + "/a", OtherData}, {at + "/b", Missing}, {at + "/c", OtherACL}, {at + "/d", Unexpected}}, 4}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

func TestARestoreRefusesTargetsThatMustNotBeWritten(t *testing.T) {
	tt := twoServers(t)
	f := fileOf(t, &backup.Record{Path: "/", Kind: backup.Persistent, ACL: tree.OpenACL()}, &backup.Record{Path: "/zookeeper", Kind: backup.Persistent, ACL: tree.OpenACL()})
	var reserved *tree.ReservedPathError
	for _, path := range []string{"/zookeeper", "/zookeeper/quota", "/"} {
		if _, err := Restore(zktest.Context(t), f, Tree{Client: tt.target.Client, Path: path}, RestoreOptions{DryRun: true}); !errors.As(err, &reserved) {
			t.Errorf("%s: %v", path, err)
		}
	}
	zktest.Plant(t, tt.to, tree.ParentPath(tree.ParentPath(tt.target.Path)), zktest.Znode{Path: "/parent", Ephemeral: true})
	var ephemeral *EphemeralError
	for _, path := range []string{tt.target.Path, tree.ParentPath(tt.target.Path)} {
		if _, err := Restore(zktest.Context(t), f, Tree{Client: tt.target.Client, Path: path}, RestoreOptions{}); !errors.As(err, &ephemeral) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestACLsAreLeftAsideIfToldSo(t *testing.T) {
	tt := twoServers(t)
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/closed", ACL: admin, Later: true}, zktest.Znode{Path: "/closed/below", ACL: admin, Data: []byte("1")}, zktest.Znode{Path: "/open", Data: []byte("1")})
	name, _ := save(t, tt.source, "b.zkb")
	zktest.Plant(t, tt.to, tree.ParentPath(tt.target.Path), zktest.Znode{Path: ""}, zktest.Znode{Path: "/copy"}, zktest.Znode{Path: "/copy/open", ACL: zk.WorldACL(zk.PermAll &^ zk.PermDelete)})
	stranger := Tree{Client: openServer(t, zktest.Shared(t)), Path: tt.target.Path}
	got, err := Restore(zktest.Context(t), openFile(t, name), stranger, RestoreOptions{NoACL: true})
	if err != nil {
		t.Fatal(err)
	}
	check(t, &CopyResult{Read: 4, Bytes: 2, Created: 2, Changed: 2, Verified: true}, got)
	if _, r := diffOf(t, stranger, openFile(t, name), DiffOptions{IgnoreACL: true}); !r.Same() {
		t.Errorf("%+v", r)
	}
	for path, want := range map[string][]tree.ACL{"/closed": tree.OpenACL(), "/closed/below": tree.OpenACL(), "/open": zk.WorldACL(zk.PermAll &^ zk.PermDelete)} {
		n, err := Tree{Client: stranger.Client, Path: tt.target.Path + path}.ReadRoot(zktest.Context(t))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, n.ACL); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestTablesOfABackupAreKnown(t *testing.T) {
	tt := twoServers(t)
	table := func(id int, name string) zktest.Znode {
		return zktest.Znode{Path: fmt.Sprintf("/apps/%d", id), Data: fmt.Appendf(nil, `{"status":"app_status::AS_AVAILABLE","app_type":"pegasus","app_name":"%s","app_id":%d,"partition_count":1,"envs":{},"is_stateful":1,"max_replica_count":3,"expire_second":0,"create_second":%d,"drop_second":0,"duplicating":0,"init_partition_count":-1,"is_bulk_loading":0}`, name, id, id)}
	}
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/apps", Data: []byte("unlock")}, table(1, "users"), zktest.Znode{Path: "/apps/1/0"}, table(2, "orders"))
	name, _ := save(t, tt.source, "b.zkb")
	tt.copy(t, CopyOptions{})
	f := openFile(t, name)
	theirs, err := f.Clusters(zktest.Context(t))
	if err != nil {
		t.Fatal(err)
	}
	only := func() []Table {
		return TablesOnlyIn(clustersOf(t, tt.target), tt.target.Path, theirs, f.Root())
	}
	if extra := only(); len(extra) != 0 {
		t.Errorf("equal trees: %v", extra)
	}
	zktest.Plant(t, tt.to, tt.target.Path, table(3, "events"))
	if extra := only(); len(extra) != 1 || extra[0].Name != "events" {
		t.Errorf("%v", extra)
	}
	if diff := cmp.Diff(clustersOf(t, tt.source), theirs); diff != "" {
		t.Error(diff)
	}
}

func TestTheVerificationOfARestoreFindsEveryWayToChangeTheTarget(t *testing.T) {
	other := zk.WorldACL(zk.PermAll &^ zk.PermAdmin)
	for name, test := range map[string]struct {
		change func(conn *zk.Conn, path string) error
		want   DifferenceKind
	}{
		"data": {func(conn *zk.Conn, path string) error { _, err := conn.Set(path, []byte("other"), -1); return err }, OtherData},
		"ACL":  {func(conn *zk.Conn, path string) error { _, err := conn.SetACL(path, other, -1); return err }, OtherACL},
		"another znode with another ACL": {func(conn *zk.Conn, path string) error {
			data, _, err := conn.Get(path)
			if err := errors.Join(err, conn.Delete(path, -1)); err != nil {
				return err
			}
			_, err = conn.Create(path, data, 0, other)
			return err
		}, OtherACL},
		"nothing": {func(conn *zk.Conn, path string) error { return conn.Delete(path, -1) }, Missing},
	} {
		for _, rel := range []string{"/old/leaf", "/old/added", "/new/leaf"} {
			t.Run(name+" at "+rel, func(t *testing.T) {
				tt := twoServers(t)
				zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/old"}, zktest.Znode{Path: "/old/leaf", Data: []byte("first")})
				tt.copy(t, CopyOptions{})
				zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/old/added", Data: []byte("first")}, zktest.Znode{Path: "/new"}, zktest.Znode{Path: "/new/leaf", Data: []byte("first")})
				file, _ := save(t, tt.source, "b.zkb")
				_, err := Restore(zktest.Context(t), openFile(t, file), tt.target, RestoreOptions{Progress: &atVerification{do: func() {
					if err := test.change(tt.to, tt.target.Path+rel); err != nil {
						t.Error(err)
					}
				}}})
				var failed *VerifyError
				if !errors.As(err, &failed) {
					t.Fatalf("error is %v", err)
				}
				if diff := cmp.Diff([]Difference{{tt.target.Path + rel, test.want}}, failed.Differences); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
