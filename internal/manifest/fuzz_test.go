package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pegashell/internal/test/allocated"
)

// FuzzLoad reads anything as plugins.toml. The seed is the file that is shipped.
func FuzzLoad(f *testing.F) {
	shipped, err := os.ReadFile("../../plugins.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shipped)
	f.Add([]byte("[clusters.c1]\nmeta_servers = [\"127.0.0.1:34601\"]\n[zookeepers.new]\nhosts = [\"h:1\"]\nchroot = \"/a\"\n"))
	f.Add([]byte("[commands.x]\nprogram = \"p\"\ntimeout = \"1s\"\n"))
	f.Add([]byte("[clusters.0]"))
	f.Add([]byte("a.b.c = [[[]]]\n\"\\u0000\" = 1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "plugins.toml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		allocated.Check(t, len(text), 4096, func() {
			m, err := Load(file)
			if (err == nil) != (m != nil) {
				t.Errorf("%+v, %v", m, err)
			}
			if err != nil && !strings.Contains(err.Error(), "plugins.toml") {
				t.Errorf("the error does not name the file: %v", err)
			}
		})
	})
}
