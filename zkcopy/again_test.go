package zkcopy

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

// during calls do once, when so many znodes were read in a phase.
type during struct {
	noProgress
	phase  Phase
	znodes int64
	do     func()

	mu   sync.Mutex
	now  Phase
	seen int64
	once sync.Once
}

func (d *during) Start(phase Phase) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now, d.seen = phase, 0
}

func (d *during) Add(znodes, _ int64) {
	d.mu.Lock()
	d.seen += znodes
	due := d.now == d.phase && d.seen >= d.znodes
	d.mu.Unlock()
	if due {
		d.once.Do(d.do)
	}
}

// sourceChanges are what others can do to the source, with the path that is to be
// named.
var sourceChanges = map[string]struct {
	change func(conn *zk.Conn, root string) error
	names  string
}{
	"data": {func(conn *zk.Conn, root string) error { _, err := conn.Set(root+"/a/b", []byte("2"), -1); return err }, "/a/b"},
	"longer data": {func(conn *zk.Conn, root string) error {
		_, err := conn.Set(root+"/a/b", []byte("longer"), -1)
		return err
	}, "/a/b"},
	"an ACL": {func(conn *zk.Conn, root string) error {
		_, err := conn.SetACL(root+"/a/b", zk.WorldACL(zk.PermAll&^zk.PermAdmin), -1)
		return err
	}, "/a/b"},
	"a new znode": {func(conn *zk.Conn, root string) error {
		_, err := conn.Create(root+"/a/new", nil, 0, tree.OpenACL())
		return err
	}, "/a/new"},
	"a znode that went": {func(conn *zk.Conn, root string) error { return conn.Delete(root+"/a/b", -1) }, "/a/b"},
	"a tree that went": {func(conn *zk.Conn, root string) error {
		return errors.Join(conn.Delete(root+"/a/b", -1), conn.Delete(root+"/a", -1))
	}, "/a"},
	"a znode made anew": {func(conn *zk.Conn, root string) error {
		err := conn.Delete(root+"/a/b", -1)
		_, createErr := conn.Create(root+"/a/b", []byte("2"), 0, tree.OpenACL())
		return errors.Join(err, createErr)
	}, "/a/b"},
	"the root that went": {func(conn *zk.Conn, root string) error {
		return errors.Join(conn.Delete(root+"/a/b", -1), conn.Delete(root+"/a", -1), conn.Delete(root+"/c", -1), conn.Delete(root, -1))
	}, ""},
}

func TestACopyWhoseSourceChangesIsNotVerified(t *testing.T) {
	for name, test := range sourceChanges {
		for moment, o := range map[string]CopyOptions{
			"while a first copy is read back":               {Progress: &during{phase: PhaseVerify, znodes: 4}},
			"while a second copy is read back":              {Progress: &during{phase: PhaseVerify, znodes: 1}},
			"while an equal target is compared":             {Progress: &during{phase: PhaseCopy, znodes: 4}},
			"while a second copy with a proof is read back": {Progress: &during{phase: PhaseVerify, znodes: 1}, Proofs: t.TempDir()},
			"while a copy with a proof is compared":         {Progress: &during{phase: PhaseCopy, znodes: 4}, Proofs: t.TempDir()},
		} {
			t.Run(name+" "+moment, func(t *testing.T) {
				tt := twoServers(t)
				zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/a/b", Data: []byte("1")}, zktest.Znode{Path: "/c"})
				if !strings.Contains(moment, "first") {
					tt.copy(t, CopyOptions{Proofs: o.Proofs})
				}
				if strings.Contains(moment, "second") { // which has something to write
					if _, err := tt.from.Set(tt.source.Path+"/c", []byte("2"), -1); err != nil {
						t.Fatal(err)
					}
				}
				o.Progress.(*during).do = func() {
					if err := test.change(tt.from, tt.source.Path); err != nil {
						t.Error(err)
					}
				}
				r, err := Copy(zktest.Context(t), tt.source, tt.target, o)
				if strings.HasSuffix(moment, "proof is compared") && name != "the root that went" { // then all was compared again, with the change
					if err != nil || !r.Verified || r.ByProof {
						t.Errorf("%+v, %v", r, err)
					}
					return
				}
				var changed *SourceChangedError
				if !errors.As(err, &changed) || r.Verified || r.SourceZxid != 0 {
					t.Fatalf("%+v, %v", r, err)
				}
				if !slices.Contains(changed.Paths, tt.source.Path+test.names) {
					t.Errorf("it names %v", changed.Paths)
				}
			})
		}
	}
}

func TestAVerifiedCopyNamesTheTransactionUpToWhichTheSourceWasStill(t *testing.T) {
	tt := twoServers(t)
	zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"})
	elsewhere := zktest.OwnPath(t, tt.from)
	for name, o := range map[string]CopyOptions{"a copy": {Proofs: t.TempDir()}, "a repeat": {}} {
		var last int64
		o.Progress = &during{phase: PhaseCopy, znodes: 2, do: func() {
			stat, err := tt.from.Set(elsewhere, nil, -1)
			if err != nil {
				t.Fatal(err)
			}
			last = stat.Mzxid
		}}
		if r, err := Copy(zktest.Context(t), tt.source, tt.target, o); err != nil || !r.Verified || r.SourceZxid < last {
			t.Errorf("%s: %+v after %#x, %v", name, r, last, err)
		}
	}
	r, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{DryRun: true})
	if err != nil || r.SourceZxid != 0 {
		t.Errorf("a plan: %+v, %v", r, err)
	}
}

// Another program writes to the target and the source stays as it is, or is
// changed elsewhere.
func TestTheTargetIsBlamedOnlyForWhatTheSourceCannotHaveDone(t *testing.T) {
	for name, test := range map[string]struct {
		atSource func(conn *zk.Conn, root string) error
		source   bool
	}{
		"a still source":       {func(*zk.Conn, string) error { return nil }, false},
		"another znode's data": {func(conn *zk.Conn, root string) error { _, err := conn.Set(root+"/c", []byte("1"), -1); return err }, false},
		"a sibling that came": {func(conn *zk.Conn, root string) error {
			_, err := conn.Create(root+"/a/x", nil, 0, tree.OpenACL())
			return err
		}, true},
		"the data that it had once": {func(conn *zk.Conn, root string) error { _, err := conn.Set(root+"/c", nil, -1); return err }, false},
	} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/a"}, zktest.Znode{Path: "/c"})
			_, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{Progress: &atVerification{do: func() {
				_, err := tt.to.Create(tt.target.Path+"/a/b", nil, 0, tree.OpenACL())
				if err := errors.Join(err, test.atSource(tt.from, tt.source.Path)); err != nil {
					t.Error(err)
				}
			}}})
			var changed *SourceChangedError
			var differs *VerifyError
			if errors.As(err, &changed) == errors.As(err, &differs) {
				t.Fatal(err)
			}
			if errors.As(err, &changed) != test.source {
				t.Error(err)
			}
		})
	}
}
