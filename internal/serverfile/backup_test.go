package serverfile

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func stamps(t *testing.T, c *Configuration) []string {
	t.Helper()
	all, err := c.Backups()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range all {
		names = append(names, b.Stamp)
	}
	return names
}

func TestOnlyFilesNamedAsCopiesAreCopies(t *testing.T) {
	path := fileWith(t, "x")
	for _, end := range []string{
		"20270115_080000", "20270115_080000-2", "20270115_080000-10", "20261231_235959", // copies
		"20270115_080000-1", "20270115_080000-02", "20270115_080000-", "20270115_080000-2x", "20270115", "2027011_080000", "20270115_080000.gz", "20270115-080000", "", "old",
	} {
		put(t, path+".bak-"+end, "x", 0o600)
	}
	put(t, path+"x.bak-20270115_080000", "x", 0o600)
	if err := os.Mkdir(path+".bak-20280101_000000", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, path+".bak-20280101_000001"); err != nil {
		t.Fatal(err)
	}
	want := []string{"20270115_080000-10", "20270115_080000-2", "20270115_080000", "20261231_235959"}
	if diff := cmp.Diff(want, stamps(t, find(t, testDirectory(t, nil), path))); diff != "" {
		t.Errorf("newest first (-want +got):\n%s", diff)
	}
}

// The clock goes back when summer time ends, or when it is corrected: the newest copy is the newest.
func TestANewCopyIsTheNewestWhateverTheClockSays(t *testing.T) {
	path := fileWith(t, "0")
	for i, now := range []string{"2026-10-25 02:59:00", "2026-10-25 02:00:00", "2026-10-25 02:59:00", "2026-10-25 03:00:00", "2026-10-25 03:00:00"} {
		d := testDirectory(t, nil)
		d.Now = at(now)
		if _, err := find(t, d, path).Write(t.Context(), fmt.Append(nil, i), fmt.Append(nil, i+1)); err != nil {
			t.Fatal(err)
		}
	}
	c := find(t, testDirectory(t, nil), path)
	want := []string{"20261025_030000-2", "20261025_030000", "20261025_025900-3", "20261025_025900-2", "20261025_025900"}
	if diff := cmp.Diff(want, stamps(t, c)); diff != "" {
		t.Errorf("newest first (-want +got):\n%s", diff)
	}
	all, _ := c.Backups()
	for i, b := range all {
		if got, want := content(t, b.Path), fmt.Sprint(len(all)-1-i); got != want {
			t.Errorf("%s has %s, want %s", b.Stamp, got, want)
		}
	}
}

func TestTheOldestCopiesAreRemovedFirst(t *testing.T) {
	path := fileWith(t, "0")
	put(t, path+".bak-by-hand", "mine", 0o600)
	put(t, path+".bak-20200101_000000.gz", "mine", 0o600)
	for i := range Kept + 2 {
		d := testDirectory(t, nil)
		d.Now = func() time.Time { return at("2027-01-15 08:00:00")().Add(time.Duration(i) * time.Minute) }
		c := find(t, d, path)
		if _, err := c.Write(t.Context(), fmt.Append(nil, i), fmt.Append(nil, i+1)); err != nil {
			t.Fatal(err)
		}
		removed, err := c.Prune()
		var want []string
		if i >= Kept {
			want = []string{fmt.Sprintf("%s.bak-20270115_08%02d00", path, i-Kept)}
		}
		if diff := cmp.Diff(want, removed); err != nil || diff != "" {
			t.Errorf("write %d: error %v, removed (-want +got):\n%s", i, err, diff)
		}
	}
	if entries, _ := filepath.Glob(path + ".bak-*"); len(entries) != Kept+2 {
		t.Errorf("left: %v", entries)
	}
}
