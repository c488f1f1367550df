package zkcopy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	gocmp "github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

var readOnly = zk.WorldACL(zk.PermRead | zk.PermAdmin)

// planned is what a dry run reports, without what the time of day and the way to it have in it.
func (tt trees) planned(t *testing.T, o CopyOptions) (CopyResult, []Action) {
	t.Helper()
	var actions []Action
	o.DryRun, o.OnAction = true, func(a Action) { actions = append(actions, a) }
	r := tt.copy(t, o)
	slices.SortFunc(actions, func(a, b Action) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind)) })
	r.Duration, r.ByProof = 0, false
	return *r, actions
}

// repeat makes a copy with a proof and checks it: its plan is that of a copy without a proof, and what it
// says was done is what was planned. Whether the proof was of use is returned.
func (tt trees) repeat(t *testing.T, o CopyOptions) (byProof bool) {
	t.Helper()
	without := o
	without.Proofs = ""
	wantResult, wantActions := tt.planned(t, without)
	gotResult, gotActions := tt.planned(t, o)
	if diff := gocmp.Diff(wantResult, gotResult); diff != "" {
		t.Errorf("plan (-without a proof +with one):\n%s", diff)
	}
	if diff := gocmp.Diff(wantActions, gotActions); diff != "" {
		t.Errorf("planned actions (-without a proof +with one):\n%s", diff)
	}
	r := tt.copy(t, o)
	byProof = r.ByProof
	if !r.Verified {
		t.Errorf("not verified: %+v", r)
	}
	r.Verified, r.ByProof, r.Duration, r.SourceZxid = false, false, 0, 0
	if o.Delete {
		wantResult.Extra -= wantResult.Removed
	}
	if diff := gocmp.Diff(wantResult, *r); diff != "" {
		t.Errorf("result (-planned +done):\n%s", diff)
	}
	return byProof
}

// plantTables makes a tree of some tables of partitions, with ACLs of several kinds.
func plantTables(t *testing.T, conn *zk.Conn, root string) {
	t.Helper()
	for i := range 4 {
		table := fmt.Sprintf("/%d", i)
		zktest.Plant(t, conn, root, zktest.Znode{Path: table, Data: []byte("table")})
		zktest.PlantMany(t, conn, root+table, "%d", 20, []byte("partition"))
	}
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/0/3/x"}, zktest.Znode{Path: "/0/3/x/y", Data: []byte{}}, zktest.Znode{Path: "/ro", ACL: readOnly},
		zktest.Znode{Path: "/lock"}, zktest.Znode{Path: "/lock/e", Ephemeral: true})
}

