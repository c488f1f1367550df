package replicaserver

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The defaults of a dump are those that the server runs with: read as a file, it gives the same configuration.
func TestADumpReadAsAFileGivesTheSameConfiguration(t *testing.T) {
	t.Parallel()
	read := func(text string) config {
		file := filepath.Join(t.TempDir(), "config.ini")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := readConfig(file)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	want := read("[apps.replica]\nports = 34801\n[meta_server]\nserver_list = 127.0.0.1:34601\n[replication]\ndata_dirs = ssd:/a\n")
	got := read(want.Dump)
	want.Dump, got.Dump = "", "" // sections with a key of the file have another order
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(config{}, disk{})); diff != "" {
		t.Error(diff)
	}
}
