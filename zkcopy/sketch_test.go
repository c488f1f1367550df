package zkcopy

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
	"pegashell/zkcopy/tree"
)

func TestASketchMissesNoPathThatDiffers(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const znodes = 20_000
	for _, width := range []int{minProofWidth, 1024, sketchWidth} {
		for _, changes := range []int{0, 1, 10, 300} {
			before := newSums(nil)
			after := newSums(before.key)
			changed := map[int]bool{}
			for len(changed) < changes {
				changed[random.IntN(znodes)] = true
			}
			for i := range znodes {
				rel, stat := fmt.Sprintf("/apps/%d", i), tree.Stat{Czxid: int64(i), Ctime: 1, Aversion: 2}
				side := [2]*sketch{&before.source, &before.target}[i%2]
				before.add(side, rel, &stat)
				now := [2]*sketch{&after.source, &after.target}[i%2]
				switch {
				case !changed[i]:
				case i%3 == 0: // it went
					continue
				case i%3 == 1:
					stat.Aversion++
				default:
					stat.Czxid = -1
				}
				after.add(now, rel, &stat)
			}
			found, share := suspectsOf(folded(width, &before.source, &before.target), folded(width, &after.source, &after.target))
			suspicious := 0
			for i := range znodes {
				if has := found.has(before.path(fmt.Sprintf("/apps/%d", i))); has {
					suspicious++
				} else if changed[i] {
					t.Errorf("width %d, %d changes: /apps/%d is no suspect", width, changes, i)
				}
			}
			if found.empty() != (changes == 0) {
				t.Errorf("width %d, %d changes: empty is %v", width, changes, found.empty())
			}
			if expected := share*znodes + float64(changes); float64(suspicious) > 2*expected+10 {
				t.Errorf("width %d, %d changes: %d suspects, expected about %.0f", width, changes, suspicious, expected)
			}
		}
	}
}

func TestASketchForgetsWhatIsTakenOut(t *testing.T) {
	s := newSums(nil)
	a, b := tree.Stat{Czxid: 1}, tree.Stat{Czxid: 2, Aversion: 3}
	s.add(&s.target, "/a", &a)
	want := folded(sketchWidth, &s.source, &s.target)
	s.add(&s.target, "/b", &b)
	s.add(&s.source, "/b", &b)
	s.remove(&s.target, "/b", &b)
	if same, _ := suspectsOf(want, folded(sketchWidth, &s.source, &s.target)); same.empty() {
		t.Error("source and target are one")
	}
	s.remove(&s.source, "/b", &b)
	if same, _ := suspectsOf(want, folded(sketchWidth, &s.source, &s.target)); !same.empty() {
		t.Error("something is left")
	}
	s.clearTarget()
	if diff := cmp.Diff(folded(64, &sketch{}), folded(64, &s.target), cmp.AllowUnexported(bucketSum{})); diff != "" {
		t.Error(diff)
	}
}

// someProof is a proof with contents of all kinds.
func someProof(width int) *proof {
	s := newSums(bytes.Repeat([]byte{7}, 32))
	for i := range 1000 {
		s.add(&s.source, fmt.Sprint("/", i), &tree.Stat{Czxid: int64(i)})
	}
	p := &proof{Of: [32]byte{1, 2, 3}, Rows: folded(width, &s.source, &s.target)}
	copy(p.Key[:], s.key)
	return p
}

func TestAProofIsReadAsItWasWrittenAndIsSmall(t *testing.T) {
	for znodes, width := range map[int64]int{0: 64, 500: 64, 10_000: 2048, 100_000: 16384, 1_000_000: 16384, 10_000_000: 16384} {
		if got := proofWidth(znodes); got != width {
			t.Errorf("%d znodes: rows of %d, want %d", znodes, got, width)
		}
		p := someProof(width)
		text := p.encode()
		if len(text) >= 1<<20 {
			t.Errorf("%d znodes: the file has %d bytes", znodes, len(text))
		}
		got, err := decodeProof(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, got, cmp.AllowUnexported(bucketSum{})); diff != "" {
			t.Error(diff)
		}
	}
}

// FuzzDecodeProof: what is no proof as it was written is refused, and nothing of it is believed.
func FuzzDecodeProof(f *testing.F) {
	text := someProof(minProofWidth).encode()
	f.Add(text)
	f.Add(text[:len(text)-1])
	f.Add(text[:len(proofMagic)])
	f.Add([]byte(`{"Key":"","Source":"","Target":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var p *proof
		var err error
		allocated.Check(t, len(text), 4, func() { p, err = decodeProof(text) })
		if err != nil {
			return
		}
		if !bytes.Equal(p.encode(), text) {
			t.Errorf("%q is read as another proof", text)
		}
	})
}

func TestNoBitOfAProofCanChange(t *testing.T) {
	text := someProof(minProofWidth).encode()
	for at := range text {
		text[at] ^= 1 << (at % 8)
		if _, err := decodeProof(text); err == nil {
			t.Errorf("byte %d of %d can change", at, len(text))
		}
		text[at] ^= 1 << (at % 8)
		if _, err := decodeProof(text[:at]); err == nil {
			t.Errorf("the file can end at byte %d of %d", at, len(text))
		}
	}
}