// changesSinceProof are what may have happened since a verified copy, by either side's connection and
// root.
var changesSinceProof = map[string]func(tt trees, from, to string) error{
	"nothing": func(trees, string, string) error { return nil },
	"data at the source": func(tt trees, from, _ string) error {
		_, err := tt.from.Set(from+"/1/5", []byte("other"), -1)
		return err
	},
	"data of the same length at the source": func(tt trees, from, _ string) error {
		_, err := tt.from.Set(from+"/1/5", []byte("PARTITION"), -1)
		return err
	},
	"the same data again": func(tt trees, from, _ string) error {
		_, err := tt.from.Set(from+"/1/5", []byte("partition"), -1)
		return err
	},
	"data at the target":        func(tt trees, _, to string) error { _, err := tt.to.Set(to+"/1/5", []byte("other"), -1); return err },
	"data where there was none": func(tt trees, _, to string) error { _, err := tt.to.Set(to+"/lock", []byte("1"), -1); return err },
	"no data where there was some": func(tt trees, from, _ string) error {
		_, err := tt.from.Set(from+"/0", nil, -1)
		return err
	},
	"no data instead of empty data": func(tt trees, from, _ string) error {
		_, err := tt.from.Set(from+"/0/3/x/y", nil, -1)
		return err
	},
	"root's data": func(tt trees, from, _ string) error { _, err := tt.from.Set(from, []byte("r"), -1); return err },
	"root's ACL at the target": func(tt trees, _, to string) error {
		_, err := tt.to.SetACL(to, append(tree.OpenACL(), readOnly...), -1)
		return err
	},
	"ACL at the source": func(tt trees, from, _ string) error { _, err := tt.from.SetACL(from+"/2/7", readOnly, -1); return err },
	"ACL at the target": func(tt trees, _, to string) error { _, err := tt.to.SetACL(to+"/2/7", readOnly, -1); return err },
	"the same ACL again": func(tt trees, _, to string) error {
		_, err := tt.to.SetACL(to+"/2/7", tree.OpenACL(), -1)
		return err
	},
	"ACL on both sides": func(tt trees, from, to string) error {
		_, err := tt.from.SetACL(from+"/2/7", readOnly, -1)
		_, there := tt.to.SetACL(to+"/2/7", readOnly, -1)
		return errors.Join(err, there)
	},
	"ACL of a table, and a partition below it": func(tt trees, from, _ string) error {
		_, err := tt.from.Create(from+"/2/new", []byte("n"), 0, readOnly)
		_, acl := tt.from.SetACL(from+"/2", readOnly, -1)
		return errors.Join(err, acl)
	},
	"new znodes": func(tt trees, from, _ string) error {
		_, err := tt.from.Create(from+"/1/5/below", []byte("n"), 0, tree.OpenACL())
		_, deeper := tt.from.Create(from+"/1/5/below/deeper", nil, 0, readOnly)
		return errors.Join(err, deeper)
	},
	"znodes that went": func(tt trees, from, _ string) error {
		return errors.Join(tt.from.Delete(from+"/0/3/x/y", -1), tt.from.Delete(from+"/0/3/x", -1), tt.from.Delete(from+"/0/3", -1))
	},
	"znodes that the target lost": func(tt trees, _, to string) error {
		return errors.Join(tt.to.Delete(to+"/0/3/x/y", -1), tt.to.Delete(to+"/0/3/x", -1), tt.to.Delete(to+"/0/3", -1))
	},
	"znodes that only the target got": func(tt trees, _, to string) error {
		_, err := tt.to.Create(to+"/2/2/other", []byte("n"), 0, tree.OpenACL())
		_, deeper := tt.to.Create(to+"/2/2/other/deeper", nil, 0, tree.OpenACL())
		return errors.Join(err, deeper)
	},
	"the same znode again at the source": func(tt trees, from, _ string) error {
		return errors.Join(tt.from.Delete(from+"/3/9", -1), made(tt.from, from+"/3/9", "partition", tree.OpenACL()))
	},
	"the same znode again at the target": func(tt trees, _, to string) error {
		return errors.Join(tt.to.Delete(to+"/3/9", -1), made(tt.to, to+"/3/9", "partition", tree.OpenACL()))
	},
	"the same data with another ACL at the source": func(tt trees, from, _ string) error {
		return errors.Join(tt.from.Delete(from+"/3/9", -1), made(tt.from, from+"/3/9", "partition", readOnly))
	},
	"the same data with another ACL at the target": func(tt trees, _, to string) error {
		return errors.Join(tt.to.Delete(to+"/3/9", -1), made(tt.to, to+"/3/9", "partition", readOnly))
	},
	"the same on both sides, with other ACLs": func(tt trees, from, to string) error {
		return errors.Join(tt.to.Delete(to+"/3/9", -1), made(tt.to, to+"/3/9", "partition", readOnly),
			tt.from.Delete(from+"/3/9", -1), made(tt.from, from+"/3/9", "partition", tree.OpenACL()))
	},
	"an ephemeral znode that went": func(tt trees, from, _ string) error { return tt.from.Delete(from+"/lock/e", -1) },
	"an ephemeral znode that came": func(tt trees, from, _ string) error {
		_, err := tt.from.Create(from+"/lock/f", nil, zk.FlagEphemeral, tree.OpenACL())
		return err
	},
	"an ephemeral znode instead of a persistent one": func(tt trees, from, _ string) error {
		_, err := tt.from.Create(from+"/1/e", nil, zk.FlagEphemeral, tree.OpenACL())
		return errors.Join(err, tt.from.Delete(from+"/1/5", -1), ephemeralAt(tt.from, from+"/1/5"))
	},
	"a persistent znode instead of an ephemeral one": func(tt trees, from, _ string) error {
		return errors.Join(tt.from.Delete(from+"/lock/e", -1), made(tt.from, from+"/lock/e", "", readOnly))
	},
	"a bit of everything": func(tt trees, from, to string) error {
		_, data := tt.from.Set(from+"/1/5", []byte("other"), -1)
		_, acl := tt.from.SetACL(from+"/2/7", readOnly, -1)
		_, there := tt.to.SetACL(to+"/0/5", readOnly, -1)
		return errors.Join(data, acl, there, made(tt.from, from+"/3/new", "n", tree.OpenACL()), tt.from.Delete(from+"/2/8", -1),
			made(tt.to, to+"/0/3/x/y/z", "extra", tree.OpenACL()), tt.to.Delete(to+"/0/4", -1))
	},
}

func made(conn *zk.Conn, path, data string, acl []zk.ACL) error {
	_, err := conn.Create(path, []byte(data), 0, acl)
	return err
}

