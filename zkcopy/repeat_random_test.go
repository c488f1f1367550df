package zkcopy

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-zookeeper/zk"
	gocmp "github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

var repeatSeed = flag.Uint64("repeatseed", 0, "the seed of the one schedule of repeats to run, as a failure printed it")

// schedule makes random changes of two trees.
type randomChanges struct {
	*testing.T
	*rand.Rand
	tt   trees
	acls [][]zk.ACL
}

// path is one of some 400 that a tree may have.
func (r *randomChanges) path() string {
	rel := fmt.Sprintf("/%d", r.IntN(4))
	if r.IntN(8) > 0 {
		rel += fmt.Sprintf("/%d", r.IntN(25))
		if r.IntN(4) == 0 {
			rel += fmt.Sprintf("/%d", r.IntN(3))
		}
	}
	return rel
}

func (r *randomChanges) data() []byte {
	return [][]byte{nil, {}, []byte("1"), []byte("2"), []byte("longer")}[r.IntN(5)]
}

// change changes one znode of a side, or several; what cannot be done is left.
func (r *randomChanges) change(conn *zk.Conn, root string) {
	path := root + r.path()
	acl := r.acls[r.IntN(len(r.acls))]
	create := func() error {
		_, err := conn.Create(path, r.data(), 0, acl)
		return err
	}
	var err error
	switch r.IntN(7) {
	case 0, 1:
		if _, err = conn.Set(path, r.data(), -1); errors.Is(err, zk.ErrNoNode) {
			err = create()
		}
	case 2:
		err = create()
	case 3:
		_, err = conn.SetACL(path, acl, -1)
	case 4:
		err = r.remove(conn, path)
	case 5: // the same znode again, or nearly
		var data []byte
		var was []zk.ACL
		if data, _, err = conn.Get(path); err == nil {
			if was, _, err = conn.GetACL(path); err == nil && r.IntN(2) == 0 {
				acl = was
			}
			if err = errors.Join(err, r.remove(conn, path)); err == nil {
				_, err = conn.Create(path, data, 0, acl)
			}
		}
	case 6:
		_, err = conn.Create(path+"/e", nil, zk.FlagEphemeral, tree.OpenACL())
		if root == r.tt.target.Path { // where an ephemeral znode ends a copy
			err = errors.Join(err, conn.Delete(path+"/e", -1))
		}
	}
	for _, expected := range []error{nil, zk.ErrNoNode, zk.ErrNodeExists, zk.ErrNotEmpty, zk.ErrNoChildrenForEphemerals} {
		if errors.Is(err, expected) {
			return
		}
	}
	r.Error(err)
}

func (r *randomChanges) remove(conn *zk.Conn, path string) error {
	names, _, err := conn.Children(path)
	for _, name := range names {
		err = errors.Join(err, r.remove(conn, path+"/"+name))
	}
	if err != nil {
		return err
	}
	return conn.Delete(path, -1)
}

func (r *randomChanges) changeSource() { r.change(r.tt.from, r.tt.source.Path) }
func (r *randomChanges) changeTarget() { r.change(r.tt.to, r.tt.target.Path) }

// checkCopied compares both sides as the options say, by plain calls of the usual client library.
func (r *randomChanges) checkCopied(o CopyOptions) {
	r.Helper()
	want, got := snapshot(r, r.tt.from, r.tt.source.Path), snapshot(r, r.tt.to, r.tt.target.Path)
	for path, n := range want {
		if n.Kind == tree.Ephemeral && !o.KeepEphemeral || len(o.Exclude) > 0 && strings.HasPrefix(path, "/2") {
			delete(want, path)
		}
		n.Kind = tree.Persistent
		if _, ok := want[path]; ok {
			want[path] = n
		}
	}
	for path := range got {
		_, copied := want[path]
		if !copied && (!o.Delete || len(o.Exclude) > 0 && strings.HasPrefix(path, "/2")) {
			delete(got, path)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		r.Errorf("target (-source +target):\n%s", diff)
	}
}

// round changes something, or does not, and copies: undisturbed, interrupted, or while the source or the
// target is changed further.
func (r *randomChanges) round(o CopyOptions) {
	for range r.IntN(3) * r.IntN(8) {
		if r.IntN(3) == 0 {
			r.changeTarget()
		} else {
			r.changeSource()
		}
	}
	if r.IntN(3) == 0 {
		without := o
		without.Proofs = ""
		wantResult, wantActions := r.tt.planned(r.T, without)
		gotResult, gotActions := r.tt.planned(r.T, o)
		if diff := gocmp.Diff(wantResult, gotResult) + gocmp.Diff(wantActions, gotActions); diff != "" {
			r.Errorf("plan (-without a proof +with one):\n%s", diff)
		}
	}
	ctx, cancel := context.WithCancel(zktest.Context(r))
	defer cancel()
	what := []string{"", "", "interrupted", "the source changes", "the target changes"}[r.IntN(5)]
	do := map[string]func(){"": func() {}, "interrupted": cancel, "the source changes": r.changeSource, "the target changes": r.changeTarget}[what]
	at, seen := int64(1+r.IntN(300)), atomic.Int64{}
	o.Progress = addProgress{f: func(znodes int64) {
		if now := seen.Add(znodes); now >= at && now-znodes < at {
			do()
		}
	}}
	result, err := Copy(ctx, r.tt.source, r.tt.target, o)
	var changed *SourceChangedError
	var differs *VerifyError
	switch {
	case err == nil && !result.Verified:
		r.Errorf("%+v", result)
	case err == nil && what != "the target changes":
		r.checkCopied(o)
	case err == nil, what == "interrupted" && errors.Is(err, context.Canceled), what == "the source changes" && errors.As(err, &changed):
	case what == "the target changes" && errors.As(err, &differs):
	default:
		r.Errorf("%s: %v", what, err)
	}
	if r.Failed() {
		r.Logf("%q, %+v, %+v", what, result, o)
	}
}

// addProgress calls f with what is added.
type addProgress struct {
	noProgress
	f func(znodes int64)
}

func (p addProgress) Add(znodes, _ int64) { p.f(znodes) }

func TestRepeatsInRandomSchedules(t *testing.T) {
	seeds := []uint64{*repeatSeed}
	if seeds[0] == 0 {
		seeds = nil
		for range 25 {
			seeds = append(seeds, rand.Uint64())
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Logf("to repeat: go test ./zkcopy -run %s -repeatseed %d", "RandomSchedules", seed)
			r := &randomChanges{T: t, Rand: rand.New(rand.NewPCG(seed, 0)), tt: twoServers(t),
				acls: [][]zk.ACL{tree.OpenACL(), zk.DigestACL(zk.PermAll, "admin", "secret"), append(readOnly, zk.DigestACL(zk.PermAll, "admin", "secret")...)}}
			plantTables(t, r.tt.from, r.tt.source.Path)
			o := CopyOptions{Proofs: t.TempDir(), Delete: r.IntN(3) > 0}
			o.KeepEphemeral = r.IntN(5) == 0
			if r.IntN(4) == 0 {
				o.Exclude = []string{"2"}
			}
			if r.IntN(2) == 0 {
				o.Before = func(*Seen) error { return nil }
			}
			r.tt.copy(t, o)
			for range 12 {
				if r.round(o); t.Failed() {
					return
				}
			}
			r.tt.copy(t, o)
			r.checkCopied(o)
			if result := r.tt.copy(t, o); !result.ByProof || result.Created+result.Changed+result.Removed != 0 {
				t.Errorf("at the end: %+v", result)
			}
		})
	}
}
