package sorted

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextsComeInOrderWhateverTheirNumber(t *testing.T) {
	for name, tc := range map[string]struct{ n, memory, runs int }{
		"none":             {0, 0, 0},
		"all in memory":    {1000, 0, 0},
		"files and memory": {1000, 4000, 5},
		"one a file":       {20, 1, 19},
	} {
		t.Run(name, func(t *testing.T) {
			texts := Texts{Compare: strings.Compare, Memory: tc.memory}
			var want []string
			for i := range tc.n {
				want = append(want, fmt.Sprintf("/%06d", i/2)) // some are equal
			}
			for _, i := range rand.Perm(tc.n) {
				if err := texts.Add(want[i]); err != nil {
					t.Fatal(err)
				}
			}
			if len(texts.runs) < tc.runs || tc.runs == 0 && len(texts.runs) > 0 {
				t.Errorf("%d files", len(texts.runs))
			}
			var got []string
			if err := texts.Each(func(text string) error { got = append(got, text); return nil }); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			if err := texts.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheOrderIsTheCallers(t *testing.T) {
	texts := Texts{Compare: func(a, b string) int { return -strings.Compare(a, b) }, Memory: 30}
	for _, text := range []string{"b", "", "c", "a\nb"} {
		if err := texts.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	defer texts.Close()
	var got []string
	stop := errors.New("stop")
	err := texts.Each(func(text string) error {
		got = append(got, text)
		if len(got) == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || !slices.Equal(got, []string{"c", "b", "a\nb"}) {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestFilesHaveNoNameAndAFolderThatIsMissingIsTold(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	texts := Texts{Compare: strings.Compare, Memory: 1}
	defer texts.Close()
	for _, text := range []string{"b", "a"} {
		if err := texts.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 || len(texts.runs) != 1 {
		t.Errorf("files %v, runs %d, error %v", files, len(texts.runs), err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "none"))
	if err := texts.Add("c"); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("error %v", err)
	}
}
