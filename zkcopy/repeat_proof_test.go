package zkcopy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

func TestAProofThatIsOfAnotherTreeOrDamagedIsOnlySlower(t *testing.T) {
	tt, o := proven(t)
	files, err := filepath.Glob(o.Proofs + "/*")
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	other, others := proven(t)
	otherFiles, err := filepath.Glob(others.Proofs + "/*")
	if err != nil || len(otherFiles) != 1 {
		t.Fatalf("%v, %v", otherFiles, err)
	}
	foreign, err := os.ReadFile(otherFiles[0])
	if err != nil {
		t.Fatal(err)
	}
	other.checkEqual(t)
	damaged := map[string][]byte{"none": {}, "of another tree": foreign, "of an earlier version": []byte(`{"Key":"AAAA","Source":"00","Target":"00"}`),
		"longer": append(slices.Clone(whole), 0), "all zero": make([]byte, len(whole)), "of a later version": slices.Concat([]byte("pegashell proof 3\n"), whole[len(proofMagic):])}
	// A byte of each part, lost from there or changed.
	for part, at := range map[string]int{"magic": 3, "trees": len(proofMagic) + 1, "key": len(proofMagic) + 33, "width": len(proofMagic) + 66, "sums": 1000, "last sum": len(whole) - 40, "checksum": len(whole) - 2} {
		damaged["cut in its "+part] = whole[:at]
		flipped := slices.Clone(whole)
		flipped[at] ^= 4
		damaged["other "+part] = flipped
	}
	for name, content := range damaged {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(files[0], content, 0o600); err != nil {
				t.Fatal(err)
			}
			// An ACL that the proof knows nothing about must be found whatever the file is like.
			if _, err := tt.to.SetACL(tt.target.Path+"/a/b", readOnly, -1); err != nil {
				t.Fatal(err)
			}
			if r := tt.copy(t, o); r.Changed != 1 || !r.Verified || r.ByProof {
				t.Errorf("%+v", r)
			}
			tt.checkEqual(t)
			if r := tt.copy(t, o); !r.ByProof || r.Equal != 3 {
				t.Errorf("no new proof was left: %+v", r)
			}
		})
	}
}

// proofOfTables makes a copy that left a proof, then changes data, an ACL and a table's place at the source.
func proofOfTables(t *testing.T) (tt trees, o CopyOptions, written []string) {
	t.Helper()
	tt = twoServers(t)
	plantTables(t, tt.from, tt.source.Path)
	o.Proofs = t.TempDir()
	tt.copy(t, o)
	_, data := tt.from.Set(tt.source.Path+"/1/5", []byte("other"), -1)
	_, acl := tt.from.SetACL(tt.source.Path+"/2/7", readOnly, -1)
	if err := errors.Join(data, acl, made(tt.from, tt.source.Path+"/3/new", "n", tree.OpenACL())); err != nil {
		t.Fatal(err)
	}
	return tt, o, []string{"/1/5", "/2/7", "/3/new"}
}

func TestARepeatReadsBackWhatItWrote(t *testing.T) {
	for kind, change := range map[DifferenceKind]func(tt trees, path string) error{
		OtherData: func(tt trees, path string) error { _, err := tt.to.Set(path, []byte("OTHER"), -1); return err },
		OtherACL: func(tt trees, path string) error {
			_, err := tt.to.SetACL(path, zk.WorldACL(zk.PermAll&^zk.PermDelete), -1)
			return err
		},
		Missing: func(tt trees, path string) error { return tt.to.Delete(path, -1) },
	} {
		for _, rel := range []string{"/1/5", "/2/7", "/3/new"} {
			t.Run(fmt.Sprint(kind, " ", rel), func(t *testing.T) {
				tt, o, _ := proofOfTables(t)
				at := tt.target.Path + rel
				if rel == "/2/7" { // which nobody may write to
					if _, err := tt.from.SetACL(tt.source.Path+rel, zk.WorldACL(zk.PermAll&^zk.PermCreate), -1); err != nil {
						t.Fatal(err)
					}
				}
				o.Progress = &atVerification{do: func() {
					if err := change(tt, at); err != nil {
						t.Error(err)
					}
				}}
				r, err := Copy(zktest.Context(t), tt.source, tt.target, o)
				var failed *VerifyError
				if !errors.As(err, &failed) || r.Verified {
					t.Fatalf("%+v, %v", r, err)
				}
				if diff := cmp.Diff([]Difference{{at, kind}}, failed.Differences); diff != "" {
					t.Error(diff)
				}
				o.Progress = nil
				if !tt.repeat(t, o) {
					t.Error("the proof was of no use after that")
				}
				tt.checkEqual(t)
			})
		}
	}
}

