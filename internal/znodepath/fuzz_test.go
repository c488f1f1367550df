package znodepath

import (
	"path"
	"strings"
	"testing"

	"pegashell/internal/test/allocated"
)

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"/", "/a/b", "", "a", "/a/", "//", "/a/../b", "/\x00", "/\ue000", "/ü", "/😀", "/\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var err error
		allocated.Check(t, len(text), 64, func() { err = Check(text) })
		if err == nil && (path.Clean(text) != text || !strings.HasPrefix(text, "/") || strings.ContainsAny(text, "\x00\x1f\x7f")) {
			t.Errorf("%q is accepted", text)
		}
	})
}
