package logtail

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadGivesTheLastWholeLinesBehindAnOffset(t *testing.T) {
	line := strings.Repeat("x", 99) + "\n"
	for _, c := range []struct {
		name, content string
		from          int64
		want          string
	}{
		{"short", "a\nb\n", 0, "a\nb"},
		{"behind the offset", "old\nnew\n", 4, "new"},
		{"nothing behind the offset", "old\n", 4, "(nothing)"},
		{"offset behind the end", "old\n", 40, "(nothing)"},
		{"empty", "", 0, "(nothing)"},
		{"long", strings.Repeat(line, 60), 0, strings.TrimSuffix(strings.Repeat(line, 40), "\n")},
		{"stack trace", "java.net.BindException: in use\n\tat a.b.c(D.java:1)\n\tat e.f(G.java:2)\nend\n", 0, "java.net.BindException: in use\nend"},
		{"one long line", strings.Repeat("y", 5000), 0, strings.Repeat("y", 4096)},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log")
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, Read(path, c.from)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := Read(filepath.Join(t.TempDir(), "none"), 0); !strings.Contains(got, "no such file") {
		t.Errorf("missing file: %q", got)
	}
}
