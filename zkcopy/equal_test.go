package zkcopy

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// zxid is the last transaction of a server, one of its own included.
func zxid(t *testing.T, conn *zk.Conn) int64 {
	t.Helper()
	stat, err := conn.Set("/", nil, -1)
	if err != nil {
		t.Fatal(err)
	}
	return stat.Mzxid
}

func TestASecondCopyOfAnEqualTreeWritesNothing(t *testing.T) {
	from, to := zktest.Start(t, zktest.WithHeapMB(256)), zktest.Start(t, zktest.WithHeapMB(256))
	source, target := zktest.Connect(t, from.Addr()), zktest.Connect(t, to.Addr())
	zktest.Plant(t, source, "", zktest.Znode{Path: "/tree"})
	for i := range 10 {
		zktest.Plant(t, source, "/tree", zktest.Znode{Path: fmt.Sprintf("/%d", i), Data: []byte("table")})
		zktest.PlantMany(t, source, fmt.Sprintf("/tree/%d", i), "%d", 300, []byte("partition"))
	}
	zktest.Plant(t, source, "/tree", zktest.Znode{Path: "/restricted", ACL: zk.WorldACL(zk.PermRead | zk.PermAdmin)})
	const znodes = 1 + 10*301 + 1
	proofs := t.TempDir()
	run := func(o CopyOptions) *CopyResult {
		t.Helper()
		a, b := openServer(t, from), openServer(t, to)
		defer a.Close()
		defer b.Close()
		r, err := Copy(zktest.Context(t), Tree{Client: a, Path: "/tree"}, Tree{Client: b, Path: "/tree"}, o)
		if err != nil || r.Read != znodes || !r.Verified {
			t.Fatalf("%+v, %v", r, err)
		}
		return r
	}
	if r := run(CopyOptions{Proofs: proofs}); r.Created != znodes {
		t.Fatalf("first copy: %+v", r)
	}
	before := versions(t, target, "/tree")
	for name, o := range map[string]CopyOptions{"with a proof": {Proofs: proofs}, "without": {}, "with --delete": {Delete: true}} {
		last := zxid(t, target)
		if r := run(o); r.Equal != znodes || r.ByProof != (o.Proofs != "") {
			t.Errorf("%s: %+v", name, r)
		}
		// Each session is opened and closed; half of them read.
		const sessions = 2 * session.DefaultConnections
		if rose := zxid(t, target) - last - 1; rose > 2*sessions {
			t.Errorf("%s: there were %d transactions, %d sessions explain %d", name, rose, sessions, 2*sessions)
		}
		if after := versions(t, target, "/tree"); !maps.Equal(before, after) {
			t.Errorf("%s:\n%s", name, cmp.Diff(before, after))
		}
	}
	client := openServer(t, to)
	if r, err := Remove(zktest.Context(t), Tree{Client: client, Path: "/tree"}, RemoveOptions{}); err != nil || r.Removed != znodes {
		t.Errorf("removal: %+v, %v", r, err)
	}
	if zktest.Exists(t, target, "/tree") {
		t.Error("the tree is still there")
	}
}

// proven makes a copy that left a proof.
func proven(t *testing.T) (tt trees, o CopyOptions) {
	t.Helper()
	tt = twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/a/b"}, zktest.Znode{Path: "/lock", Ephemeral: true})
	o.Proofs = filepath.Join(t.TempDir(), "made", "meanwhile")
	tt.copy(t, o)
	return tt, o
}

// asked counts the ACLs that a copy asks for.
func (tt *trees) asked(t *testing.T, o CopyOptions) (acls int64, r *CopyResult) {
	t.Helper()
	var count requests
	dial := func(o *session.Options) { o.Dialer = count.dial }
	tt.source.Client, tt.target.Client = openServer(t, second.start(t), asAdmin, dial), openServer(t, zktest.Shared(t), asAdmin, dial)
	r = tt.copy(t, o)
	return count.getACL.Load(), r
}

func TestAProofSparesACLs(t *testing.T) {
	tt, o := proven(t)
	acls, r := tt.asked(t, o)
	if acls != 0 {
		t.Errorf("%d ACLs were read", acls)
	}
	check(t, &CopyResult{Read: 3, Equal: 3, Bytes: 1, LeftOut: 1, Verified: true, ByProof: true}, r)
	o.DryRun = true
	if r := tt.copy(t, o); r.Verified || !r.ByProof || r.Equal != 3 {
		t.Errorf("dry run: %+v", r)
	}
	const all = 3 + 3 + 1 // on both sides, and that of the ephemeral znode
	if acls, r := tt.asked(t, CopyOptions{}); acls != all || r.Equal != 3 {
		t.Errorf("without a proof %d ACLs were read, result %+v", acls, r)
	}
}

func TestAProofHidesNoChange(t *testing.T) {
	readOnly := zk.WorldACL(zk.PermRead | zk.PermAdmin)
	for name, change := range map[string]func(t *testing.T, tt trees) error{
		"ACL at the source": func(t *testing.T, tt trees) error {
			_, err := tt.from.SetACL(tt.source.Path+"/a/b", readOnly, -1)
			return err
		},
		"ACL at the target": func(t *testing.T, tt trees) error {
			_, err := tt.to.SetACL(tt.target.Path+"/a/b", readOnly, -1)
			return err
		},
		"another znode at the target": func(t *testing.T, tt trees) error {
			err := tt.to.Delete(tt.target.Path+"/a/b", -1)
			_, createErr := tt.to.Create(tt.target.Path+"/a/b", nil, 0, readOnly)
			return errors.Join(err, createErr)
		},
		"data at the source": func(t *testing.T, tt trees) error {
			_, err := tt.from.Set(tt.source.Path+"/a", []byte("2"), -1)
			return err
		},
		"data at the target": func(t *testing.T, tt trees) error {
			_, err := tt.to.Set(tt.target.Path+"/a", nil, -1)
			return err
		},
		"a new znode": func(t *testing.T, tt trees) error {
			_, err := tt.from.Create(tt.source.Path+"/new", nil, 0, tree.OpenACL())
			return err
		},
		"a missing znode": func(t *testing.T, tt trees) error { return tt.to.Delete(tt.target.Path+"/a/b", -1) },
	} {
		t.Run(name, func(t *testing.T) {
			tt, o := proven(t)
			if err := change(t, tt); err != nil {
				t.Fatal(err)
			}
			if r := tt.copy(t, o); r.Created+r.Changed != 1 || !r.Verified {
				t.Errorf("%+v", r)
			}
			tt.checkEqual(t)
			// The copy left another proof.
			if acls, r := tt.asked(t, o); acls != 0 || r.Equal == 0 {
				t.Errorf("%d ACLs were read, result %+v", acls, r)
			}
		})
	}
}

func TestAProofThatCannotBeReadOrWrittenHarmsNothing(t *testing.T) {
	tt, o := proven(t)
	files, err := filepath.Glob(o.Proofs + "/*")
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, text := range []string{"", "{}", "null", `{"Key":"AAAA"}`} {
		if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := tt.copy(t, o); r.Equal != 3 {
			t.Errorf("proof %q: %+v", text, r)
		}
	}
	o.Proofs = files[0] // no directory
	if r := tt.copy(t, o); r.Equal != 3 {
		t.Errorf("%+v", r)
	}
}