func ephemeralAt(conn *zk.Conn, path string) error {
	_, err := conn.Create(path, nil, zk.FlagEphemeral, tree.OpenACL())
	return err
}

// checkContains compares the trees, what only the target has left out.
func (tt trees) checkContains(t *testing.T) {
	t.Helper()
	want, got := snapshot(t, tt.from, tt.source.Path), snapshot(t, tt.to, tt.target.Path)
	for path, n := range want {
		if n.Kind == tree.Ephemeral {
			delete(want, path)
		}
	}
	for path := range got {
		if _, ok := want[path]; !ok {
			delete(got, path)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("target (-source +target):\n%s", diff)
	}
}

func TestARepeatWithAProofDoesWhatOneWithoutDoes(t *testing.T) {
	for name, change := range changesSinceProof {
		for what, o := range map[string]CopyOptions{"": {}, " and is removed, guarded": {Delete: true, Before: func(*Seen) error { return nil }}} {
			if !o.Delete && !strings.Contains(name, "znode") && !strings.Contains(name, "thing") {
				continue // nothing is there to be removed: the other copy does the same
			}
			t.Run(name+what, func(t *testing.T) {
				tt := twoServers(t)
				plantTables(t, tt.from, tt.source.Path)
				o.Proofs = t.TempDir()
				tt.copy(t, o)
				if err := change(tt, tt.source.Path, tt.target.Path); err != nil {
					t.Fatal(err)
				}
				if !tt.repeat(t, o) {
					t.Error("the proof was of no use")
				}
				if o.Delete {
					tt.checkEqual(t)
				}
				tt.checkContains(t)
				// What it left proves the next one.
				acls, r := tt.asked(t, o)
				if acls != 0 && r.Extra+r.LeftOut == 0 || !r.ByProof || r.Created+r.Changed+r.Removed != 0 {
					t.Errorf("%d ACLs were read after that, result %+v", acls, r)
				}
			})
		}
	}
}

func TestARepeatOfChangesAsksForLittle(t *testing.T) {
	tt := twoServers(t)
	const tables, width, each = 10, 1000, 10
	for i := range tables {
		zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: fmt.Sprintf("/%d", i), Data: []byte("table")})
		zktest.PlantMany(t, tt.from, fmt.Sprintf("%s/%d", tt.source.Path, i), "%d", width, []byte("partition"))
	}
	const znodes = 1 + tables*(1+width)
	o := CopyOptions{Proofs: t.TempDir(), Delete: true}
	tt.copy(t, o)
	ask := func() (int64, int64, *CopyResult) {
		var count requests
		dial := func(o *session.Options) { o.Dialer = count.dial }
		tt.source.Client, tt.target.Client = openServer(t, second.start(t), asAdmin, dial), openServer(t, zktest.Shared(t), asAdmin, dial)
		r := tt.copy(t, o)
		return count.packets.Load(), count.getACL.Load(), r
	}
	equal, _, r := ask()
	check(t, &CopyResult{Read: znodes, Equal: znodes, Bytes: r.Bytes, Verified: true, ByProof: true}, r)
	for i := range each {
		table := fmt.Sprintf("%s/%d", tt.source.Path, i)
		_, data := tt.from.Set(table+"/17", []byte("other"), -1)
		_, acl := tt.from.SetACL(table+"/170", readOnly, -1)
		if err := errors.Join(data, acl, made(tt.from, table+"/new", "n", readOnly), tt.from.Delete(table+"/500", -1)); err != nil {
			t.Fatal(err)
		}
	}
	packets, acls, r := ask()
	check(t, &CopyResult{Read: znodes, Equal: znodes - 3*each, Bytes: r.Bytes, Created: each, Changed: 2 * each, Removed: each, Verified: true, ByProof: true}, r)
	tt.checkEqual(t)
	t.Logf("%d packets when all is equal, %d after the changes, %d ACLs", equal, packets, acls)
	// Data, ACLs and creations are compared and read back on both sides; what was removed has nothing to ask
	// for. A few of the others share all their buckets with some that changed.
	if most := int64(2*2*3*each + 40); acls > most {
		t.Errorf("%d ACLs were read, expected at most %d", acls, most)
	}
	if most := equal + 20*4*each; packets > most {
		t.Errorf("%d packets, expected at most %d: an equal repeat has %d", packets, most, equal)
	}
	again, acls, r := ask()
	check(t, &CopyResult{Read: znodes, Equal: znodes, Bytes: r.Bytes, Verified: true, ByProof: true}, r)
	if acls != 0 || again > equal+equal/5 {
		t.Errorf("after that %d packets and %d ACLs", again, acls)
	}
}