func TestAProofClaimsNothingThatWasNotVerified(t *testing.T) {
	for name, phase := range map[string]Phase{"interrupted while it is compared": PhaseCopy, "interrupted before it is read back": PhaseVerify} {
		t.Run(name, func(t *testing.T) {
			tt, o, _ := proofOfTables(t)
			before := readProof(t, o)
			ctx, cancel := context.WithCancel(zktest.Context(t))
			defer cancel()
			interrupted := o
			interrupted.Progress = onStart(phase, cancel)
			if r, err := Copy(ctx, tt.source, tt.target, interrupted); !errors.Is(err, context.Canceled) || r.Verified {
				t.Fatalf("%+v, %v", r, err)
			}
			if !bytes.Equal(before, readProof(t, o)) {
				t.Error("the proof was changed")
			}
			if !tt.repeat(t, o) {
				t.Error("the proof was of no use after that")
			}
			tt.checkEqual(t)
		})
	}
	t.Run("neither planned nor not verified", func(t *testing.T) {
		tt, o, written := proofOfTables(t)
		before := readProof(t, o)
		tt.planned(t, o)
		notVerified := o
		notVerified.SkipVerify = true
		if r := tt.copy(t, notVerified); r.Created+r.Changed != int64(len(written)) || r.Verified {
			t.Errorf("%+v", r)
		}
		if !bytes.Equal(before, readProof(t, o)) {
			t.Error("the proof was changed")
		}
	})
}

// readProof returns the only proof that there is.
func readProof(t *testing.T, o CopyOptions) []byte {
	t.Helper()
	files, err := filepath.Glob(o.Proofs + "/*" + proofSuffix)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTwoCopiesAtOnceLeaveAProofThatHolds(t *testing.T) {
	tt := twoServers(t)
	plantTables(t, tt.from, tt.source.Path)
	o := CopyOptions{Proofs: t.TempDir()}
	tt.copy(t, o)
	for round := range 5 {
		for i := range 10 {
			if _, err := tt.from.Set(fmt.Sprintf("%s/1/%d", tt.source.Path, i), fmt.Appendf(nil, "%d", round), -1); err != nil {
				t.Fatal(err)
			}
			if _, err := tt.to.SetACL(fmt.Sprintf("%s/2/%d", tt.target.Path, i), readOnly, -1); err != nil {
				t.Fatal(err)
			}
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				// One of them may notice that the other writes.
				if r, err := Copy(zktest.Context(t), tt.source, tt.target, o); err == nil && !r.Verified {
					t.Errorf("%+v", r)
				}
			})
		}
		both.Wait()
		tt.checkEqual(t)
		if r := tt.copy(t, o); !r.Verified || r.Created+r.Changed != 0 {
			t.Errorf("after both: %+v", r)
		}
	}
}

func TestPruningKeepsTheProofsThatWereUsedLast(t *testing.T) {
	dir := t.TempDir()
	old := fmt.Sprintf("%032x.json", 7)
	for _, name := range []string{old, "notes.json", "other.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range maxProofs + 3 {
		file := filepath.Join(dir, fmt.Sprintf("%032x%s", i, proofSuffix))
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, time.Unix(int64(i), 0), time.Unix(int64(i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := pruneProofs(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	want := []string{"notes.json", "other.txt"}
	for i := range maxProofs {
		want = append(want, fmt.Sprintf("%032x%s", i+3, proofSuffix))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}
