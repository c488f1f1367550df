package zkcopy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
)

// restored makes a restoration that left a proof.
func restored(t *testing.T) (tt trees, file string, o RestoreOptions) {
	t.Helper()
	tt = twoServers(t)
	plantTables(t, tt.from, tt.source.Path)
	file, _ = save(t, tt.source, "b.zkb")
	o = RestoreOptions{Proofs: t.TempDir(), Delete: true}
	tt.restore(t, file, o)
	return tt, file, o
}

func (tt trees) restore(t *testing.T, file string, o RestoreOptions) *CopyResult {
	t.Helper()
	r, err := Restore(zktest.Context(t), openFile(t, file), tt.target, o)
	if err != nil || r.Verified == (o.DryRun || o.SkipVerify) {
		t.Fatalf("%+v, %v", r, err)
	}
	return r
}

func TestAProofHidesNoChangeFromARestoration(t *testing.T) {
	t.Parallel()
	tt, file, o := restored(t)
	for name, change := range changesSinceProof {
		if strings.Contains(name, "ephemeral") {
			continue // a restored tree has none
		}
		t.Run(name, func(t *testing.T) {
			if err := change(trees{from: tt.to, to: tt.to}, tt.target.Path, tt.target.Path); err != nil {
				t.Fatal(err)
			}
			planned := o
			planned.DryRun = true
			plan, made := tt.restore(t, file, planned), tt.restore(t, file, o)
			if !plan.ByProof || plan.Created != made.Created || plan.Changed != made.Changed || plan.Removed != made.Removed {
				t.Errorf("planned %+v\nmade %+v", plan, made)
			}
			tt.checkEqual(t)
			if again := tt.restore(t, file, o); !again.ByProof || again.Equal != again.Read || again.Extra != 0 {
				t.Errorf("again: %+v", again)
			}
			tt.checkEqual(t)
		})
	}
}

func TestAProofSparesARestorationTheACLs(t *testing.T) {
	t.Parallel()
	tt, file, o := restored(t)
	for _, test := range []struct {
		name     string
		o        RestoreOptions
		min, max int64
	}{
		{"with a proof", o, 0, 0},
		{"without", RestoreOptions{}, 80, 200},
	} {
		var count requests
		tt.target.Client = openServer(t, zktest.Shared(t), asAdmin, func(o *session.Options) { o.Dialer = count.dial })
		r := tt.restore(t, file, test.o)
		if asked := count.getACL.Load(); asked < test.min || asked > test.max || r.Equal != r.Read {
			t.Errorf("%s: %d ACLs were read, %+v", test.name, asked, r)
		}
	}
}

// atCopy does something between the look at the stats and the comparison.
type atCopy struct {
	noProgress
	do func()
}

func (p *atCopy) Start(phase Phase) {
	if phase == PhaseCopy {
		p.do()
	}
}

func TestAnACLThatChangesDuringARestorationWithAProofIsFound(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(trees) error{
		"nothing to write":   func(trees) error { return nil },
		"something to write": func(tt trees) error { _, err := tt.to.Set(tt.target.Path+"/1/5", []byte("other"), -1); return err },
	} {
		t.Run(name, func(t *testing.T) {
			tt, file, o := restored(t)
			if err := before(tt); err != nil {
				t.Fatal(err)
			}
			o.Progress = &atCopy{do: func() {
				if _, err := tt.to.SetACL(tt.target.Path+"/2/7", readOnly, -1); err != nil {
					t.Error(err)
				}
			}}
			r, err := Restore(zktest.Context(t), openFile(t, file), tt.target, o)
			var differs *VerifyError
			if r.Verified || !errors.As(err, &differs) {
				t.Fatalf("%+v, %v", r, err)
			}
			if diff := cmp.Diff([]Difference{{tt.target.Path + "/2/7", OtherACL}}, differs.Differences); diff != "" {
				t.Error(diff)
			}
			o.Progress = nil
			tt.restore(t, file, o)
			tt.checkEqual(t)
		})
	}
}

func TestARestorationUsesOnlyTheProofOfItsOwnFileAndTarget(t *testing.T) {
	t.Parallel()
	tt, file, o := restored(t)
	if _, err := tt.from.SetACL(tt.source.Path+"/2/7", readOnly, -1); err != nil {
		t.Fatal(err)
	}
	other, _ := save(t, tt.source, "other.zkb")
	if r := tt.restore(t, other, o); r.ByProof || r.Changed != 1 {
		t.Errorf("another file: %+v", r)
	}
	tt.checkEqual(t)
	if r := tt.restore(t, file, o); !r.ByProof || r.Changed != 1 {
		t.Errorf("the first file, whose proof knows another ACL: %+v", r)
	}
	proofs, err := filepath.Glob(o.Proofs + "/*" + proofSuffix)
	if err != nil || len(proofs) != 2 {
		t.Fatalf("%v, %v", proofs, err)
	}
	for _, proof := range proofs {
		if err := os.WriteFile(proof, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r := tt.restore(t, file, o); r.ByProof || r.Equal != r.Read {
		t.Errorf("damaged: %+v", r)
	}
	o.NoACL = true
	if r := tt.restore(t, file, o); r.ByProof {
		t.Errorf("without ACLs: %+v", r)
	}
}
