package zkcopy

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

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
	r.note("copy")
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
	inSchedules(t, 2, func(t *testing.T, rand *rand.Rand) {
		r := newRandomChanges(t, rand, twoServers(t))
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
