package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A call that creates the onebox has the lock, and may be about to rename its first state file into
// place.
func TestASecondCreateSaysThatAnotherCallIsAtWork(t *testing.T) {
	for name, files := range map[string][]string{
		"before the state is written":    nil,
		"while the state is written":     {".onebox.json.tmp1"},
		"when servers are being started": {stateFile, "zk1"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			first, err := tryLock(filepath.Join(dir, lockFile))
			if err != nil {
				t.Fatal(err)
			}
			defer first.Close()
			for _, file := range files {
				if err := os.WriteFile(filepath.Join(dir, file), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Create(dir, options()); !errors.Is(err, ErrBusy) {
				t.Errorf("error = %v, want ErrBusy", err)
			}
		})
	}
}
