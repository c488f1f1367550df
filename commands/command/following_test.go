package command

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestATargetIsFollowedOnce(t *testing.T) {
	state := t.TempDir()
	first, err := ClaimFollow(state, "zk:2181/c1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ClaimFollow(state, "zk:2181/c1"); !errors.Is(err, ErrFollowed) {
		t.Errorf("a second claim: %v", err)
	}
	other, err := ClaimFollow(state, "zk:2181/c2")
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	f := Following{Metas: []string{"a:1"}, Source: "s", Target: "zk:2181/c1", Phase: "following", Behind: 0.2}
	if err := first.Update(f); err != nil {
		t.Fatal(err)
	}
	got := Followings(state)
	if diff := cmp.Diff([]Following{f}, got, cmpopts.IgnoreFields(Following{}, "PID", "Host")); diff != "" {
		t.Error(diff)
	}
	if len(got) == 1 && (got[0].PID != os.Getpid() || !got[0].Of([]string{"b:1", "a:1"}) || got[0].Of([]string{"b:1"})) {
		t.Errorf("%+v", got[0])
	}
	if text := f.Doing().String(); text != "following, 0.2 s behind" {
		t.Errorf("it says %q", text)
	}
	first.Close()
	if got := Followings(state); got != nil {
		t.Errorf("after the end: %+v", got)
	}
}

func TestWhatAProcessHasLeftIsIgnored(t *testing.T) {
	state := t.TempDir()
	claim, err := ClaimFollow(state, "zk:2181/c1")
	if err != nil {
		t.Fatal(err)
	}
	if err := claim.Update(Following{Target: "zk:2181/c1"}); err != nil {
		t.Fatal(err)
	}
	claim.lock.Close() // as the end of a process does
	if got := Followings(state); got != nil {
		t.Errorf("%+v", got)
	}
	if files, _ := filepath.Glob(filepath.Join(state, "follow", "*.json")); len(files) != 1 {
		t.Errorf("files %v", files)
	}
	again, err := ClaimFollow(state, "zk:2181/c1")
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}
